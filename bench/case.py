"""One stay in one invented hospital, and its facts worded as that hospital would write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from .blocks import Parts, Span
from .conditions import Condition
from .people import Person
from .texts import Pen

_MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class Doctor:
    """An invented physician."""

    last_name: str
    first_name: str
    initial: str
    phone: str

    @property
    def sort_name(self) -> str:
        """The name in normal form, without the degree."""
        return f"{self.last_name}, {self.first_name} {self.initial}".upper()


@dataclass(frozen=True, slots=True)
class House:
    """A hospital and its habits on paper."""

    name: str
    street: str
    town: str
    phone: str
    mrn_label: str
    pairs: bool
    """Writes an even number of digits in pairs: 07-22-48."""
    dates: str
    face: str
    label_face: str
    development: bool = False
    """Its forms show nothing that `bench.design` holds out."""


@dataclass(frozen=True, slots=True)
class Case:
    """One stay of one patient."""

    person: Person
    house: House
    condition: Condition
    admitted: date
    discharged: date
    account: str
    attending: Doctor
    referring: Doctor
    doctors: tuple[Doctor, ...]


def show_date(day: date, style: str) -> str:
    """Return ``day`` as a period form writes it."""
    month = _MONTHS.split()[day.month - 1]
    short = day.year % 100
    shown = {
        "slash": f"{day.month:02}/{day.day:02}/{day.year}",
        "slash2": f"{day.month}/{day.day}/{short:02}",
        "dash": f"{day.month}-{day.day}-{short:02}",
        "dash4": f"{day.month:02}-{day.day:02}-{day.year}",
        "long": f"{month} {day.day}, {day.year}",
        "short": f"{month[:3]}. {day.day}, {day.year}"
        if month != "May"
        else f"May {day.day}, {day.year}",
        "military": f"{day.day:02} {month[:3].upper()} {day.year}",
    }
    return shown[style]


DATE_STYLES = ("slash", "slash2", "dash", "dash4", "long", "short", "military")


@dataclass(frozen=True, slots=True)
class Voice:
    """Words the facts of a case for one document."""

    case: Case
    day: date
    """When the document was made."""
    rng: Random
    dates: str

    @property
    def pen(self) -> Pen:
        """The writer of its sentences."""
        person = self.case.person
        return Pen(self.rng, self.case.condition, person.sex, self.age, self.day.year)

    @property
    def age(self) -> int:
        """Full years on the day."""
        born = self.case.person.birth_date
        return self.day.year - born.year - ((self.day.month, self.day.day) < (born.month, born.day))

    def mrn(self) -> Span:
        """Return the medical record number."""
        mrn = self.case.person.mrn
        pairs = "-".join(mrn[i : i + 2] for i in range(0, len(mrn), 2))
        return Span(pairs if self.case.house.pairs and len(mrn) % 2 == 0 else mrn, "mrn", mrn)

    def account(self) -> Span:
        """Return the account or visit number."""
        return Span(self.case.account, "account", self.case.account.replace("-", ""))

    def name(self, style: str = "") -> Span:
        """Return the patient's name, surname first unless ``style`` is ``spoken``."""
        person = self.case.person
        style = style or self.rng.choice(("caps", "caps", "sort", "spoken"))
        given = " ".join(filter(None, (person.first_name, person.middle_name)))
        last = f"{person.last_name}{' ' if person.suffix else ''}{person.suffix}"
        shown = {
            "spoken": person.full_name,
            "sort": f"{last}, {given}",
            "caps": f"{last}, {given}".upper(),
        }[style]
        return Span(shown, "patient_name", person.sort_name)

    def born(self) -> Span:
        """Return the birth date."""
        return self.dated("birth_date", self.case.person.birth_date)

    def sex(self, long: bool = False) -> Span:
        """Return the sex as a letter or a word."""
        sex = self.case.person.sex
        words = {"M": "Male", "F": "Female"}
        return Span(words[sex] if long else sex, "sex", sex)

    def ssn(self) -> Span:
        """Return the social security number (a series never issued)."""
        return Span(self.case.person.ssn, "ssn", self.case.person.ssn)

    def dated(self, role: str, day: date, style: str = "") -> Span:
        """Return ``day`` as the value of field ``role``."""
        return Span(show_date(day, style or self.dates), role, day.isoformat())

    def plain(self, day: date) -> str:
        """Return ``day`` as text that is no index value."""
        return show_date(day, self.dates)

    def admitted(self) -> Span:
        """Return the admission date."""
        return self.dated("admission_date", self.case.admitted)

    def discharged(self) -> Span:
        """Return the discharge date."""
        return self.dated("discharge_date", self.case.discharged)

    def served(self) -> Span:
        """Return the date of the document's own service."""
        return self.dated("service_date", self.day)

    def doctor(self, role: str, doctor: Doctor) -> Span:
        """Return a physician as the value of field ``role``, as much of the name as is shown."""
        first, initial, last = doctor.first_name, doctor.initial, doctor.last_name
        shown, given = self.rng.choice(
            (
                (f"{first} {initial}. {last}, M.D.", f"{first} {initial}"),
                (f"{first[0]}. {initial}. {last}, MD", f"{first[0]} {initial}"),
                (f"{last}, {first} {initial} MD", f"{first} {initial}"),
                (f"Dr. {first} {last}", first),
            )
        )
        return Span(shown, role, f"{last}, {given}".upper())

    def attending(self) -> Span:
        """Return the attending physician."""
        return self.doctor("attending", self.case.attending)

    def referring(self) -> Span:
        """Return the referring physician."""
        return self.doctor("referring", self.case.referring)

    def facility(self, capitals: bool = False) -> Span:
        """Return the hospital's name."""
        name = self.case.house.name
        return Span(name.upper() if capitals else name, "facility", name)

    def diagnosis(self) -> Span:
        """Return the main diagnosis."""
        return Span(self.case.condition.name, "diagnosis", self.case.condition.name)

    def admitting_diagnosis(self) -> Span:
        """Return what the patient was admitted for, the diagnosis of the first day."""
        complaint = self.case.condition.complaint.capitalize()
        return Span(complaint, "diagnosis", complaint)

    def same_diagnosis(self) -> Span:
        """Return the word that repeats the main diagnosis."""
        return Span("Same", "diagnosis", self.case.condition.name)

    def procedure(self) -> Parts:
        """Return the operation, or nothing where there was none."""
        operation = self.case.condition.operation
        return (Span(operation.name, "procedure", operation.name),) if operation else ("None",)

    def later(self, most: int) -> date:
        """Return a day up to ``most`` days after this one."""
        return self.day + timedelta(self.rng.randint(0, most))

    def pick(self, *choices: str) -> str:
        """Return one of several wordings."""
        return self.rng.choice(choices)
