"""What a document's pages claim of their patient, and how a patient of the index fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from rapidfuzz.distance import OSA

from .dates import agrees_partly, short_form
from .model import IndexValue, Patient
from .name_agreement import Agreement, compare_names, letters_apart
from .names import Name, parse_name

_REPAIRED = "-repaired@"


class Fit(Enum):
    """How one identifier fits a patient."""

    UNKNOWN = "not compared"
    AGREE = "agrees"
    NEAR = "nearly agrees"
    CONFLICT = "differs"


@dataclass(frozen=True, slots=True)
class Claims:
    """The identifiers of a document and all its pages."""

    values: tuple[IndexValue, ...]
    mrns: frozenset[str]
    names: tuple[Name, ...]
    births: frozenset[tuple[str, str]]
    """Pairs of value and raw."""
    sexes: frozenset[str]
    ssns: frozenset[str]

    def confidence(self, field: str) -> float:
        """Return the best confidence among the readings of ``field``; 0.0 without any."""
        return max((v.confidence for v in self.values if v.field == field), default=0.0)

    @property
    def repaired_number(self) -> bool:
        """Whether the record number was only ever read with letters mended."""
        rules = [value.rule for value in self.values if value.field == "mrn"]
        return bool(rules) and all(_REPAIRED in rule for rule in rules)

    @property
    def shortened_birth(self) -> bool:
        """Whether every birth date was printed with two digits for its year."""
        return bool(self.births) and all(short_form(raw) for _, raw in self.births)

    @property
    def full_births(self) -> frozenset[str]:
        """The birth dates that were printed with their century."""
        return frozenset(value for value, raw in self.births if not short_form(raw))

    def possible_births(self) -> frozenset[str]:
        """Return the birth dates as days, in each century that the print leaves open."""
        days = {value for value, _ in self.births if len(value) == 10}
        short = {value for value, raw in self.births if len(value) == 10 and short_form(raw)}
        return frozenset(days | {c + value[2:] for value in short for c in ("18", "19", "20")})

    def surnames(self) -> frozenset[str]:
        """Return the surnames to look up, with the first part where the order is unsure."""
        return frozenset(part for name in self.names for part in (name.last, name.first) if part)


def claims_of(values: Iterable[IndexValue]) -> Claims:
    """Return what index values claim of their patient."""
    kept = tuple(dict.fromkeys(values))
    names = {
        value.value: parse_name(value.value) for value in kept if value.field == "patient_name"
    }
    return Claims(
        values=kept,
        mrns=_of(kept, "mrn"),
        names=tuple(name for name in names.values() if name),
        births=frozenset((v.value, v.raw) for v in kept if v.field == "birth_date"),
        sexes=_of(kept, "sex"),
        ssns=_of(kept, "ssn"),
    )


def _of(values: tuple[IndexValue, ...], field: str) -> frozenset[str]:
    return frozenset(value.value for value in values if value.field == field)


_NEAR_NUMBER = {1: 0.15, 2: 0.08}
"""What a record number that may be a misreading adds to the score, by digits apart."""


@dataclass(frozen=True, slots=True)
class Fits:
    """How a patient fits the claims, identifier by identifier."""

    number: bool
    apart: int | None
    """Digits between the record number that was read and the patient's; None without one."""
    name: Fit
    surname: bool
    middle: bool
    birth: Fit
    sex: Fit
    ssn: Fit

    @property
    def score(self) -> float:
        """0.0 to 1.0, for ranking only."""
        weights = {Fit.AGREE: 1.0, Fit.NEAR: 0.6, Fit.UNKNOWN: 0.0, Fit.CONFLICT: -0.2}
        total = 0.45 * self.number + 0.3 * weights[self.name] + 0.3 * weights[self.birth]
        total += _NEAR_NUMBER.get(self.apart or 0, 0.0)
        total += 0.1 * (self.name is Fit.CONFLICT and self.surname)
        total += 0.3 * weights[self.ssn] + 0.3 * min(weights[self.sex], 0.0)
        return round(min(1.0, max(0.0, total)), 4)

    @property
    def words(self) -> str:
        """What agrees and what does not, without identifiers."""
        named = {
            "record number": Fit.AGREE if self.number else Fit.UNKNOWN,
            self._name_word(): self.name,
            "birth date": self.birth,
            "social security number": self.ssn,
            "sex": self.sex if self.sex is Fit.CONFLICT else Fit.UNKNOWN,
        }
        parts = []
        for fit in (Fit.AGREE, Fit.NEAR, Fit.CONFLICT):
            fields = [word for word, found in named.items() if found is fit]
            if fields:
                parts.append(f"{_listed(fields)} {_verb(fit, len(fields))}")
        if self.apart:
            digits = {1: " in one digit", 2: " in two digits"}.get(self.apart, "")
            parts.append(f"record number differs{digits}")
        return ", ".join(parts) or "nothing agrees"

    def _name_word(self) -> str:
        return "first name" if self.name is Fit.CONFLICT and self.surname else "name"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _verb(fit: Fit, count: int) -> str:
    singular = {Fit.AGREE: "agrees", Fit.NEAR: "nearly agrees", Fit.CONFLICT: "differs"}[fit]
    plural = {Fit.AGREE: "agree", Fit.NEAR: "nearly agree", Fit.CONFLICT: "differ"}[fit]
    return singular if count == 1 else plural


def fits(claims: Claims, patient: Patient) -> Fits:
    """Return how ``patient`` fits every claim; one contradiction outweighs all agreement."""
    return Fits(
        number=bool(claims.mrns & {patient.mrn, *patient.other_mrns}),
        apart=_digits_apart(claims, patient),
        name=_name_fit(claims, patient),
        surname=any(letters_apart(name.last, patient.last_name) <= 1 for name in claims.names),
        middle=any(_middle_agrees(name.middle, patient.middle_name) for name in claims.names),
        birth=_birth_fit(claims, patient.birth_date),
        sex=_exact_fit(claims.sexes, patient.sex[:1].upper()),
        ssn=_ssn_fit(frozenset(map(_digits, claims.ssns)), _digits(patient.ssn)),
    )


_NAME_FITS = {
    Agreement.CONFLICT: Fit.CONFLICT,
    Agreement.SURNAME: Fit.NEAR,
    Agreement.NEAR: Fit.NEAR,
    Agreement.AGREE: Fit.AGREE,
}


def _name_fit(claims: Claims, patient: Patient) -> Fit:
    if not claims.names:
        return Fit.UNKNOWN
    agreements = [compare_names(name, patient) for name in claims.names]
    if min(agreements) is Agreement.CONFLICT:
        return Fit.CONFLICT
    # One page that prints the name in full bears out another that abbreviates it.
    return _NAME_FITS[max(agreements)]


def _digits_apart(claims: Claims, patient: Patient) -> int | None:
    known = (patient.mrn, *patient.other_mrns)
    return min((OSA.distance(a, b) for a in claims.mrns for b in known), default=None)


def _middle_agrees(one: str, two: str) -> bool:
    return bool(one and two) and one[0].upper() == two[0].upper()


def _birth_fit(claims: Claims, birth_date: str) -> Fit:
    if not claims.births or not birth_date:
        return Fit.UNKNOWN
    found = [_one_birth(value, raw, birth_date) for value, raw in claims.births]
    for fit in (Fit.CONFLICT, Fit.AGREE, Fit.NEAR):
        if fit in found:
            return fit
    return Fit.UNKNOWN


def _one_birth(value: str, raw: str, birth_date: str) -> Fit:
    if value == birth_date:
        return Fit.AGREE
    if len(value) == 10 and short_form(raw) and value[2:] == birth_date[2:]:
        return Fit.AGREE
    return Fit.NEAR if len(value) < 10 and agrees_partly(value, birth_date) else Fit.CONFLICT


def _exact_fit(read: frozenset[str], known: str) -> Fit:
    if not read or not known:
        return Fit.UNKNOWN
    return Fit.AGREE if read == {known} else Fit.CONFLICT


def _ssn_fit(read: frozenset[str], known: str) -> Fit:
    """One digit apart may be a misreading, or a twin: it neither proves nor contradicts."""
    fit = _exact_fit(read, known)
    if fit is Fit.CONFLICT and all(OSA.distance(number, known) <= 1 for number in read):
        return Fit.NEAR
    return fit


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
