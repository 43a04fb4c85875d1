"""Measure how well single frames of film are read: ``python -m bench.film_reading``.

Pages of invented charts without handwriting, photographed on invented 16 mm film (`bench.film`):
each fault alone at three severities, all together at one severity, and an everyday mix. In the
mix each fault is drawn by itself: absent in 30 frames of 100, light in 45, clear in 20, heavy in
5, so that a frame has one or two faults that an eye sees at once; four frames in five are
negative, one in five lies on its side as a comic-mode camera left it, one in 33 upside down, at
150 to 300 dpi of the page. Capture was built on seeds below 1000; figures are of seeds from
`REPORTED` on. Beside it stands plain Tesseract on the same frame, told its dpi, the truth of its
polarity (negatives are inverted for it) and to find which way up it lies (``--psm 1``).
CER is counted whatever the order of words, beside it in the order of the truth.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import cv2
from rapidfuzz.distance import Levenshtein

from batch.stages import finished, read_upright
from capture.enhance import prepare
from capture.errors import ChartroomError, ToolError
from capture.model import PageImage, Polarity
from capture.settings import CaptureSettings
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.settings import OcrSettings

from . import results
from .capture_speed import frame_of, pages
from .degrade import Scan
from .delivery import Leaf
from .film import FAULTS, HEAVIEST, Wear, worn_frame
from .program import run
from .render import render
from .results import Result, Table, percent
from .score import character_error_rate, word_match

NAME = "film_reading"
REPORTED = 5000
EVERYDAY = (0.30, 0.45, 0.20, 0.05)
"""Shares of frames in which a fault is absent, light, clear, heavy."""
_DPI, _DPI_WEIGHTS = (150, 200, 240, 300), (1, 4, 2, 3)
_LEVEL = 0.3
"""Degrees within which the skew counts as found."""
_READ = 0.03
_SECONDS = 60.0
"""For which a frame may be read; then it counts as not read."""
COLUMNS = (
    "frames",
    "CER median",
    "mean",
    "in order",
    "word recall",
    "CER <= 3 %",
    "plain: CER median",
    "mean",
    "in order",
    "word recall",
)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One frame of film with what stands on it."""

    name: str
    leaf: Leaf
    scan: Scan
    wear: Wear


@dataclass(frozen=True, slots=True)
class Score:
    """How one frame was read."""

    cer: float
    """Whatever the order of words: that of the cells of a form can be disputed."""
    in_order: float
    recall: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one frame."""

    case: str
    ours: Score
    theirs: Score | None
    polarity: bool
    rotation: bool
    level: bool
    seconds: float
    """Of the processor, for capture."""
    megapixels: float


def sheets(seed: int) -> Iterator[Leaf]:
    """Yield pages of charts that bear no handwriting, which no engine here reads."""
    return (leaf for leaf in pages(seed) if not any(run.handwritten for run in leaf.sheet.runs))


def cases(seed: int, each: int, everyday: int) -> Iterator[Case]:
    """Yield every frame to be read: faults alone, faults together, the everyday mix."""
    supply = sheets(seed)
    for name, wear in _alone():
        for number, leaf in enumerate(islice(supply, each)):
            yield _case(name, leaf, wear, f"{seed} {name} {number}")
    for number, leaf in enumerate(islice(supply, everyday)):
        yield _case("everyday", leaf, everyday_wear(Random(f"{seed} {number}")), f"{seed} {number}")


def _case(name: str, leaf: Leaf, wear: Wear, seed: str) -> Case:
    return Case(name, leaf, worn_frame(Scan(render(leaf.sheet)), wear, seed), wear)


def _alone() -> Iterator[tuple[str, Wear]]:
    yield "no fault", Wear({})
    yield "no fault, positive", Wear({}, negative=False)
    for dpi in (150, 300):
        yield f"no fault, {dpi} dpi", Wear({}, dpi)
    for fault in FAULTS:
        yield from ((f"{fault} {level}", Wear({fault: level})) for level in _severities())
    for level in _severities():
        yield f"all {level}", Wear(dict.fromkeys(FAULTS, level))


def _severities() -> range:
    return range(1, HEAVIEST + 1)


def everyday_wear(rng: Random) -> Wear:
    """Return what a frame of the everyday mix went through."""
    levels = rng.choices(range(HEAVIEST + 1), EVERYDAY, k=len(FAULTS))
    (rotation,) = rng.choices((0, 90, 270, 180), (0.77, 0.10, 0.10, 0.03))
    return Wear(
        dict(zip(FAULTS, levels, strict=True)),
        rng.choices(_DPI, _DPI_WEIGHTS)[0],
        rng.random() < 0.8,
        rotation,
    )


def measured(case: Case, engine: OcrEngine, *, plain: bool) -> Outcome:
    """Return how one frame came out."""
    started = time.process_time()
    page = prepare(frame_of(case.scan, colour=False), CaptureSettings())
    seconds = time.process_time() - started
    upright, text = _reading(engine, page)
    truth = case.leaf.sheet.text
    return Outcome(
        case.name,
        scored(truth, text),
        scored(truth, plain_reading(case.scan)) if plain else None,
        (page.polarity is Polarity.NEGATIVE) == case.scan.negative,
        upright.rotation == case.scan.rotation,
        _found_level(case.scan, upright),
        seconds,
        page.pixels.size / 1e6,
    )


def _reading(engine: OcrEngine, page: PageImage) -> tuple[PageImage, str]:
    """Return the page as it was read and its text, none when the engine gave it up."""
    try:
        upright, words = read_upright(engine, page)
        words = finished(upright, words)
    except ToolError:
        return page, ""  # it goes to a person, who finds no text
    return upright, words.text


def _found_level(scan: Scan, page: PageImage) -> bool:
    """Return whether what is left of the skew is small; what is smaller was not worth a turn."""
    undone = any(step.name == "deskew" and step.applied for step in page.steps)
    return abs(scan.skew - (page.skew if undone else 0.0)) <= _LEVEL


def scored(truth: str, read: str) -> Score:
    """Return how far a reading is from the truth."""
    return Score(
        unordered_error_rate(truth, read),
        character_error_rate(truth, read),
        word_match(truth, read).recall,
    )


def unordered_error_rate(truth: str, read: str) -> float:
    """Return edits per character of truth whatever the order of the words.

    Words that are equal go first, then each that is left goes to the likest one left, as lines
    do in the flexible character accuracy of Clausner, Pletschacher and Antonacopoulos (2020).
    Words without a partner count in full.
    """
    wanted, got = Counter(truth.split()), Counter(read.split())
    absent = sorted((wanted - got).elements(), key=len, reverse=True)
    added = list((got - wanted).elements())
    edits = 0
    for word in absent:
        likest = min(added, key=lambda other: Levenshtein.distance(word, other), default="")
        edits += Levenshtein.distance(word, likest)
        if likest:
            added.remove(likest)
    edits += sum(map(len, added))
    return edits / max(1, sum(map(len, truth.split())))


def plain_reading(scan: Scan) -> str:
    """Return what the program tesseract reads in a frame whose polarity it was told."""
    with tempfile.TemporaryDirectory() as folder:
        path = _positive_file(scan, Path(folder) / "frame.png")
        command: list[str | Path] = [
            "tesseract",
            path,
            "-",
            "--psm",
            "1",
            "--dpi",
            str(round(scan.dpi[0])),
        ]
        return run(command, environment={"OMP_THREAD_LIMIT": "1"}).output


def _positive_file(scan: Scan, path: Path) -> Path:
    cv2.imwrite(str(path), 255 - scan.pixels if scan.negative else scan.pixels)
    return path


def row(name: str, outcomes: Sequence[Outcome]) -> tuple[results.Cell, ...]:
    """Return one row of the tables: ours, then plain Tesseract."""
    ours = [one.ours for one in outcomes]
    theirs = [one.theirs for one in outcomes if one.theirs]
    good = statistics.fmean(one.cer <= _READ for one in ours)
    return name, len(ours), *_summary(ours), percent(good, 0), *_summary(theirs)


def _summary(scores: Sequence[Score]) -> tuple[str, ...]:
    if not scores:
        return "-", "-", "-", "-"
    cers = [one.cer for one in scores]
    recall = statistics.fmean(one.recall for one in scores)
    ordered = statistics.median(one.in_order for one in scores)
    middle, usual = statistics.median(cers), statistics.fmean(cers)
    return percent(middle), percent(usual), percent(ordered), f"{recall:.3f}"


def _by_case(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    grouped: dict[str, list[Outcome]] = {}
    for one in outcomes:
        grouped.setdefault(one.case, []).append(one)
    return grouped


def tables(outcomes: Sequence[Outcome]) -> tuple[Table, ...]:
    """Return the figures: reading by fault, then geometry and cost."""
    grouped = _by_case(outcomes)
    reading = Table(
        "Reading frames of film, by fault and severity (1 light, 2 clear, 3 heavy)",
        ("fault", *COLUMNS),
        tuple(row(name, group) for name, group in grouped.items()),
    )
    groups = {"all frames": list(outcomes), "everyday": grouped.get("everyday", [])}
    geometry = Table(
        "Polarity, lie and level found; processor time of capture",
        ("frames", "count", "polarity", "rotation", f"level within {_LEVEL}", "ms", "ms a Mpx"),
        tuple(_geometry(name, group) for name, group in groups.items() if group),
    )
    return reading, geometry


def _geometry(name: str, group: Sequence[Outcome]) -> tuple[results.Cell, ...]:
    found: tuple[Callable[[Outcome], bool], ...] = (
        lambda one: one.polarity,
        lambda one: one.rotation,
        lambda one: one.level,
    )
    shares = (percent(statistics.fmean(map(right, group))) for right in found)
    spent = round(1000 * statistics.median(one.seconds for one in group))
    dense = round(1000 * statistics.median(one.seconds / one.megapixels for one in group))
    return name, len(group), *shares, spent, dense


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--each", type=int, default=4, help="frames of each fault and severity")
    parser.add_argument("--everyday", type=int, default=60, help="frames of the everyday mix")
    parser.add_argument("--no-plain", action="store_true", help="leave plain Tesseract out")
    given = parser.parse_args(arguments)
    machine = results.machine()
    try:
        engine = open_engine(OcrSettings(page_seconds=_SECONDS))
        shown = cases(given.seed, given.each, given.everyday)
        outcomes = [measured(case, engine, plain=not given.no_plain) for case in shown]
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = f"python -m bench.{NAME} --seed {given.seed} --each {given.each}"
    command += f" --everyday {given.everyday}"
    made = tables(outcomes)
    for table in made:
        print(results.markdown(table), end="\n\n")
    results.keep(Result(NAME, command, machine, made), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
