"""The catalogue of document types: LOINC codes, titles and section heads, kept as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

CATALOGUE = Path(__file__).with_name("doctypes.toml")
UNCLASSIFIED = "34109-9"

SECTIONS = (
    "identification",
    "consents",
    "summary",
    "history",
    "emergency",
    "progress",
    "consultations",
    "orders",
    "operative",
    "obstetrics",
    "laboratory",
    "diagnostics",
    "medications",
    "nursing",
    "therapies",
    "outpatient",
    "correspondence",
    "administrative",
    "unclassified",
)
"""Sections of a source-oriented chart, front to back."""


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One type of document as the catalogue has it."""

    code: str
    """LOINC code, or a code starting with ``LOCAL-`` where LOINC has none."""
    name: str
    section: str
    titles: tuple[str, ...]
    """Lines that name the type when set alone."""
    heads: tuple[tuple[str, float], ...] = ()
    """Section heads that speak for it, each with its weight."""
    phrases: tuple[tuple[str, float], ...] = ()
    """Wording of its running text that speaks for it, each with its weight."""


@lru_cache(maxsize=1)
def catalogue() -> tuple[TypeEntry, ...]:
    """Return every type of the shipped catalogue, in its order."""
    with CATALOGUE.open("rb") as file:
        rows = tomllib.load(file)["type"]
    entries = tuple(_entry(row) for row in rows)
    unknown = {entry.section for entry in entries} - set(SECTIONS)
    if unknown:
        raise ValueError(f"{CATALOGUE.name}: unknown section {sorted(unknown)[0]!r}")
    return entries


def _entry(row: dict[str, object]) -> TypeEntry:
    heads, phrases = row.get("heads", {}), row.get("phrases", {})
    titles = row.get("titles", [])
    assert isinstance(heads, dict)  # noqa: S101 - narrows what tomllib returns
    assert isinstance(phrases, dict)  # noqa: S101 - narrows what tomllib returns
    assert isinstance(titles, list)  # noqa: S101 - narrows what tomllib returns
    return TypeEntry(
        code=str(row["code"]),
        name=str(row["name"]),
        section=str(row["section"]),
        titles=tuple(titles),
        heads=tuple((str(head), float(weight)) for head, weight in heads.items()),
        phrases=tuple((str(phrase), float(weight)) for phrase, weight in phrases.items()),
    )


@lru_cache(maxsize=1)
def _by_code() -> dict[str, TypeEntry]:
    return {entry.code: entry for entry in catalogue()}


def type_entry(code: str) -> TypeEntry | None:
    """Return the catalogue's entry for ``code``; None when it has none."""
    return _by_code().get(code)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, TypeEntry]:
    named = {entry.name.casefold(): entry for entry in catalogue()}
    for entry in catalogue():
        for title in entry.titles:
            named.setdefault(title.casefold(), entry)
    return named


def type_named(text: str) -> TypeEntry | None:
    """Return the entry with this code, name or title, whatever its case."""
    return type_entry(text.strip()) or _by_name().get(" ".join(text.split()).casefold())


@lru_cache(maxsize=1)
def section_head_keys() -> frozenset[str]:
    """Return the section heads of every type, as letters in capitals."""
    heads = (head for entry in catalogue() for head, _ in entry.heads)
    return frozenset("".join(filter(str.isalpha, head.upper())) for head in heads)


class ChartOrder(StrEnum):
    """How the documents of a chart follow one another."""

    SOURCE = "source"
    """Section by section, as paper charts are kept; by date in each."""
    DATE = "date"
    """By date alone."""
    ENCOUNTER = "encounter"
    """Stay by stay and visit by visit; section by section in each."""


def chart_order(
    code: str, date: str = "", *, order: ChartOrder = ChartOrder.SOURCE, encounter: str = ""
) -> tuple[str, int, str, int, str]:
    """Return the key that sorts documents as a chart in ``order``.

    ``encounter`` is the day on which the stay or visit began; its own date stands for a document
    of none. Without any date a document comes last.
    """
    entry = type_entry(code)
    section = SECTIONS.index(entry.section) if entry else len(SECTIONS)
    day = date or "9999"
    if order is ChartOrder.DATE:
        return ("", 0, day, section, code)
    began = (encounter or day) if order is ChartOrder.ENCOUNTER else ""
    return (began, section, day, section, code)
