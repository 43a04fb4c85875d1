"""The ``chartroom`` command: parse, call one function, print."""

from __future__ import annotations

import click


@click.group()
@click.version_option(package_name="chartroom")
def cli() -> None:
    """Turn paper and microfilm charts into an indexed, searchable archive."""
