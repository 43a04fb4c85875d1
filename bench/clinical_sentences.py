"""Passages of clinical text by the million: half from small pools, half new each time.

What a ``Pen`` composes is taken from pools made once, since composing it anew for each page of a
large archive would take days; the sentences here have the rare words, numbers and dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import TypeAlias

from .clinical_words import Vocabulary, adjectives, drugs, places, surnames, terms
from .conditions import CONDITIONS, Condition
from .people import words_of
from .texts import Pen

_PASSAGES = 150
"""Passages in the pool of each condition."""
_SENTENCES = """
There was {A} {N} of the {B} with {Q} {N} noted on {d}.
The patient was seen by Dr. {S} of {P} for {N} and {A} {N}.
Findings are consistent with {Q} {A} {N}; {N} could not be ruled out.
A {Q} {N} of the {B} was described by Dr. {S} in {P} on {d}.
{D} {m} mg was given at {h} for {Q} {N} and stopped on {d}.
She was referred from {P} with a diagnosis of {A} {N} of the {B}.
He had been treated at {P} for {N} in {y} and has taken {D} since then.
The {A} region of the {B} shows {Q} {N} without evidence of {N}.
Previous {N} was done in {y} by Dr. {S}, with {Q} improvement of the {N}.
Specimen {a} of the {B} measured {v} by {v} by {v} cm and showed {Q} {N}.
Microscopic sections of the {B} show {A} {N} with {Q} {N} of the {A} layer.
Impression: {Q} {N} of the {B}, probably {A}, with early {N}.
Serum level was {v} on {d} and {v} after {n} days of {D}.
In the opinion of Dr. {S} the {N} is of {A} origin and {N} is not advised.
The family lives in {P}; a letter was sent to Dr. {S} about the {N}.
Rule out {N}, {N} and {A} {N} before {D} is begun.
On examination of the {B} there is {Q} tenderness and {A} {N}.
A {N} was carried out on {d} under {D} because of {A} {N}.
The {N} was tolerated well and the {B} was without {N} at {h} hours.
Consultation with Dr. {S} was requested for {Q} {N} of the {B}.
The patient was taking {D} {m} mg and {D} {m} mg daily for {N}.
No {A} {N} was found at the time of {N}, laboratory number {a}.
There is a history of {N} in an uncle and of {A} {N} in a sister from {P}.
Pressure over the {B} brought on {N}; the {A} reflex was {Q}.
Transferred to {P} on {d} in the care of Dr. {S} with {Q} {N}.
The {B} was exposed and the {A} {N} was divided between clamps by Dr. {S}.
Follow up of the {N} is to be in {n} weeks with Dr. {S} at {P}.
Radiographs of the {B}, film number {a}, demonstrate {Q} {A} {N}.
Reaction to {D} was recorded in {y} as {Q} {N} of the {B}.
Chart number {a} of {P} was reviewed and mentions {N} and {Q} {A} changes.
Because of {Q} {N} the dose of {D} was raised to {m} mg at {h}.
The ratio was {v} with a count of {c} and {n} percent {A} forms.
"""
_QUALIFIERS = words_of(
    "slight moderate marked severe minimal early late old recent chronic acute recurrent diffuse "
    "focal bilateral generalized progressive stable residual extensive superficial deep probable "
    "possible definite questionable occasional persistent intermittent transient mild gross "
    "irregular symmetrical partial complete healed active quiescent localized advanced"
)
_BODY = (
    "left lower lobe", "right upper lobe", "left ventricle", "right kidney", "left kidney",
    "right side of the neck", "left side of the face", "lower abdomen", "upper abdomen",
    "right flank", "left hip", "right knee", "left ankle", "right shoulder", "lumbar spine",
    "cervical spine", "base of the skull", "floor of the mouth", "left breast", "right breast",
    "back of the hand", "first toe", "small bowel", "transverse colon", "liver", "spleen",
    "bladder", "uterus", "right ear", "left eye", "scalp", "chest wall", "pelvis", "diaphragm",
    "gallbladder", "stomach", "thyroid", "left forearm", "right thigh", "calf", "sacrum",
)  # fmt: skip

Drawer: TypeAlias = Callable[[Random], str]
"""Fills one blank of a sentence."""
Sentence: TypeAlias = tuple[str | Drawer, ...]


def new_passage(rng: Random, sentences: int) -> list[str]:
    """Return the words of sentences that no other page has."""
    some = rng.choices(_sentences(), k=sentences)
    said = (part if isinstance(part, str) else part(rng) for one in some for part in one)
    return "".join(said).split()


def known_passage(rng: Random, condition: Condition) -> list[str]:
    """Return the words of a passage about ``condition`` that many pages share."""
    return rng.choice(_pools()[condition.name])


@lru_cache(maxsize=1)
def _pools() -> dict[str, list[list[str]]]:
    return {one.name: _pool(one) for one in CONDITIONS}


def _pool(condition: Condition) -> list[list[str]]:
    rng = Random(f"passages {condition.name}")
    return [_passage(rng, condition).split() for _ in range(_PASSAGES)]


def _passage(rng: Random, condition: Condition) -> str:
    age = rng.randint(condition.youngest, condition.oldest)
    pen = Pen(rng, condition, condition.sex or rng.choice("MF"), age, rng.randint(1935, 1995))
    several = (
        lambda: " ".join(pen.nursing(4)),
        lambda: " ".join(pen.progress(4)),
        lambda: " ".join(pen.orders(5)),
    )
    whole = (pen.history, pen.past, pen.exam, pen.laboratory, pen.course, pen.plan, pen.findings)
    return rng.choice((*whole, *several))()


@lru_cache(maxsize=1)
def _sentences() -> list[Sentence]:
    return [_sentence(line) for line in _SENTENCES.strip().splitlines()]


def _sentence(line: str) -> Sentence:
    parts = re.split(r"\{(\w)\}", line + " ")
    return tuple(_BLANKS[part] if at % 2 else part for at, part in enumerate(parts))


def _from(known: Callable[[], Vocabulary]) -> Drawer:
    return lambda rng: known().draw(rng)


def _day(rng: Random) -> str:
    return f"{rng.randint(1, 12)}/{rng.randint(1, 28)}/{rng.randint(35, 95)}"


def _accession(rng: Random) -> str:
    return f"{rng.choice('SXLPH')}{rng.randint(35, 95)}-{rng.randint(100, 39999)}"


def _hour(rng: Random) -> str:
    return f"{rng.randrange(24):02}{15 * rng.randrange(4):02}"


_BLANKS: dict[str, Drawer] = {
    "N": _from(terms),
    "A": _from(adjectives),
    "D": _from(drugs),
    "S": _from(surnames),
    "P": _from(places),
    "Q": lambda rng: rng.choice(_QUALIFIERS),
    "B": lambda rng: rng.choice(_BODY),
    "d": _day,
    "a": _accession,
    "h": _hour,
    "y": lambda rng: str(rng.randint(1920, 1994)),
    "n": lambda rng: str(rng.randint(2, 90)),
    "m": lambda rng: str(5 * rng.randint(1, 100)),
    "c": lambda rng: str(10 * rng.randint(90, 2600)),
    "v": lambda rng: f"{rng.randint(1, 199) / 10}",
}
