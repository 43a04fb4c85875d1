"""Whose document it is: filed only on evidence a rule can state, else held for a person.

Two identifiers must agree with one patient and nothing on any page may contradict
(VHA 1907.01 and Joint Commission NPSG.01.01.01 ask for two). A wrong chart is the error
that must not happen; a hold only costs a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from .chronology import DATES
from .claims import Claims, Fit, Fits, claims_of, fits
from .identity import numbers_alike
from .model import (
    Candidate,
    Document,
    Filing,
    FilingState,
    MasterPatientIndex,
    PageIndex,
    Patient,
)
from .settings import DEFAULT_SETTINGS, IndexSettings

_MOST_CANDIDATES = 5
_LEAST_SCORE = 0.2
_BORNE_OUT = 0.6
"""Share of the confidence that a number needs when name and birth date both agree."""


def file_document(
    document: Document,
    pages: Sequence[PageIndex],
    mpi: MasterPatientIndex,
    *,
    settings: IndexSettings = DEFAULT_SETTINGS,
) -> Filing:
    """Return whose ``document`` is, or why a person must say; ``pages`` are its own pages.

    Reasons name no identifiers.
    """
    claims = claims_of(chain(document.values, *(page.values for page in pages)))
    pool = _pool(claims, mpi)
    candidates = _ranked(claims, pool)
    patient, objections, rule = _considered(claims, pool, mpi, settings)
    reasons = [*document.doubts, *objections]
    if patient is None or reasons:
        reason = "; ".join(dict.fromkeys(reasons)) or "no identifier was read"
        best = candidates[0].score if candidates else 0.0
        return Filing(FilingState.HELD, None, round(0.5 * best, 4), rule, reason, candidates)
    confidence = _confidence(claims, fits(claims, patient), document.boundary_confidence)
    reason = fits(claims, patient).words
    return Filing(FilingState.FILED, patient.mrn, confidence, rule, reason, candidates)


def _considered(
    claims: Claims, pool: Sequence[Patient], mpi: MasterPatientIndex, settings: IndexSettings
) -> tuple[Patient | None, list[str], str]:
    """Return the patient in question, what speaks against filing, and the rule."""
    if not claims.mrns:
        patient, objections = _without_number(claims, pool, settings)
        return patient, objections, "three-identifiers@1"
    rule = "number-and-second@1"
    if len(claims.mrns) > 1:
        return None, ["two record numbers in one document"], rule
    patient = mpi.by_mrn(next(iter(claims.mrns)))
    if patient is None:
        return None, ["no such patient: the record number is not in the patient index"], rule
    found = fits(claims, patient)
    objections = [
        *_contradictions(claims, found, patient, settings),
        *_weak_number(claims, found, settings),
        *_second_identifier(claims, found, settings),
        *_likeness(claims, patient, pool),
    ]
    return patient, objections, rule


def _contradictions(
    claims: Claims, found: Fits, patient: Patient, settings: IndexSettings
) -> Iterator[str]:
    if found.name is Fit.CONFLICT:
        yield "name differs from the patient index"
    if found.birth is Fit.CONFLICT:
        yield "birth date differs from the patient index"
    if found.sex is Fit.CONFLICT:
        yield "sex differs from the patient index"
    if found.ssn is Fit.CONFLICT:
        yield "social security number differs from the patient index"
    births = {patient.birth_date, *claims.full_births} - {""}
    visits = [v.value for v in claims.values if v.field in DATES - {"birth_date"}]
    sure = [v for v in visits if len(v) == 10]
    if any(visit < birth[: len(visit)] for visit in sure for birth in births):
        yield "birth date is after a date of service"


def _weak_number(claims: Claims, found: Fits, settings: IndexSettings) -> Iterator[str]:
    both = found.name is Fit.AGREE and found.birth is Fit.AGREE
    # A misread number would not be that of the very patient with this name and birth date.
    needed = _BORNE_OUT * settings.low_confidence if both else settings.low_confidence
    if claims.confidence("mrn") < needed:
        yield "record number was read with low confidence"
    elif claims.repaired_number and not both:
        yield "record number was mended and needs name and birth date to agree"


def _second_identifier(claims: Claims, found: Fits, settings: IndexSettings) -> Iterator[str]:
    if Fit.CONFLICT in (found.name, found.birth):
        return
    by_birth = found.birth is Fit.AGREE and claims.confidence("birth_date") >= _needed(
        claims, settings
    )
    by_name = (
        found.name is Fit.AGREE and claims.confidence("patient_name") >= settings.low_confidence
    )
    if by_birth or by_name:
        return
    if found.name is Fit.NEAR:
        yield "name agrees only nearly and no birth date bears it out"
    elif Fit.AGREE in (found.name, found.birth):
        yield "second identifier was read with low confidence"
    else:
        yield "record number stands alone: no second identifier agrees"


def _needed(claims: Claims, settings: IndexSettings) -> float:
    """A birth date of unsure century still agrees by day and month; let it prove with a name."""
    return 0.6 * settings.low_confidence if claims.names else settings.low_confidence


def _likeness(claims: Claims, patient: Patient, pool: Sequence[Patient]) -> Iterator[str]:
    """Object when another patient fits what was read and has a number like the one read."""
    number = next(iter(claims.mrns))
    for other in pool:
        if other.mrn == patient.mrn or not _fits_too(claims, other):
            continue
        if any(numbers_alike(number, known) for known in (other.mrn, *other.other_mrns)):
            yield "another patient with a like number fits as well"
            return


def _fits_too(claims: Claims, other: Patient) -> bool:
    found = fits(claims, other)
    return Fit.CONFLICT not in (found.name, found.birth, found.sex, found.ssn)


def _without_number(
    claims: Claims, pool: Sequence[Patient], settings: IndexSettings
) -> tuple[Patient | None, list[str]]:
    if not claims.names and not claims.births:
        return None, ["no identifier was read"]
    agreeing = [
        patient
        for patient in pool
        if (found := fits(claims, patient)).name is Fit.AGREE and found.birth is Fit.AGREE
    ]
    if len(agreeing) != 1:
        word = "more than one patient agrees" if agreeing else "no patient agrees in both"
        return None, [f"no record number, and {word} in name and birth date"]
    patient = agreeing[0]
    found = fits(claims, patient)
    objections = list(_contradictions(claims, found, patient, settings))
    if not (found.ssn is Fit.AGREE or (found.sex is Fit.AGREE and found.middle)):
        objections.append("no record number, and no third identifier agrees")
    if _lowest(claims) < settings.low_confidence:
        objections.append("identifiers were read with low confidence")
    if claims.shortened_birth and found.ssn is not Fit.AGREE:
        objections.append("birth date was printed without its century")
    if any(other.mrn != patient.mrn and _too_close(claims, patient, other) for other in pool):
        objections.append("another patient is too much alike to tell apart without a number")
    return patient, objections


def _lowest(claims: Claims) -> float:
    return min(claims.confidence("patient_name"), claims.confidence("birth_date"))


def _too_close(claims: Claims, patient: Patient, other: Patient) -> bool:
    """Say whether ``other`` shares the name, or surname and birth date (a twin)."""
    found = fits(claims, other)
    shares_name = found.name in (Fit.AGREE, Fit.NEAR)
    twin = found.surname and found.birth is Fit.AGREE
    return shares_name or twin


def _pool(claims: Claims, mpi: MasterPatientIndex) -> tuple[Patient, ...]:
    """Return the patients found by number, birth date or surname, each once."""
    numbered = [patient for mrn in sorted(claims.mrns) if (patient := mpi.by_mrn(mrn))]
    # The surname on the page may be misread: look under the number's own holder too.
    surnames = claims.surnames() | {patient.last_name for patient in numbered}
    born = (mpi.by_birth_date(birth) for birth in sorted(claims.possible_births()))
    named = (mpi.by_last_name(last) for last in sorted(surnames))
    everyone = chain(numbered, chain.from_iterable(born), chain.from_iterable(named))
    return tuple({patient.mrn: patient for patient in everyone}.values())


def _ranked(claims: Claims, pool: Sequence[Patient]) -> tuple[Candidate, ...]:
    scored = (
        Candidate(patient.mrn, found.score, found.words)
        for patient in pool
        if (found := fits(claims, patient)).score >= _LEAST_SCORE
    )
    ranked = sorted(scored, key=lambda candidate: (-candidate.score, candidate.mrn))
    return tuple(ranked[:_MOST_CANDIDATES])


def _confidence(claims: Claims, found: Fits, boundary: float) -> float:
    agreeing = [fit for fit in (found.name, found.birth, found.ssn) if fit is Fit.AGREE]
    base = 0.99 if len(agreeing) + found.number >= 3 else 0.96
    weakest = min(
        claims.confidence(field)
        for field, fit in (("mrn", found.number), ("patient_name", found.name is Fit.AGREE),
                           ("birth_date", found.birth is Fit.AGREE))
        if fit
    )  # fmt: skip
    return round(base * (0.8 + 0.2 * min(weakest, 1.0)) * (0.9 + 0.1 * boundary), 4)
