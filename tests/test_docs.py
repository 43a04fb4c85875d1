"""Docs and code say the same."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import click
import pytest

from batch.settings import BatchSettings
from bench import fonts
from capture import errors
from capture.errors import ChartroomError
from capture.settings import CaptureSettings
from cli import cli
from desk.settings import DeskSettings
from indexer.settings import IndexSettings
from ocr.settings import OcrSettings
from search.settings import SearchSettings

from .conftest import ROOT

SECTIONS = {
    "capture": CaptureSettings,
    "ocr": OcrSettings,
    "indexer": IndexSettings,
    "batch": BatchSettings,
    "search": SearchSettings,
    "desk": DeskSettings,
}
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "sample_scans" / "README.md"])


def help_pages(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
    context = click.Context(
        command, info_name=" ".join(path), terminal_width=88, help_option_names=["-h", "--help"]
    )
    # click remembers the help option of whoever asked first, with the names of that context.
    command._help_option = None
    yield f"## `{' '.join(path)}`\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from help_pages(inner, (*path, name))


def test_the_command_page_is_what_the_tool_prints(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "cli.md"
    head = "# The command line\n\nPrinted by the tool: `pytest tests/test_docs.py --regenerate`.\n"
    told = "\n".join([head, *help_pages(cli, ("chartroom",))])
    if request.config.getoption("--regenerate"):
        page.write_text(told, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == told


def test_every_error_is_in_the_error_page() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, ChartroomError):
            assert f"| {kind.exit_code} | `{name}` |" in page


def settings_page() -> Iterator[str]:
    yield "# Settings\n"
    yield "`chartroom.toml` in the folder of the archive. Every key has a default; an unknown one"
    yield "is an error that names the nearest right one. Printed from the code:"
    yield "`pytest tests/test_docs.py --regenerate`."
    for name, kind in SECTIONS.items():
        yield f"\n## [{name}]\n\n| key | default | what it says |\n|---|---|---|"
        said, defaults = attribute_docs(kind), kind()
        for field in fields(kind):
            value = getattr(defaults, field.name)
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            if field.name == "newest_year":
                shown = "this year"
            yield f"| `{field.name}` | `{shown}` | {said[field.name]} |"
    yield ""


def attribute_docs(kind: type) -> dict[str, str]:
    """The string under each field of a class, in one line."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef)
    said = {}
    for node, below in pairwise(tree.body):
        if isinstance(node, ast.AnnAssign) and isinstance(below, ast.Expr):
            said[ast.unparse(node.target)] = " ".join(ast.literal_eval(below.value).split())
    return said


def test_the_settings_page_says_what_the_code_says(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "settings.md"
    told = "\n".join(settings_page())
    if request.config.getoption("--regenerate"):
        page.write_text(told, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_makefile_installs_the_fonts_of_the_generator() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = makefile.split("FONT_PACKAGES := ")[1].split("\nQUICK")[0]
    assert set(listed.replace("\\", "").split()) == set(fonts.PACKAGES)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_have_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    pins = re.findall(r"^[a-z0-9][^\s]*==", text, re.MULTILINE)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
