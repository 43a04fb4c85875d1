"""Measure thresholds and hidden rules: ``python -m bench.binarize``.

Against the ink masks of DIBCO 2009 to 2014 (F-measure; pseudo-F, whose recall is that of the
skeletons; PSNR), and, what matters more, by what the recogniser reads when its first look is
given black and white, or a page without its rules, in place of grey. Seeds under `REPORTED` and
forms with even places in the folder were looked at while building; figures are of the others.
"""

from __future__ import annotations

import json
import shlex
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import cv2
import numpy as np

from capture.enhance import prepare
from capture.ink import evened
from capture.letters import x_height
from capture.lines import without_rules
from capture.model import PageImage, Pixels
from capture.settings import CaptureSettings
from ocr.looks import RULE, read_page
from ocr.model import OcrPage
from ocr.prepare import LETTER
from ocr.settings import OcrSettings
from ocr.sight import AUTOMATIC, SPARSE
from ocr.tesseract import TesserocrEngine

from . import results
from .capture_speed import frame_of, pages
from .degrade import Scan
from .delivery import shoot
from .real_pages import DATA, form_text
from .results import Result, Table, percent
from .score import character_error_rate, word_match
from .thresholds import divided, nick, otsu, sauvola, wolf

NAME = "binarize"
REPORTED = 7000
"""The first seed for figures."""
LOOKS = ("clean", "copy", "faded", "light", "film")
"""Looks with tones left; a black and white page is not made so again."""
Shown = Callable[[Pixels], Pixels]
METHODS: dict[str, Callable[[Pixels, float], Pixels]] = {
    "Otsu": lambda pixels, _: otsu(pixels),
    "Otsu on evened paper": lambda pixels, _: divided(pixels),
    "Sauvola": sauvola,
    "Wolf": wolf,
    "NICK": nick,
    "Wolf on evened paper": lambda pixels, letter: wolf(evened(pixels), letter),
}


def _made(method: Callable[[Pixels, float], Pixels]) -> Shown:
    return lambda pixels: method(pixels, LETTER)


SECOND = "grey; second look without rules"
SHOWN: dict[str, Shown] = {
    "grey": lambda pixels: pixels,
    **{name: _made(method) for name, method in METHODS.items()},
    "grey without rules": lambda pixels: without_rules(pixels, RULE),
    SECOND: lambda pixels: without_rules(pixels, RULE),
}
"""What the first look may be given."""
FORMS_SHOWN = ("grey", "Otsu", "NICK", "grey without rules", SECOND)


@dataclass(frozen=True, slots=True)
class Read:
    """How one page was read."""

    cer: float
    recall: float
    seconds: float
    """Of the processor, with what makes the picture."""


class Reader(TesserocrEngine):
    """The recogniser as it is, but for what its first look is given."""

    def shown(self, page: PageImage, show: Shown, at: int = AUTOMATIC) -> OcrPage:
        """Return the words of ``page`` when ``show`` makes the picture of the look ``at``."""

        def look(pixels: Pixels, mode: int, seconds: float) -> str:
            return self.look(show(pixels) if mode == at else pixels, mode, seconds)

        return read_page(page, self.name, look, 120.0)


def ink_scores(made: Pixels, truth: Pixels) -> tuple[float, float, float]:
    """Return F-measure, pseudo-F and PSNR of black and white against a mask; ink is 0."""
    ink, true = made < 128, truth < 128
    hits = float((ink & true).sum())
    precision, recall = hits / max(1, ink.sum()), hits / max(1, true.sum())
    bones = _skeleton(true)
    traced = float((bones & ink).sum()) / max(1, bones.sum())
    wrong = float((ink != true).mean())
    return _f(precision, recall), _f(precision, traced), -10 * float(np.log10(max(wrong, 1e-9)))


def _f(precision: float, recall: float) -> float:
    return 2 * precision * recall / max(1e-9, precision + recall)


def _skeleton(ink: np.ndarray) -> np.ndarray:
    """Return the morphological skeleton of a mask (Lantuéjoul 1978)."""
    left, bones = ink.astype(np.uint8), np.zeros(ink.shape, np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    while left.any():
        bones |= np.asarray(
            cv2.subtract(left, cv2.morphologyEx(left, cv2.MORPH_OPEN, cross)), np.uint8
        )
        left = np.asarray(cv2.erode(left, cross), np.uint8)
    return bones > 0


def dibco(folder: Path) -> Table:
    """Return the table of every method on the pictures with ink masks."""
    scored: dict[str, list[tuple[float, float, float]]] = {name: [] for name in METHODS}
    for path in sorted(folder.glob("DIBCO2011*_source.png")):
        pixels, truth = _tones(path), _tones(Path(str(path).replace("_source", "_target")))
        letter = x_height(pixels) or LETTER
        for name, method in METHODS.items():
            scored[name].append(ink_scores(method(pixels, letter), truth))
    rows = tuple((name, len(scores), *_ink_cells(scores)) for name, scores in scored.items())
    return Table(
        "Ink masks (DIBCO 2011; parameters were found on 2009)",
        ("method", "pictures", "F", "pseudo-F", "PSNR, dB"),
        rows,
    )


def _tones(path: Path) -> Pixels:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _ink_cells(scores: Sequence[tuple[float, float, float]]) -> tuple[str, str, str]:
    f, pseudo_f, psnr = (statistics.fmean(values) for values in zip(*scores, strict=True))
    return f"{f:.3f}", f"{pseudo_f:.3f}", f"{psnr:.1f}"


def generated(look: str, seed: int, count: int) -> Iterator[tuple[PageImage, str]]:
    """Yield pages with their text."""
    rng = Random(f"{look} {seed}")
    for leaf in islice(pages(seed), count):
        scan = shoot(leaf, look, rng).scan
        yield (
            prepare(frame_of(scan, colour=False), CaptureSettings(barcodes=False)),
            leaf.sheet.text,
        )


def forms(folder: Path, first: int, step: int) -> Iterator[tuple[PageImage, str]]:
    """Yield real forms with their words."""
    for truth in sorted(folder.glob("*.json"))[first::step]:
        scan = Scan(_tones(truth.with_suffix(".png")), dpi=(100, 100))
        frame = frame_of(scan, colour=False)
        text = form_text(json.loads(truth.read_text(encoding="utf-8")))
        yield prepare(frame, CaptureSettings(barcodes=False)), text


def read(
    reader: Reader, supply: Iterator[tuple[PageImage, str]], shown: Sequence[str]
) -> dict[str, list[Read]]:
    """Return how the pages are read each way, in turns."""
    done: dict[str, list[Read]] = {name: [] for name in shown}
    for page, truth in supply:
        for name in shown:
            started = time.process_time()
            at = SPARSE if name == SECOND else AUTOMATIC
            text = reader.shown(page, SHOWN[name], at).text
            seconds = time.process_time() - started
            recall = word_match(truth, text).recall
            done[name].append(Read(character_error_rate(truth, text), recall, seconds))
    return done


def _row(look: str, name: str, reads: Sequence[Read]) -> tuple[results.Cell, ...]:
    return (
        look,
        name,
        len(reads),
        percent(statistics.fmean(one.cer for one in reads), 2),
        percent(statistics.fmean(one.recall for one in reads), 2),
        f"{statistics.median(one.seconds for one in reads):.2f}",
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure everything and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--pages", type=int, default=5, help="pages of each look")
    parser.add_argument("--forms", type=int, default=2, help="take every n-th form; 0 for none")
    parser.add_argument("--looks", default=",".join(LOOKS))
    parser.add_argument("--shown", default=",".join(SHOWN))
    given = parser.parse_args(arguments)
    machine, rows = results.machine(), []
    reader = Reader(OcrSettings())
    first = 1 if given.seed >= REPORTED else 0
    supplies = {
        look: generated(look, given.seed, given.pages) for look in given.looks.split(",") if look
    }
    if given.forms and (DATA / "forms").is_dir():
        supplies["FUNSD forms"] = forms(DATA / "forms", first, given.forms)
    for look, supply in supplies.items():
        shown = given.shown.split(",") if look != "FUNSD forms" else FORMS_SHOWN
        for name, reads in read(reader, supply, [*shown]).items():
            rows.append(_row(look, name, reads))
            print(*rows[-1], sep=" | ", flush=True)
    columns = ("look", "first look is given", "pages", "CER", "word recall", "CPU s, median")
    tables = [Table("Read", columns, tuple(rows))]
    if (DATA / "binarize").is_dir():
        tables.insert(0, dibco(DATA / "binarize"))
        print(results.markdown(tables[0]))
    command = shlex.join(["python", "-m", f"bench.{NAME}", *(arguments or sys.argv[1:])])
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
