"""Pages of a large archive as they were on paper; each can be made again from its number alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from random import Random
from typing import TypeAlias

from archive.deliveries import page_id
from capture.model import Digest, FrameRef
from indexer.doctypes import TypeEntry, catalogue
from indexer.model import Patient

from .case import show_date
from .clinical_sentences import known_passage, new_passage
from .clinical_words import surnames, terms
from .conditions import CONDITIONS, Condition
from .multitude import multitude
from .people import MEN, WOMEN

PAGES_OF_BLOCK, PATIENTS_OF_BLOCK = 50, 4
"""Pages are planned a block at a time, so that any block can be made without those before it."""
PAGES_OF_SOURCE = 2000
PAGES_OF_BATCH = 10_000
LINE_LENGTH = 75
"""Characters of a line."""
_WORDS, _SPREAD, _FEWEST, _MOST = 330, 60, 120, 470
_BY_HAND, _WORDS_BY_HAND = 0.03, 25
_HELD = 0.08
_FORMER_NAME = 0.15
_FIRST_YEAR, _LAST_YEAR = 1935, 1995
_NAMES = 20_000
_PHYSICIANS = 300
_FACILITIES = (
    "Placeholder General Hospital", "Saint Specimen Medical Center", "Exampleton Clinic",
    "Mockbury Memorial Hospital", "Fable Falls Hospital", "Port Sample Regional Medical Center",
    "Draftsville County Infirmary", "New Specimen Sanatorium", "Lorem Street Dispensary",
    "Figment Valley Hospital", "Blueprint Children's Hospital", "Papermill District Hospital",
)  # fmt: skip
_DATE_STYLES = ("slash", "slash2", "dash", "dash4", "long", "short", "military")
_COMMON_TYPES = (
    ("11506-3", 20), ("34746-8", 18), ("11502-2", 15), ("46209-3", 10), ("80565-5", 8),
    ("34108-1", 8), ("18748-4", 6), ("18842-5", 4), ("34117-2", 4), ("11488-4", 3),
)  # fmt: skip

Placed: TypeAlias = tuple[str, int, int, int]
"""A word with its column, its line and its block, all counted from 0."""


@dataclass(frozen=True, slots=True)
class TrueDocument:
    """A document of a large archive, with all that is true of it."""

    first: int
    """Number of its first page."""
    length: int
    """Pages."""
    patient: Patient
    type: TypeEntry
    day: date
    facility: str
    attending: str
    """``LAST, FIRST M``."""
    diagnosis: str
    procedure: str
    """Empty where nothing was done."""
    condition: Condition
    held: bool
    """Waits for a person; what the archive says of the patient is as it was misread."""

    @property
    def patient_name(self) -> str:
        """The name in normal form."""
        given = f"{self.patient.first_name} {self.patient.middle_name}".strip()
        return f"{self.patient.last_name}, {given}"


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page of a large archive as it was on paper."""

    seed: int
    number: int
    """Counted from 0 through the whole archive."""
    document: TrueDocument
    by_hand: bool
    """Mostly written by hand; the words are those that are printed."""
    placed: tuple[Placed, ...]

    @property
    def page_id(self) -> str:
        """What the archive calls it."""
        return page_name(self.seed, self.number)

    @property
    def words(self) -> tuple[str, ...]:
        """All words in reading order."""
        return tuple(word for word, *_ in self.placed)

    @property
    def text(self) -> str:
        """The text without a misreading: lines one newline apart, blocks one blank line apart."""
        blocks = groupby(self.placed, key=lambda one: one[3])
        return "\n\n".join(_text_of(block) for _, block in blocks)


def _text_of(block: Iterator[Placed]) -> str:
    lines = groupby(block, key=lambda one: one[2])
    return "\n".join(" ".join(one[0] for one in line) for _, line in lines)


def true_page(seed: int, number: int) -> TruePage:
    """Return page ``number`` of the archive of ``seed``, whatever the archive's size and errors."""
    document = next(
        one
        for one in documents(seed, number // PAGES_OF_BLOCK)
        if one.first <= number < one.first + one.length
    )
    rng = Random(f"large page {seed} {number}")
    by_hand = rng.random() < _BY_HAND
    blocks = _head(document, number), *_body(rng, document, number, by_hand)
    return TruePage(seed, number, document, by_hand, tuple(_set(blocks)))


def source_content(seed: int, number: int) -> bytes:
    """Return the bytes that stand for the roll on which page ``number`` is."""
    return f"large archive {seed}, roll {number // PAGES_OF_SOURCE}".encode()


@lru_cache(maxsize=64)
def _digest(seed: int, source: int) -> Digest:
    return Digest(sha256(source_content(seed, source * PAGES_OF_SOURCE)).hexdigest())


def source_digest(seed: int, number: int) -> Digest:
    """Return the digest of the roll on which page ``number`` is."""
    return _digest(seed, number // PAGES_OF_SOURCE)


def page_name(seed: int, number: int) -> str:
    """Return what the archive calls page ``number``."""
    frame = number % PAGES_OF_SOURCE + 1
    return page_id(FrameRef(source_digest(seed, number), frame))


def patients_of(count: int) -> int:
    """Return how many patients an archive of ``count`` pages has."""
    return -(-count // PAGES_OF_BLOCK) * PATIENTS_OF_BLOCK


def patient(seed: int, index: int) -> Patient:
    """Return a patient of the archive of ``seed``; numbers never repeat."""
    rng = Random(f"large patient {seed} {index}")
    sex = rng.choice("MF")
    first, middle = (rng.choice(_given()[sex]) for _ in range(2))
    last = rng.choice(_last_names())
    former = sex == "F" and rng.random() < _FORMER_NAME
    born = date(1880, 1, 1) + timedelta(rng.randrange(365 * 105))
    return Patient(
        mrn=f"{1_000_003 + 7 * index + rng.randrange(7):08}",
        last_name=last,
        first_name=first,
        birth_date=born.isoformat(),
        middle_name=rng.choice((middle[0], middle[0], middle, "")),
        sex=sex,
        ssn=f"9{rng.randrange(50):02}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}",
        other_names=((rng.choice(_last_names()), first),) if former else (),
    )


@lru_cache(maxsize=1)
def _given() -> dict[str, list[str]]:
    """Return given names by sex, each as often as it is borne."""
    known = {"M": MEN, "F": WOMEN}
    return {
        sex: [one.upper() for rank, one in enumerate(names) for _ in range(120 // (rank + 3))]
        for sex, names in known.items()
    }


@lru_cache(maxsize=1)
def _last_names() -> list[str]:
    return [one.last_name for one in multitude(0, _NAMES)]


@lru_cache(maxsize=1)
def _physicians() -> list[str]:
    rng = Random("large archive physicians")
    last = rng.sample(surnames().words[: 10 * _PHYSICIANS], _PHYSICIANS)
    first = [rng.choice(MEN + WOMEN) for _ in last]
    pairs = zip(last, first, strict=True)
    return [f"{one}, {two} {rng.choice('ABCDEFGHJKLMNPRSTW')}".upper() for one, two in pairs]


@lru_cache(maxsize=1)
def _types() -> tuple[list[TypeEntry], list[int]]:
    often = dict(_COMMON_TYPES)
    known = [one for one in catalogue() if not one.code.startswith("LOCAL-")]
    return known, [often.get(one.code, 1) for one in known]


@lru_cache(maxsize=64)
def documents(seed: int, block: int) -> tuple[TrueDocument, ...]:
    """Return the documents of a block of pages, in order."""
    rng = Random(f"large block {seed} {block}")
    lengths = [rng.randint(6, 16) for _ in range(PATIENTS_OF_BLOCK - 1)]
    lengths.append(PAGES_OF_BLOCK - sum(lengths))
    first = block * PAGES_OF_BLOCK
    made: list[TrueDocument] = []
    for place, length in enumerate(lengths):
        whose = patient(seed, block * PATIENTS_OF_BLOCK + place)
        made += _chart(rng, whose, first, length)
        first += length
    return tuple(made)


def _chart(rng: Random, whose: Patient, first: int, length: int) -> Iterator[TrueDocument]:
    born = date.fromisoformat(whose.birth_date)
    years = max(_FIRST_YEAR, born.year), min(_LAST_YEAR - 1, born.year + 90)
    day = max(born, date(rng.randint(*years), 1, 1) + timedelta(rng.randrange(365)))
    facility = rng.choice(_FACILITIES)
    end = first + length
    while first < end:
        pages = min(rng.choice((1, 1, 1, 2, 2, 3, 4, 6)), end - first)
        yield _document(rng, whose, first, pages, day, facility)
        first += pages
        day = min(day + timedelta(rng.choice((0, 0, 1, 2, 30, 200))), date(_LAST_YEAR, 12, 31))


def _document(
    rng: Random, whose: Patient, first: int, pages: int, day: date, facility: str
) -> TrueDocument:
    condition = _condition(rng, whose, day.year - int(whose.birth_date[:4]))
    known, often = _types()
    return TrueDocument(
        first=first,
        length=pages,
        patient=whose,
        type=rng.choices(known, often)[0],
        day=day,
        facility=facility if rng.random() < 0.9 else rng.choice(_FACILITIES),
        attending=_physicians()[int(_PHYSICIANS * rng.random() ** 2)],
        diagnosis=condition.name if rng.random() < 0.5 else _told(rng, "of unknown cause"),
        procedure=_procedure(rng, condition),
        condition=condition,
        held=rng.random() < _HELD,
    )


def _condition(rng: Random, whose: Patient, age: int) -> Condition:
    suited = [
        one
        for one in CONDITIONS
        if one.sex in ("", whose.sex) and one.youngest <= age <= one.oldest
    ]
    return rng.choice(suited or [one for one in CONDITIONS if one.sex in ("", whose.sex)])


def _told(rng: Random, ending: str) -> str:
    return f"{terms().draw(rng).capitalize()} with {terms().draw(rng)}, {ending}"


def _procedure(rng: Random, condition: Condition) -> str:
    if condition.operation and rng.random() < 0.5:
        return condition.operation.name
    return _told(rng, rng.choice(("left", "right", "first stage"))) if rng.random() < 0.2 else ""


def _head(document: TrueDocument, number: int) -> list[list[str]]:
    """Return the lines at the top of a page, each as its words."""
    whose, style = document.patient, _DATE_STYLES[len(document.facility) % len(_DATE_STYLES)]
    title = document.type.titles[0] if document.type.titles else document.type.name
    born = show_date(date.fromisoformat(whose.birth_date), style)
    last, _, first = document.attending.title().partition(", ")
    lines = (
        document.facility,
        title.upper(),
        f"PATIENT: {document.patient_name}   MRN: {whose.mrn}",
        f"DATE OF BIRTH: {born}   SEX: {whose.sex}",
        f"DATE OF SERVICE: {show_date(document.day, style)}   ATTENDING: {first}. {last}, M.D.",
        f"PAGE {number - document.first + 1} OF {document.length}",
    )
    return [line.split() for line in lines]


def _body(
    rng: Random, document: TrueDocument, number: int, by_hand: bool
) -> Iterator[list[list[str]]]:
    """Yield paragraphs, each as lines of words."""
    left = min(max(int(rng.gauss(_WORDS, _SPREAD)), _FEWEST), _MOST) - 40
    if by_hand:
        left = _WORDS_BY_HAND
    if number == document.first:
        yield list(_wrapped(f"DIAGNOSIS: {document.diagnosis}.".split()))
        if document.procedure:
            yield list(_wrapped(f"PROCEDURE: {document.procedure}.".split()))
    while left > 0:
        known = rng.random() < 0.5
        words = known_passage(rng, document.condition) if known else new_passage(rng, 3)
        words = words[:left]
        yield list(_wrapped(words))
        left -= len(words)


def _wrapped(words: Sequence[str]) -> Iterator[list[str]]:
    line: list[str] = []
    length = 0
    for word in words:
        if length + len(word) > LINE_LENGTH and line:
            yield line
            line, length = [], 0
        line.append(word)
        length += len(word) + 1
    if line:
        yield line


def _set(blocks: Sequence[list[list[str]]]) -> Iterator[Placed]:
    """Yield the words of blocks of lines with their places."""
    number = 0
    for block, lines in enumerate(blocks):
        for line in lines:
            column = 0
            for word in line:
                yield word, column, number, block
                column += len(word) + 1
            number += 1
