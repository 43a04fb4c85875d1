"""Image marks laid on a generated roll, with the truth of each mark and of every address.

Marks are drawn in parts of a pixel, softened as a lens does, worn as film wears, and counted here
as a reader counts them, by code of its own: the truth owes nothing to what is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Box, Pixels

from .blip_clutter import (
    FILM,
    LIGHT,
    Rectangle,
    around,
    cover,
    fogged,
    print_along,
    punch,
    sprocket_holes,
)
from .roll import Roll

SMALL, MEDIUM, LARGE = 1, 2, 3
Address = tuple[int, ...]
Size = tuple[float, float]
"""Across and along the film, in millimetres of 16 mm film."""
KODAK: tuple[Size, ...] = ((1.3, 1.0), (1.3, 1.7), (1.3, 2.7))


@dataclass(frozen=True, slots=True)
class Wear:
    """What became of marks: shares of them, and how far."""

    faded: float = 0.0
    faintest: float = 0.35
    """Of its contrast, what the most faded mark has left."""
    half: float = 0.0
    """Rubbed off from the edge of the film, up to half of it."""
    grown: float = 0.0
    """Overexposed: larger on every side, soft, with round corners."""
    growth: float = 0.12
    """Of its sides, at most."""
    scratched: float = 0.0
    dusty: float = 0.0
    drift: float = 0.0
    """By how much marks are larger at one end of the roll and smaller at the other."""


@dataclass(frozen=True, slots=True)
class Track:
    """How a camera marks film; lengths in millimetres of 16 mm film unless told otherwise."""

    name: str
    sizes: tuple[Size, ...] = KODAK[:1]
    """From small to large: as many as there are levels."""
    channels: str = "A"
    """``A``, ``B``, ``AB`` (marks on both edges) or ``A|B`` (small left, others right)."""
    inset: float = 0.25
    """From the edge of the film."""
    at: str = "centre"
    """Which point of the frame has its mark at a fixed distance: ``centre``, ``top``, ``end``."""
    mark_at: str = "centre"
    """Which point of the mark lies there, likewise."""
    offset: float = 0.0
    """Along the film from that point of the frame, in lengths of the first frame."""
    weave: float = 0.08
    """How far marks wander, across and along."""
    wear: Wear = Wear()
    missing: int = 0
    """Marks left out, on the whole roll."""
    extra: int = 0
    """Marks where no frame is."""
    presets: int = 0
    """How often the counter was set to another number on the way."""
    small_with_medium: bool = False
    medium_with_large: bool = False
    batches: float = 0.04
    documents: float = 0.2
    """Shares of frames that begin one."""
    print_along: bool = False
    """Letters of the maker along the edge."""
    holes: float = 0.0
    """Distance of sprocket holes; none at 0."""
    punched: int = 0
    fog: bool = False
    even: bool = False
    """All frames of the film are equally far apart."""
    none: bool = False
    """No marks at all."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One mark as drawn."""

    box: Box
    level: int
    channel: str
    frame: int | None
    """Index of the frame that it belongs to; None for one too many."""
    worn: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A roll with its marks, and what a reader makes of them."""

    pixels: Pixels
    frames: tuple[Box, ...]
    marks: tuple[Drawn, ...]
    addresses: tuple[Address, ...]
    """For every frame, what the counter shows."""
    unmarked: tuple[int, ...]
    """Indices of frames whose mark was left out."""
    presets: tuple[tuple[int, Address], ...]
    """Index of a frame, and its address, by the counter that was set."""


def marked(ribbon: Roll, track: Track, rng: Random) -> Marked:
    """Return ``ribbon`` with marks beside its frames."""
    frames = tuple(shot.box for shot in ribbon.shots)
    levels = _levels(len(frames), track, rng)
    able = range(0) if track.none else range(2, len(frames) - 2)
    lost = set(rng.sample(able, track.missing)) if able else set(range(len(frames)))
    film = ribbon.pixels.astype(np.float32)
    clear = _unexposed(film, frames) > LIGHT
    if track.fog:
        fogged(film, rng)
    if track.print_along:
        print_along(film, rng)
    if track.holes:
        sprocket_holes(film, track.holes, rng)
    places: list[Place] = [
        (index, level, _line(frames, index, track), _place_of(index, len(frames)))
        for index, level in enumerate(levels)
        if index not in lost
    ]
    places += _extras(places, track, rng)
    drawn = [
        mark
        for index, level, line, along in sorted(places, key=lambda place: place[2])
        for mark in _drawn(film, (index, level, line, along), track, rng, clear=clear)
    ]
    for _ in range(track.punched):
        punch(film, [mark.box for mark in drawn], rng)
    presets = _presets(frames, levels, lost, track, rng)
    addresses = _counted(frames, drawn, presets, track) if drawn else ((),) * len(frames)
    pixels = np.clip(film, 0, 255).astype(np.uint8)
    has = {mark.frame for mark in drawn}
    unmarked = tuple(index for index in range(len(frames)) if drawn and index not in has)
    return Marked(pixels, frames, tuple(drawn), addresses, unmarked, presets)


def _unexposed(film: NDArray[np.float32], frames: Sequence[Box]) -> float:
    """Return the tone of film between frames, which the lamp of the marks works against."""
    bare = np.ones(len(film), dtype=np.bool_)
    for box in frames:
        bare[box.y : box.bottom] = False
    return float(np.median(film[bare] if bare.any() else film[:, :4]))


def _place_of(index: int, count: int) -> float:
    return index / max(1, count - 1)


def _levels(count: int, track: Track, rng: Random) -> list[int]:
    """Return the level of every frame's mark: batches of documents of pages."""
    highest = len(track.sizes)
    levels = [highest]
    for _ in range(count - 1):
        chance = rng.random()
        if highest == LARGE and levels[-1] == LARGE:
            level = MEDIUM
        elif highest == LARGE and chance < track.batches:
            level = LARGE
        elif highest >= MEDIUM and chance < track.batches + track.documents:
            level = MEDIUM
        else:
            level = SMALL
        levels.append(level)
    return levels


def _line(frames: Sequence[Box], index: int, track: Track) -> float:
    """Return where the mark of a frame belongs along the film."""
    box = frames[index]
    point: dict[str, float] = {
        "centre": box.y + box.height / 2,
        "top": float(box.y),
        "end": float(box.bottom),
    }
    return point[track.at] + track.offset * frames[0].height


Place = tuple[int | None, int, float, float]


def _extras(places: Sequence[Place], track: Track, rng: Random) -> list[Place]:
    """Return marks midway between those of two frames."""
    found: list[Place] = []
    for at in rng.sample(range(3, len(places) - 3), track.extra):
        before, after = places[at], places[at + 1]
        line = before[2] + rng.uniform(0.42, 0.58) * (after[2] - before[2])
        found.append((None, rng.randint(1, len(track.sizes)), line, before[3]))
    return found


def _channels(level: int, track: Track) -> str:
    if track.channels == "A|B":
        return "A" if level == SMALL else "B"
    return track.channels


def _drawn(
    film: NDArray[np.float32], place: Place, track: Track, rng: Random, *, clear: bool
) -> list[Drawn]:
    index, level, line, along = place
    length, width = film.shape
    scale = width / FILM
    found = []
    for channel in _channels(level, track):
        drift = 1 + track.wear.drift * (2 * along - 1)
        across, high = (scale * drift * side for side in track.sizes[level - 1])
        left = scale * (track.inset + rng.uniform(-track.weave, track.weave))
        if channel == "B":
            left = width - left - across
        first = line - high * {"top": 0.0, "centre": 0.5, "end": 1.0}[track.mark_at]
        first += scale * rng.uniform(-track.weave, track.weave)
        if first < 2 or first + high > length - 2:
            continue
        rectangle = left, first, left + across, first + high
        worn, box = _lay(film, rectangle, channel, track.wear, rng, clear=clear)
        found.append(Drawn(box, level, channel, index, worn))
    return found


def _lay(
    film: NDArray[np.float32],
    rectangle: Rectangle,
    channel: str,
    wear: Wear,
    rng: Random,
    *,
    clear: bool,
) -> tuple[str, Box]:
    """Draw one mark, worn as chance has it; return how, and its box."""
    left, top, right, end = rectangle
    worn, strength, soft = "", 1.0, rng.uniform(0.5, 0.9)
    chance = rng.random()
    shares = (("faded", wear.faded), ("half", wear.half), ("grown", wear.grown))
    for name, share in shares:
        if chance < share:
            worn = name
            break
        chance -= share
    if worn == "faded":
        strength = rng.uniform(wear.faintest, 0.7)
    elif worn == "grown":
        grow = rng.uniform(0.3, 1.0) * wear.growth
        more = grow * (right - left) / 2, grow * (end - top) / 2
        left, top, right, end = left - more[0], top - more[1], right + more[0], end + more[1]
        soft = 1.6
    elif worn == "half":
        lost = rng.uniform(0.2, 0.5) * (right - left)
        left, right = (left + lost, right) if channel == "A" else (left, right - lost)
    tone = rng.uniform(12, 45) if clear else rng.uniform(185, 245)
    _paint(film, (left, top, right, end), (tone, strength, soft), rng)
    if rng.random() < wear.scratched:
        worn += " scratched"
        _scratch(film, (left, top, right, end), rng)
    if rng.random() < wear.dusty:
        worn += " dusty"
        _dust(film, (left, top, right, end), rng)
    return worn.strip(), Box(round(left), round(top), round(right - left), round(end - top))


def _paint(
    film: NDArray[np.float32],
    rectangle: Rectangle,
    exposed: tuple[float, float, float],
    rng: Random,
) -> None:
    """Draw a mark of a tone, with so much of its contrast, so soft."""
    tone, strength, soft = exposed
    left, top, right, end = rectangle
    x, y, x_end, y_end = around(film, rectangle, 8)
    rows, columns = cover(top, end, y, y_end - y), cover(left, right, x, x_end - x)
    shape = cv2.GaussianBlur(np.outer(rows, columns), (0, 0), soft)
    part = film[y:y_end, x:x_end]
    part += strength * shape * (tone - part)
    noise = np.random.default_rng(rng.randrange(2**32))
    part += shape * noise.standard_normal(part.shape, dtype=np.float32) * 3


def _scratch(film: NDArray[np.float32], rectangle: Rectangle, rng: Random) -> None:
    """Draw a scratch along the film right through a mark."""
    left, top, right, end = rectangle
    long = round((end - top) * rng.uniform(2, 8))
    x = round(rng.uniform(left, right))
    start, stop = (x, round(top) - long), (x + rng.randint(-3, 3), round(end) + long)
    cv2.line(film, start, stop, rng.choice((8.0, 238.0)), rng.choice((1, 2)), cv2.LINE_AA)


def _dust(film: NDArray[np.float32], rectangle: Rectangle, rng: Random) -> None:
    """Draw specks beside and on a mark."""
    left, top, right, end = rectangle
    for _ in range(rng.randint(1, 4)):
        x = round(rng.uniform(left - 4, right + 4))
        y = round(rng.uniform(top - 4, end + 4))
        cv2.circle(film, (x, y), rng.choice((1, 1, 2)), rng.choice((8.0, 238.0)), -1)


def _presets(
    frames: Sequence[Box], levels: Sequence[int], lost: set[int], track: Track, rng: Random
) -> tuple[tuple[int, Address], ...]:
    """Return where the counter was set anew, always up: at frames that have their mark."""
    able = [index for index in range(5, len(frames)) if index not in lost]
    return tuple(
        (index, (*(rng.randint(20, 90) for _ in track.sizes[1:]), rng.randint(1, 900)))
        for index in sorted(rng.sample(able, track.presets))
    )


def _counted(
    frames: Sequence[Box],
    marks: Sequence[Drawn],
    presets: Sequence[tuple[int, Address]],
    track: Track,
) -> tuple[Address, ...]:
    """Return what a reader's counter shows at each frame; it counts marks without a frame too."""
    passing: list[tuple[float, int, Drawn | None]] = [
        (_line(frames, index, track), index, None) for index in range(len(frames))
    ]
    seen: set[int] = set()
    for mark in marks:
        if mark.frame is None or mark.frame not in seen:
            line = mark.box.y + mark.box.height / 2
            passing.append(
                (line if mark.frame is None else _line(frames, mark.frame, track), -1, mark)
            )
        seen |= {mark.frame} if mark.frame is not None else set()
    counter = [0] * len(track.sizes)
    shown: dict[int, Address] = {}
    fixed = dict(presets)
    for _, index, one in sorted(passing, key=lambda at: at[:2]):
        if one is not None:
            counter = _moved(counter, one.level, track)
            continue
        counter = list(fixed.get(index, counter))
        shown[index] = tuple(counter)
    return tuple(shown[index] for index in range(len(frames)))


def _moved(counter: list[int], level: int, track: Track) -> list[int]:
    at = len(counter) - level
    moved = [*counter[:at], counter[at] + 1, *[0] * (level - 1)]
    if level == LARGE and track.medium_with_large:
        moved[-2] = 1
    if level == MEDIUM and track.small_with_medium:
        moved[-1] = 1
    return moved
