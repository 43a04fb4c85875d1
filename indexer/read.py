"""Say what one page is, whose it claims to be and which dates it bears."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from rapidfuzz import fuzz

from capture.model import Box, FrameRef
from ocr.model import OcrPage, Word

from .address_plate import read_plates, read_running_head
from .agreement import weighed
from .chronology import DATES, Undated, day_of, printed_age, with_centuries
from .classify import LETTER, classify
from .codes import headed_lines, line_quality
from .dates import find_date, read_date
from .diagnosis_codes import DIAGNOSIS, PROCEDURE, coded, read_printed
from .doctypes import type_entry
from .identifiers import (
    Reading,
    read_account,
    read_age_and_sex,
    read_mrn,
    read_sex,
    read_ssn,
)
from .identity import doubting_numbers
from .labels import Label, find_labels
from .letterhead import read_letter_date, read_letterhead
from .model import IndexValue, PageIndex
from .names import Name, name_words, read_name
from .page_number import read_bare_number, read_page_of
from .page_traits import traits_of
from .places import Place, Places
from .rows import Layout, box_of, layout_of, segments_of, text_of, whole_names
from .settings import DEFAULT_SETTINGS, IndexSettings
from .signature import read_signatures
from .standing_dates import is_stay, read_plate_date, read_signature_dates
from .text_model import TextModel

RULES = "index@3"
"""Version of all rules of this room together; part of the key of the work they do."""

CELL = (20, 40)
"""Width and height, pixels, that plain text is laid out with, a character each."""

_OURS = frozenset({"mrn", "patient_name", "birth_date", "ssn", "sex", "account"})
_LIKE_LABEL = 65.0
_LABELLED = 0.99
"""Confidence of a perfectly read value beside its label: a form may still say otherwise."""


def page_from_text(text: str, frame: FrameRef) -> OcrPage:
    """Return ``text`` laid out at a fixed pitch as if an engine had read it, all certain."""
    across, down = CELL
    words: list[Word] = []
    block = 0
    for number, line in enumerate(text.expandtabs().splitlines()):
        if not line.strip():
            block += 1
        at = 0
        for token in line.split():
            at = line.index(token, at)
            box = Box(at * across, number * down + 5, len(token) * across, down - 10)
            words.append(Word(token, box, 1.0, line=number, block=block))
            at += len(token)
    return OcrPage(frame, "text", tuple(words))


def text_size(text: str) -> tuple[int, int]:
    """Return width and height, pixels, of the page that ``page_from_text`` lays out."""
    lines = text.expandtabs().splitlines() or [""]
    across, down = CELL
    return max(80, *(len(line) for line in lines)) * across, max(1, len(lines)) * down


def index_page(
    page: OcrPage,
    *,
    width: int,
    height: int,
    settings: IndexSettings = DEFAULT_SETTINGS,
    types: TextModel | None = None,
) -> PageIndex:
    """Return type and index values of ``page``, whose image has this size in pixels.

    ``types`` is the site's model of wording; None for the shipped one.
    """
    layout = layout_of(page, width=width, height=height)
    labels = find_labels(layout)
    found = classify(layout, types)
    read = _Reader(page.frame, layout, labels, settings, found.type.code)
    told = doubting_numbers(_settled(read.values()))
    values = (*told, *read_signatures(page, layout))
    traits = traits_of(layout, values)
    return PageIndex(page.frame, found.type, values, titled=found.titled, traits=traits)


_Typed = Callable[[Sequence[Word]], Reading | None]


class _Reader:
    """Reads the values of one page."""

    def __init__(
        self,
        frame: FrameRef,
        layout: Layout,
        labels: tuple[Label, ...],
        settings: IndexSettings,
        code: str,
    ) -> None:
        self._frame = frame
        self._layout = layout
        labels = tuple(_told(layout, labels, code))
        self._labels = labels
        self._places = Places(layout, labels)
        self._settings = settings
        self._is_letter = code == LETTER
        entry = type_entry(code)
        # The impression of a film or a tracing is what it shows, not what the patient has.
        self._is_finding = entry is not None and entry.section == "diagnostics"
        self._typed: dict[str, _Typed] = {
            "mrn": lambda words: read_mrn(words, settings),
            "account": read_account,
            "ssn": read_ssn,
            "sex": read_sex,
            "page_of": read_page_of,
            "patient_name": _read_patient,
            "attending": _read_physician,
            "referring": _read_physician,
            "facility": _read_facility,
            "age_sex": read_age_and_sex,
            DIAGNOSIS: _read_code,
            PROCEDURE: _read_code,
        }

    def values(self) -> Iterator[IndexValue]:
        labelled = list(self._labelled())
        dates = self._dates()
        dates += read_plate_date(
            self._layout,
            self._frame,
            _boxes_of(("mrn",), labelled),
            frozenset(value.box for value in labelled),
        )
        yield from (value for value in labelled if value.field not in _CODES)
        yield from self._names_in_parts()
        age = printed_age(" ".join(text_of(row) for row in self._layout.rows))
        seen = frozenset(value.box for value in (*labelled, *(date.value for date in dates)))
        anchors = _boxes_of(("mrn", "birth_date"), (*labelled, *(date.value for date in dates)))
        letter_date = self._is_letter and read_letter_date(self._layout, self._frame)
        dates += [letter_date] if letter_date else []
        plates = tuple(read_plates(self._layout, self._frame, self._settings, seen, anchors))
        numbers = _boxes_of(("mrn",), labelled)
        yield from read_running_head(self._layout, self._frame, self._labels, seen, numbers)
        dates += [plate for plate in plates if isinstance(plate, Undated)]
        yield from (plate for plate in plates if isinstance(plate, IndexValue))
        dated = with_centuries(dates, self._settings, age)
        yield from dated
        if not any(value.field == "page_of" for value in labelled):
            yield from read_bare_number(self._layout, self._frame)
        yield from read_letterhead(self._layout, self._frame)
        headed = list(self._headed())
        yield from headed
        codes = [value for value in labelled if value.field in _CODES]
        yield from coded((*codes, *headed), day_of(dated), self._settings)

    def _labels_of(self, fields: Collection[str]) -> Iterator[Label]:
        for label in self._labels:
            if label.field in fields and not self._is_anothers(label):
                yield label

    def _is_anothers(self, label: Label) -> bool:
        """Say whether the label speaks of kin, guarantor or insured rather than the patient."""
        if label.field not in _OURS:
            return False
        others = [other for other in self._labels if other.field == "other_person"]
        return any(
            (other.row == label.row and other.start < label.start)
            or (0 < label.row - other.row <= 2 and label.strength < 1.0)
            for other in others
        )

    def _labelled(self) -> Iterator[IndexValue]:
        for label in self._labels_of(self._typed):
            values = (self._beside(label, place) for place in self._places.of(label))
            value = next(filter(None, values), None)
            if value:
                yield value

    def _beside(self, label: Label, place: Place) -> IndexValue | None:
        reading = self._typed[label.field](place.words)
        if reading is None:
            return None
        field = "sex" if label.field == "age_sex" else label.field
        repaired = "-repaired" if reading.repaired else ""
        rule = f"{field.replace('_', '-')}-label{repaired}@1"
        return self._value(field, reading, place, rule)

    def _value(self, field: str, reading: Reading, place: Place, rule: str) -> IndexValue:
        words = place.words[: reading.words]
        confidence = _LABELLED * _seen(words) * reading.quality * place.strength
        return IndexValue(
            field,
            reading.value,
            reading.raw,
            self._frame,
            box_of(words),
            round(confidence, 4),
            rule,
        )

    def _dates(self) -> list[Undated]:
        found = list(read_signature_dates(self._layout, self._frame))
        signed = {date.value.box for date in found}
        for label in self._labels_of(DATES):
            dates = (self._date(label, place) for place in self._places.of(label))
            date = next(filter(None, dates), None)
            if date and date.value.box not in signed:
                found.append(date)
        return found

    def _date(self, label: Label, place: Place) -> Undated | None:
        text = text_of(place.words)
        reading = read_date(text)
        start = 0
        if reading is None:
            found = find_date(text) if label.field == "signed_date" else None
            if found is None:
                return None
            start, reading = found
        words = _words_between(place.words, start, start + reading.length)
        confidence = _LABELLED * _seen(words) * reading.quality * place.strength
        repaired = "-repaired" if reading.repaired else ""
        rule = f"{label.field.replace('_', '-')}-label{repaired}@1"
        value = IndexValue(
            label.field, "", reading.raw, self._frame, box_of(words), round(confidence, 4), rule
        )
        return Undated(reading, value)

    def _names_in_parts(self) -> Iterator[IndexValue]:
        """Join surname and given names that stand in boxes of their own."""
        parts: dict[str, tuple[Place, str]] = {}
        for label in self._labels_of(_NAME_PARTS):
            place = next(self._places.of(label), None)
            if place is None:
                continue
            word = place.words[0]
            plain = word.text.strip(".,;:_").upper()
            if plain.replace("'", "").replace("-", "").isalpha():
                parts.setdefault(label.field, (replace(place, words=place.words[:1]), plain))
        if "last_name" not in parts or "first_name" not in parts:
            return
        name = Name(*(parts[f][1] if f in parts else "" for f in _NAME_PARTS))
        words = tuple(chain.from_iterable(place.words for place, _ in parts.values()))
        place = Place(words, "right", min(place.strength for place, _ in parts.values()))
        reading = Reading(str(name), text_of(words), len(words), 0.97)
        yield self._value("patient_name", reading, place, "patient-name-boxes@1")

    def _headed(self) -> Iterator[IndexValue]:
        for line in headed_lines(self._layout, impressions=not self._is_finding):
            seen = _seen(line.evidence) * line_quality(line.words)
            yield IndexValue(
                line.field,
                line.value,
                text_of(line.words),
                self._frame,
                box_of(line.evidence),
                round(0.9 * line.strength * seen, 4),
                line.rule,
            )


def _told(layout: Layout, labels: Sequence[Label], code: str) -> Iterator[Label]:
    """Yield ``labels`` with what "from" and "through" mean on this page."""
    for label in labels:
        field = label.field
        if field in _STAY:
            field = _STAY[field] if is_stay(layout, label) else "other"
        if field == "other" and label.field == "stay_from" and code == _REFERRAL:
            field = "referring"
        yield replace(label, field=field)


_STAY = {"stay_from": "admission_date", "stay_through": "discharge_date"}
_REFERRAL = "57133-1"


def _boxes_of(fields: Collection[str], values: Iterable[IndexValue]) -> frozenset[Box]:
    return frozenset(value.box for value in values if value.field in fields)


_CODES = frozenset({DIAGNOSIS, PROCEDURE})
_NAME_PARTS = ("last_name", "first_name", "middle_name")


def _seen(words: Sequence[Word]) -> float:
    """Return the confidence of the least sure of ``words``: no value is surer than that."""
    return min((word.confidence for word in words if _is_read(word)), default=0.0)


def _is_read(word: Word) -> bool:
    return any(map(str.isalnum, word.text))


def _words_between(words: Sequence[Word], start: int, stop: int) -> Sequence[Word]:
    taken: list[Word] = []
    at = 0
    for word in words:
        if at < stop and at + len(word.text) > start:
            taken.append(word)
        at += len(word.text) + 1
    return taken or words[:1]


def _read_code(words: Sequence[Word]) -> Reading | None:
    return read_printed([word.text for word in words])


def _read_patient(words: Sequence[Word]) -> Reading | None:
    return _read_person(words, alone=False)


def _read_physician(words: Sequence[Word]) -> Reading | None:
    reading = _read_person(words, alone=True)
    # "Attending Physictua" is all label: its second word misread is no surname.
    is_label = reading is not None and fuzz.ratio(reading.value, "PHYSICIAN") >= _LIKE_LABEL
    return None if is_label else reading


def _read_person(words: Sequence[Word], *, alone: bool) -> Reading | None:
    """Read a name, stopping at the first wide gap; ``alone`` accepts a mere surname."""
    pitch = sum(word.box.width / len(word.text) for word in words) / len(words)
    run = next(segments_of(tuple(words), pitch, 4.0))
    texts = name_words([word.text for word in whole_names(run)])
    reading = read_name(texts, surname_may_stand_alone=alone)
    if reading is None:
        return None
    taken = _count_back(run, texts, reading.words)
    quality = reading.quality * (0.9 if not reading.name.first else 1.0)
    raw = text_of(run[:taken]).rstrip(",;:")
    return Reading(str(reading.name), raw, taken, quality)


def _count_back(run: Sequence[Word], texts: Sequence[str], used: int) -> int:
    """Return how many words of ``run`` the first ``used`` name pieces came from."""
    letters = sum(len(text) for text in texts[:used])
    taken = 0
    while taken < len(run) and letters > 0:
        letters -= len(run[taken].text)
        taken += 1
    return max(1, taken)


def _read_facility(words: Sequence[Word]) -> Reading | None:
    pitch = sum(word.box.width / len(word.text) for word in words) / len(words)
    run = next(segments_of(tuple(words), pitch, 4.0))[:8]
    text = text_of(run).strip(" .,;:")
    if sum(character.isalpha() for character in text) < 5 or not text[0].isalpha():
        return None
    return Reading(text, text_of(run), len(run), 0.9)


def _settled(values: Iterator[IndexValue]) -> Iterator[IndexValue]:
    """Yield one value of each field and normal form, letterheads only where no label says more."""
    kept = weighed(values)
    strong = {v.field for v in kept if v.rule.endswith(("-label@1", "-boxes@1"))}
    for value in kept:
        if value.rule.startswith("letterhead") and value.field in strong:
            continue
        yield value
