"""How a patient of the index compares with what was read, identifier by identifier."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from rapidfuzz.distance import OSA

from .claims import Claims
from .dates import agrees_partly, misread_for_another, short_form
from .model import IndexValue, Patient
from .name_agreement import (
    Agreement,
    compare_names,
    confusable,
    letters_apart,
    suffixes_conflict,
)
from .names import Name, parse_name


class Level(Enum):
    """How far one identifier agrees; later ones outweigh earlier ones."""

    UNKNOWN = 0
    """Not read, or not known of the patient."""
    OTHER = 1
    """It is another's, or was misread beyond recognition."""
    KIN = 2
    """A name with the patient's surname and another given name."""
    PARTIAL = 3
    """It agrees as far as it goes: an initial, a month without its day."""
    LIKE = 4
    """It differs by what a misreading changes."""
    SAME = 5
    """It agrees."""


AGAINST = (Level.OTHER, Level.KIN)
"""What speaks for another person."""

IDENTIFIERS = ("mrn", "patient_name", "birth_date", "sex", "ssn")
"""What is compared, most telling first."""

_LONG_NAME = 8
"""Letters of surname and given name from which they do not stand in another name by chance."""

_NAME_LEVELS = {
    Agreement.CONFLICT: Level.OTHER,
    Agreement.SURNAME: Level.PARTIAL,
    Agreement.NEAR: Level.LIKE,
    Agreement.AGREE: Level.SAME,
}


@dataclass(frozen=True, slots=True)
class Fits:
    """How a patient fits what was read."""

    number: Level
    name: Level
    birth: Level
    sex: Level
    ssn: Level
    middle: Level
    """The middle name or initial, apart from the name: often left out, seldom another."""
    apart: int | None = None
    """Digits between the record number that was read and the patient's; None without one."""

    def levels(self) -> Iterator[tuple[str, Level]]:
        """Yield each identifier with its level."""
        yield from zip(
            IDENTIFIERS, (self.number, self.name, self.birth, self.sex, self.ssn), strict=True
        )

    @property
    def against(self) -> tuple[str, ...]:
        """The identifiers that speak for another person."""
        return tuple(field for field, level in self.levels() if level in AGAINST)

    @property
    def words(self) -> str:
        """What agrees and what does not, without identifiers."""
        named = {
            "record number": self.number if self.number is Level.SAME else Level.UNKNOWN,
            "first name" if self.name is Level.KIN else "name": self.name,
            "birth date": self.birth,
            "social security number": self.ssn,
            "sex": self.sex if self.sex in AGAINST else Level.UNKNOWN,
        }
        parts = []
        for verb, levels in _VERBS.items():
            fields = [word for word, level in named.items() if level in levels]
            if fields:
                parts.append(f"{_listed(fields)} {verb[len(fields) > 1]}")
        if self.apart:
            digits = {1: " in one digit", 2: " in two digits"}.get(self.apart, "")
            parts.append(f"record number differs{digits}")
        return ", ".join(parts) or "nothing agrees"


_VERBS = {
    ("agrees", "agree"): (Level.SAME,),
    ("nearly agrees", "nearly agree"): (Level.LIKE, Level.PARTIAL),
    ("differs", "differ"): AGAINST,
}


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def fits(claims: Claims, patient: Patient) -> Fits:
    """Return how ``patient`` fits ``claims``, each identifier by its best reading."""
    middle = [
        Level.SAME if name.middle[0] == patient.middle_name[0].upper() else Level.OTHER
        for name in claims.names
        if name.middle and patient.middle_name
    ]
    return Fits(
        number=_best(compare(value, patient) for value in claims.of("mrn")),
        name=_best(compare(value, patient) for value in claims.of("patient_name")),
        birth=_best(compare(value, patient) for value in claims.of("birth_date")),
        sex=_best(compare(value, patient) for value in claims.of("sex")),
        ssn=_best(compare(value, patient) for value in claims.of("ssn")),
        middle=_best(middle),
        apart=_digits_apart(claims, patient),
    )


def _later(one: Level, two: Level) -> Level:
    return max(one, two, key=lambda level: level.value)


def _best(levels: Iterable[Level]) -> Level:
    return max(levels, key=lambda level: level.value, default=Level.UNKNOWN)


def compare(value: IndexValue, patient: Patient) -> Level:
    """Return how one index value fits ``patient``; UNKNOWN for a field that identifies nobody."""
    if value.field == "mrn":
        return _number(value.value, patient)
    if value.field == "patient_name":
        level = _name(value.value, patient)
        # What was made of the print may have parted its words wrongly.
        return level if level not in AGAINST else _later(level, _name(value.raw, patient))
    if value.field == "birth_date":
        return _birth(value, patient.birth_date)
    if value.field == "sex":
        known = patient.sex[:1].upper()
        return _same(value.value == known) if known in ("M", "F") else Level.UNKNOWN
    if value.field == "ssn":
        return _ssn(_digits(value.value), _digits(patient.ssn))
    return Level.UNKNOWN


def _same(agrees: bool) -> Level:
    return Level.SAME if agrees else Level.OTHER


def _number(number: str, patient: Patient) -> Level:
    known = (patient.mrn, *patient.other_mrns)
    if number in known:
        return Level.SAME
    return Level.LIKE if any(OSA.distance(number, one) == 1 for one in known) else Level.OTHER


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Name | None:
    return parse_name(text)


@lru_cache(maxsize=1024)
def _is_short(raw: str) -> bool:
    return short_form(raw) is not None


def _name(text: str, patient: Patient) -> Level:
    name = _parsed(text)
    if name is None:
        return Level.UNKNOWN
    agreement = compare_names(name, patient)
    if agreement is not Agreement.CONFLICT:
        return _NAME_LEVELS[agreement]
    if not suffixes_conflict(name.suffix, patient.suffix) and _is_torn(text, patient):
        return Level.LIKE
    surnames = (patient.last_name, *(last for last, _ in patient.other_names))
    return Level.KIN if any(letters_apart(name.last, s) <= 1 for s in surnames) else Level.OTHER


def _is_torn(text: str, patient: Patient) -> bool:
    """Say whether the patient's name stands in ``text`` but for where its words part.

    Words are torn ("SH ARON"), and a misread label is drawn into the name ("NANE TESTPERSON").
    """
    read = confusable(text)
    known = ((patient.last_name, patient.first_name), *patient.other_names)
    return any(
        len(last) + len(first) >= _LONG_NAME and form in read
        for last, first in known
        for form in (confusable(last + first), confusable(first + last))
    )


def _birth(value: IndexValue, birth_date: str) -> Level:
    read = value.value
    if not birth_date:
        return Level.UNKNOWN
    if read == birth_date:
        return Level.SAME
    if len(read) < len(birth_date):
        return Level.PARTIAL if agrees_partly(read, birth_date) else Level.OTHER
    if _is_short(value.raw):
        read, birth_date = read[2:], birth_date[2:]
    if read == birth_date:
        return Level.SAME
    return Level.LIKE if misread_for_another(read, birth_date) else Level.OTHER


def _ssn(read: str, known: str) -> Level:
    """One digit apart may be a misreading, or a twin: it neither proves nor contradicts."""
    if not known:
        return Level.UNKNOWN
    if read == known:
        return Level.SAME
    return Level.LIKE if OSA.distance(read, known) <= 1 else Level.OTHER


def _digits_apart(claims: Claims, patient: Patient) -> int | None:
    known = (patient.mrn, *patient.other_mrns)
    return min((OSA.distance(a, b) for a in claims.mrns for b in known), default=None)


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
