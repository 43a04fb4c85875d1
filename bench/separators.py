"""Measure separator sheets, patch codes and barcodes: ``python -m bench.separators``.

Sheets of every symbology in every look, at any of four turns, skewed by up to six degrees,
scanned at 150 to 300 dpi; half of the payloads carry their check. Each goes through the recipe of
capture; one whose code is lost is read by the OCR engine, as the conveyor would. Beside them what
must part nothing: pages of charts with barcodes of others, and real pages where those are at hand.
Built on seeds below 2000; figures are of seeds from `REPORTED` on.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from random import Random

from batch.stages import finished, read_upright
from capture.barcode import is_separator, read_barcodes, separator_fields
from capture.code_again import read_again
from capture.enhance import prepare
from capture.errors import ChartroomError
from capture.model import Barcode, Box, Frame, FrameState, PageImage
from capture.patch_code import read_patch_codes
from capture.patch_map import IGNORE, PATCH, USUAL, patch_map
from capture.settings import CaptureSettings
from indexer.separator_sheet import is_sheet_by_words
from ocr.engines import open_engine
from ocr.settings import OcrSettings

from . import results
from .capture_speed import KINDS, frame_of, pages
from .delivery import shoot
from .foreign_codes import DATA, FOLDERS, counted, foreign_pages, known_codes, real_frames
from .results import Result, Table
from .separator_sheets import LOOKS, PRINTED, ScannedSheet, scanned_sheet

NAME = "separators"
REPORTED = 30_000
_TOGETHER = 20
"""Sheets that a process makes at a time."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sheet."""

    number: int
    symbology: str
    look: str
    by_code: bool
    by_words: bool
    tells: bool
    """All that its code says is told."""
    wrong: bool
    """Anything else is told, or another patch code is read on it."""

    @property
    def parts(self) -> bool:
        """Whether it parts documents."""
        return self.by_code or self.by_words


def outcome(sheet: ScannedSheet) -> Outcome:
    """Return what becomes of a sheet in capture and, when its code is lost, in reading."""
    page = prepare(frame_of(sheet.scan, colour=False), CaptureSettings())
    truth, told = _said((Barcode("", sheet.printed.text, Box(0, 0, 1, 1)),)), _said(page.barcodes)
    parts = page.state is FrameState.SEPARATOR or _starts(page)
    by_words = not parts and _says_so(page)
    tells, wrong = told == truth, bool(told - truth)
    symbology = sheet.printed.symbology
    return Outcome(sheet.number, symbology, sheet.look, parts, by_words, tells, wrong)


def _said(codes: tuple[Barcode, ...]) -> set[tuple[str, str]]:
    """Return the keys and values that codes of ours tell; of patch codes, the codes."""
    if is_separator(codes):
        return set(separator_fields(codes).items())
    return {("patch", code.text) for code in codes if len(code.text) == 1}


def _starts(page: PageImage) -> bool:
    return any(code.symbology == PATCH and code.meaning != IGNORE for code in page.barcodes)


def _says_so(page: PageImage) -> bool:
    if page.state is not FrameState.PAGE:
        return False
    engine = open_engine(OcrSettings())
    try:
        words = finished(*read_upright(engine, page))
        return is_sheet_by_words(words, page.barcodes, page.steps)
    finally:
        engine.close()


def _outcomes_of(seed: int, numbers: Sequence[int]) -> list[Outcome]:
    return [outcome(scanned_sheet(seed, number)) for number in numbers]


def outcomes(seed: int, many: int, workers: int) -> list[Outcome]:
    """Return what becomes of ``many`` sheets."""
    parts = [range(n, min(many, n + _TOGETHER)) for n in range(0, many, _TOGETHER)]
    if workers == 1:
        return [one for part in parts for one in _outcomes_of(seed, part)]
    # Forked children would share the locks of libraries that run threads.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return [one for part in pool.map(partial(_outcomes_of, seed), parts) for one in part]


def by_symbology(found: Sequence[Outcome]) -> Table:
    """Return the rates of each kind of code."""
    rows = [_rates(name, [one for one in found if one.symbology == name]) for name in PRINTED]
    columns = (
        "code",
        "sheets",
        "read",
        "known by words",
        "parts",
        "missed",
        "tells all",
        "tells wrongly",
    )
    return Table("Separator sheets", columns, (*rows, _rates("all", found)))


def _rates(name: str, found: Sequence[Outcome]) -> tuple[results.Cell, ...]:
    total, parts = len(found), sum(one.parts for one in found)
    return (
        name,
        total,
        sum(one.by_code for one in found),
        sum(one.by_words for one in found),
        results.percent(parts / total if total else float("nan"), 2),
        total - parts,
        sum(one.tells for one in found),
        sum(one.wrong for one in found),
    )


def by_look(found: Sequence[Outcome]) -> Table:
    """Return how many sheets are read, and how many part documents, by look and code."""
    seen = Counter((one.look, one.symbology) for one in found)
    read = Counter((one.look, one.symbology) for one in found if one.by_code)
    parts = Counter((one.look, one.symbology) for one in found if one.parts)
    rows = [
        (look, *(f"{read[key]} / {parts[key]} / {seen[key]}" for key in _keys(look)))
        for look in LOOKS
    ]
    note = "Sheets whose code is read / that part documents / in all."
    return Table("Separator sheets by look", ("look", *PRINTED), tuple(rows), note)


def _keys(look: str) -> list[tuple[str, str]]:
    return [(look, symbology) for symbology in PRINTED]


def false_ones(seed: int, many: int) -> Table:
    """Return how many pages would part documents though they are none of ours."""
    frames = (frame for _, frame in foreign_pages(seed, many))
    rows: list[tuple[results.Cell, ...]] = [("charts, a foreign barcode on each", *counted(frames))]
    if DATA.is_dir():
        rows += [(f"real: {name}", *counted(real_frames(DATA / name))) for name in FOLDERS]
    columns = ("pages", "number", "taken for a separator or patch code")
    return Table("Pages that part nothing", columns, tuple(rows))


def known() -> Table:
    """Return how many barcodes of others are read, by kind."""
    rows: dict[str, Counter[str]] = {}
    for kind, text, read in known_codes(DATA / "barcodes"):
        texts = [code.text for code in read]
        verdict = "right" if texts == [text] else "wrong" if texts else "unread"
        rows.setdefault(kind, Counter())[verdict] += 1
    columns = ("kind", "files", "read right", "read otherwise", "not read")
    told = [
        (kind, seen.total(), seen["right"], seen["wrong"], seen["unread"])
        for kind, seen in sorted(rows.items())
    ]
    note = "Only Code 39, Code 128 and QR are looked for; the others must not be read at all."
    return Table("Barcodes of others", columns, tuple(told), note)


def cost(seed: int, each: int) -> Table:
    """Return what looking for codes costs on ordinary pages, in processor time."""
    supply, spent = pages(seed), Counter[str]()
    shots = ((name, look) for _ in range(each) for name, look in KINDS.items())
    count = 0
    for count, (name, look) in enumerate(shots, 1):
        scan = shoot(next(supply), look, Random(f"{seed} {name} {count}")).scan
        frame = frame_of(scan, colour="colour" in name)
        page = prepare(frame, CaptureSettings(barcodes=False))
        spent.update({work: _seconds(done) for work, done in _looks(frame, page).items()})
    rows = [
        (work, count, f"{1000 * seconds / max(1, count):.1f}") for work, seconds in spent.items()
    ]
    return Table("Cost of codes on ordinary pages", ("work", "pages", "ms a page"), tuple(rows))


def _looks(frame: Frame, page: PageImage) -> dict[str, Callable[[], object]]:
    return {
        "first look for barcodes": lambda: read_barcodes(page.pixels, bitonal=page.bitonal),
        "second look, where one may be": lambda: read_again(frame, page, ()),
        "patch codes": lambda: read_patch_codes(page.pixels, patch_map(USUAL)),
    }


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep the result, return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--sheets", type=int, default=4000)
    parser.add_argument("--pages", type=int, default=128, help="pages with foreign barcodes")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args(arguments)
    machine = results.machine()
    try:
        found = outcomes(given.seed, given.sheets, given.workers)
        tables = list(_tables(found, given.seed, given.pages))
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    command = f"python -m bench.{NAME} --seed {given.seed} --sheets {given.sheets}"
    command += f" --pages {given.pages}"
    failures = tuple(_failure(one) for one in found if one.wrong or not one.parts)
    kept = Result(NAME, command, machine, tuple(tables), failures=failures)
    results.keep(kept, given.results)
    return 0


def _tables(found: Sequence[Outcome], seed: int, many: int) -> Iterator[Table]:
    tables = [by_symbology(found), by_look(found), false_ones(seed, many)]
    tables += [known()] if DATA.is_dir() else []
    for table in (*tables, cost(seed, max(1, many // 32))):
        print(results.markdown(table), end="\n\n", flush=True)
        yield table


def _failure(one: Outcome) -> dict[str, object]:
    fault = "tells wrongly" if one.wrong else "missed"
    return {"sheet": one.number, "code": one.symbology, "look": one.look, "fault": fault}


if __name__ == "__main__":
    sys.exit(main())
