"""Compose pages of invented patients as old charts print them, and misread them as OCR does.

The families are made to be confused: twins, Jr and Sr, and record numbers one digit apart.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from capture.model import Digest, FrameRef, FrameState
from indexer.model import PageIndex, Patient, SequencePage
from indexer.read import index_page, page_from_text, text_size
from ocr.model import OcrPage, Word

SOURCE = Digest("0" * 64)
SURNAMES = [
    "TESTPERSON", "SAMPLEWELL", "MOCKRIDGE", "PLACEHOLDT", "O'EXAMPLE", "FAKENHAM", "DUMMER",
    "VAN FICTION", "SPECIMAN", "NOBODEN", "INVENTZ", "DE MODEL", "TRIALSON", "SHAMWOOD",
]  # fmt: skip
MALE = ["JOHN", "ROBERT", "DONALD", "RONALD", "WILLIAM", "GEORGE", "ERIC", "MARK", "PAUL", "JEAN"]
FEMALE = ["MARY", "MARIA", "MARIE", "JOAN", "ALMA", "ANNA", "HELEN", "ERICA", "DORIS", "ELLEN"]
TITLES = [
    "DISCHARGE SUMMARY", "OPERATIVE REPORT", "HISTORY AND PHYSICAL", "PROGRESS NOTES",
    "CONSULTATION", "RADIOLOGY REPORT", "PATHOLOGY REPORT", "NURSES NOTES", "PHYSICIAN'S ORDERS",
    "LABORATORY REPORT", "EMERGENCY DEPARTMENT RECORD", "ANESTHESIA RECORD", "FACE SHEET",
]  # fmt: skip
PROSE = [
    "The patient was seen in the morning and felt well. Blood pressure 120/80.",
    "There was no fever and the wound was clean. See operative report of the day.",
    "Films were taken on arrival and showed no change from the earlier study.",
    "She was given 250 mg four times a day and slept through the night.",
    "Laboratory work showed a white count of 11400 and a hematocrit of 38.2.",
]
_CONFUSIONS = {
    "0": "O8", "1": "lI7", "2": "Z7", "3": "8", "4": "9", "5": "S6", "6": "G8", "7": "1", "8": "B3",
    "9": "4g", "O": "0Q", "I": "1l", "S": "5", "B": "8", "E": "F", "M": "N", "N": "M", "R": "K",
    "A": "4", "e": "c", "c": "e", "o": "0", "l": "1", "m": "n", "n": "r", "/": "1", ":": ".;",
}  # fmt: skip


def families(seed: int, count: int) -> list[Patient]:
    """Invent ``count`` families: parents, Jr and Sr, twins, numbers one digit apart."""
    chance = random.Random(seed)
    people: list[Patient] = []
    for number in range(count):
        last = chance.choice(SURNAMES)
        stem = f"{chance.randrange(10**5, 10**6)}{number % 10}"
        day, twins = _some_day(chance, 1900, 1960), _some_day(chance, 1940, 1965)
        father, (one, two) = chance.choice(MALE), chance.sample(FEMALE, 2)
        rows = [
            (father, "SR", "M", day), (father, "JR", "M", twins[:4] + day[4:]),
            (one, "", "F", twins), (two, "", "F", twins),
        ]  # fmt: skip
        for n, (first, suffix, sex, birth) in enumerate(rows):
            digits = f"{stem[:-1]}{(int(stem[-1]) + n) % 10}"
            middle = chance.choice("ABCDEFGHKLM")
            ssn = "-".join(str(chance.randrange(10**k, 10 ** (k + 1))) for k in (2, 1, 3))
            people.append(Patient(digits, last, first, birth, middle, suffix, sex, ssn))
    return list({patient.mrn: patient for patient in people}.values())


def _some_day(chance: random.Random, first: int, end: int) -> str:
    year, month, day = (
        chance.randrange(first, end),
        chance.randrange(1, 13),
        chance.randrange(1, 29),
    )
    return f"{year}-{month:02d}-{day:02d}"


@dataclass(frozen=True)
class Truth:
    """A composed document: its pages' text, its title, and whose it is."""

    patient: Patient
    title: str
    pages: tuple[str, ...]
    service: str


def compose(chance: random.Random, patient: Patient) -> Truth:
    """Return a document of one to three pages in one of the forms of the time."""
    title = chance.choice(TITLES)
    total = chance.choice([1, 1, 2, 3])
    year = max(int(patient.birth_date[:4]) + 5, chance.randrange(1955, 1999))
    service = _some_day(chance, year, year + 1)
    first = chance.choice([_inline, _columns, _boxes, _plate])(chance, patient, title, service)
    later = [_later(chance, patient, n, total) for n in range(2, total + 1)]
    mark = f"\n{'':40}Page 1 of {total}" if total > 1 else ""
    return Truth(patient, title, (first + _body(chance) + mark, *later), service)


def _name(chance: random.Random, patient: Patient) -> str:
    suffix = f" {patient.suffix}" if patient.suffix and chance.random() < 0.7 else ""
    if chance.random() < 0.6:
        return f"{patient.last_name}, {patient.first_name} {patient.middle_name}{suffix}"
    given = f"{patient.first_name} {patient.middle_name}. {patient.last_name}{suffix}"
    return given.title() if chance.random() < 0.5 else given


def _day(chance: random.Random, iso: str) -> str:
    year, month, day = iso.split("-")
    names = [
        "Jan",
        "Feb",
        "March",
        "April",
        "May",
        "June",
        "July",
        "Aug",
        "Sept",
        "Oct",
        "Nov",
        "Dec",
    ]
    return chance.choice(
        [
            f"{month}/{day}/{year}",
            f"{int(month)}-{int(day)}-{year[2:]}",
            f"{names[int(month) - 1]} {int(day)}, {year}",
            f"{month}/{day}/{year[2:]}",
        ]
    )


def _number(chance: random.Random, mrn: str) -> str:
    return f"{mrn[:3]}-{mrn[3:5]}-{mrn[5:]}" if chance.random() < 0.2 else mrn


def _inline(chance: random.Random, patient: Patient, title: str, service: str) -> str:
    label = chance.choice(
        ["MRN", "Med Rec No", "Medical Record Number", "Chart No.", "Hospital No"]
    )
    born = chance.choice(["DOB", "Date of Birth", "Birth Date"])
    lines = [
        f"{'':20}INVENTED MEMORIAL HOSPITAL", "", f"{'':24}{title}", "",
        f"Patient Name: {_name(chance, patient)}    {label}: {_number(chance, patient.mrn)}",
        f"{born}: {_day(chance, patient.birth_date)}   Sex: {patient.sex}   "
        f"Account No: V{chance.randrange(10**7)}",
        f"Date of Service: {_day(chance, service)}   Attending: George Samplewell, M.D.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _columns(chance: random.Random, patient: Patient, title: str, service: str) -> str:
    lines = [
        f"{title:^80}", "",
        f"{'NAME: ' + _name(chance, patient):<44}PHONE: 555-555-{chance.randrange(1000, 9999)}",
        f"{'UNIT NO: ' + patient.mrn:<44}ZIP: {chance.randrange(10000, 99999)}",
        f"{'DOB: ' + _day(chance, patient.birth_date):<44}ADMITTED: {_day(chance, service)}",
        f"{'SEX: ' + patient.sex:<44}SSN: {patient.ssn}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _boxes(chance: random.Random, patient: Patient, title: str, service: str) -> str:
    name = f"{patient.last_name}, {patient.first_name} {patient.middle_name}"
    lines = [
        f"{title:^80}", "",
        f"{'Patient Name':<36}{'MRN':<16}{'Date of Birth':<20}Sex",
        f"{name:<36}{patient.mrn:<16}{_day(chance, patient.birth_date):<20}{patient.sex}", "",
        f"{'Admission Date':<36}Room",
        f"{_day(chance, service):<36}{chance.randrange(100, 400)}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _plate(chance: random.Random, patient: Patient, title: str, service: str) -> str:
    year, month, day = patient.birth_date.split("-")
    suffix = f" {patient.suffix}" if patient.suffix else ""
    name = f"{patient.last_name}, {patient.first_name} {patient.middle_name}{suffix}"
    lines = [
        f"{'':52}{name}", f"{title:<52}{patient.mrn}", f"{'':52}{month}/{day}/{year} {patient.sex}",
        "", f"Date: {_day(chance, service)}", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _later(chance: random.Random, patient: Patient, number: int, total: int) -> str:
    name = f"{patient.last_name}, {patient.first_name}"
    head = chance.choice(
        [
            f"{name:<50}MRN: {patient.mrn}\nPage {number} of {total}\n",
            f"Patient: {name}\nDOB: {_day(chance, patient.birth_date):<32}Page {number}/{total}\n",
            f"MRN {patient.mrn}   {name}{'':20}PAGE {number} OF {total}\n",
        ]
    )
    return head + _body(chance)


def _body(chance: random.Random) -> str:
    return "\n" + "\n".join(chance.choice(PROSE) for _ in range(chance.randrange(6, 14))) + "\n"


def misread(page: OcrPage, rate: float, chance: random.Random) -> OcrPage:
    """Return ``page`` with ``rate`` of its characters confused, lost or torn, unaware of it."""
    words = [piece for word in page.words for piece in _misread_word(word, rate, chance)]
    return replace(page, words=tuple(words))


def _misread_word(word: Word, rate: float, chance: random.Random) -> list[Word]:
    letters = [
        _misread_letter(letter, chance) if chance.random() < rate else letter
        for letter in word.text
    ]
    text = "".join(letters)
    if not text.strip():
        return []
    sure = 0.95 if text == word.text else chance.choice([0.95, 0.8, 0.6])
    if len(text) > 4 and chance.random() < rate / 4:
        return _torn(word, text, chance.randrange(1, len(text)), sure)
    return [replace(word, text=text, confidence=sure)]


def _misread_letter(letter: str, chance: random.Random) -> str:
    if chance.random() < 0.15:
        return ""
    known = _CONFUSIONS.get(letter)
    if known and chance.random() < 0.8:
        return chance.choice(known)
    if letter.isdigit():
        return chance.choice("0123456789")
    return (
        chance.choice("abcdefghilmnorstuvw.,")
        if letter.islower()
        else chance.choice("ABCDEFHIKLNOPRT.")
    )


def _torn(word: Word, text: str, at: int, sure: float) -> list[Word]:
    step = word.box.width / len(text)
    left = replace(word.box, width=round(at * step) - 2)
    right = replace(
        word.box, x=word.box.x + round(at * step) + 2, width=round((len(text) - at) * step) - 2
    )
    return [replace(word, text=text[:at], box=left, confidence=sure),
            replace(word, text=text[at:], box=right, confidence=sure)]  # fmt: skip


def indexed(text: str, number: int, rate: float, chance: random.Random) -> PageIndex:
    """Return the index of a composed page as misread at ``rate``."""
    page = misread(page_from_text(text, FrameRef(SOURCE, number)), rate, chance)
    width, height = text_size(text)
    return index_page(page, width=width, height=max(height, 66 * 40))


def scanned(pages: Sequence[PageIndex]) -> list[SequencePage]:
    """Return the pages in a row without sheets between them."""
    return [SequencePage(page.frame, FrameState.PAGE, page) for page in pages]
