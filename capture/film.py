"""Cut a roll of film into its frames, whatever its length.

The roll is looked at small, stretch by stretch, so that memory does not grow with it. Frames are
taken up to a gap near the end of a stretch; the next one starts there, with some of the film
before it in view. To clip a page is the worst error and to drop writing the next, so boxes keep
a margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .lanes import Gutter, gutter_of, halves_of, in_order, layout_of, with_missing_halves
from .looks import Look
from .model import Box, FilmFrame, FilmLayout, FilmSurvey, Pixels
from .ribbon import PixelRibbon, Ribbon
from .stretch import frames_on
from .strip import density_of

_NARROWEST = 24
_MARGIN = 0.004  # of the width of the film
_STRETCH, _CONTEXT, _KEPT = 48.0, 6.0, 4.5
"""Widths of the film: what is looked at together, of it what lies before what is new, and what
is left for the next stretch to decide."""
_REMEMBERED = 40  # frames whose length tells the usual one


def find_frames(strip: Pixels) -> tuple[FilmFrame, ...]:
    """Return the frames along the longer side of ``strip``, in order; boxes may overlap a little.

    One frame of the whole strip when no frames stand out.
    """
    ribbon = PixelRibbon(strip)
    frames = survey_roll(ribbon).frames
    if not ribbon.lying:
        return frames
    return tuple(replace(frame, box=_lying(frame.box)) for frame in frames)


def _lying(box: Box) -> Box:
    return Box(box.y, box.x, box.height, box.width)


def survey_roll(ribbon: Ribbon, stretch: float = _STRETCH) -> FilmSurvey:
    """Return the frames of a roll, in pixels of ``ribbon``; boxes may overlap a little.

    One frame of the whole roll when no frames stand out. ``stretch``, in widths of the film, is
    how much of it is held at a time: memory does not grow with the length of the roll.
    Raises SourceError when nothing of the ribbon can be read.
    """
    whole = FilmFrame(
        Box(0, 0, ribbon.width, ribbon.length), confidence=0.0, reason="no frames stand out"
    )
    if min(ribbon.width, ribbon.length) < _NARROWEST:
        return FilmSurvey(ribbon.width, ribbon.length, FilmLayout.SIMPLEX, (whole,))
    look = Look(ribbon)
    found = _found(look, round(stretch * look.width))
    layout = layout_of(found)
    if layout is FilmLayout.DUPLEX:
        found = with_missing_halves(found)
    frames = tuple(_full_size(frame, look, ribbon) for frame in in_order(found, layout))
    return FilmSurvey(
        ribbon.width,
        ribbon.length,
        layout,
        frames or (whole,),
        density=look.density,
        density_step=look.density_step,
    )


@dataclass(frozen=True, slots=True)
class _Lane:
    """One half of the film, or all of it: what was found there, and from where on nothing is."""

    number: int
    frames: tuple[FilmFrame, ...] = ()
    until: int = 0

    @property
    def lengths(self) -> list[float]:
        """Of the last frames."""
        return [float(frame.box.height) for frame in self.frames[-_REMEMBERED:]]


def _found(look: Look, stretch: int) -> tuple[FilmFrame, ...]:
    """Return the frames of a roll in lines and columns of its look."""
    lanes = (_Lane(1), _Lane(2))
    gutter: Gutter | None = None
    start = 0
    while True:
        end = look.read(start + stretch)
        lines = look.lines(start, end)
        gutter = gutter_of(lines)
        last = end >= look.length
        lanes = _on_lanes(lanes, lines, start, gutter, last)
        if last:
            return (*lanes[0].frames, *lanes[1].frames)
        until = min(lane.until for lane in lanes)
        start = max(start + stretch // 4, until - round(_CONTEXT * look.width))
        start -= start % 2
        look.forget(start)


def _on_lanes(
    lanes: tuple[_Lane, _Lane], lines: Pixels, start: int, gutter: Gutter | None, last: bool
) -> tuple[_Lane, _Lane]:
    """Return lanes with the frames that are sure in a stretch, or with all of its frames."""
    first, second = lanes
    if gutter is None:
        first = _on_lane(first, lines, None, start, last)
        return first, replace(second, until=max(second.until, first.until))
    left = _on_lane(first, lines[:, : gutter.middle], 0, start, last)
    right = _on_lane(second, lines[:, gutter.middle :], gutter.middle, start, last)
    return left, right


def _on_lane(lane: _Lane, lines: Pixels, aside: int | None, start: int, last: bool) -> _Lane:
    found = _in_stretch(np.ascontiguousarray(lines), lane, start)
    new, until = found, start + len(lines)
    if not last:
        new, until = _taken(found, lane.until, until, lines.shape[1])
    if aside is not None:
        moved = tuple(replace(one, lane=lane.number, box=_moved(one.box, aside)) for one in new)
    else:
        moved = _halves(found, len(new), lines, start)
    return replace(lane, frames=(*lane.frames, *moved), until=until)


def _halves(
    found: Sequence[FilmFrame], count: int, lines: Pixels, start: int
) -> tuple[FilmFrame, ...]:
    """Return the first ``count`` frames, fronts and backs apart if the film is duplex."""
    parted = halves_of(lines, [_moved(frame.box, 0, -start) for frame in found])
    if not parted:
        return tuple(found[:count])
    return tuple(
        replace(frame, box=_moved(box, 0, start), lane=lane)
        for frame, boxes in zip(found[:count], parted, strict=False)
        for lane, box in enumerate(boxes, 1)
        if box.width
    )


def _moved(box: Box, aside: int, down: int = 0) -> Box:
    return replace(box, x=box.x + aside, y=box.y + down)


def _in_stretch(lines: Pixels, lane: _Lane, start: int) -> tuple[FilmFrame, ...]:
    """Return the frames in ``lines``, the first of which is line ``start``."""
    density = density_of(lines)
    along, across = lines.shape[0] / density.length, lines.shape[1] / density.width
    taken = max(0, round((lane.until - start) / along))
    frames = frames_on(density, [length / along for length in lane.lengths], taken)
    return tuple(_on_look(frame, along, across, start) for frame in frames)


def _on_look(frame: FilmFrame, along: float, across: float, start: int) -> FilmFrame:
    box = frame.box
    left, top = int(box.x * across), int(box.y * along)
    right, end = int(np.ceil(box.right * across)), int(np.ceil(box.bottom * along))
    return replace(frame, box=Box(left, top + start, right - left, end - top))


def _taken(
    new: Sequence[FilmFrame], until: int, end: int, width: int
) -> tuple[tuple[FilmFrame, ...], int]:
    """Return the frames up to the widest gap before the last few widths of a stretch."""
    last = end - round(_KEPT * width)
    gaps = [
        (before.box.bottom, after.box.y, at)
        for at, (before, after) in enumerate(pairwise(new), 1)
        if before.box.bottom <= last
    ]
    if not gaps:
        done = [frame for frame in new if frame.box.bottom <= last]
        reached = max([until, *(frame.box.bottom for frame in done)])
        return tuple(done), reached if done or new else max(until, last)
    late = [gap for gap in gaps if gap[0] > last - round(_CONTEXT * width)] or gaps[-1:]
    bottom, top, at = max(late, key=lambda gap: gap[1] - gap[0])
    return tuple(new[:at]), min(bottom, top) + abs(top - bottom) // 2


def _full_size(frame: FilmFrame, look: Look, ribbon: Ribbon) -> FilmFrame:
    """Return a frame in pixels of the ribbon, with a margin on every side."""
    across, along = ribbon.width / look.width, ribbon.length / look.length
    margin = max(1.0, _MARGIN * ribbon.width)
    box = frame.box
    left, top = max(0, int(box.x * across - margin)), max(0, int(box.y * along - margin))
    right = min(ribbon.width, int(np.ceil(box.right * across + margin)))
    end = min(ribbon.length, int(np.ceil(box.bottom * along + margin)))
    return replace(frame, box=Box(left, top, right - left, end - top))
