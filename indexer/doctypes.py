"""The catalogue of document types: LOINC codes, titles and section heads, kept as data."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from capture.errors import SettingsError

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


@dataclass(frozen=True, slots=True, eq=False)
class TypeEntry:
    """One type of document as the catalogue has it."""

    code: str
    """LOINC code, or a code starting with ``LOCAL-`` where LOINC has none."""
    name: str
    section: str
    titles: tuple[str, ...] = ()
    """Lines that name the type when set alone."""
    names: tuple[str, ...] = ()
    """What people of the site call it, on separator sheets and in old film indexes."""
    heads: tuple[tuple[str, float], ...] = ()
    """Section heads that speak for it, each with its weight."""
    phrases: tuple[tuple[str, float], ...] = ()
    """Wording of its running text that speaks for it, each with its weight."""


_site: list[Path] = []


def use_catalogue(site: Path | None) -> None:
    """Lay the catalogue of a site over the shipped one, in this process; None for neither.

    The file is read when the catalogue is next asked for; one that is absent adds nothing.
    """
    if _site != ([site] if site else []):
        _site[:] = [site] if site else []
        for kept in (catalogue, _by_code, _by_name, section_head_keys):
            kept.cache_clear()


@lru_cache(maxsize=1)
def catalogue() -> tuple[TypeEntry, ...]:
    """Return every type, in the order of the shipped catalogue, those of the site after them.

    SettingsError names the file and the entry that cannot be used.
    """
    entries = {row["code"]: _entry(row, CATALOGUE.name) for row in read_types(CATALOGUE)}
    for path in _site:
        for row in read_types(path) if path.exists() else ():
            entries = _laid_over(entries, row, path.name)
    return tuple(entries.values())


def read_types(path: Path) -> list[dict[str, Any]]:
    """Return the types of a catalogue file as they stand there, checked."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}; mend that line") from error
    rows = tables.get("type", [])
    if set(tables) - {"type"} or not isinstance(rows, list):
        raise SettingsError(f"{path.name}: every entry begins with [[type]]; nothing else is known")
    for number, row in enumerate(rows, 1):
        fault = _fault(row)
        if fault:
            where = f"entry {number} ({row['code']})" if row.get("code") else f"entry {number}"
            raise SettingsError(f"{path.name}, {where}: {fault}")
    return rows


_KEYS: dict[str, type] = {
    "code": str, "name": str, "section": str, "titles": list, "names": list, "heads": dict,
    "phrases": dict,
}  # fmt: skip
_MEANT: dict[type, str] = {
    str: "text in quotes",
    list: 'a list such as ["one", "two"]',
    dict: "a table of weights",
}


def _fault(row: Mapping[str, Any]) -> str:
    """Return what is wrong with an entry, empty when nothing is."""
    for key, value in row.items():
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1, 0.0)[0]
            return f"there is no key {key!r}; did you mean {near!r}?"
        if not isinstance(value, _KEYS[key]):
            return f"{key} must be {_MEANT[_KEYS[key]]}"
        if isinstance(value, list) and not all(isinstance(one, str) and one for one in value):
            return f"{key} must be a list of text in quotes"
        if isinstance(value, dict) and not all(_is_weight(one) for one in value.values()):
            return f"{key}: a weight is a number from 0 to 10"
    if not row.get("code"):
        return "it has no code"
    if row.get("section", SECTIONS[0]) not in SECTIONS:
        return f"unknown section {row['section']!r}; the sections are {', '.join(SECTIONS)}"
    return ""


def _is_weight(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 10


def _laid_over(
    entries: Mapping[str, TypeEntry], row: Mapping[str, Any], file: str
) -> dict[str, TypeEntry]:
    """Return the catalogue with a site's entry: its titles are no other type's any more."""
    fresh = _entry({"name": "", "section": "", **row}, file)
    claimed = {title.casefold() for title in fresh.titles}
    left = {
        code: replace(entry, titles=tuple(t for t in entry.titles if t.casefold() not in claimed))
        for code, entry in entries.items()
    }
    old = left.get(fresh.code)
    if old is None and not (fresh.name and fresh.section):
        raise SettingsError(f"{file}, entry {fresh.code}: a new type needs a name and a section")
    return {**left, fresh.code: _added(old, fresh) if old else fresh}


def _added(old: TypeEntry, fresh: TypeEntry) -> TypeEntry:
    return TypeEntry(
        code=old.code,
        name=fresh.name or old.name,
        section=fresh.section or old.section,
        titles=(*old.titles, *fresh.titles),
        names=(*old.names, *fresh.names),
        heads=_weights({**dict(old.heads), **dict(fresh.heads)}),
        phrases=_weights({**dict(old.phrases), **dict(fresh.phrases)}),
    )


def _weights(told: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((text, float(weight)) for text, weight in told.items())


def _entry(row: Mapping[str, Any], file: str) -> TypeEntry:
    try:
        code, name, section = row["code"], row["name"], row["section"]
    except KeyError as error:
        raise SettingsError(f"{file}, entry {row['code']}: it has no {error.args[0]}") from error
    return TypeEntry(
        code=code,
        name=name,
        section=section,
        titles=tuple(row.get("titles", ())),
        names=tuple(row.get("names", ())),
        heads=_weights(row.get("heads", {})),
        phrases=_weights(row.get("phrases", {})),
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
        for name in (*entry.names, *entry.titles):
            named.setdefault(name.casefold(), entry)
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
