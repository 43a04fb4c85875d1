"""Render kept results into the figures' page: ``python -m bench.report``."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from capture.errors import SettingsError

from .results import FOLDER, Table, markdown

_EMPTY = re.compile(r"<!-- (\w+): begin -->\s*<!-- \1: end -->")
_NOTE = "Not measured yet: `python -m bench.{}` makes these figures."
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def rendered(told: dict[str, Any]) -> str:
    """Return one result, as its file tells it, as Markdown."""
    machine = told["machine"]
    head = (
        f"`{told['command']}`, {told['made']}: {machine['cores']} cores,"
        f" {machine['memory_gib']} GiB,"
        f" Python {machine['python']}; load average {machine['load_before']} before,"
        f" {machine['load_after']} after."
    )
    tables = [
        markdown(Table(one["title"], one["columns"], one["rows"], one["note"]))
        for one in told["tables"]
    ]
    return "\n\n".join([head, *told["told"], *tables])


def replaced(page: str, name: str, text: str) -> str:
    """Return the page with ``text`` between the markers of ``name``; SettingsError without them."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise SettingsError(f"the page of figures has no markers for {name}: add {begin} and {end}")
    return pattern.sub(lambda _: f"{begin}\n{text}\n{end}", page)


def results_of(folder: Path) -> dict[str, str]:
    """Return every result of a folder as Markdown, by the name of its measurement."""
    return {
        path.stem: rendered(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.json"))
    }


def filled(page: str, texts: Mapping[str, str]) -> str:
    """Return the page with every text between its markers, and a note where none was ever made.

    Raises SettingsError for a text without markers.
    """
    for name, text in texts.items():
        page = replaced(page, name, text)
    return _EMPTY.sub(lambda found: replaced(found[0], found[1], _NOTE.format(found[1])), page)


def main() -> int:
    """Put every kept result into the page; return the exit code."""
    try:
        page = filled(PAGE.read_text(encoding="utf-8"), results_of(FOLDER))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
