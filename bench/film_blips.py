"""Measure how well image marks on roll film are read: ``python -m bench.film_blips``.

Marks are laid on generated rolls; the frames are given as the roll has them, swayed a little, so
that only marks are measured. A mark counts as found with its size when a frame that has it is given
one of its level there; the address of a frame counts as exact when it is what a reader's counter
shows. Rolls below seed 1000 and the tracks of ``TRACKS`` were built on; ``HELD_OUT`` were not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from random import Random

import cv2
import numpy as np

from capture.film.address import Counting, addressed, jumps
from capture.film.blips import Marking, blips_of, marks_along
from capture.model import Blip, Box, FilmDoubt, FilmFrame, Pixels

from . import results
from .blip_track import Drawn, Marked, Track, marked
from .blip_tracks import HELD_OUT, TRACKS
from .film_frames import pages_of
from .results import Result, Table
from .roll import EASY, HARD, Layout, roll

NAME = "film_blips"
REPORTED = 1000
"""The first seed for figures; smaller ones are for building."""
LOOK = 240
_BLOCK = 4096
_DPI = 40
_ROOM = 1.45
"""Width of the film, in pages, where marks lie beside them."""
_EVEN_GAP = (0.09, 0.09)
_SWAY = 0.004
_COVERS = 0.4


@dataclass(frozen=True, slots=True)
class Count:
    """How marks were read."""

    marks: int = 0
    found: int = 0
    sized: int = 0
    """Found, and of the right size."""
    told: int = 0
    """Marks of the wrong size, or that no one can tell, which were shown as doubtful."""
    false: int = 0
    """Marks that are none."""
    frames: int = 0
    exact: int = 0
    """Frames with the address that a reader shows."""
    seeded: int = 0
    caught: int = 0
    """Marks left out, marks too many, and counters set by hand that were shown."""
    doubts: int = 0
    """Doubts that were not seeded."""
    seconds: float = 0.0

    def __add__(self, other: Count) -> Count:
        return Count(*(one + two for one, two in zip(astuple(self), astuple(other), strict=True)))


def counting_of(track: Track, ribbon: Marked) -> Counting:
    """Return how the counter of the camera was set, as a technician would say it."""
    presets = tuple((index + 1, address) for index, address in ribbon.presets)
    return Counting(
        small_with_medium=track.small_with_medium,
        medium_with_large=track.medium_with_large,
        presets=presets,
    )


def look_at(pixels: Pixels) -> Pixels:
    """Return film as it is looked at."""
    size = LOOK, round(pixels.shape[0] * LOOK / pixels.shape[1])
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def read(look: Pixels, pixels: Pixels, frames: Sequence[FilmFrame]) -> Marking:
    """Return the marks of film, seen on a look at it, given to ``frames``."""
    length, width = pixels.shape
    blocks = ((at, look[at : at + _BLOCK]) for at in range(0, len(look), _BLOCK))
    marks = [mark.moved(width / look.shape[1]) for mark in marks_along(blocks)]
    return blips_of(marks, frames, (width, length), lines=lambda start, stop: pixels[start:stop])


def swayed(boxes: Iterable[Box], width: int, rng: Random) -> tuple[FilmFrame, ...]:
    """Return frames as a cutter may find them."""
    most = max(1, round(_SWAY * width))
    return tuple(
        FilmFrame(Box(box.x, max(0, box.y - up), box.width, box.height + up + down))
        for box in boxes
        for up, down in [(rng.randint(0, most), rng.randint(0, most))]
    )


def scored(
    ribbon: Marked, marking: Marking, frames: Sequence[FilmFrame], shown: Sequence[FilmDoubt]
) -> Count:
    """Return how ``marking`` and the addresses of ``frames`` fit the truth."""
    hits = [(drawn, hit) for drawn in ribbon.marks for hit in _hits(drawn, marking)]
    sized = sum(hit.level == drawn.level for drawn, hit in hits)
    false = len(marking.blips) - len({id(hit) for _, hit in hits})
    wrong = [drawn for drawn, hit in hits if hit.level != drawn.level]
    told = sum(any(_is_at(doubt.box, drawn.box) for doubt in shown) for drawn in wrong)
    seeded = list(_seeded(ribbon, frames))
    caught = [
        [doubt for doubt in shown if doubt.kind == kind and _is_at(doubt.box, box)]
        for kind, box in seeded
    ]
    meant = {id(doubt) for some in caught for doubt in some}
    exact = sum(
        frame.address == address for frame, address in zip(frames, ribbon.addresses, strict=True)
    )
    return Count(
        len(ribbon.marks),
        len(hits),
        sized,
        told,
        false,
        len(frames),
        exact,
        len(seeded),
        sum(bool(some) for some in caught),
        len(shown) - len(meant),
    )


def _hits(drawn: Drawn, marking: Marking) -> Iterator[Blip]:
    """Yield the image mark that was found where one was drawn, if it has its frame."""
    for blip in marking.blips:
        if blip.channel == drawn.channel and _is_at(blip.box, drawn.box):
            yield blip
            return


def _is_at(found: Box, drawn: Box) -> bool:
    return found.overlap(drawn) > _COVERS


def _seeded(ribbon: Marked, frames: Sequence[FilmFrame]) -> Iterator[tuple[str, Box]]:
    for index in ribbon.unmarked:
        yield "unmarked", frames[index].box
    for drawn in ribbon.marks:
        if drawn.frame is None:
            yield "bare mark", drawn.box
    for index, _ in ribbon.presets:
        yield "jump", frames[index].box


def film_for(track: Track, layout: Layout) -> Layout:
    """Return film with room for marks beside its pages."""
    gaps = _EVEN_GAP if track.even else layout.gaps
    missing = 0.0 if track.even else layout.missing
    slips = 0.0 if track.even else layout.slips
    return replace(layout, width=_ROOM, gaps=gaps, missing=missing, slips=slips)


def measured(
    track: Track,
    layouts: Sequence[Layout],
    seeds: Iterable[int],
    pages: Sequence[Pixels],
    count: int,
) -> Count:
    """Return how marks of one track were read, on one roll for each seed, on films in turn."""
    total = Count()
    for seed in seeds:
        layout = layouts[(seed * 7 + len(track.name)) % len(layouts)]
        rng = Random(f"{track.name} {layout.name} {seed}")
        film = roll(rng.choices(pages, k=count), film_for(track, layout), rng)
        total += one_roll(marked(film, track, rng), track, rng)
    return total


def one_roll(ribbon: Marked, track: Track, rng: Random) -> Count:
    """Return how the marks of one roll were read."""
    frames = swayed(ribbon.frames, ribbon.pixels.shape[1], rng)
    look = look_at(ribbon.pixels)
    counting = counting_of(track, ribbon)
    started = time.process_time()
    marking = read(look, ribbon.pixels, frames)
    counted = addressed(marking.frames, counting, marking.blips)
    shown = (*marking.doubts, *jumps(counted, counting))
    seconds = time.process_time() - started
    return replace(scored(ribbon, marking, counted, shown), seconds=seconds)


def _row(name: str, count: Count) -> tuple[results.Cell, ...]:
    return (
        name,
        count.marks,
        f"{count.found / max(1, count.marks):.4f}",
        f"{count.sized / max(1, count.marks):.4f}",
        count.false,
        f"{count.exact / max(1, count.frames):.4f}",
        f"{count.caught} of {count.seeded}",
        count.doubts,
        f"{1000 * count.seconds / max(1, count.frames):.1f}",
    )


_COLUMNS = (
    "track",
    "marks",
    "found",
    "of the right size",
    "false",
    "addresses exact",
    "seeded faults shown",
    "other doubts",
    "ms a frame",
)


def _table(title: str, rows: Sequence[tuple[str, Count]]) -> Table:
    total = sum((count for _, count in rows), Count())
    return Table(title, _COLUMNS, (*(_row(*row) for row in rows), _row("all", total)))


def main(arguments: list[str] | None = None) -> int:
    """Measure every track and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--seed", type=int, default=REPORTED, help="the first seed")
    parser.add_argument("--rolls", type=int, default=4, help="rolls of each track")
    parser.add_argument("--frames", type=int, default=80, help="frames of a roll")
    parser.add_argument("--built-on", action="store_true", help="leave out what is held out")
    given = parser.parse_args(arguments)
    machine = results.machine()
    pages = pages_of(given.seed, 24, _DPI)
    seeds = range(given.seed, given.seed + given.rolls)
    layouts = EASY + HARD
    tables = []
    groups = [("Tracks that were built on, other seeds", TRACKS), ("Tracks held out", HELD_OUT)]
    for title, tracks in groups[: 1 if given.built_on else 2]:
        rows = [(one.name, measured(one, layouts, seeds, pages, given.frames)) for one in tracks]
        tables.append(_table(title, rows))
        print(results.markdown(tables[-1]), end="\n\n", flush=True)
    command = f"python -m bench.{NAME} --seed {given.seed} --rolls {given.rolls}"
    results.keep(Result(NAME, command, machine, tuple(tables)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
