"""Which patients of the index a document may belong to: blocking, then weighing.

A patient index holds a million people; only those that share a key with what was read are
compared: a number or one a misread digit away, a birth date, a name, a social security number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import log2

from .claims import Claims
from .comparison import Fits, Level, fits
from .model import Candidate, MasterPatientIndex, Patient
from .weights import Rarity, Weights

_UNLISTED = 0.25
"""Patients of the charts whom the index does not have, for each that it has."""
_MOST_CANDIDATES = 5
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A patient, how well they fit, and how much that speaks for them."""

    patient: Patient
    fits: Fits
    bits: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates of one document, likeliest first."""

    weighed: tuple[Weighed, ...]
    unlisted: float
    """Bits of somebody whom the index does not have, on the same scale."""

    def lead(self, patient: Patient) -> float:
        """Return by how many bits ``patient`` leads all others, the unlisted among them."""
        own = next((w.bits for w in self.weighed if w.patient.mrn == patient.mrn), 0.0)
        others = [w.bits for w in self.weighed if w.patient.mrn != patient.mrn]
        return own - max([self.unlisted, *others])

    def candidates(self) -> tuple[Candidate, ...]:
        """Return the likeliest few for people to choose from."""
        total = 2.0**self.unlisted + sum(2.0**w.bits for w in self.weighed)
        shown = (
            Candidate(w.patient.mrn, round(2.0**w.bits / total, 4), w.fits.words)
            for w in self.weighed[:_MOST_CANDIDATES]
            if w.bits > 0
        )
        return tuple(shown)


def ranking(claims: Claims, mpi: MasterPatientIndex, weights: Weights) -> Ranking:
    """Return the patients that share a key with ``claims``, weighed."""
    size = mpi.size()
    weighed = [
        _weighed(claims, patient, mpi, weights, size) for patient in _blocked(claims, mpi).values()
    ]
    ordered = sorted(weighed, key=lambda w: (-w.bits, w.fits.apart or 0, w.patient.mrn))
    return Ranking(tuple(ordered), log2(max(size, 1) * _UNLISTED))


def _weighed(
    claims: Claims, patient: Patient, mpi: MasterPatientIndex, weights: Weights, size: int
) -> Weighed:
    found = fits(claims, patient)
    named = found.name in (Level.SAME, Level.LIKE, Level.PARTIAL)
    namesakes = mpi.namesakes(patient.last_name, patient.first_name) if named else 1
    return Weighed(patient, found, weights.bits(found, Rarity(size, namesakes)))


def _blocked(claims: Claims, mpi: MasterPatientIndex) -> dict[str, Patient]:
    numbers = {one for number in claims.mrns for one in (number, *like_numbers(number))}
    found = chain(
        mpi.by_numbers(numbers) if numbers else (),
        chain.from_iterable(mpi.by_birth_date(day) for day in sorted(claims.possible_births())),
        chain.from_iterable(mpi.by_name(*name) for name in sorted(_names(claims))),
        chain.from_iterable(mpi.by_ssn(ssn) for ssn in sorted(claims.ssns)),
    )
    return {patient.mrn: patient for patient in found}


def _names(claims: Claims) -> set[tuple[str, str]]:
    """Return surname and given name to look up, turned as well: the order may be unsure."""
    return {
        pair
        for name in claims.names
        for pair in ((name.last, name.first), (name.first, name.last))
        if all(pair)
    }


def like_numbers(number: str) -> Iterator[str]:
    """Yield the numbers that one digit misread, lost, added or exchanged makes of ``number``."""
    cuts = [(number[:n], number[n:]) for n in range(len(number) + 1)]
    made = {head + tail[1:] for head, tail in cuts if tail}
    made |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    made |= {head + digit + tail[1:] for head, tail in cuts if tail for digit in _DIGITS}
    made |= {head + digit + tail for head, tail in cuts for digit in _DIGITS}
    yield from sorted(made - {number})
