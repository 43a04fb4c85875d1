"""What the title strip of a fiche or jacket says: whose it is, which of how many, how many frames.

Bare forms without labels are the rule: ``SAMPLEWELL, NORA  07-22-48  2 of 2  98 FR``. A wrong
value is worse than none, so what can be read two ways, or stands there twice, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from capture.model import FrameRef
from ocr.model import OcrPage, Word

from .chronology import Undated, with_centuries
from .dates import DateReading, read_date
from .identifiers import Reading, read_mrn
from .model import IndexValue
from .names import NameReading, is_degree, name_words, read_name
from .rows import Row, box_of, layout_of, text_of
from .settings import DEFAULT_SETTINGS, IndexSettings

_RULE = "title-strip@1"
_LABELLED, _BARE, _EITHER = 0.95, 0.85, 0.6
"""How sure a value is with its label, without, and where it could be a date as well."""
_MOST_CARDS, _MOST_FRAMES = 99, 999

_DIGITS = r"[\dlI|O]"
_CARD = r"(?:FICHE|CARD|JACKET|SHEET|PART|VOL(?:UME)?)"
_PART_OF = re.compile(
    rf"(?<![\w/\-])(?:{_CARD}\W{{0,3}}(?:NO\W{{0,2}})?)?({_DIGITS}{{1,2}})\s*[O0]F\s*"
    rf"({_DIGITS}{{1,2}})(?![\w/\-])",
    re.IGNORECASE,
)
_PART_SLASH = re.compile(
    rf"\b{_CARD}\W{{0,3}}(?:NO\W{{0,2}})?({_DIGITS}{{1,2}})\s*/\s*({_DIGITS}{{1,2}})(?![\w/\-])",
    re.IGNORECASE,
)
_UNIT = r"(?:FRS?|FRAMES?|IMAGES?|EXP(?:OSURES?)?|PAGES?|PGS?)"
_COUNT = re.compile(
    rf"(?<![\w/\-.])(?<!OF )(\d{{1,3}})\s*{_UNIT}\b(?!\s*[:#]|\s+\d+\s*(?:-|TO|THRU))",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"\b{_UNIT}\W{{1,3}}(\d{{1,3}})(?![\w/\-.]|\s*(?:-|TO|THRU)\W)", re.I)
_SPAN = re.compile(rf"\b{_UNIT}\W{{1,3}}(\d{{1,4}})\s*(?:-|TO|THRU)\s*(\d{{1,4}})(?![\w/\-])", re.I)
_MRN_LABEL = re.compile(
    r"^(?:MRN|MR|MR#|M\.R\.|CHART|UNIT|HOSP|HOSPITAL|PATIENT|RECORD|PT)[:#.]*$", re.IGNORECASE
)
_NUMBER_SIGN = re.compile(r"^(?:NO|NUM|NUMBER|#)[.:#]*$|^#$", re.IGNORECASE)
_BIRTH_LABEL = re.compile(
    r"^(?:DOB|D\.O\.B\.?|BORN|BIRTH|BIRTHDATE|B\.D\.)[:.]*$|^DATE\s+OF\s+BIRTH[:.]*$", re.IGNORECASE
)
_OTHER_LABEL = re.compile(
    r"^(?:ROLL|REEL|FILM|FILMED|BOX|DATE|ADM|ADMITTED|DISCH|DISCHARGED|DR|DOCTOR|SSN|TEL|PHONE"
    r"|FICHE|CARD|JACKET|ACCT|ACCOUNT|STARTS?|ENDS?|FROM|TO|THRU|YEARS?)[:#.]*$",
    re.IGNORECASE,
)
_YEARS = re.compile(r"^(?:18|19|20)\d\d-(?:(?:18|19|20)\d\d|\d\d)$")
_DATE_LIKE = re.compile(r"^\d{1,2}-\d{1,2}-\d{2}$")
_FACILITY = frozenset(
    (
        "HOSPITAL", "CLINIC", "MEDICAL", "CENTER", "CENTRE", "COUNTY", "CITY", "RECORDS", "RECORD",
        "DEPT", "DEPARTMENT", "INFIRMARY", "SANATORIUM", "UNIVERSITY", "GENERAL", "MICROFILM",
        "FICHE", "COMPANY", "INC",
    )
)  # fmt: skip
_LOOKALIKES = str.maketrans("lI|O", "1110")


@dataclass(frozen=True, slots=True)
class CardTitle:
    """What a card says of itself in letters that an eye can read."""

    values: tuple[IndexValue, ...]
    """Of ``mrn``, ``patient_name`` and ``birth_date`` each one at the most."""
    part: int = 0
    """Which card of the chart; 0 when it does not say."""
    of: int = 0
    """Cards of the chart; 0 when it does not say."""
    frames: int = 0
    """Frames that the card is said to hold; 0 when it does not say."""


@dataclass(frozen=True, slots=True)
class _Found:
    reading: Reading | NameReading | DateReading
    words: Row
    sure: float


def title_of(words: OcrPage, settings: IndexSettings = DEFAULT_SETTINGS) -> CardTitle:
    """Return what the words of a title strip say; what they do not say plainly is left out."""
    rows = _rows(words)
    part, of = _part_of(rows, settings)
    values = [_value("mrn", words.frame, found) for found in _only(_numbers(rows, settings))]
    names = list(_only(_names(rows)))
    values += [_value("patient_name", words.frame, found) for found in names]
    births = [
        Undated(found.reading, _value("birth_date", words.frame, found))
        for found in _only(_births(rows, names))
        if isinstance(found.reading, DateReading)
    ]
    values += with_centuries(births, settings, None)
    kept = tuple(value for value in values if value.confidence >= settings.low_confidence)
    return CardTitle(kept, part, of, _frames(rows, settings))


def _rows(words: OcrPage) -> tuple[Row, ...]:
    """Return the words line by line, labels parted from what they have grown together with."""
    right = max((word.box.right for word in words.words), default=1)
    bottom = max((word.box.bottom for word in words.words), default=1)
    return layout_of(words, width=right, height=bottom).rows


def _only(found: Iterable[_Found]) -> tuple[_Found, ...]:
    """Return the one value that was found, the surest reading of it; none of several."""
    every = sorted(found, key=lambda one: -one.sure)
    labelled = [one for one in every if one.sure >= _LABELLED]
    chosen = labelled or every
    if len({_key(one.reading) for one in chosen}) != 1:
        return ()
    return tuple(chosen[:1])


def _key(reading: Reading | NameReading | DateReading) -> str:
    if isinstance(reading, Reading):
        return reading.value
    if isinstance(reading, NameReading):
        return str(reading.name)
    return reading.iso(reading.year)


def _value(field: str, frame: FrameRef, found: _Found) -> IndexValue:
    seen = min(word.confidence for word in found.words)
    reading = found.reading
    value = "" if isinstance(reading, DateReading) else _key(reading)
    confidence = round(found.sure * reading.quality * seen, 4)
    raw = reading.raw if not isinstance(reading, NameReading) else text_of(found.words)
    return IndexValue(field, value, raw, frame, box_of(found.words), confidence, _RULE)


def _matches(
    rows: Sequence[Row], patterns: Sequence[re.Pattern[str]], least: float
) -> Iterator[re.Match[str]]:
    """Yield what fits the patterns, where no word of its line is read too badly to tell."""
    for row in rows:
        for pattern in patterns:
            for found in pattern.finditer(text_of(row)):
                if min(word.confidence for word in _under(row, found)) >= least:
                    yield found


def _under(row: Row, found: re.Match[str]) -> Iterator[Word]:
    """Yield the words of a row that a match lies on."""
    start = 0
    for word in row:
        if start < found.end() and start + len(word.text) > found.start():
            yield word
        start += len(word.text) + 1


def _part_of(rows: Sequence[Row], settings: IndexSettings) -> tuple[int, int]:
    found = {
        (_number(match[1]), _number(match[2]))
        for match in _matches(rows, (_PART_OF, _PART_SLASH), settings.low_confidence)
    }
    fitting = {(part, of) for part, of in found if 1 <= part <= of <= _MOST_CARDS}
    return fitting.pop() if len(fitting) == len(found) == 1 else (0, 0)


def _number(text: str) -> int:
    return int(text.translate(_LOOKALIKES))


def _frames(rows: Sequence[Row], settings: IndexSettings) -> int:
    least = settings.low_confidence
    counts = {int(match[1]) for match in _matches(rows, (_COUNT, _COUNTED), least)}
    counts |= {int(match[2]) - int(match[1]) + 1 for match in _matches(rows, (_SPAN,), least)}
    count = counts.pop() if len(counts) == 1 else 0
    return count if 1 <= count <= _MOST_FRAMES else 0


def _numbers(rows: Sequence[Row], settings: IndexSettings) -> Iterator[_Found]:
    for row in map(_without_counts, rows):
        at = 0
        while at < len(row):
            found = _number_at(row, at, settings)
            if found is not None:
                yield found
            at += found.reading.words if found and isinstance(found.reading, Reading) else 1


def _without_counts(row: Row) -> Row:
    """Return a row without "2 of 2" and "98 FR", which are no digits of a number beside them."""
    counts = {
        word.box
        for pattern in (_PART_OF, _PART_SLASH, _COUNT, _COUNTED, _SPAN)
        for found in pattern.finditer(text_of(row))
        for word in _under(row, found)
    }
    return tuple(word for word in row if word.box not in counts)


def _number_at(row: Row, at: int, settings: IndexSettings) -> _Found | None:
    """Return the record number that starts at a word, with a label of its own or with none."""
    text = row[at].text
    labelled = _label_before(row, at, _MRN_LABEL)
    if not text[:1].isdigit() or _YEARS.match(text.strip(".,;")):
        return None
    if not labelled and _label_before(row, at, _OTHER_LABEL, _BIRTH_LABEL):
        return None
    reading = read_mrn(row[at:], settings)
    if reading is None or (reading.repaired and not labelled):
        return None
    if _is_full_date(reading.raw):
        return None
    sure = _EITHER if _DATE_LIKE.match(reading.raw) and read_date(reading.raw) else _BARE
    return _Found(reading, row[at : at + reading.words], _LABELLED if labelled else sure)


def _is_full_date(raw: str) -> bool:
    date = read_date(raw, labelled=False)
    return date is not None and not date.short_year


def _label_before(row: Row, at: int, *labels: re.Pattern[str]) -> bool:
    """Return whether a label stands before a word, a "No." between them or not."""
    before = at - 1
    while before >= 0 and _NUMBER_SIGN.match(row[before].text):
        before -= 1
    return before >= 0 and any(label.match(row[before].text) for label in labels)


def _names(rows: Sequence[Row]) -> Iterator[_Found]:
    for row in rows:
        for at, word in enumerate(row):
            if word.text[:1].isalpha() and (found := _name_at(row, at)) is not None:
                yield found
                break


def _name_at(row: Row, at: int) -> _Found | None:
    """Return the name that starts at a word, its surname set off by a comma."""
    if not any(
        "," in word.text.rstrip(",") or word.text.endswith(",") for word in row[at : at + 2]
    ):
        return None
    if _OTHER_LABEL.match(row[at].text) or _label_before(row, at, _OTHER_LABEL):
        return None
    end = next((n for n in range(at + 1, len(row)) if _is_label(row[n])), len(row))
    texts = name_words([word.text for word in row[at:end]])
    reading = read_name(texts)
    if reading is None or not reading.name.first:
        return None
    # A comma without a space after it makes one word of two parts of the name.
    taken = at + max(1, reading.words - (len(texts) - (end - at)))
    words, after = row[at:taken], row[taken : taken + 1]
    plain = {"".join(filter(str.isalpha, word.text.upper())) for word in words}
    if plain & _FACILITY or any(is_degree(word.text) for word in (*words[2:], *after)):
        return None
    return _Found(reading, words, _BARE)


def _is_label(word: Word) -> bool:
    labels = (_MRN_LABEL, _OTHER_LABEL, _BIRTH_LABEL)
    return any(label.match(word.text) for label in labels)


def _births(rows: Sequence[Row], names: Sequence[_Found]) -> Iterator[_Found]:
    """Yield the dates that are labelled as of birth, or stand right behind the name."""
    ends = {words.words[-1] for words in names}
    for row in rows:
        for at, word in enumerate(row):
            if not word.text[:1].isdigit():
                continue
            labelled = _label_before(row, at, _BIRTH_LABEL)
            named = at > 0 and row[at - 1] in ends and "/" in word.text
            if not labelled and not named:
                continue
            date = read_date(text_of(row[at:]), labelled=labelled)
            if date is None or not date.day:
                continue
            words = row[at : at + len(date.raw.split())]
            yield _Found(date, words, _LABELLED if labelled else _EITHER)
