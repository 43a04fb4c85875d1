"""A patient index of any size, whose names are as common and as rare as in a real one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from indexer.model import Patient

from .people import MEN, WOMEN, words_of

_HEADS = words_of(
    "Sam Mock Fab Test Fei Fau Myth Dra Pro Dem Tri Mod Pap In Sha Fig Pre Fan Pha Spe Nob"
)
_MIDDLES = words_of("a e i o u el an or in er al is on ur en")
_TAILS = words_of(
    "well son ley by worth man ton ham wick berg stone ford gate more ski ini ez ard low by"
)
_SURNAMES = 12_000
_GIVEN_SHARES = tuple(accumulate(1 / (rank + 3) for rank in range(max(len(MEN), len(WOMEN)))))
_TWIN, _JUNIOR, _SPOUSE = 0.02, 0.03, 0.25
"""Shares of patients followed by a twin, a namesake of the next generation, a spouse."""


def multitude(seed: int, count: int) -> Iterator[Patient]:
    """Yield ``count`` invented patients; numbers never repeat and are given out in order.

    Surnames and given names follow Zipf's law: the commonest surname is borne by one in a
    hundred, as in a census. Families register together, so relatives have neighbouring numbers.
    """
    rng = Random(f"multitude {seed}")
    surnames = _surnames(rng)
    number = 100_000
    made = 0
    while made < count:
        for patient in _family(rng, surnames):
            if made == count:
                return
            number += rng.choice((1, 1, 1, 2, 7, 9))
            yield replace(patient, mrn=f"{number:08}")
            made += 1


def _surnames(rng: Random) -> tuple[Sequence[str], Sequence[float]]:
    made: dict[str, None] = {}
    while len(made) < _SURNAMES:
        middle = rng.choice(_MIDDLES) + rng.choice(("", "", *"nrlstm"))
        made[(rng.choice(_HEADS) + middle + rng.choice(_TAILS)).upper()] = None
    names = list(made)
    return names, list(accumulate(1 / (rank + 9) for rank in range(len(names))))


def _family(rng: Random, surnames: tuple[Sequence[str], Sequence[float]]) -> Iterator[Patient]:
    names, shares = surnames
    last = rng.choices(names, cum_weights=shares)[0]
    born = date(1900, 1, 1) + timedelta(rng.randrange(365 * 85))
    one = _person(rng, last, rng.choice("MF"), born)
    yield one
    if rng.random() < _TWIN:
        yield _person(rng, last, rng.choice("MF"), born)
    if one.sex == "M" and rng.random() < _JUNIOR:
        later = born + timedelta(365 * 20 + rng.randrange(365 * 20))
        yield replace(one, suffix="JR", birth_date=later.isoformat(), ssn=_ssn(rng), mrn="")
    if rng.random() < _SPOUSE:
        other = "F" if one.sex == "M" else "M"
        yield _person(rng, last, other, born + timedelta(rng.randrange(-2000, 2000)))


def _person(rng: Random, last: str, sex: str, born: date) -> Patient:
    given = MEN if sex == "M" else WOMEN
    first, middle = rng.choices(given, cum_weights=_GIVEN_SHARES[: len(given)], k=2)
    return Patient(
        mrn="",
        last_name=last,
        first_name=first.upper(),
        birth_date=born.isoformat(),
        middle_name=rng.choice((middle[0], middle.upper(), "")),
        sex=sex,
        ssn=_ssn(rng),
    )


def _ssn(rng: Random) -> str:
    return f"9{rng.randrange(0, 50):02}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}"
