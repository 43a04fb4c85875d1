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

from .roll import Roll

SMALL, MEDIUM, LARGE = 1, 2, 3
Address = tuple[int, ...]
Size = tuple[float, float]
"""Across and along the film, in millimetres of 16 mm film."""
_FILM = 16.0
_LIGHT = 110.0
_KODAK: tuple[Size, ...] = ((1.3, 1.0), (1.3, 1.7), (1.3, 2.7))


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
    sizes: tuple[Size, ...] = _KODAK[:1]
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
    _dress(film, track, rng)
    places: list[Place] = [
        (index, level, _line(frames, index, track), _place_of(index, len(frames)))
        for index, level in enumerate(levels)
        if index not in lost
    ]
    places += _extras(places, track, rng)
    drawn = [
        mark
        for index, level, line, along in sorted(places, key=lambda place: place[2])
        for mark in _drawn(film, frames, (index, level, line, along), track, rng)
    ]
    for _ in range(track.punched):
        _punch(film, drawn, rng)
    presets = _presets(frames, levels, lost, track, rng)
    addresses = _counted(frames, drawn, presets, track) if drawn else ((),) * len(frames)
    pixels = np.clip(film, 0, 255).astype(np.uint8)
    has = {mark.frame for mark in drawn}
    unmarked = tuple(index for index in range(len(frames)) if drawn and index not in has)
    return Marked(pixels, frames, tuple(drawn), addresses, unmarked, presets)


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
    film: NDArray[np.float32], frames: Sequence[Box], place: Place, track: Track, rng: Random
) -> list[Drawn]:
    index, level, line, along = place
    length, width = film.shape
    scale = width / _FILM
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
        worn, box = _lay(film, rectangle, channel, track.wear, rng)
        found.append(Drawn(box, level, channel, index, worn))
    return found


Rectangle = tuple[float, float, float, float]


def _lay(
    film: NDArray[np.float32], rectangle: Rectangle, channel: str, wear: Wear, rng: Random
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
    _paint(film, (left, top, right, end), strength, soft, rng)
    if rng.random() < wear.scratched:
        worn += " scratched"
        _scratch(film, (left, top, right, end), rng)
    if rng.random() < wear.dusty:
        worn += " dusty"
        _dust(film, (left, top, right, end), rng)
    return worn.strip(), Box(round(left), round(top), round(right - left), round(end - top))


def _cover(low: float, high: float, start: int, count: int) -> NDArray[np.float32]:
    """Return the share of each of ``count`` pixels from ``start`` between ``low`` and ``high``."""
    at = np.arange(start, start + count)
    share = np.clip(np.minimum(high, at + 1) - np.maximum(low, at), 0, 1)
    return np.asarray(share, dtype=np.float32)


def _part(film: NDArray[np.float32], rectangle: Rectangle, pad: int) -> tuple[int, int, int, int]:
    left, top, right, end = rectangle
    return (
        max(0, int(left) - pad),
        max(0, int(top) - pad),
        min(film.shape[1], int(right) + 1 + pad),
        min(film.shape[0], int(end) + 1 + pad),
    )


def _paint(
    film: NDArray[np.float32], rectangle: Rectangle, strength: float, soft: float, rng: Random
) -> None:
    left, top, right, end = rectangle
    x, y, x_end, y_end = _part(film, rectangle, 8)
    rows, columns = _cover(top, end, y, y_end - y), _cover(left, right, x, x_end - x)
    cover = cv2.GaussianBlur(np.outer(rows, columns), (0, 0), soft)[..., None][..., 0]
    part = film[y:y_end, x:x_end]
    ground = float(np.median(part))
    tone = rng.uniform(185, 245) if ground < _LIGHT else rng.uniform(12, 45)
    part += strength * cover * (tone - part)
    noise = np.random.default_rng(rng.randrange(2**32))
    part += cover * noise.standard_normal(part.shape, dtype=np.float32) * 3


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


def _dress(film: NDArray[np.float32], track: Track, rng: Random) -> None:
    """Draw what is no mark: print along the edge, sprocket holes, punched holes, fog."""
    if track.fog:
        _fog(film, rng)
    if track.print_along:
        _print(film, rng)
    if track.holes:
        _sprockets(film, track.holes, rng)


def _fog(film: NDArray[np.float32], rng: Random) -> None:
    """Draw light that crept in from the edges, in clouds."""
    length, width = film.shape
    for _ in range(max(1, length // (2 * width))):
        middle = rng.choice((0, width)), rng.randrange(length)
        cloud = np.zeros((length, width), np.float32)
        top = max(0, middle[1] - 2 * width)
        part = cloud[top : middle[1] + 2 * width]
        sides = rng.randint(width // 20, width // 8), rng.randint(width // 5, width)
        cv2.ellipse(part, (middle[0], middle[1] - top), sides, 0, 0, 360, 1.0, -1)
        soft = np.asarray(cv2.GaussianBlur(part, (0, 0), width / 30), dtype=np.float32)
        film[top : top + len(part)] += rng.uniform(10, 40) * soft


def _print(film: NDArray[np.float32], rng: Random) -> None:
    """Draw the maker's letters along one edge, every few frames."""
    length, width = film.shape
    text = rng.choice(("SAFETY FILM 17", "HALIDE  5462", "I I 24", "MICRO - 160 -"))
    size = width / 420
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 2)
    tile = np.zeros((high + 8, wide + 8), np.uint8)
    cv2.putText(tile, text, (4, high + 3), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 2, cv2.LINE_AA)
    column = np.rot90(tile).astype(np.float32) / 255
    left = rng.choice((2, width - column.shape[1] - 2))
    for top in range(rng.randrange(width), length - len(column), 3 * width):
        part = film[top : top + len(column), left : left + column.shape[1]]
        tone = 220.0 if float(np.median(part)) < _LIGHT else 20.0
        part += column * (tone - part)


def _sprockets(film: NDArray[np.float32], pitch: float, rng: Random) -> None:
    """Draw holes of 16 mm stock along the right edge, with round corners."""
    length, width = film.shape
    scale = width / _FILM
    wide, high, left = 1.83 * scale, 1.27 * scale, width - 2.6 * scale
    top = rng.uniform(0, pitch * scale)
    while top + high < length:
        x, y, x_end, y_end = _part(film, (left, top, left + wide, top + high), 3)
        rows, columns = (
            _cover(top, top + high, y, y_end - y),
            _cover(left, left + wide, x, x_end - x),
        )
        cover = (cv2.GaussianBlur(np.outer(rows, columns), (0, 0), 1.8) > 0.5).astype(np.float32)
        film[y:y_end, x:x_end] += cover * (252 - film[y:y_end, x:x_end])
        top += pitch * scale


def _punch(film: NDArray[np.float32], marks: Sequence[Drawn], rng: Random) -> None:
    """Punch a hole beside the frames, not through a mark."""
    length, width = film.shape
    radius = round(width * rng.uniform(0.03, 0.05))
    for _ in range(20):
        x, y = rng.choice((radius + 4, width - radius - 4)), rng.randrange(radius, length - radius)
        far = radius + width // 60
        around = Box(x - far, y - far, 2 * far, 2 * far)
        if not any(around.shared_area(mark.box) for mark in marks):
            cv2.circle(film, (x, y), radius, 253.0, -1, cv2.LINE_AA)
            return


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


MILD = Wear(faded=0.03, grown=0.03, half=0.02, scratched=0.02, dusty=0.05)
HEAVY = Wear(faded=0.1, faintest=0.2, half=0.06, grown=0.08, scratched=0.08, dusty=0.2, drift=0.08)
_BOTH = ((0.9, 0.9), (1.3, 1.4), (1.9, 2.1))
_SMALLEST = ((0.8, 0.8), (0.8, 1.25), (0.8, 2.0))
TRACKS = (
    Track("one level, left"),
    Track("one level, right, worn", channels="B", wear=MILD),
    Track("two levels", _KODAK[:2], at="top", mark_at="top", wear=MILD),
    Track("three levels", _KODAK, at="top", mark_at="top", wear=MILD, presets=2),
    Track("three levels, heavily worn", _KODAK, at="top", mark_at="top", wear=HEAVY),
    Track("larger both ways", _BOTH, wear=HEAVY),
    Track("both edges", _KODAK, channels="AB", at="end", mark_at="end", wear=MILD),
    Track("pages left, documents right", _KODAK, channels="A|B", at="top", wear=MILD),
    Track("a frame later", _KODAK, at="top", mark_at="top", offset=1.15, wear=MILD),
    Track("a frame and a half before", _KODAK[:2], at="centre", offset=-1.6, wear=MILD),
    Track("smallest", _SMALLEST, wear=MILD, small_with_medium=True),
    Track("print along the edge", _KODAK, wear=MILD, print_along=True, punched=4, fog=True),
    Track("sprocket holes", _KODAK, wear=MILD, holes=7.62),
    Track("evenly spaced", _KODAK, at="top", mark_at="top", wear=MILD, even=True),
    Track("evenly spaced, a frame later", _KODAK, "B", offset=1.1, wear=MILD, even=True),
    Track("no marks", print_along=True, punched=6, fog=True, holes=7.62, none=True),
    Track("marks left out", _KODAK, wear=MILD, missing=3, presets=1),
    Track("marks too many", _KODAK, wear=MILD, extra=3),
    Track("both, worn", _KODAK, wear=HEAVY, missing=2, extra=2, medium_with_large=True),
)
HELD_OUT = (
    Track("held out: two levels right", ((1.1, 1.2), (1.1, 1.9)), "B", 0.4, "end", wear=MILD),
    Track(
        "held out: three levels, larger",
        ((1.6, 1.1), (1.6, 1.6), (1.6, 2.5)),
        at="end",
        mark_at="centre",
        offset=0.1,
        wear=Wear(0.07, 0.25, 0.05, 0.06, 0.1, 0.06, 0.15, -0.1),
        missing=3,
        extra=1,
        presets=1,
    ),
    Track(
        "held out: wider both ways, both edges",
        ((0.8, 1.0), (1.2, 1.5), (1.8, 2.3)),
        "AB",
        offset=-0.2,
        wear=HEAVY,
        small_with_medium=True,
        print_along=True,
        punched=3,
    ),
    Track(
        "held out: two frames later",
        _KODAK,
        "B",
        at="top",
        offset=2.05,
        wear=Wear(faded=0.05, grown=0.05, half=0.04, scratched=0.05, dusty=0.1, drift=0.12),
        missing=2,
    ),
    Track(
        "held out: pages right, holes left",
        ((1.0, 0.9), (1.0, 1.4)),
        "A",
        wear=Wear(faded=0.06, grown=0.1, growth=0.18, scratched=0.05, dusty=0.1),
        holes=7.62,
        fog=True,
        extra=2,
    ),
)
