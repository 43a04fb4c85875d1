"""The heads under which diagnoses and procedures stand, kept as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from .misread_label import nearest

HEADS = Path(__file__).with_name("heads.toml")

_DIGITS = str.maketrans("01458", "OIASB")
_FUZZY_FROM = 9
_CLOSE, _LOOSE = 92, 83
_OF_A_PROCEDURE, _OF_A_DIAGNOSIS, _OF_A_LONG_ONE = 1.0, 1.5, 3.2
"""The most that may be wrong with a head, as `misread_label` counts it."""
_LONG = 14
"""From here on three misread letters leave no doubt that it is a diagnosis."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a kind of head says of the lines under it."""

    name: str
    field: str
    """``diagnosis`` or ``procedure``."""
    strength: float
    """1.0 for what was established, less for what was thought before."""


@lru_cache(maxsize=1)
def _standings() -> dict[str, Standing]:
    with HEADS.open("rb") as file:
        rows = tomllib.load(file)["standing"]
    return {
        head_key(head): Standing(row["name"], row["field"], float(row["strength"]))
        for row in rows
        for head in row["heads"]
    }


def head_key(text: str) -> str:
    """Return the letters of ``text`` in capitals, by which heads are compared."""
    return "".join(filter(str.isalpha, text.upper().translate(_DIGITS)))


def _most_wrong(standing: Standing, key: str) -> float:
    """Return the most that may be wrong with a head; many a word ends like operation."""
    if standing.field == "procedure":
        return _OF_A_PROCEDURE
    return _OF_A_LONG_ONE if len(key) >= _LONG else _OF_A_DIAGNOSIS


@lru_cache(maxsize=8192)
def standing_of(key: str) -> Standing | None:
    """Return the standing of the head with this key, longer ones through noise; None for others."""
    known = _standings()
    if key in known:
        return known[key]
    if len(key) < _FUZZY_FROM or key.startswith("DATE"):
        return None
    shaped = nearest(key, known.keys(), {head: one.name for head, one in known.items()})
    if shaped and shaped[1] <= _most_wrong(known[shaped[0]], key):
        return known[shaped[0]]
    near = process.extractOne(key, known.keys(), scorer=fuzz.ratio, score_cutoff=_LOOSE)
    if near is None:
        return None
    found = known[near[0]]
    sure = near[1] >= _CLOSE or (found.field == "diagnosis" and len(key) >= _LONG)
    return found if sure else None
