"""Whose document it is: filed only on evidence a rule can state, else held for a person.

Two identifiers must agree with one patient (VHA 1907.01 and Joint Commission NPSG.01.01.01 ask
for two), that patient must lead every other and whoever the index does not have by a margin,
and no page may contradict. A wrong chart is the error that must not happen; a hold only costs
a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from .candidates import Ranking, Weighed, ranking
from .claims import REPAIRED, Claims, claims_of
from .comparison import Fits, Level, compare
from .firewall import SURE_NAME, contradictions
from .identity import numbers_alike
from .model import (
    Document,
    Filing,
    FilingState,
    IndexValue,
    MasterPatientIndex,
    PageIndex,
    Patient,
)
from .settings import DEFAULT_SETTINGS, IndexSettings
from .weights import Weights, shipped_weights

_WITH_NAME = 0.6
"""Share of the confidence that a birth date needs beside a name."""
_NUMBERED = "number-and-second@2"
_MISREAD = "misread-number@1"
_UNNUMBERED = "name-and-birth@1"
_NOBODY = "no-such-patient@1"


@dataclass(frozen=True, slots=True)
class _Case:
    """A document on its way to a patient."""

    claims: Claims
    witnesses: tuple[Claims, ...]
    """What each page, and the separator sheet, says by itself."""
    ranking: Ranking
    mpi: MasterPatientIndex
    settings: IndexSettings


def file_document(
    document: Document,
    pages: Sequence[PageIndex],
    mpi: MasterPatientIndex,
    *,
    settings: IndexSettings = DEFAULT_SETTINGS,
    weights: Weights | None = None,
) -> Filing:
    """Return whose ``document`` is, or why a person must say; ``pages`` are its own pages.

    Reasons name no identifiers.
    """
    claims = claims_of(chain(document.values, *(page.values for page in pages)))
    ranked = ranking(claims, mpi, weights or shipped_weights())
    case = _Case(claims, _witnesses(document, pages), ranked, mpi, settings)
    leader, objections, rule = _considered(case)
    reasons = [*document.doubts, *objections]
    if leader is None or reasons:
        reason = "; ".join(dict.fromkeys(reasons)) or "no identifier was read"
        candidates = ranked.candidates()
        likeliest = candidates[0].score if candidates else 0.0
        return Filing(FilingState.HELD, None, round(0.5 * likeliest, 4), rule, reason, candidates)
    confidence = _confidence(leader, ranked, document.boundary_confidence)
    mrn, reason = leader.patient.mrn, leader.fits.words
    return Filing(FilingState.FILED, mrn, confidence, rule, reason, ranked.candidates())


def _witnesses(document: Document, pages: Sequence[PageIndex]) -> tuple[Claims, ...]:
    """Return what each page says by itself, and the separator sheet before them."""
    own = {value for page in pages for value in page.values}
    sheet = [value for value in document.values if value.rule.startswith("separator@")]
    told = [claims_of(value for value in sheet if value not in own)]
    told += [claims_of(page.values) for page in pages]
    return tuple(claims for claims in told if claims.values)


def _considered(case: _Case) -> tuple[Weighed | None, list[str], str]:
    """Return the patient in question, what speaks against filing, and the rule."""
    claims, weighed = case.claims, case.ranking.weighed
    if not (claims.mrns or claims.names or claims.births or claims.ssns):
        return None, ["no identifier was read"], _UNNUMBERED
    if not claims.mrns:
        return _without_number(case)
    # Who bears the number is asked first, even where another fits better: then it is held.
    bearers = [w for w in weighed if w.fits.number is Level.SAME]
    leader = next(iter(bearers or weighed), None)
    if leader is None or leader.fits.number not in (Level.SAME, Level.LIKE):
        return _of_nobody(case)
    rule = _NUMBERED if leader.fits.number is Level.SAME else _MISREAD
    objections = [
        *_numbers_of_others(case, leader.patient),
        *contradictions(case.witnesses, leader.patient, case.settings),
        *_second_identifier(case, leader),
        *_likeness(case, leader.patient),
        *_margin(case, leader),
    ]
    return leader, objections, rule


def _of_nobody(case: _Case) -> tuple[Weighed | None, list[str], str]:
    """No patient has the number that was read, or one like it."""
    if len(case.claims.mrns) > 1:
        return None, ["two record numbers in one document"], _NUMBERED
    return None, ["no such patient: the record number is not in the patient index"], _NOBODY


def _numbers_of_others(case: _Case, patient: Patient) -> Iterator[str]:
    """Object to a number on any page that is not the patient's and no misreading of theirs.

    A number that is another patient's is never taken for a misreading.
    """
    own = {patient.mrn, *patient.other_mrns}
    strange = [number for number in case.claims.mrns if number not in own]
    if not strange:
        return
    several = len(case.claims.mrns) > 1
    far = [
        value
        for value in case.claims.of("mrn")
        if value.value in strange and compare(value, patient) is not Level.LIKE
    ]
    if far or case.mpi.by_numbers(strange):
        yield (
            "two record numbers in one document"
            if several
            else "the record number is another patient's"
        )


def _second_identifier(case: _Case, leader: Weighed) -> Iterator[str]:
    """Object unless a second identifier agrees; a number that is in doubt itself needs two."""
    found = leader.fits
    if found.number is Level.LIKE:
        if not all(_agrees(case, leader, field) for field in ("patient_name", "birth_date")):
            yield "record number may be misread, and needs name and birth date to agree"
    elif not _any_agrees(found):
        if not (_is_sure(case, leader) and _is_misread_name(case, leader)):
            yield _missing_second(found)
    elif _is_sure(case, leader):
        # However badly the second was read: nobody else's agrees with the bearer of this number.
        return
    elif not any(_agrees(case, leader, field) for field in _SECOND):
        yield "record number and second identifier were read with low confidence"
    elif not _borne_out(found):
        yield "record number was read with low confidence, and only one other identifier agrees"


def _any_agrees(found: Fits) -> bool:
    return Level.SAME in (found.name, found.birth, found.ssn)


_SECOND = ("patient_name", "birth_date", "ssn")


def _agrees(case: _Case, leader: Weighed, field: str) -> bool:
    """Say whether ``field`` agrees and was read well enough to prove something."""
    needed = case.settings.low_confidence
    if field == "birth_date" and case.claims.names:
        # Of unsure century it still agrees by day and month: let it prove beside a name.
        needed *= _WITH_NAME
    return any(value.confidence >= needed for value in _agreeing(case, leader, field))


def _agreeing(case: _Case, leader: Weighed, field: str) -> Iterator[IndexValue]:
    values = case.claims.of(field)
    return (value for value in values if compare(value, leader.patient) is Level.SAME)


def _is_misread_name(case: _Case, leader: Weighed) -> bool:
    """Say whether the name is the patient's but for letters that were in doubt when read.

    The number was read well; nobody else of the index may bear a name like it.
    """
    if leader.fits.name is not Level.LIKE or case.claims.confidence("patient_name") >= SURE_NAME:
        return False
    like = [w for w in case.ranking.weighed if w.fits.name in (Level.SAME, Level.LIKE)]
    return len(like) == 1


def _is_sure(case: _Case, leader: Weighed) -> bool:
    """Say whether the patient's number was read well somewhere, without a letter mended."""
    return any(
        value.confidence >= case.settings.low_confidence and REPAIRED not in value.rule
        for value in _agreeing(case, leader, "mrn")
    )


def _borne_out(found: Fits) -> bool:
    """Say whether more agrees than a misread number would by chance find with its patient."""
    named = found.name is Level.SAME or (found.name is Level.LIKE and found.birth is Level.SAME)
    return named and Level.SAME in (found.birth, found.ssn, found.middle)


def _missing_second(found: Fits) -> str:
    if found.name in (Level.LIKE, Level.PARTIAL):
        return "name agrees only nearly and no birth date bears it out"
    return "record number stands alone: no second identifier agrees"


def _likeness(case: _Case, patient: Patient) -> Iterator[str]:
    """Object when another patient fits what was read and has a number like the one read."""
    for other in case.ranking.weighed:
        if other.patient.mrn == patient.mrn or other.fits.against:
            continue
        known = (other.patient.mrn, *other.patient.other_mrns)
        if any(numbers_alike(number, one) for number in case.claims.mrns for one in known):
            yield "another patient with a like number fits as well"
            return


def _margin(case: _Case, leader: Weighed) -> Iterator[str]:
    if case.ranking.lead(leader.patient) < case.settings.margin:
        yield "what agrees is too common, or fits another patient nearly as well"


def _without_number(case: _Case) -> tuple[Weighed | None, list[str], str]:
    agreeing = [w for w in case.ranking.weighed if _two_agree(w.fits)]
    if len(agreeing) != 1:
        word = "more than one patient agrees" if agreeing else "no patient agrees"
        return None, [f"no record number, and {word} in two identifiers"], _UNNUMBERED
    leader = agreeing[0]
    objections = [
        *contradictions(case.witnesses, leader.patient, case.settings),
        *_unnumbered(case, leader),
        *_margin(case, leader),
    ]
    return leader, objections, _UNNUMBERED


def _two_agree(found: Fits) -> bool:
    return [found.name, found.birth, found.ssn].count(Level.SAME) >= 2


def _unnumbered(case: _Case, leader: Weighed) -> Iterator[str]:
    agreeing = [field for field in _SECOND if _agrees(case, leader, field)]
    if len(agreeing) < 2:
        yield "identifiers were read with low confidence"
    others = (w for w in case.ranking.weighed if w.patient.mrn != leader.patient.mrn)
    if any(_too_close(w.fits) for w in others):
        yield "another patient is too much alike to tell apart without a number"


def _too_close(found: Fits) -> bool:
    """Say whether another shares name and nearly the birth date, or surname and birth date."""
    named = found.name in (Level.SAME, Level.LIKE, Level.PARTIAL)
    born = found.birth in (Level.SAME, Level.LIKE, Level.PARTIAL)
    return born and (named or found.name is Level.KIN)


def _confidence(leader: Weighed, ranked: Ranking, boundary: float) -> float:
    """Return the chance that the patient is right, less what the boundaries are in doubt."""
    lead = ranked.lead(leader.patient)
    odds: float = 2.0 ** min(lead, 14.0)
    return round(odds / (1 + odds) * (0.9 + 0.1 * boundary), 4)
