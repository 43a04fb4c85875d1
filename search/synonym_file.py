"""The files that terms are kept in: the shipped one, and one that a site lays over it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from capture.errors import SettingsError

from .synonyms import LISTS, MOST_WORDS, OWN, Group, Key, Synonyms, literal, ready
from .text import has_word

SHIPPED = Path(__file__).with_name("synonyms.toml")


def load(site_file: Path | None = None) -> Synonyms:
    """Return the shipped terms with those of a site laid over them; an absent file adds none.

    SettingsError names the file and the entry that cannot be used.
    """
    shipped = _read(SHIPPED)
    groups, spellings = [_group(row) for row in shipped.groups], shipped.spellings
    if site_file is not None and site_file.exists():
        site = _read(site_file)
        for number, row in enumerate(site.groups, 1):
            groups = _laid_over(groups, row, f"{site_file.name}, {_where(number, row)}")
        spellings = {**spellings, **site.spellings}
        off = frozenset(literal(term) for term in site.off)
        groups = [group.without(off) for group in groups]
        spellings = {spelt: word for spelt, word in spellings.items() if (spelt,) not in off}
    return ready([group for group in groups if group.name], spellings)


@dataclass(frozen=True, slots=True)
class _File:
    groups: list[dict[str, Any]]
    spellings: dict[str, str]
    off: list[str]


def _read(path: Path) -> _File:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}; mend that line") from error
    rows, spellings, off = (tables.get(name, kind()) for name, kind in _TABLES.items())
    fault = _fault_of_tables(tables) or _fault_of_off(off) or _fault_of_spellings(spellings)
    if fault:
        raise SettingsError(f"{path.name}: {fault}")
    owners: dict[Key, int] = {}
    for number, row in enumerate(rows, 1):
        if fault := _fault(row) or _fault_of_owner(row, number, owners):
            raise SettingsError(f"{path.name}, {_where(number, row)}: {fault}")
    return _File(rows, spellings, off)


_TABLES: dict[str, type] = {"group": list, "spellings": dict, "off": list}


def _where(number: int, row: object) -> str:
    terms = row.get("terms") if isinstance(row, dict) else None
    named = isinstance(terms, list) and terms and isinstance(terms[0], str)
    return f"entry {number} ({terms[0]})" if named and terms else f"entry {number}"


def _fault_of_tables(tables: Mapping[str, Any]) -> str:
    for name, value in tables.items():
        if name not in _TABLES or not isinstance(value, _TABLES[name]):
            return (
                f"{name!r} cannot be used here; write [[group]] for terms, [spellings] for "
                'spellings, and off = ["term"] on top for terms that are switched off'
            )
    return ""


def _fault_of_off(off: Sequence[object]) -> str:
    wrong = [term for term in off if not _is_term(term)]
    return f"off: {wrong[0]!r} is no term; {_MEANT}" if wrong else ""


def _fault_of_spellings(spellings: Mapping[str, object]) -> str:
    for spelt, word in spellings.items():
        for one in (spelt, word):
            if not isinstance(one, str) or len(literal(one)) != 1:
                return f'spellings: {one!r} is not one word; write oedema = "edema"'
        if word in spellings:
            return f"spellings: {word!r} stands on both sides; leave it on the right only"
    return ""


_MEANT = f'write a list such as ["one", "two"], each of one to {MOST_WORDS} words'


def _is_term(term: object) -> bool:
    return isinstance(term, str) and has_word(term) and len(term.split()) <= MOST_WORDS


def _fault(row: object) -> str:
    """Return what is wrong with an entry by itself, empty when nothing is."""
    if not isinstance(row, dict):
        return "an entry begins with [[group]]"
    keys = (*LISTS, "off")
    for name, value in row.items():
        if name not in keys:
            near = get_close_matches(name, keys, 1, 0.0)[0]
            return f"there is no key {name!r}; did you mean {near!r}?"
        if not isinstance(value, list):
            return f"{name}: {_MEANT}"
        if wrong := [term for term in value if not _is_term(term)]:
            return f"{name}: {wrong[0]!r} is no term; {_MEANT}"
    if not row.get("terms"):
        return "it has no terms; the first of them names the group"
    if wrong := [term for term in row.get("capitals", ()) if not term.isupper()]:
        return f"capitals: {wrong[0]!r} is not in capitals; write it so, or move it to one_way"
    return _fault_of_repeats(row)


def _fault_of_repeats(row: Mapping[str, list[str]]) -> str:
    seen: set[Key] = set()
    for name in LISTS:
        for term in row.get(name, ()):
            if literal(term) in seen:
                return f"{term!r} is in it twice; leave one out"
            seen.add(literal(term))
    return ""


def _fault_of_owner(row: Mapping[str, list[str]], number: int, owners: dict[Key, int]) -> str:
    """Return a fault when a term belongs to an entry before; else note that it belongs here."""
    for term in (term for name in OWN for term in row.get(name, ())):
        before = owners.setdefault(literal(term), number)
        if before != number:
            return (
                f"{term!r} is in entry {before} too; if it means both, "
                "move it to one_way (or capitals) of one or both"
            )
    return ""


def _group(row: Mapping[str, list[str]]) -> Group:
    return Group(**{name: tuple(row[name]) for name in LISTS if name in row})


def _laid_over(groups: list[Group], row: Mapping[str, list[str]], where: str) -> list[Group]:
    """Return ``groups`` with a site's: its terms are no other group's own any more."""
    fresh = _group(row)
    name = literal(fresh.name)
    home = next((group for group in groups if name in map(literal, group.own)), None)
    off = frozenset(literal(term) for term in row.get("off", ()))
    if home is None and off:
        raise SettingsError(
            f"{where}: there is no group to switch anything off in; its first term must be one "
            "of a shipped group"
        )
    claimed = frozenset(literal(term) for term in fresh.own)
    every = frozenset(literal(term) for name in LISTS for term in getattr(fresh, name))
    left = [
        group.without(every - {name}).plus(fresh.without(frozenset({name}))).without(off)
        if group is home
        else group.without(claimed, OWN)
        for group in groups
    ]
    return [*left, fresh] if home is None else left
