"""Weights of identifiers learned from pages and the patient index, without anybody's answers.

Expectation maximisation over pairs of a page and a patient (Winkler 1988; the sessions are those
of Splink, Linacre et al. 2022): pairs that share one key tell how often all other identifiers
agree between a page and its own patient. How often they agree by chance is kept as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .claims import claims_of
from .comparison import IDENTIFIERS, Fits, Level, fits
from .model import IndexValue, MasterPatientIndex
from .weights import Weights

LEAST_PAIRS = 300
"""Pairs of each kind below which chance would be taken for a habit of the site."""
_ROUNDS = 60
_SMOOTHING = 1.0
"""Pairs added to each level, so that what was not seen is not taken for impossible."""
_START = 0.9
"""Share of pairs with one key in common that are a page and its own patient, to start with."""

Levels = Mapping[str, Level]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pages beside patients that share a key with them."""

    numbered: tuple[Levels, ...]
    """Alike in the record number: they tell of all other identifiers."""
    named: tuple[Levels, ...]
    """Alike in name and birth date: they tell of the record number."""

    @property
    def enough(self) -> bool:
        """Whether there are enough of both to learn from."""
        return min(len(self.numbered), len(self.named)) >= LEAST_PAIRS


def pairs_of(pages: Iterable[Sequence[IndexValue]], mpi: MasterPatientIndex) -> Pairs:
    """Return the pairs that these pages make with the patient index."""
    numbered: list[Levels] = []
    named: list[Levels] = []
    for values in pages:
        numbered += _by_number(values, mpi)
        named += _by_birth_date(values, mpi)
    return Pairs(tuple(numbered), tuple(named))


def _by_number(values: Sequence[IndexValue], mpi: MasterPatientIndex) -> Iterator[Levels]:
    claims = claims_of(values)
    for patient in mpi.by_numbers(claims.mrns) if claims.mrns else ():
        yield dict(fits(claims, patient).levels())


def _by_birth_date(values: Sequence[IndexValue], mpi: MasterPatientIndex) -> Iterator[Levels]:
    claims = claims_of(values)
    for day in sorted(claims.possible_births()):
        for patient in mpi.by_birth_date(day):
            found: Fits = fits(claims, patient)
            if found.name is Level.SAME and found.birth is Level.SAME:
                yield dict(found.levels())


def fitted(pairs: Pairs, weights: Weights, version: str) -> Weights:
    """Return ``weights`` with the chances of a page's own patient as ``pairs`` show them."""
    others = [field for field in IDENTIFIERS if field != "mrn"]
    learned = _session(pairs.numbered, others, weights)
    learned |= _session(pairs.named, ["mrn"], weights)
    chances = {
        field: {level: (learned[field][level], u) for level, (_, u) in levels.items()}
        for field, levels in weights.chances.items()
    }
    return replace(weights, chances=chances, version=version)


_Chances = dict[str, dict[Level, float]]


def _session(pairs: Sequence[Levels], fields: Sequence[str], weights: Weights) -> _Chances:
    """Return m of each level of ``fields`` by expectation maximisation over ``pairs``."""
    found: _Chances = {
        field: {level: m for level, (m, _) in weights.chances[field].items()} for field in fields
    }
    share = _START
    for _ in range(_ROUNDS):
        likely = [_chance_of_match(pair, fields, found, weights, share) for pair in pairs]
        share = sum(likely) / len(likely)
        found = {field: _updated(field, pairs, likely, found[field]) for field in fields}
    return found


def _chance_of_match(
    pair: Levels, fields: Sequence[str], found: _Chances, weights: Weights, share: float
) -> float:
    own, chance = share, 1 - share
    for field in fields:
        level = pair[field]
        if level is not Level.UNKNOWN:
            own *= found[field][level]
            chance *= weights.chances[field][level][1]
    return own / (own + chance)


def _updated(
    field: str, pairs: Sequence[Levels], likely: Sequence[float], before: Mapping[Level, float]
) -> dict[Level, float]:
    counts = dict.fromkeys(before, _SMOOTHING)
    for pair, weight in zip(pairs, likely, strict=True):
        if pair[field] is not Level.UNKNOWN:
            counts[pair[field]] += weight
    total = sum(counts.values())
    return {level: count / total for level, count in counts.items()}
