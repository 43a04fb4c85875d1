"""The addressograph plate and the running head, which name the patient without a label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from capture.model import Box, FrameRef
from ocr.model import Word

from .chronology import Undated
from .dates import DateReading, read_date
from .identifiers import Reading, read_mrn
from .labels import Label
from .letterhead import names_facility_kind
from .model import IndexValue
from .names import NameReading, is_degree, name_words, read_name
from .rows import Layout, Row, box_of, segments_of, text_of
from .settings import IndexSettings

_STRENGTH = 0.85
_MOST_ROWS = 5
_MOST_WORDS = 7
_HEAD_ROWS = 3
_FOOT_ROWS = 2


def read_plates(
    layout: Layout,
    frame: FrameRef,
    settings: IndexSettings,
    labelled: frozenset[Box],
    anchors: frozenset[Box] = frozenset(),
) -> Iterator[IndexValue | Undated]:
    """Yield name, record number and birth date of each plate in a corner of the page.

    A plate is a name in capitals with its comma, and near it, below or beside, a number and
    a date, all set flush left; with one of them missing it is no plate. Words in the boxes
    ``labelled`` belong to a form and to no plate. Where the plate labels its number or birth
    date (``anchors``), only its name is left to tell.
    """
    for name, corner in _corners(layout, labelled):
        if any(_within(word.box, box) for run in corner for word in run for box in anchors):
            yield from _name_alone(name, corner, frame)
            continue
        plate = _plate(corner, layout.pitch, settings)
        if plate is not None:
            yield from _values(plate, frame)


def read_running_head(
    layout: Layout,
    frame: FrameRef,
    labels: Sequence[Label],
    labelled: frozenset[Box],
    anchors: frozenset[Box],
) -> Iterator[IndexValue]:
    """Yield the name that stands in a row with a labelled record number, before any label."""
    last = len(layout.rows) - _FOOT_ROWS
    for n, row in enumerate(layout.rows):
        if _HEAD_ROWS <= n < last or not _holds(row, anchors):
            continue
        for run in _free_runs(row, [label for label in labels if label.row == n], labelled):
            reading = _whole_name(run)
            if reading is None:
                continue
            quality = 0.95 * reading.quality
            text = text_of(run)
            yield _value(
                "patient_name", str(reading.name), text, quality, run, frame, "running-head"
            )


def _holds(row: Row, boxes: frozenset[Box]) -> bool:
    return any(_within(word.box, box) for word in row for box in boxes)


def _free_runs(row: Row, labels: Sequence[Label], labelled: frozenset[Box]) -> Iterator[Row]:
    """Yield the words of a row between its labels and their values."""
    taken = {n for label in labels for n in range(label.start, label.stop)}
    taken |= {n for n, word in enumerate(row) if any(_within(word.box, box) for box in labelled)}
    run: list[Word] = []
    for n, word in enumerate(row):
        if n not in taken:
            run.append(word)
        elif run:
            yield tuple(run)
            run = []


def _name_alone(name: Row, corner: Sequence[Row], frame: FrameRef) -> Iterator[IndexValue]:
    above = corner.index(name) - 1
    # A town and its state stand under a street: no name.
    if above >= 0 and corner[above][0].text[:1].isdigit() and len(corner[above]) > 2:
        return
    reading = _whole_name(name)
    if reading is not None:
        text = text_of(name)
        yield _value("patient_name", str(reading.name), text, reading.quality, name, frame)


def _whole_name(run: Row) -> NameReading | None:
    """Return the name with a comma that a run is from end to end; None for anything else."""
    if any(character.isdigit() for word in run for character in word.text):
        return None
    if not any(word.text.endswith(",") for word in run[:3]):
        return None
    words = name_words([word.text for word in run])
    if is_degree(words[-1]):
        return None
    reading = read_name(words)
    return reading if reading and reading.words == len(words) and reading.name.first else None


_Found = tuple[
    tuple[NameReading, Sequence[Word]],
    tuple[Reading, Sequence[Word]],
    tuple[DateReading, Sequence[Word]],
]


def _corners(layout: Layout, labelled: frozenset[Box]) -> Iterator[tuple[Row, tuple[Row, ...]]]:
    """Yield each run that may be a plate's name, and the runs of its plate with it."""
    rows = [row for row in layout.rows if _is_high_or_low(box_of(row).y, layout.height)]
    middle = layout.width / 2
    for side in (0, 1):
        runs = [
            run
            for row in rows
            for run in _plate_runs(row, layout.pitch)
            if (run[0].box.x >= 0.9 * middle) == bool(side)
        ]
        for n, run in enumerate(runs):
            if _opens_plate(run, labelled):
                close = _close(runs, n, layout.row_height)
                yield run, tuple(other for other in close if _flush(other, run, layout.pitch))


def _plate_runs(row: Row, pitch: float) -> Iterator[Row]:
    """Yield the runs of a row, a letterhead or page number that nearly touches a plate apart."""
    for run in segments_of(row, pitch, 5.0):
        numbered = run[0].text.lower().startswith("page")
        if numbered or len(run) > _MOST_WORDS or names_facility_kind(text_of(run)):
            yield from segments_of(run, pitch, 2.0)
        else:
            yield run


def _opens_plate(run: Row, labelled: frozenset[Box]) -> bool:
    in_form = any(_within(word.box, box) for word in run for box in labelled)
    named = run[0].text.isupper() and any(word.text.endswith(",") for word in run[:3])
    return named and not in_form and len(run) <= _MOST_WORDS


def _within(word: Box, box: Box) -> bool:
    return box.x <= word.x and word.right <= box.right and box.y <= word.y < box.bottom


def _flush(run: Row, name: Row, pitch: float) -> bool:
    """Say whether a short run starts where the name does, or ends where it does."""
    one, two = box_of(run), box_of(name)
    near = abs(one.x - two.x) < 5 * pitch or abs(one.right - two.right) < 5 * pitch
    return near and len(run) <= _MOST_WORDS


def _is_high_or_low(y: int, height: int) -> bool:
    return y < 0.3 * height or y > 0.8 * height


def _close(runs: Sequence[Row], n: int, row_height: float) -> tuple[Row, ...]:
    """Return the run at ``n`` and those next to it, no more than two rows apart."""
    start = n
    while start > 0 and n - start < 2 and _apart(runs[start - 1], runs[start]) < 2.5 * row_height:
        start -= 1
    stop = n + 1
    while (
        stop < len(runs)
        and stop - n < _MOST_ROWS
        and (_apart(runs[stop - 1], runs[stop]) < 2.5 * row_height)
    ):
        stop += 1
    return tuple(runs[start:stop])


def _apart(one: Row, two: Row) -> int:
    return box_of(two).y - box_of(one).bottom


def _plate(runs: Sequence[Row], pitch: float, settings: IndexSettings) -> _Found | None:
    if any(word.text.endswith(":") for run in runs for word in run):
        return None
    name = next(filter(None, map(_name_of, runs)), None)
    date = next(filter(None, map(_date_of, runs)), None)
    if not name or not date:
        return None
    taken = {word.box for word in (*name[1], *date[1])}
    rest = (tuple(word for word in run if word.box not in taken) for run in runs)
    numbers = [found for run in rest for found in _numbers_of(run, settings)]
    return (name, numbers[0], date) if len(numbers) == 1 else None


def _name_of(run: Row) -> tuple[NameReading, Sequence[Word]] | None:
    start = next((n for n, word in enumerate(run) if word.text[:1].isalpha()), None)
    if start is None or not any(word.text.endswith(",") for word in run[start : start + 2]):
        return None
    reading = read_name(name_words([word.text for word in run[start:]]))
    return (reading, run[start : start + reading.words]) if reading else None


def _date_of(run: Row) -> tuple[DateReading, Sequence[Word]] | None:
    for n in range(len(run)):
        reading = read_date(text_of(run[n:]), labelled=False)
        if reading and reading.day and "/" in reading.raw:
            count = len(reading.raw.split())
            return reading, run[n : n + count]
    return None


def _numbers_of(run: Row, settings: IndexSettings) -> Iterator[tuple[Reading, Sequence[Word]]]:
    n = 0
    while n < len(run):
        if run[n].text[:1].isdigit() and (reading := read_mrn(run[n:], settings)):
            yield reading, run[n : n + reading.words]
            n += reading.words
        else:
            n += 1


def _values(plate: _Found, frame: FrameRef) -> Iterator[IndexValue | Undated]:
    (name, name_at), (number, number_at), (date, date_at) = plate
    yield _value("patient_name", str(name.name), text_of(name_at), name.quality, name_at, frame)
    yield _value("mrn", number.value, number.raw, number.quality, number_at, frame)
    yield Undated(date, _value("birth_date", "", date.raw, date.quality, date_at, frame))


def _value(
    field: str,
    value: str,
    raw: str,
    quality: float,
    words: Sequence[Word],
    frame: FrameRef,
    place: str = "addressograph",
) -> IndexValue:
    seen = min(word.confidence for word in words)
    confidence = round(_STRENGTH * quality * seen, 4)
    return IndexValue(field, value, raw, frame, box_of(words), confidence, f"{place}@1")
