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

from capture.model import Box, FilmFrame, FilmLayout, FilmSurvey, Pixels
from capture.ribbon.ribbon import PixelRibbon, Ribbon
from capture.scale import resize

from .blips import blips_of
from .doubts import doubts_about
from .lanes import Gutter, gutter_of, halves_of, in_order, layout_of, with_missing_halves
from .looks import Look
from .marks import Mark, find_marks
from .splices import healed, splices_in, without_marks
from .stretch import frames_on
from .strip import LOOK_WIDTH, Run, density_of

_NARROWEST = 24
_MARGIN = 0.004  # of the width of the film
_STRETCH, _CONTEXT, _KEPT = 48.0, 6.0, 4.5
"""Widths of the film: what is looked at together, of it what lies before what is new, and what
is left for the next stretch to decide."""
_BY_SPLICE = 0.012  # of the width: so near to a splice a frame ends at it
_OVER = 0.15  # of a splice, over its middle
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
    layout = layout_of(found.frames)
    lanes = found.frames
    if layout is FilmLayout.DUPLEX:
        lanes = with_missing_halves(lanes)
    frames = tuple(
        replace(frame, box=_full_size(frame.box, look, ribbon, _MARGIN))
        for frame in in_order(lanes, layout)
    )
    across = ribbon.width / look.width
    marks = [mark.moved(across) for mark in found.marks]
    size = ribbon.width, ribbon.length
    marking = (
        blips_of(marks, frames, size, layout, lines=ribbon.lines) if marks and frames else None
    )
    splices = [_full_size(box, look, ribbon) for box in found.splices]
    doubts = doubts_about(frames, ribbon.width, ribbon.length, splices, layout, look.damage)
    return FilmSurvey(
        ribbon.width,
        ribbon.length,
        layout,
        (marking.frames if marking else frames) or (whole,),
        blips=marking.blips if marking else (),
        doubts=(*doubts, *(marking.doubts if marking else ())),
        density=look.density,
        density_step=look.density_step,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands on a roll, in pixels of its look."""

    frames: tuple[FilmFrame, ...]
    marks: tuple[Mark, ...]
    splices: tuple[Box, ...]


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


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A stretch of film as it is looked at."""

    lines: Pixels
    """Without its splices and marks."""
    start: int
    last: bool
    splices: tuple[Run, ...] = ()
    """In lines of the window."""
    marks: tuple[Mark, ...] = ()
    """In pixels of the look."""


def _window(lines: Pixels, start: int, last: bool) -> _Window:
    """Return a stretch of film, with what would be taken for a part of frames drawn over."""
    factor = max(1.0, lines.shape[1] / LOOK_WIDTH)
    small = resize(lines, 1 / factor)
    splices = [(round(top * factor), round(end * factor)) for top, end in splices_in(small)]
    marks = [mark.moved(factor) for mark in find_marks(small)]
    clean = without_marks(healed(lines, splices), marks)
    moved = tuple(mark.moved(1.0, start) for mark in marks)
    return _Window(clean, start, last, tuple(splices), moved)


def _found(look: Look, stretch: int) -> _Found:
    """Return what stands on a roll."""
    lanes = (_Lane(1), _Lane(2))
    marks: list[Mark] = []
    splices: list[Box] = []
    start, until = 0, 0
    while True:
        end = look.read(start + stretch)
        window = _window(look.lines(start, end), start, end >= look.length)
        lanes = _on_lanes(lanes, window, gutter_of(window.lines))
        before, until = until, min(lane.until for lane in lanes)
        marks += [mark for mark in window.marks if before <= mark.middle[1] < until]
        splices += [
            Box(0, start + top, look.width, below - top)
            for top, below in window.splices
            if before <= start + (top + below) / 2 < until
        ]
        if window.last:
            return _Found((*lanes[0].frames, *lanes[1].frames), tuple(marks), tuple(splices))
        start = max(start + stretch // 4, until - round(_CONTEXT * look.width))
        start -= start % 2
        look.forget(start)


def _on_lanes(
    lanes: tuple[_Lane, _Lane], window: _Window, gutter: Gutter | None
) -> tuple[_Lane, _Lane]:
    """Return lanes with the frames that are sure in a stretch, or with all of its frames."""
    first, second = lanes
    if gutter is None:
        first = _on_film(first, window)
        return first, replace(second, until=max(second.until, first.until))
    left = _on_lane(first, window, 0, gutter.middle)
    right = _on_lane(second, window, gutter.middle, window.lines.shape[1])
    return left, right


def _on_lane(lane: _Lane, window: _Window, left: int, right: int) -> _Lane:
    """Return a lane that lies between two columns of the film."""
    half = replace(window, lines=np.ascontiguousarray(window.lines[:, left:right]))
    new, until = _sure(_in_window(half, lane), half, lane)
    moved = tuple(replace(one, lane=lane.number, box=_moved(one.box, left)) for one in new)
    return replace(lane, frames=(*lane.frames, *moved), until=until)


def _on_film(lane: _Lane, window: _Window) -> _Lane:
    """Return the one lane of a film, or both where fronts and backs were exposed together."""
    found = _in_window(window, lane)
    new, until = _sure(found, window, lane)
    boxes = [_moved(frame.box, 0, -window.start) for frame in found]
    if parted := halves_of(window.lines, boxes):
        new = tuple(
            replace(frame, box=_moved(box, 0, window.start), lane=number)
            for frame, halves in zip(new, parted, strict=False)
            for number, box in enumerate(halves, 1)
            if box.width
        )
    return replace(lane, frames=(*lane.frames, *new), until=until)


def _moved(box: Box, aside: int, down: int = 0) -> Box:
    return replace(box, x=box.x + aside, y=box.y + down)


def _in_window(window: _Window, lane: _Lane) -> tuple[FilmFrame, ...]:
    """Return the frames of a lane from where it is not decided on."""
    density = density_of(window.lines)
    high, wide = window.lines.shape
    along, across = high / density.length, wide / density.width
    taken = max(0, round((lane.until - window.start) / along))
    cuts = [round((top + end) / 2 / along) for top, end in window.splices]
    frames = frames_on(density, [length / along for length in lane.lengths], taken, cuts)
    found = (_on_look(frame, along, across, window.start) for frame in frames)
    return tuple(replace(frame, box=_to_splices(frame.box, window)) for frame in found)


def _to_splices(box: Box, window: _Window) -> Box:
    """Return a box that ends at a splice, and runs over its middle: it may run up and down."""
    near, top, bottom = round(_BY_SPLICE * window.lines.shape[1]), box.y, box.bottom
    for first, last in window.splices:
        start, end = window.start + first, window.start + last
        spare = round(_OVER * (last - first))
        if start - near <= box.y <= end + near:
            top = min(top, (start + end) // 2 - spare)
        if start - near <= box.bottom <= end + near:
            bottom = max(bottom, (start + end) // 2 + spare)
    return replace(box, y=top, height=bottom - top)


def _on_look(frame: FilmFrame, along: float, across: float, start: int) -> FilmFrame:
    box = frame.box
    left, top = int(box.x * across), int(box.y * along)
    right, end = int(np.ceil(box.right * across)), int(np.ceil(box.bottom * along))
    return replace(frame, box=Box(left, top + start, right - left, end - top))


def _sure(
    new: Sequence[FilmFrame], window: _Window, lane: _Lane
) -> tuple[tuple[FilmFrame, ...], int]:
    """Return the frames up to the widest gap before the last few widths of a stretch.

    All of them in the last stretch. And the line up to which that decides.
    """
    (high, width), until = window.lines.shape, lane.until
    if window.last:
        return tuple(new), window.start + high
    last = window.start + high - round(_KEPT * width)
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


def _full_size(box: Box, look: Look, ribbon: Ribbon, margin: float = 0.0) -> Box:
    """Return a box in pixels of the ribbon, with a margin on every side."""
    across, along = ribbon.width / look.width, ribbon.length / look.length
    spare = max(1.0, margin * ribbon.width) if margin else 0.0
    left, top = max(0, int(box.x * across - spare)), max(0, int(box.y * along - spare))
    right = min(ribbon.width, int(np.ceil(box.right * across + spare)))
    end = min(ribbon.length, int(np.ceil(box.bottom * along + spare)))
    return Box(left, top, right - left, end - top)
