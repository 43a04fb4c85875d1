"""How the exported model reads single lines in faces it has never seen, beside Tesseract.

``python -m training.report --each 200`` prints the tables of docs/reader.md: errors and cost by
wear, and by kind of character and typeface. Its seeds are not those that training looked at.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import tesserocr
from rapidfuzz.distance import Levenshtein

from bench.results import Cell, Table, markdown, percent
from capture.model import Pixels
from ocr.line_model import LineModel
from ocr.line_reader import surest_readings
from ocr.tessdata import tessdata_folder

from .lines import Line, held_out
from .text import truth
from .wear import WEARS

FIRST_REPORTED = 1_000_000
"""Seeds from here on are for figures; those before were looked at while training."""
_BORDER = 12
"""Pixels of paper around a line, which Tesseract likes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A line as one reader read it."""

    line: Line
    text: str
    seconds: float


Read = Callable[[Line], str]


def readers() -> dict[str, Read]:
    """Return the readers by their names in the tables."""
    model = LineModel()
    return {
        "reader": lambda line: _ours(model, line),
        "PSM 7": _tesseract(7),
        "PSM 13": _tesseract(13),
    }


def _ours(model: LineModel, line: Line) -> str:
    (read,) = surest_readings([line.scan], model)
    return " ".join(word.text for word in read.words)


def _tesseract(mode: int) -> Read:
    api = tesserocr.PyTessBaseAPI(path=str(tessdata_folder("eng")), lang="eng", psm=mode)
    api.SetVariable("debug_file", "/dev/null")

    def read(line: Line) -> str:
        shown = _with_paper(line.scan)
        height, width = shown.shape
        api.SetImageBytes(shown.tobytes(), width, height, 1, width)
        api.SetSourceResolution(200)
        return " ".join(str(api.GetUTF8Text()).split())

    return read


def _with_paper(scan: Pixels) -> Pixels:
    paper = int(np.percentile(scan, 85))
    around = (_BORDER,) * 4
    shown = cv2.copyMakeBorder(scan, *around, cv2.BORDER_CONSTANT, value=(paper,))
    return np.ascontiguousarray(shown, np.uint8)


def measured(each: int) -> dict[str, list[Reading]]:
    """Return ``each`` held-out lines of each wear as every reader reads them, in turns."""
    ways = readers()
    made: dict[str, list[Reading]] = {name: [] for name in ways}
    for wear in WEARS:
        for number in range(each):
            line = held_out(FIRST_REPORTED + number, wear)
            names = list(ways)[number % len(ways) :] + list(ways)[: number % len(ways)]
            for name in names:
                started = time.process_time()
                text = ways[name](line)
                made[name].append(Reading(line, text, time.process_time() - started))
    return made


def error_rate(readings: Sequence[Reading]) -> float:
    """Return edits per character of truth; curly quotes and long dashes count as plain ones."""
    wrong = sum(Levenshtein.distance(truth(one.text), one.line.text) for one in readings)
    return wrong / max(1, sum(len(one.line.text) for one in readings))


def wear_table(made: dict[str, list[Reading]]) -> Table:
    """Return errors and cost by wear."""
    rows: list[tuple[Cell, ...]] = []
    for wear in (*(one.name for one in WEARS), "all"):
        groups = [[one for one in made[name] if wear in ("all", one.line.wear)] for name in made]
        errors = (percent(error_rate(group)) for group in groups)
        cost = (f"{1000 * np.mean([one.seconds for one in group]):.1f}" for group in groups)
        rows.append((wear, len(groups[0]), *errors, *cost))
    columns = (
        "print",
        "lines",
        *(f"{name}, CER" for name in made),
        *(f"{name}, ms" for name in made),
    )
    return Table("Lines in faces held out", columns, tuple(rows))


def kind_table(readings: Sequence[Reading]) -> Table:
    """Return by kind of character how many are read as another or not at all, and as what."""
    count: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    mistaken: dict[str, Counter[str]] = defaultdict(Counter)
    for one in readings:
        count.update(map(kind_of, one.line.text))
        for sign, read in _mistakes(one):
            wrong[kind_of(sign)] += 1
            mistaken[kind_of(sign)][f"{sign} {read or 'lost'}".replace("  ", "space ")] += 1
    rows = tuple(
        (
            kind,
            count[kind],
            percent(wrong[kind] / count[kind]),
            ", ".join(f"`{what}`" for what, _ in mistaken[kind].most_common(6)),
        )
        for kind in sorted(count)
    )
    return Table("By kind of character", ("characters", "count", "wrong", "most often"), rows)


def _mistakes(one: Reading) -> Iterator[tuple[str, str]]:
    for edit in Levenshtein.editops(one.line.text, one.text):
        if edit.tag != "insert":
            read = one.text[edit.dest_pos] if edit.tag == "replace" else ""
            yield one.line.text[edit.src_pos], read


def kind_of(sign: str) -> str:
    """Return what kind of character ``sign`` is."""
    if sign == " ":
        return "spaces"
    if sign.isdigit():
        return "digits"
    if sign.isalpha():
        return "capitals" if sign.isupper() else "small letters"
    return "signs"


def face_table(readings: Sequence[Reading]) -> Table:
    """Return errors by typeface."""
    names = sorted({one.line.family for one in readings if one.line.text})
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        group = [one for one in readings if one.line.family == name]
        rows.append((name, len(group), percent(error_rate(group))))
    return Table("By typeface", ("typeface", "lines", "CER"), tuple(rows))


def main(arguments: list[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="lines of each wear")
    made = measured(parser.parse_args(arguments).each)
    for table in (wear_table(made), kind_table(made["reader"]), face_table(made["reader"])):
        print(markdown(table), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
