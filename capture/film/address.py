"""Addresses of frames on a roll, as a reader counts them by their image marks.

Three levels (Kodak): a large mark counts the first number up and sets the others to 0, a medium
one counts the second up and sets the last to 0, a small one counts the last. A reader counts what
passes it: a frame without a mark leaves its counter as it stands, and a mark without a frame moves
it all the same. Nothing is repaired here; what is out of turn is shown.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TypeGuard

from capture.errors import SettingsError, SourceError
from capture.model import Blip, Box, FilmDoubt, FilmFrame

Address = tuple[int, ...]
MOST_LEVELS = 3
_NAMES = {1: "small", 2: "medium", 3: "large"}
_RARE, _OFTEN = 0.1, 10
"""A turn that is taken so seldom, of so many, is out of turn."""
_BESIDE = 0.3
"""Share of the smaller height that two marks of one exposure have in common."""
_PART = re.compile(r"[^\s.\-/_:,;]+")
_ENDS = re.compile(r"^[\s.\-/_:,;]+|[\s.\-/_:,;]+$")
_NUMBER = re.compile(r"[0-9]{1,9}")
MEDIUM, LARGE = 2, 3


@dataclass(frozen=True, slots=True)
class Counting:
    """How the marks of a roll were counted when it was filmed; the defaults are the usual way."""

    levels: int = 0
    """How many numbers an address has, 1 to 3; 0 for as many as there are sizes of marks."""
    counted_as: tuple[int, int, int] = (1, 2, 3)
    """The level that a small, a medium and a large mark counts; 0 for one that is not counted."""
    small_with_medium: bool = False
    """A medium mark is counted as the first small one too: ``C.B.1``, not ``C.B.0``."""
    medium_with_large: bool = False
    """A large mark is counted as the first medium one too."""
    start: Address = ()
    """What the counter showed before the first frame; () for zeros."""
    presets: tuple[tuple[int, Address], ...] = ()
    """Numbers of frames, from 1, at which the counter was set by hand, and to what."""
    channel: str = ""
    """``A`` or ``B`` where marks of that channel only are counted; empty for both."""
    count_bare: bool = True
    """A mark beside which no frame stands is counted, as readers do."""

    def __post_init__(self) -> None:
        if not 0 <= self.levels <= MOST_LEVELS:
            raise SettingsError(f"film has one to three levels of marks, not {self.levels}")
        if self.channel not in {"", "A", "B"}:
            raise SettingsError(f"channel {self.channel!r} of film is not known: say A or B")


def addressed(
    frames: Sequence[FilmFrame], counting: Counting, blips: Sequence[Blip] = ()
) -> tuple[FilmFrame, ...]:
    """Return ``frames``, in order of exposure, each with what a reader's counter shows at it.

    ``blips`` are all marks of the roll; those that no frame has are counted where they lie.
    Frames keep an empty address on film without marks.
    """
    levels = counting.levels or _most_levels(frames, counting)
    if not levels:
        return tuple(frames)
    bare = _bare(frames, blips, counting) if counting.count_bare else {}
    fixed = dict(counting.presets)
    shown = counting.start or (0,) * levels
    shown = (0,) * (levels - len(shown)) + shown[-levels:]
    found: list[FilmFrame] = []
    before: Blip | None = None
    for number, frame in enumerate(frames, 1):
        passed = [blip for blip in bare.get(number, ())]
        if _counts(frame.blip, counting) and frame.blip != before:
            # Front and back of one exposure have one mark, which is counted once.
            passed.append(frame.blip)
            before = frame.blip
        for blip in passed:
            shown = _after(shown, blip, counting)
        shown = fixed.get(number, shown)
        found.append(replace(frame, address=shown))
    return tuple(found)


def _counts(blip: Blip | None, counting: Counting) -> TypeGuard[Blip]:
    if blip is None or (counting.channel and blip.channel != counting.channel):
        return False
    return counting.counted_as[blip.level - 1] > 0


def _most_levels(frames: Sequence[FilmFrame], counting: Counting) -> int:
    levels = (
        counting.counted_as[frame.blip.level - 1]
        for frame in frames
        if frame.blip is not None and _counts(frame.blip, counting)
    )
    return max(levels, default=0)


def _after(shown: Address, blip: Blip, counting: Counting) -> Address:
    """Return what the counter shows after a mark has passed."""
    level = min(len(shown), counting.counted_as[blip.level - 1])
    at = len(shown) - level
    rest = [0] * (level - 1)
    if level == LARGE and counting.medium_with_large:
        rest[0] = 1
    with_medium = level == MEDIUM or (level == LARGE and counting.medium_with_large)
    if with_medium and counting.small_with_medium:
        rest[-1] = 1
    return (*shown[:at], shown[at] + 1, *rest)


def _bare(
    frames: Sequence[FilmFrame], blips: Sequence[Blip], counting: Counting
) -> dict[int, list[Blip]]:
    """Return the marks that no frame has, by the number of the frame before which they pass."""
    had = sorted({frame.blip.box for frame in frames if frame.blip}, key=lambda box: box.y)
    bare = [blip for blip in blips if _counts(blip, counting) and not _level_with(blip.box, had)]
    found: dict[int, list[Blip]] = {}
    if not bare:
        return found
    lanes = _passes(frames)
    for blip in bare:
        lane = max(lanes, key=lambda lane: lane.channels[blip.channel])
        found.setdefault(lane.first_after(_middle(blip.box)), []).append(blip)
    return found


def _level_with(box: Box, others: Sequence[Box]) -> bool:
    """Return whether a mark is one of ``others``, or lies on the other edge beside one.

    Marks on both edges at one place are of one exposure, and counted once.
    """
    first = bisect_left(others, box.y, key=lambda other: other.bottom)
    return any(box.row_overlap(other) > _BESIDE for other in others[first : first + 3])


@dataclass(frozen=True, slots=True)
class _Pass:
    """Frames that were exposed in one pass of the film, down or back up."""

    numbers: tuple[int, ...]
    lines: tuple[float, ...]
    """Where the mark of each lies, or should lie."""
    channels: Counter[str]
    back: bool

    def first_after(self, line: float) -> int:
        """Return the number of the frame before which a mark at ``line`` passes."""
        later = (
            number
            for number, own in zip(self.numbers, self.lines, strict=True)
            if (own < line if self.back else own > line)
        )
        return next(later, self.numbers[-1] + 1)


def _passes(frames: Sequence[FilmFrame]) -> list[_Pass]:
    """Return one pass, or the two of duo film: down one half, and back up the other."""
    turn = next((at for at, frame in enumerate(frames) if frame.lane == 2), len(frames))
    duo = 1 < turn < len(frames) and all(frame.lane == 2 for frame in frames[turn:])
    duo = duo and frames[turn].box.y > frames[-1].box.y
    parts = [(0, turn), (turn, len(frames))] if duo else [(0, len(frames))]
    return [_pass(frames[start:stop], start, back=start > 0) for start, stop in parts]


def _pass(frames: Sequence[FilmFrame], start: int, *, back: bool) -> _Pass:
    off = [_middle(frame.blip.box) - _middle(frame.box) for frame in frames if frame.blip]
    usual = median(off) if off else 0.0
    lines = (
        _middle((frame.blip or frame).box) + (0.0 if frame.blip else usual) for frame in frames
    )
    channels = Counter(frame.blip.channel for frame in frames if frame.blip)
    numbers = range(start + 1, start + len(frames) + 1)
    return _Pass(tuple(numbers), tuple(lines), channels, back)


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def jumps(frames: Sequence[FilmFrame], counting: Counting) -> tuple[FilmDoubt, ...]:
    """Return a doubt wherever the address is out of turn: kept as it is, but shown.

    That is where the counter was set by hand, where a size of mark seems left out that comes in
    turn all over the roll, and where the roll begins in the middle of a batch.
    """
    return (*_set_by_hand(frames, counting), *_out_of_turn(frames, counting))


def _set_by_hand(frames: Sequence[FilmFrame], counting: Counting) -> Iterator[FilmDoubt]:
    for number, address in counting.presets:
        if 1 <= number <= len(frames):
            text = ".".join(map(str, address))
            reason = f"the counter was set to {text} here, as the settings say"
            yield FilmDoubt("jump", frames[number - 1].box, number - 1, reason)


def _out_of_turn(frames: Sequence[FilmFrame], counting: Counting) -> Iterator[FilmDoubt]:
    """Yield a doubt where a level follows a higher one that hardly ever does so on this roll."""
    counted = [
        (number, counting.counted_as[frame.blip.level - 1])
        for number, frame in enumerate(frames, 1)
        if frame.blip is not None and _counts(frame.blip, counting)
    ]
    turns = Counter((one[1], next_[1]) for one, next_ in pairwise(counted))
    follow = Counter(one[1] for one, _ in pairwise(counted))
    if counted and not counting.start and counted[0][1] < max(level for _, level in counted):
        number, level = counted[0]
        reason = f"the first mark is {_NAMES[level]}: the roll begins in the middle of a batch"
        yield FilmDoubt("jump", frames[number - 1].box, number - 1, reason)
    for (_, high), (number, low) in pairwise(counted):
        usual = follow[high]
        if low < high - 1 and usual >= _OFTEN and turns[high, low] <= _RARE * usual:
            reason = f"a {_NAMES[low]} mark right after a {_NAMES[high]} one, as nowhere else"
            yield FilmDoubt("jump", frames[number - 1].box, number - 1, reason)


def address_text(roll: str, address: Address) -> str:
    """Return an address as people write it, the roll first: ``0042.3.12.5``."""
    return ".".join((roll, *map(str, address))) if roll else ".".join(map(str, address))


def parse_address(text: str, levels: int = 0) -> tuple[str, Address]:
    """Return the roll as written, empty where none is named, and the numbers of an address.

    Dots, spaces, dashes, slashes and leading zeros do not matter. ``levels`` says how many numbers
    follow the roll; without it more than three numbers begin with that of the roll.

    Raises:
        SourceError: it is no address.
    """
    parts = list(_PART.finditer(text))
    words = [part.group() for part in parts]
    numbers = levels or (MOST_LEVELS if len(words) > MOST_LEVELS else _numbers_at_end(words))
    rest = words[len(words) - numbers :]
    if not rest or len(rest) < numbers or not all(_NUMBER.fullmatch(part) for part in rest):
        raise SourceError(
            "an address on film reads like 0042.3.12.5, or without the roll 3.12.5;"
            f" {len(words)} parts for {numbers} levels are none: see the columns of the index"
        )
    roll = text[: parts[-numbers].start()]
    return _ENDS.sub("", roll), tuple(map(int, rest))


def _numbers_at_end(parts: Sequence[str]) -> int:
    """Return how many of the last parts are numbers."""
    words = [at for at, part in enumerate(parts, 1) if not _NUMBER.fullmatch(part)]
    return len(parts) - (words[-1] if words else 0)
