"""Measure the line reader beside Tesseract: ``python -m bench.line_reader``.

Pages of seeds, typefaces and arrangements that nothing was trained or chosen on, and real files,
each read in four ways on one thread: by Tesseract in its page mode, by Tesseract with all the
looks that chartroom takes (what was there before the reader), by the reader alone, and by the
reader first with Tesseract behind it. Errors are counted whatever the order of the words.
Of the real files every second one was looked at while building; they are told apart.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from statistics import mean, median

import numpy as np

from batch.stages import finished, read_upright
from capture.enhance import prepare
from capture.errors import ChartroomError, ToolError
from capture.lines import without_rules
from capture.model import FrameState, PageImage
from capture.settings import CaptureSettings
from capture.text_lines import find_lines
from ocr.calibration import Kind, kind_of
from ocr.decoding import PLAIN
from ocr.engine import OcrEngine, Turn
from ocr.line_engine import LineReader, ReaderFirst
from ocr.looks import RULE
from ocr.model import OcrPage, Word
from ocr.prepare import LETTER
from ocr.prepare import prepare as prepared
from ocr.settings import OcrSettings
from ocr.sight import AUTOMATIC
from ocr.tesseract import TesserocrEngine
from ocr.ticks import SIGNS
from ocr.tsv import words_of_tsv

from . import results, word_truth
from .calibration import BINS, Numbers, bins_of, expected_error
from .capture_speed import frame_of
from .degrade import Scan
from .delivery import Leaf, shoot
from .falling import FALLING
from .film import worn_frame
from .film_reading import everyday_wear, unordered_error_rate
from .real_pages import real_pages
from .render import render
from .results import Result, Table, percent
from .score import word_match
from .word_truth import TrueWord, sheets

NAME = "line_reader"
REPORTED = 30600
SURE = 0.9
LONG_NUMBER = 4
"""Digits from which a true word is a record number, a date, an account."""
_SECONDS = 60.0
KINDS = {
    "clean": "clean print", "bitonal": "clean print", "holes": "clean print",
    "light": "clean print", "skewed": "clean print", "border": "clean print",
    "faded": "clean print", "stains": "clean print",
    "copy": "photocopies", "specks": "photocopies", "fax": "faxes", "fax-low": "faxes",
}  # fmt: skip
"""What the gate asks of the pages of each look."""
FIRST = "reader first"
BEFORE = "Tesseract, all looks"
PAGE_MODE = "Tesseract, page mode"
ALONE = "reader alone"
JUDGED = (BEFORE, ALONE, FIRST)
"""The ways whose confidences are chances."""
WORN = ("photocopies", "faxes", "film")
_MOST_OF_WORN = 0.75
_TOLD = (
    "Order-free character error rate; seconds are of the processor, on one thread, and without"
    " capture. Curly quotes and long dashes count as plain ones, whoever reads them. Numbers are"
    " true words with four digits or more; silently wrong means read otherwise with a confidence"
    " of 0.9 or more, or as part of such a word."
)


@dataclass(frozen=True, slots=True)
class Case:
    """A page before readers and what stands on it."""

    kind: str
    page: PageImage
    truth: str
    words: tuple[TrueWord, ...] = ()
    """With boxes, where the page was generated."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of reading made of one page."""

    words: tuple[Word, ...]
    error: float
    recall: float
    seconds: float


class PageMode:
    """Tesseract as it comes, on the page as the recogniser likes it."""

    def __init__(self, engine: TesserocrEngine) -> None:
        self._engine = engine
        self.name = engine.name

    def read(self, page: PageImage) -> OcrPage:
        """Return the words of one look with an automatic layout."""
        ready = prepared(page)
        table = self._engine.look(ready.pixels, AUTOMATIC, _SECONDS)
        words = words_of_tsv(table, ready.factor, page.width, page.height)
        return OcrPage(page.frame, self.name, words)

    def orientation(self, page: PageImage) -> Turn:
        """Return how ``page`` lies."""
        return self._engine.orientation(page)

    def close(self) -> None:
        """Nothing of its own is open."""


def cases(seed: int, each: int, data: Path, limit: int) -> Iterator[Case]:
    """Yield generated pages of every look, then film, spoiled pages and real files."""
    supply = sheets(seed, development=False)
    for look in word_truth.PAPER:
        for number, leaf in enumerate(islice(supply, each)):
            scan = shoot(leaf, look, Random(f"{seed} {look} {number}")).scan
            yield from _generated(KINDS[look], leaf, word_truth.scanned(scan))
    for number, leaf in enumerate(islice(supply, 4 * each)):
        name = f"{seed} film {number}"
        scan = worn_frame(Scan(render(leaf.sheet)), everyday_wear(Random(name)), name)
        yield from _generated("film", leaf, scan)
    for look in word_truth.SPOILED:
        for number, leaf in enumerate(islice(supply, max(1, each // 2))):
            scan = FALLING[look](Scan(render(leaf.sheet)), Random(f"{seed} {look} {number}"))
            yield from _generated("spoiled", leaf, scan)
    yield from _real(data, limit)


def _generated(kind: str, leaf: Leaf, scan: Scan) -> Iterator[Case]:
    page = prepare(frame_of(scan, colour=False), CaptureSettings())
    if page.state is FrameState.PAGE:
        words = tuple(TrueWord(run.text, run.box) for run in leaf.sheet.runs)
        yield Case(kind, page, " ".join(word.text for word in words), words)


def _real(data: Path, limit: int) -> Iterator[Case]:
    for number, one in enumerate(real_pages(data)):
        if one.path.suffix == ".pdf" or number >= limit:
            continue
        page = word_truth.page_of_file(one.path)
        if page is not None:
            seen = "real, looked at" if number % 2 else "real, not looked at"
            yield Case(f"{seen}: {one.path.parent.name}", page, one.truth)


def outcome(case: Case, engine: OcrEngine) -> Outcome:
    """Return what ``engine`` makes of a page, judged as chartroom judges it."""
    started = time.process_time()
    try:
        words = finished(*read_upright(engine, case.page)).words
    except ToolError:
        words = ()
    seconds = time.process_time() - started
    words = tuple(word for word in words if word.text not in SIGNS.values())
    text = " ".join(word.text for word in words).translate(PLAIN)
    truth = case.truth.translate(PLAIN)
    error = unordered_error_rate(truth, text)
    return Outcome(words, error, word_match(truth, text).recall, seconds)


Outcomes = dict[str, list[Outcome]]


def measured(pages: Iterable[Case]) -> tuple[list[Case], Outcomes]:
    """Return the pages and what each way made of them; who goes first changes with the page."""
    settings = OcrSettings(page_seconds=_SECONDS)
    before, behind = TesserocrEngine(settings), TesserocrEngine(settings)
    ways: dict[str, OcrEngine] = {
        PAGE_MODE: PageMode(before),
        BEFORE: before,
        ALONE: LineReader(),
        FIRST: ReaderFirst(behind, behind.look, _SECONDS),
    }
    seen: list[Case] = []
    made: Outcomes = {name: [] for name in ways}
    for number, case in enumerate(pages):
        seen.append(case)
        turn = number % len(ways)
        for name in [*ways][turn:] + [*ways][:turn]:
            made[name].append(outcome(case, ways[name]))
        print(f"{number + 1} {case.kind}", file=sys.stderr)
    return seen, made


def _kinds(seen: Sequence[Case]) -> list[str]:
    return list(dict.fromkeys(case.kind for case in seen))


def _of(kind: str, seen: Sequence[Case], outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [one for case, one in zip(seen, outcomes, strict=True) if case.kind == kind]


def reading_table(seen: Sequence[Case], made: Outcomes) -> Table:
    """Return errors, recall and seconds by kind of page and way of reading."""
    rows: list[tuple[results.Cell, ...]] = []
    for kind in _kinds(seen):
        for name in made:
            group = _of(kind, seen, made[name])
            errors = [one.error for one in group]
            rows.append(
                (
                    kind,
                    name,
                    len(group),
                    percent(mean(errors)),
                    percent(median(errors)),
                    percent(mean(one.recall for one in group)),
                    f"{mean(one.seconds for one in group):.2f}",
                )
            )
    columns = ("pages", "read by", "count", "CER mean", "median", "word recall", "s a page")
    return Table("Four ways of reading", columns, tuple(rows))


def gate_table(seen: Sequence[Case], made: Outcomes) -> Table:
    """Return for each kind whether the reader first passes what is asked of it."""
    rows: list[tuple[results.Cell, ...]] = []
    for kind in _kinds(seen):
        ours, page, all_looks = (
            mean(one.error for one in _of(kind, seen, made[name]))
            for name in (FIRST, PAGE_MODE, BEFORE)
        )
        asked = _MOST_OF_WORN if kind in WORN else 1.0
        rows.append(
            (
                kind,
                f"{asked:.2f}",
                f"{ours / max(page, 1e-9):.2f}",
                f"{ours / max(all_looks, 1e-9):.2f}",
                "yes" if ours <= asked * page else "no",
            )
        )
    columns = ("pages", "asked at most", "of page mode", "of all looks", "passes")
    return Table("Mean CER of the reader first, as a share of Tesseract's", columns, tuple(rows))


def number_table(seen: Sequence[Case], made: Outcomes) -> Table:
    """Return how long numbers are read, on the generated pages."""
    rows: list[tuple[results.Cell, ...]] = []
    for name in made:
        right = wrong = doubted = absent = 0
        for case, one in zip(seen, made[name], strict=True):
            for fate in number_fates(case, one):
                right += fate == "right"
                wrong += fate == "wrong"
                doubted += fate == "doubted"
                absent += fate == "absent"
        count = max(1, right + wrong + doubted + absent)
        shares = (percent(part / count, 2) for part in (right, wrong, doubted, absent))
        rows.append((name, count, *shares))
    columns = ("read by", "numbers", "right", "silently wrong", "wrong and doubted", "not read")
    return Table("Record numbers, dates and other long numbers", columns, tuple(rows))


def number_fates(case: Case, read: Outcome) -> Iterator[str]:
    """Yield for each long number of a generated page what became of it."""
    numbers = [one for one in case.words if sum(map(str.isdigit, one.text)) >= LONG_NUMBER]
    onto = word_truth.placement(read.words, case.words)
    if not numbers or onto is None:
        return
    for one in numbers:
        box = word_truth.moved(one.box, onto)
        on_it = [word for word in read.words if word.box.shared_area(box) > 0.3 * word.box.area]
        on_it.sort(key=lambda word: word.box.x)
        said = word_truth.same_signs("".join(word.text for word in on_it))
        if word_truth.same_signs(one.text) in said:
            yield "right"
        elif not any(kind_of(word.text) is Kind.NUMBER for word in on_it):
            yield "absent"
        else:
            yield "wrong" if min(word.confidence for word in on_it) >= SURE else "doubted"


def confidence_table(seen: Sequence[Case], made: Outcomes) -> Table:
    """Return what a confidence is worth, on the generated pages."""
    rows: list[tuple[results.Cell, ...]] = []
    for name in JUDGED:
        chances, hits = chances_told(seen, made[name])
        sure = chances >= SURE
        rows.append(
            (
                name,
                len(chances),
                percent(float(hits.mean())),
                f"{expected_error(chances, hits):.3f}",
                percent(float(sure.mean())),
                percent(float(hits[sure].mean())),
            )
        )
    columns = ("read by", "words", "right", "ECE", f">= {SURE}", "of these right")
    return Table("Confidence", columns, tuple(rows))


def curve_table(seen: Sequence[Case], made: Outcomes) -> Table:
    """Return how many of the words at each confidence are right, on the generated pages."""
    told = [chances_told(seen, made[name]) for name in JUDGED]
    rows: list[tuple[results.Cell, ...]] = []
    for place in range(BINS):
        cells = []
        for chances, hits in told:
            inside = hits[bins_of(chances) == place]
            cells.append(f"{inside.mean():.0%} of {len(inside)}" if len(inside) else "none")
        rows.append((f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}", *cells))
    return Table("Share of words that are right, of how many", ("confidence", *JUDGED), tuple(rows))


def chances_told(seen: Sequence[Case], outcomes: Sequence[Outcome]) -> tuple[Numbers, Numbers]:
    """Return the confidence of each word of the generated pages, and 1.0 for those right."""
    told: list[float] = []
    right: list[bool] = []
    for case, one in zip(seen, outcomes, strict=True):
        if case.words and case.kind != "spoiled":
            told += [word.confidence for word in one.words]
            right += word_truth.right_words(one.words, case.words)
    return np.array(told), np.array(right, dtype=np.float64)


def line_table(seen: Sequence[Case], made: Outcomes) -> Table:
    """Return how the line finder does, on the generated pages."""
    rows: list[tuple[results.Cell, ...]] = []
    for kind in _kinds(seen):
        found = words = empty = lines = 0
        spent: list[float] = []
        for case, one in zip(seen, made[FIRST], strict=True):
            if case.kind != kind or not case.words:
                continue
            onto = word_truth.placement(one.words, case.words)
            ready = prepared(case.page)
            started = time.process_time()
            plain = without_rules(ready.pixels, RULE)
            boxes = [line.box for line in find_lines(plain, ready.letter or LETTER)]
            spent.append(time.process_time() - started)
            if onto is None:
                continue
            true = [word_truth.moved(word.box, onto).scaled(ready.factor) for word in case.words]
            found += sum(any(box.overlap(word) >= 0.6 for box in boxes) for word in true)
            words += len(true)
            empty += sum(not any(box.shared_area(word) for word in true) for box in boxes)
            lines += len(boxes)
        if words:
            cost = f"{1000 * median(spent):.0f}"
            rows.append(
                (kind, words, percent(found / words, 2), lines, percent(empty / lines), cost)
            )
    columns = ("pages", "true words", "in a line", "lines", "lines without words", "ms a page")
    return Table("Line finder, with the rules taken away", columns, tuple(rows))


def main(arguments: list[str] | None = None) -> int:
    """Measure and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--each", type=int, default=8, help="pages of each look")
    parser.add_argument("--data", type=Path, default=word_truth.DATA, help="folder of real files")
    parser.add_argument("--limit", type=int, default=1000, help="real files")
    given = parser.parse_args(arguments)
    machine = results.machine()
    try:
        seen, made = measured(cases(given.seed, given.each, given.data, given.limit))
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    tables = (
        reading_table(seen, made),
        gate_table(seen, made),
        number_table(seen, made),
        confidence_table(seen, made),
        curve_table(seen, made),
        line_table(seen, made),
    )
    for table in tables:
        print(results.markdown(table), end="\n\n")
    command = f"python -m bench.{NAME} --seed {given.seed} --each {given.each}"
    results.keep(Result(NAME, command, machine, tables, (_TOLD,)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
