"""Tick boxes of forms: found, told apart, and the labels beside them whole.

``python -m bench.ticks [--pages 9] [--charts 60] [--read 18]``: forms with boxes of many makes and
marks, and fields that only look like boxes, each as scanned; then pages of charts as they come.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from itertools import islice
from random import Random
from statistics import median

from capture.model import Box, PageImage, Pixels
from capture.tick_boxes import Tick, TickBox
from ocr.model import Word
from ocr.prepare import Prepared, prepare
from ocr.settings import OcrSettings
from ocr.sight import AUTOMATIC
from ocr.tesseract import TesserocrEngine
from ocr.ticks import SIGNS, placed, tick_boxes, without_ticks
from ocr.tsv import words_of_tsv

from . import results
from .results import Table
from .sheet import WIDTH, Run
from .tick_forms import REPORTED, Choice, Ticked, chart_sheets, scanned, ticked_form

NAME = "ticks"
LOOKS = ("clean", "bitonal", "copy", "fax", "faded", "light", "stains", "specks", "film")


FOUND = ("", "pages", "boxes", "recall", "precision", "state right", "false", "ms CPU")
READ = ("words", "whole, boxes shown", "whole, boxes hidden", "boxes", "label beside")


@dataclass(slots=True)
class Tally:
    """What was counted of one kind of page."""

    pages: int = 0
    true: int = 0
    found: int = 0
    hit: int = 0
    right: int = 0
    seconds: list[float] = field(default_factory=list)

    def row(self, name: str) -> tuple[results.Cell, ...]:
        """Return the figures as a row of a table."""
        recall = self.hit / self.true if self.true else 1.0
        precision = self.hit / self.found if self.found else 1.0
        state = self.right / self.hit if self.hit else 1.0
        wrong = self.found - self.hit
        ms = 1000 * median(self.seconds)
        shares = (f"{share:.3f}" for share in (recall, precision, state))
        return (name, self.pages, self.true, *shares, wrong, f"{ms:.1f}")


@dataclass(slots=True)
class Labels:
    """What became of words and labels when pages were read, plainly and with tick boxes."""

    words: int = 0
    plain: int = 0
    kept: int = 0
    boxes: int = 0
    beside: int = 0


def counted(tally: Tally, truth: Ticked, page: PageImage) -> tuple[Prepared, tuple[TickBox, ...]]:
    """Count the tick boxes found on a page; return it as prepared, and what was found."""
    ready = prepare(page)
    start = time.process_time()
    found = tick_boxes(ready.pixels)
    tally.seconds.append(time.process_time() - start)
    part = ready.factor * page.width / WIDTH
    pairs = [(one, _found(found, one, part)) for one in truth.choices]
    tally.pages += 1
    tally.true += len(pairs)
    tally.found += len(found)
    tally.hit += sum(one is not None for _, one in pairs)
    tally.right += sum(
        one is not None and (one.tick == Tick.TICKED) == choice.ticked for choice, one in pairs
    )
    return ready, found


def _found(ticks: Sequence[TickBox], choice: Choice, part: float) -> TickBox | None:
    x, y = _middle(choice.box)
    near = 0.3 * choice.box.width * part
    return next(
        (
            one
            for one in ticks
            if abs(_middle(one.box)[0] - x * part) < near
            and abs(_middle(one.box)[1] - y * part) < near
        ),
        None,
    )


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def read_labels(
    labels: Labels, truth: Ticked, page: PageImage, ready: Prepared, ticks: Sequence[TickBox]
) -> None:
    """Look once at a page as it is and without its tick boxes; count what came out whole."""
    engine = TesserocrEngine(OcrSettings())

    def read(pixels: Pixels) -> tuple[Word, ...]:
        table = engine.look(pixels, AUTOMATIC, 60.0)
        return words_of_tsv(table, ready.factor, page.width, page.height)

    try:
        plain = read(ready.pixels)
        words = placed(read(without_ticks(ready.pixels, ticks)), ticks, ready.factor)
    finally:
        engine.close()
    part = page.width / WIDTH
    runs = [run for run in truth.sheet.runs if run.face != "mono" or run.text != "X"]
    labels.words += len(runs)
    labels.plain += sum(_is_read(run, plain, part) for run in runs)
    labels.kept += sum(_is_read(run, words, part) for run in runs)
    signs = [n for n, word in enumerate(words) if word.text in SIGNS.values()]
    for choice in truth.choices:
        at = next((n for n in signs if _is_at(choice.box, words[n].box, part)), None)
        if at is not None:
            labels.boxes += 1
            labels.beside += _has_label(words, at, choice.label)


def _is_read(run: Run, words: Sequence[Word], part: float) -> bool:
    return any(
        _bare(word.text) == _bare(run.text) for word in words if _is_at(run.box, word.box, part)
    )


def _is_at(box: Box, found: Box, part: float) -> bool:
    x, y = _middle(box)
    return found.x <= x * part <= found.right and found.y <= y * part <= found.bottom


def _has_label(words: Sequence[Word], at: int, label: str) -> bool:
    parts = label.split()
    after = at + 1 < len(words) and _bare(words[at + 1].text) == _bare(parts[0])
    return after or (at > 0 and _bare(words[at - 1].text) == _bare(parts[-1]))


def _bare(text: str) -> str:
    return text.strip(".,:;|_-'\"()[]{}")


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    command = results.parser(NAME, __doc__)
    command.add_argument("--pages", type=int, default=9, help="forms of every look")
    command.add_argument("--charts", type=int, default=60, help="pages of charts")
    command.add_argument("--read", type=int, default=18, help="forms that are read")
    command.add_argument("--seed", type=int, default=REPORTED)
    chosen = command.parse_args(arguments)
    machine = results.machine()
    labels = Labels()
    tables = (
        _forms_table(chosen.seed, chosen.pages, labels, chosen.read),
        _charts_table(chosen.seed, chosen.charts),
        Table("Words of forms", READ, ((*astuple(labels),),)),
    )
    print(*map(results.markdown, tables), sep="\n\n")
    told = (f"Seed {chosen.seed}; thresholds were chosen on seeds below {REPORTED}.",)
    command_line = shlex.join(["python", "-m", f"bench.{NAME}", *(arguments or sys.argv[1:])])
    results.keep(results.Result(NAME, command_line, machine, tables, told), chosen.results)
    return 0


def _forms_table(seed: int, each: int, labels: Labels, reads: int) -> Table:
    tallies = {look: Tally() for look in LOOKS}
    for number in range(each * len(LOOKS)):
        rng, look = Random(f"{seed} {number}"), LOOKS[number % len(LOOKS)]
        form = ticked_form(rng)
        page = scanned(form.sheet, look, rng)
        ready, found = counted(tallies[look], form, page)
        if number < reads:
            read_labels(labels, form, page, ready, found)
    return Table("Tick boxes of forms", FOUND, tuple(one.row(n) for n, one in tallies.items()))


def _charts_table(seed: int, pages: int) -> Table:
    tallies = {"without a tick box": Tally(), "with tick boxes": Tally()}
    for number, one in enumerate(islice(chart_sheets(seed), pages)):
        rng, look = Random(f"{seed} chart {number}"), LOOKS[number % len(LOOKS)]
        tally = tallies["with tick boxes" if one.choices else "without a tick box"]
        counted(tally, one, scanned(one.sheet, look, rng))
    rows = tuple(tally.row(name) for name, tally in tallies.items() if tally.pages)
    return Table("Pages of charts", FOUND, rows)


if __name__ == "__main__":
    sys.exit(main())
