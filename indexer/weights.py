"""How much each identifier that agrees or differs is worth, in bits.

The model of Fellegi and Sunter (1969): a level of agreement weighs log2(m/u), where m is how
often it is seen between a page and its own patient, u between a page and anybody else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from pathlib import Path

from capture.errors import SettingsError

from .comparison import IDENTIFIERS, Fits, Level

WEIGHTS = Path(__file__).with_name("weights.toml")
_SMALL = 1000
"""Patients of an index below which shares of names say little."""
_NEIGHBOURS = 10
"""Names that a misread letter makes of one, as many again as bear it."""
_DAYS_OF_A_MONTH = 30.4
_DAYS = 80 * 365.25
"""Days on which the patients of a chart room may be born."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The chances m and u of each level of each identifier."""

    chances: Mapping[str, Mapping[Level, tuple[float, float]]]
    version: str = "1"
    """Tells weights that a site taught from those that come with chartroom."""

    def bits(self, fits: Fits, rarity: Rarity) -> float:
        """Return how much ``fits`` speaks for the patient, against, below 0.0."""
        return sum(self._bits(field, level, rarity) for field, level in fits.levels())

    def _bits(self, field: str, level: Level, rarity: Rarity) -> float:
        if level is Level.UNKNOWN:
            return 0.0
        m, u = self.chances[field][level]
        return log2(m / rarity.by_chance(field, level, m, u))


@dataclass(frozen=True, slots=True)
class Rarity:
    """How many share what a patient's identifiers agree in."""

    patients: int
    """In the whole index."""
    namesakes: int
    """Who bear this surname and given name; at least one."""

    def by_chance(self, field: str, level: Level, m: float, usual: float) -> float:
        """Return how often ``field`` agrees so far with a patient who is not the page's.

        What is printed in part (``m``) is printed so of everybody: that alone proves nothing.
        """
        if field == "patient_name":
            share = max(self.namesakes, 1) / max(self.patients, _SMALL)
            near = min(1.0, _NEIGHBOURS * share)
            by_level = {Level.SAME: share, Level.LIKE: max(usual, near), Level.PARTIAL: m * near}
        elif field == "birth_date":
            by_level = {Level.SAME: 1 / _DAYS, Level.PARTIAL: m * _DAYS_OF_A_MONTH / _DAYS}
        else:
            by_level = {}
        return by_level.get(level, usual)


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """Return the weights that come with chartroom."""
    return read_weights(WEIGHTS.read_bytes().decode(), WEIGHTS.name)


def read_weights(text: str, name: str) -> Weights:
    """Return weights kept as TOML; SettingsError names what is wrong in ``name``."""
    try:
        table = tomllib.loads(text)
        chances = {
            field: {Level[level.upper()]: (float(m), float(u)) for level, (m, u) in rows.items()}
            for field, rows in table.items()
            if field in IDENTIFIERS
        }
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise SettingsError(f"{name} holds no weights of identifiers: {error}") from error
    missing = [field for field in IDENTIFIERS if field not in chances]
    if missing:
        raise SettingsError(f"{name} says nothing of {missing[0]}; train it again")
    return Weights(chances, str(table.get("version", "1")))


def written(weights: Weights) -> str:
    """Return ``weights`` as the TOML that ``read_weights`` takes."""
    lines = [f'version = "{weights.version}"']
    for field, levels in weights.chances.items():
        lines += ["", f"[{field}]"]
        lines += [f"{level.name.lower()} = [{m:.5g}, {u:.5g}]" for level, (m, u) in levels.items()]
    return "\n".join(lines) + "\n"
