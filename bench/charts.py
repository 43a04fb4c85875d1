"""Charts: for each invented patient the documents of one stay, in chart order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from . import administrative, forms, prose
from .blocks import Form
from .case import DATE_STYLES, Case, Doctor, House, Voice
from .conditions import CONDITIONS, Condition
from .design import MRN_LABELS, Draft, dress
from .layout import lay_out
from .people import Person
from .sheet import Sheet


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of document and who writes it."""

    code: str
    """LOINC code of the document ontology."""
    name: str
    write: Callable[[Voice], Draft]


KINDS = {
    kind.write.__name__: kind
    for kind in (
        Kind("64289-2", "Face sheet", forms.face_sheet),
        Kind("18842-5", "Discharge summary", prose.discharge_summary),
        Kind("34117-2", "History and physical", prose.history_and_physical),
        Kind("11506-3", "Progress note", prose.progress_note),
        Kind("11488-4", "Consultation", prose.consultation),
        Kind("11504-8", "Operative report", prose.operative_report),
        Kind("11485-0", "Anesthesia record", forms.anesthesia_record),
        Kind("11526-1", "Pathology report", prose.pathology),
        Kind("11502-2", "Laboratory report", forms.laboratory),
        Kind("18748-4", "Diagnostic imaging", prose.imaging),
        Kind("11524-6", "ECG", forms.electrocardiogram),
        Kind("34746-8", "Nursing note", prose.nursing_note),
        Kind("46209-3", "Provider orders", forms.orders),
        Kind("80565-5", "Medication administration record", forms.medication_record),
        Kind("64293-4", "Procedure consent", forms.consent),
        Kind("34111-5", "Emergency department note", prose.emergency_note),
        Kind("34108-1", "Outpatient note", prose.outpatient_note),
        Kind("34748-4", "Telephone encounter", prose.telephone_note),
        Kind("57133-1", "Referral", forms.referral),
        Kind("18761-7", "Transfer summary", prose.transfer_summary),
        Kind("82593-5", "Immunization record", forms.immunization),
        Kind("18743-5", "Autopsy report", prose.autopsy),
        Kind("71230-7", "Birth certificate", forms.birth_certificate),
        Kind("51852-2", "Letter", prose.letter),
        Kind("64291-8", "Insurance form", administrative.insurance_form),
        Kind("101904-1", "Release request", administrative.release_request),
    )
}
"""Every kind of document by the name of its writer."""

_TITLED = {"Admission History & Physical": ("47039-3", "Admission history and physical")}
"""Titles that make a document of a narrower type than its writer's."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document on paper, with what is true of it."""

    id: str
    kind: Kind
    person: Person
    day: date
    sheets: tuple[Sheet, ...]


_HOUSE_NAMES = (
    "Placeholder General Hospital",
    "Saint Specimen Medical Center",
    "Exampleton Community Hospital",
    "Mockbury Memorial Hospital",
    "Fable Falls Clinic and Hospital",
    "Port Sample Regional Medical Center",
)
_DOCTOR_NAMES = (
    "Dosewell Curefield Lancetby Gauzeley Splintwick Stethoford Probeton Pulseworth "
    "Remedby Suturegate Tonicham Vialstone"
)
_DOCTOR_FIRST = "Arthur Beatrice Clement Dora Emmett Fay Gilbert Hazel Ivan Judith Kurt Lena"
_FACES = ("typewriter", "courier", "freemono", "mono", "mono", "courier", "times", "printer")


def house(rng: Random, *, development: bool = False) -> House:
    """Return a hospital with its habits; for ``development`` without what is held out."""
    return House(
        name=rng.choice(_HOUSE_NAMES),
        street=f"{rng.randint(100, 9900)} Blueprint Avenue",
        town="Exampleton, Ohio 43999",
        phone=_phone(rng),
        mrn_label=rng.choice(MRN_LABELS),
        pairs=rng.random() < 0.25,
        dates=rng.choice(DATE_STYLES),
        face=rng.choice(_FACES),
        label_face=rng.choice(("sans", "carlito", "narrow", "times", "vera")),
        development=development,
    )


def stay(person: Person, condition: Condition, rng: Random, where: House) -> Case:
    """Return a stay for ``condition``, some time after the patient was old enough for it."""
    first, last = _years(person, condition)
    admitted = date(rng.randint(first, last), 1, 1) + timedelta(rng.randrange(365))
    doctors = _doctors(person, rng)
    number = rng.randint(10**6, 10**8)
    return Case(
        person=person,
        house=where,
        condition=condition,
        admitted=admitted,
        discharged=admitted + timedelta(rng.randint(2, 14)),
        account=rng.choice((f"{number:08}", f"{number % 10**6:06}-{rng.randint(1, 9)}")),
        attending=doctors[0],
        referring=doctors[1],
        doctors=doctors[2:],
    )


def _years(person: Person, condition: Condition) -> tuple[int, int]:
    born = person.birth_date.year
    return max(born + condition.youngest + 1, 1955), min(born + condition.oldest, 2011)


def suits(condition: Condition, person: Person) -> bool:
    """Whether this patient can have the condition between 1955 and 2011."""
    first, last = _years(person, condition)
    return condition.sex in {"", person.sex} and first <= last


def _as_it_is(form: Form) -> Form:
    return form


def chart(
    person: Person,
    rng: Random,
    prefix: str,
    where: House | None = None,
    dressed: Callable[[Form], Form] = _as_it_is,
) -> tuple[Paper, ...]:
    """Return the documents of one stay in chart order; ids begin with ``prefix``.

    ``dressed`` may change each form before it is laid out.
    """
    condition = rng.choice([found for found in CONDITIONS if suits(found, person)])
    case = stay(person, condition, rng, where or house(rng))
    return tuple(
        paper(case, KINDS[name], day, rng, f"{prefix}-{number:02}", dressed)
        for number, (name, day) in enumerate(_contents(case, rng), 1)
    )


def paper(
    case: Case,
    kind: Kind,
    day: date,
    rng: Random,
    number: str,
    dressed: Callable[[Form], Form] = _as_it_is,
) -> Paper:
    """Return one document of a case, written and laid out."""
    made = dressed(form(case, kind, day, rng))
    return Paper(number, _as_titled(kind, made.title), case.person, day, lay_out(made))


def _as_titled(kind: Kind, title: str) -> Kind:
    code, name = _TITLED.get(title, (kind.code, kind.name))
    return replace(kind, code=code, name=name)


def form(case: Case, kind: Kind, day: date, rng: Random) -> Form:
    """Return one document of a case, written and dressed."""
    dates = case.house.dates if rng.random() < 0.6 else rng.choice(DATE_STYLES)
    if rng.random() < 0.2:
        case = replace(case, house=replace(case.house, mrn_label=rng.choice(MRN_LABELS)))
    voice = Voice(case, day, rng, dates)
    return dress(voice, kind.write(voice))


def _contents(case: Case, rng: Random) -> Iterator[tuple[str, date]]:
    first, last = case.admitted, case.discharged
    yield "face_sheet", first
    yield "discharge_summary", last
    yield "history_and_physical", first
    yield from _maybe(rng, 0.4, "emergency_note", first)
    yield from _maybe(rng, 0.5, "consultation", first + timedelta(1))
    yield from _surgical(case, rng)
    for name in ("laboratory", "imaging", "electrocardiogram", "orders", "progress_note"):
        yield from _maybe(rng, 0.85, name, first + timedelta(rng.randint(0, 1)))
    for name in ("medication_record", "nursing_note", "nursing_note", "laboratory"):
        yield from _maybe(rng, 0.8, name, first + timedelta(rng.randint(0, 2)))
    for name in ("insurance_form", "release_request", "referral", "transfer_summary"):
        yield from _maybe(rng, 0.25, name, last)
    for name in ("letter", "outpatient_note", "telephone_note"):
        yield from _maybe(rng, 0.35, name, last + timedelta(rng.randint(5, 40)))
    yield from _maybe(rng, 0.2, "immunization", last)
    yield from _maybe(rng, 0.08, "birth_certificate", case.person.birth_date + timedelta(2))
    yield from _maybe(rng, 0.06, "autopsy", last)


def _surgical(case: Case, rng: Random) -> Iterator[tuple[str, date]]:
    operation = case.condition.operation
    if operation is None:
        return
    day = case.admitted + timedelta(1)
    yield "consent", case.admitted
    yield "operative_report", day
    yield "anesthesia_record", day
    if operation.specimen:
        yield "pathology", day + timedelta(rng.randint(0, 2))


def _maybe(rng: Random, chance: float, name: str, day: date) -> Iterator[tuple[str, date]]:
    if rng.random() < chance:
        yield name, day


def _doctors(person: Person, rng: Random) -> tuple[Doctor, ...]:
    last = rng.sample(_DOCTOR_NAMES.split(), 5)
    if rng.random() < 0.08:
        last[1] = person.last_name
    first = rng.sample(_DOCTOR_FIRST.split(), 5)
    return tuple(
        Doctor(surname, given, rng.choice("ABCDEFGHJKLMNPRSTW"), _phone(rng))
        for surname, given in zip(last, first, strict=True)
    )


def _phone(rng: Random) -> str:
    return f"(555) 555-01{rng.randrange(100):02}"
