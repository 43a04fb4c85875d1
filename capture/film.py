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

from .looks import Look
from .model import Box, FilmFrame, FilmLayout, FilmSurvey, Pixels
from .ribbon import PixelRibbon, Ribbon
from .strip import density_of
from .stretch import frames_on

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
    frames = tuple(_full_size(frame, look, ribbon) for frame in found) or (whole,)
    return FilmSurvey(
        ribbon.width,
        ribbon.length,
        FilmLayout.SIMPLEX,
        frames,
        density=look.density,
        density_step=look.density_step,
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """The frames that are decided on, and the line from which on nothing is."""

    frames: tuple[FilmFrame, ...]
    until: int


def _found(look: Look, stretch: int) -> tuple[FilmFrame, ...]:
    """Return the frames of a roll in lines and columns of its look."""
    frames: tuple[FilmFrame, ...] = ()
    start, until = 0, 0
    while True:
        end = look.read(start + stretch)
        lengths = [float(frame.box.height) for frame in frames[-_REMEMBERED:]]
        new = _in_stretch(look.lines(start, end), start, until, lengths)
        if end >= look.length:
            return (*frames, *new)
        taken = _taken(new, until, end, look.width)
        frames += taken.frames
        until = taken.until
        start = max(start + stretch // 4, until - round(_CONTEXT * look.width))
        start -= start % 2
        look.forget(start)


def _in_stretch(
    lines: Pixels, start: int, until: int, lengths: Sequence[float]
) -> tuple[FilmFrame, ...]:
    """Return the frames in ``lines``, the first of which is line ``start``, from ``until`` on."""
    density = density_of(lines)
    along, across = lines.shape[0] / density.length, lines.shape[1] / density.width
    taken = max(0, round((until - start) / along))
    frames = frames_on(density, [length / along for length in lengths], taken)
    return tuple(_on_look(frame, along, across, start) for frame in frames)


def _on_look(frame: FilmFrame, along: float, across: float, start: int) -> FilmFrame:
    box = frame.box
    left, top = int(box.x * across), int(box.y * along)
    right, end = int(np.ceil(box.right * across)), int(np.ceil(box.bottom * along))
    return replace(frame, box=Box(left, top + start, right - left, end - top))


def _taken(new: Sequence[FilmFrame], until: int, end: int, width: int) -> _Taken:
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
        return _Taken(tuple(done), reached if done or new else max(until, last))
    late = [gap for gap in gaps if gap[0] > last - round(_CONTEXT * width)] or gaps[-1:]
    bottom, top, at = max(late, key=lambda gap: gap[1] - gap[0])
    return _Taken(tuple(new[:at]), min(bottom, top) + abs(top - bottom) // 2)


def _full_size(frame: FilmFrame, look: Look, ribbon: Ribbon) -> FilmFrame:
    """Return a frame in pixels of the ribbon, with a margin on every side."""
    across, along = ribbon.width / look.width, ribbon.length / look.length
    margin = max(1.0, _MARGIN * ribbon.width)
    box = frame.box
    left, top = max(0, int(box.x * across - margin)), max(0, int(box.y * along - margin))
    right = min(ribbon.width, int(np.ceil(box.right * across + margin)))
    end = min(ribbon.length, int(np.ceil(box.bottom * along + margin)))
    return replace(frame, box=Box(left, top, right - left, end - top))
