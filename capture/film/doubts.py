"""Places on a roll where the count of frames may be wrong: proposals for a person.

A doubt is no error. On good film there must be few, or nobody looks at them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from capture.model import Box, FilmDoubt, FilmFrame, FilmLayout

_NEIGHBOURS = 8
"""Frames on each side that tell what is usual there."""
_HOLE = 0.8
"""Of the usual frame: a gap as long as that may have held one."""
_WIDE_GAPS = 2.5
"""Times the usual gap: on film with wide gaps a hole is wider."""
_DOUBLE = 1.7  # times the usual length
_SEVERAL = 0.08
"""Share of frames as long as that: then long documents are usual on the roll."""
_LONG_SHAPE = 1.7
"""Length over width: no page is longer than that, legal paper the longest."""
_AT_END = 0.01  # of the width of the film


def doubts_about(
    frames: Sequence[FilmFrame],
    width: int,
    length: int,
    splices: Sequence[Box] = (),
    layout: FilmLayout = FilmLayout.SIMPLEX,
    damage: str = "",
) -> tuple[FilmDoubt, ...]:
    """Return the doubts about the frames of a roll, in order along it.

    ``frames`` in the order of their numbers, ``width`` and ``length`` of the film in the same
    pixels. ``damage`` says why the scan could not be read to its end.
    """
    found = [
        *_holes_and_doubles(frames),
        *_cut_off(frames, width, length),
        *(_splice(frames, box, layout) for box in splices),
    ]
    if damage:
        end = Box(0, max((one.box.bottom for one in frames), default=0), width, 1)
        found.append(FilmDoubt("cut off", end, len(frames), f"the scan ends here: {damage}"))
    return tuple(sorted(found, key=lambda doubt: (doubt.box.y, doubt.box.x)))


def _holes_and_doubles(frames: Sequence[FilmFrame]) -> Iterator[FilmDoubt]:
    for lane in sorted({frame.lane for frame in frames}):
        numbered = [(at, one) for at, one in enumerate(frames, 1) if one.lane == lane]
        numbered.sort(key=lambda pair: pair[1].box.y)
        boxes = [one.box for _, one in numbered]
        usual = _usual([box.height for box in boxes])
        gaps = [after.y - before.bottom for before, after in pairwise(boxes)]
        for at, gap in enumerate(gaps):
            around = _around(gaps, at)
            needed = max(_HOLE * usual[at], _WIDE_GAPS * float(np.median(around)))
            if gap >= needed:
                before, after = boxes[at], boxes[at + 1]
                hole = Box(min(before.x, after.x), before.bottom, before.width, gap)
                times = gap / usual[at]
                reason = f"bare film as long as {times:.1f} frames between two of them"
                number = min(numbered[at][0], numbered[at + 1][0])
                yield FilmDoubt("hole", hole, number, reason)
        yield from _doubles(numbered, usual)


def _doubles(
    numbered: Sequence[tuple[int, FilmFrame]], usual: Sequence[float]
) -> Iterator[FilmDoubt]:
    long = [
        (number, one, one.box.height / length)
        for (number, one), length in zip(numbered, usual, strict=True)
        if one.box.height >= _DOUBLE * length
    ]
    often = len(long) > max(2.0, _SEVERAL * len(numbered))
    for number, one, times in long:
        if often and one.box.height < _LONG_SHAPE * one.box.width:
            continue  # portrait among landscape
        reason = f"{times:.1f} times as long as the frames around it: one document, or several"
        yield FilmDoubt("double", one.box, number - 1, reason)


def _around(values: Sequence[float], at: int) -> Sequence[float]:
    return values[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]


def _usual(lengths: Sequence[float]) -> list[float]:
    """Return the median length around every frame."""
    return [float(np.median(_around(lengths, at))) for at in range(len(lengths))]


def _cut_off(frames: Sequence[FilmFrame], width: int, length: int) -> Iterator[FilmDoubt]:
    near = max(2.0, _AT_END * width)
    for number, frame in enumerate(frames, 1):
        if frame.box.y <= near:
            reason = "the scan begins in the middle of it, or just at its edge"
            yield FilmDoubt("cut off", frame.box, number - 1, reason)
        if frame.box.bottom >= length - near:
            reason = "the scan ends in the middle of it, or just at its edge"
            yield FilmDoubt("cut off", frame.box, number - 1, reason)


def _splice(frames: Sequence[FilmFrame], box: Box, layout: FilmLayout) -> FilmDoubt:
    """Return the doubt about a splice; on duo film it follows a frame of the first lane."""
    counted = [one for one in frames if layout is not FilmLayout.DUO or one.lane == 1]
    middle = box.y + box.height // 2
    after = bisect_right([one.box.y + one.box.height // 2 for one in counted], middle)
    return FilmDoubt("splice", box, after, "the film was cut and put together again here")
