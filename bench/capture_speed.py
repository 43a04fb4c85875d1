"""What it costs to make pages fit to read: ``python -m bench.capture_speed``.

Processor seconds a page by kind of scan, for the whole recipe and for encoding the result, and
how many times the decoding of the same page from PNG that is. Machines differ and are shared,
a ratio to work of the same run less so. ``--tesseract`` adds plain Tesseract on each page.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import cv2
import numpy as np

from capture.encode import encode
from capture.enhance import prepare
from capture.errors import ChartroomError
from capture.model import Box, Digest, Frame, FrameRef, Pixels
from capture.scale import grey
from capture.settings import CaptureSettings

from .charts import chart, house, suits
from .conditions import CONDITIONS
from .degrade import Scan
from .delivery import Leaf, leaves, shoot
from .people import people
from .program import run

KINDS = {
    "bitonal": "bitonal",
    "photocopy, grey": "copy",
    "clean, grey": "clean",
    "clean, colour": "clean",
    "dark border, grey": "border",
    "uneven light, grey": "light",
    "fax 204 x 98": "fax-low",
    "film": "film",
}
"""What the rows are called, and the look of their pages."""
COLUMNS = ("kind", "pages", "pixels", "recipe, s", "encode, s", "decode, s", "recipe / decode")
_TRIES = 3
_YELLOWED = np.array([1.0, 0.97, 0.85], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds of one page."""

    pixels: int
    recipe: float
    encoding: float
    decoding: float
    tesseract: float | None


def pages(seed: int) -> Iterator[Leaf]:
    """Yield some pages of each chart, so that a few pages are of many kinds."""
    able = (person for person in people(seed) if any(suits(c, person) for c in CONDITIONS))
    for number, person in enumerate(able):
        rng = Random(f"{seed} speed {number}")
        yield from list(leaves(chart(person, rng, f"s{number}", house(rng))))[number % 3 :: 3]


def frame_of(scan: Scan, *, colour: bool) -> Frame:
    """Return the scan as intake would hand it on."""
    pixels = grey(scan.pixels)
    if colour:
        pixels = (pixels[..., None] * _YELLOWED).astype(np.uint8)
    width, height = scan.size
    return Frame(
        ref=FrameRef(Digest("0" * 64), 1),
        pixels=pixels,
        box=Box(0, 0, width, height),
        dpi=scan.dpi,
        bitonal=scan.bitonal,
        film=scan.film,
    )


def measured(frame: Frame, settings: CaptureSettings, *, tesseract: bool) -> Cost:
    """Return what one page costs, each the least of several tries."""
    page = prepare(frame, settings)
    packed = cv2.imencode(".png", frame.pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1]
    return Cost(
        frame.pixels.shape[0] * frame.pixels.shape[1],
        _least(lambda: prepare(frame, settings)),
        _least(lambda: encode(page)),
        _least(lambda: cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)),
        _plain_tesseract(page.pixels) if tesseract else None,
    )


def _least(work: Callable[[], object]) -> float:
    # Whatever else runs on the machine only ever adds.
    return min(_seconds(work) for _ in range(_TRIES))


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _plain_tesseract(pixels: Pixels) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        cv2.imwrite(str(path), pixels)
        limit = {"OMP_THREAD_LIMIT": "1"}
        return run(["tesseract", path, "-"], environment=limit).cpu_seconds


def row(kind: str, costs: Sequence[Cost]) -> tuple[str, ...]:
    """Return one row of the table, means over the pages."""
    recipe, encoding, decoding = (
        statistics.fmean(getattr(cost, name) for cost in costs)
        for name in ("recipe", "encoding", "decoding")
    )
    read = [cost.tesseract for cost in costs if cost.tesseract is not None]
    return (
        kind,
        str(len(costs)),
        f"{statistics.fmean(cost.pixels for cost in costs) / 1e6:.1f} M",
        f"{recipe:.3f}",
        f"{encoding:.3f}",
        f"{decoding:.3f}",
        f"{recipe / decoding:.1f}",
        *_beside_tesseract(recipe, read),
    )


def _beside_tesseract(recipe: float, read: Sequence[float]) -> tuple[str, ...]:
    if not read:
        return ()
    seconds = statistics.fmean(read)
    return f"{seconds:.2f}", f"{recipe / seconds:.2f}"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.capture_speed", description=__doc__)
    parser.add_argument("--pages", type=int, default=6, help="pages of each kind")
    parser.add_argument("--seed", type=int, default=2001)
    parser.add_argument("--tesseract", action="store_true", help="plain Tesseract beside it")
    chosen = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    columns = (*COLUMNS, *(("Tesseract, s", "recipe / Tesseract") * chosen.tesseract))
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    settings, supply = CaptureSettings(), pages(chosen.seed)
    try:
        for kind, look in KINDS.items():
            rng = Random(f"{chosen.seed} {kind}")
            shots = (shoot(leaf, look, rng).scan for leaf in islice(supply, chosen.pages))
            frames = (frame_of(scan, colour="colour" in kind) for scan in shots)
            costs = [measured(frame, settings, tesseract=chosen.tesseract) for frame in frames]
            print("| " + " | ".join(row(kind, costs)) + " |", flush=True)
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
