"""The frames of one stretch of film, as it is looked at, small.

What stands out from unexposed film in full rectangles is a frame: its box is known on all four
sides. Where frames touch, or stand out by their writing only, their usual length tells how many
there are, and they part where the film is calm. What looks like writing between frames goes to
the nearer one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from operator import or_

import cv2
import numpy as np

from capture.model import Box, FilmFrame, Pixels

from .readings import readings_along
from .strip import Density, Exposed, Run
from .touching import (
    BAND_REACH,
    BY_TONE,
    LEAST_BAND,
    THROUGH,
    WIDEST_BAND,
    Cut,
    cuts_in,
    shown_cuts,
    steps_in,
)

_LEAST_QUALITY = 0.5
_TALL = 1.25  # times the usual length: maybe more than one frame
_UNEVEN = 0.2
_EXACT, _LEAST_SLACK = 0.02, 3.0  # of the width; lines
_LEAST_LINES = 0.03  # of the usual length: less writing is dust
_SPARE, _ROOMY = 0.03, 1.1  # of the usual length
_NEAR = 0.12  # of the usual length: writing this near to a frame is of it
_SPACIOUS = 0.6  # of the usual length: between two frames there is room for a third
_MUCH = 0.15  # of the width: fewer lines of writing are dust
_APART = 0.35  # of the usual length: writing farther apart is of two frames
_LONGEST = 3.5  # widths of the film: what is longer is several frames
_SURE, _WIDE_SURE, _FAINT_SURE = 0.95, 0.5, 0.3
_WORD = (0.04, 0.008)  # of the width, across and along: the least that may be writing
_LOW = 0.1  # of the width: a line of writing is lower, uneven film beside a frame is not
_EVEN_ENOUGH, _MOST_ALIKE, _FEWEST = 0.02, 0.85, 6  # of the length; of frames; frames
_TAPE = 0.35  # of the width, from a splice to the end of its tape
_ALL, _BARE = 0.97, 0.985  # of the width; of the lines
_AS_WIDE = 0.3  # of written frames: fewer are wide by a tape or a stain
_FEW_CUTS = 3  # no document is as long as more frames than that
_DRIFT, _CLEAR = 1.6, 25.0  # of the tolerance; grey levels
_TOO_WIDE = 0.9  # of the width
_LEAST_WRITING = 0.1  # of the width, all words of a frame in one line
_SAME_FRAME = 0.25
_SAME_LINES = 0.5


def frames_on(
    density: Density,
    lengths: Sequence[float] = (),
    taken: int = 0,
    splices: Sequence[int] = (),
) -> list[FilmFrame]:
    """Return the frames of a stretch of film, in its own coordinates; none when none stand out.

    ``lengths`` are those of the frames before it, where there are some. The first ``taken``
    lines are only there to be compared with. No frame runs over a line of ``splices``.
    """
    frames: list[FilmFrame] = []
    parts = readings_along(density)
    for start, part, exposed in parts:
        known = max(0, min(taken - start, part.length))
        lines = [line - start for line in splices if 0 < line - start < part.length]
        before = [*lengths, *(float(frame.box.height) for frame in frames)]
        frames += [
            replace(frame, box=replace(frame.box, y=frame.box.y + start))
            for frame in _in_part(part, exposed, before, known, lines)
        ]
    return _without_leaders(density, frames, lengths, len(parts) > 1)


def _without_leaders(
    density: Density, frames: list[FilmFrame], lengths: Sequence[float], changes: bool
) -> list[FilmFrame]:
    """Return frames without bare film that was taken for one: even, and as wide as the film.

    Blank exposures are as wide only where written ones are, and no longer than those.
    """
    bare = [frame for frame in frames if _is_bare(density, frame.box)]
    written = [frame.box for frame in frames if frame not in bare]
    if not bare or not (written or changes):
        return frames
    wide = sum(box.width >= _ALL * density.width for box in written) > _AS_WIDE * len(written)
    usual = _usual_length([*lengths, *(box.height for box in written)], density.width)
    most = _TALL * usual if wide and usual is not None else 0.0
    return [frame for frame in frames if frame not in bare or frame.box.height <= most]


def _is_bare(density: Density, box: Box) -> bool:
    """Return whether what stands out is even all over, from edge to edge of the film."""
    if box.width < _ALL * density.width:
        return False
    return float(density.still[box.y : box.bottom].mean()) >= _BARE


def _in_part(
    density: Density,
    exposed: Exposed | None,
    lengths: Sequence[float],
    taken: int,
    splices: Sequence[int],
) -> list[FilmFrame]:
    """Return the frames where one reading of unexposed film holds."""
    if exposed is not None:
        exposed = exposed.cut_at(splices).trimmed()
    if taken:
        density = replace(density, still=density.still | (np.arange(density.length) < taken))
        exposed = exposed.after(taken) if exposed is not None else None
    if exposed is None or not exposed.solids or exposed.quality < _LEAST_QUALITY:
        return _by_writing(density)
    frames = _apart(density, exposed, lengths)
    if exposed.faint:
        return _regular(density, frames)
    return _with_writing(density, exposed, frames, splices)


def _by_writing(density: Density) -> list[FilmFrame]:
    """Return frames of film on which no edges show: between calm lines; none without those."""
    written = np.flatnonzero(~density.still)
    if len(written) < _MUCH * density.width:
        return []
    top, end = int(written[0]), int(written[-1]) + 1
    cuts = cuts_in(density, Box(0, top, density.width, end - top), None)
    if not cuts or not all(cut.sure > THROUGH for cut in cuts):
        box = Box(0, top, density.width, end - top)
        return [FilmFrame(box, confidence=0.0, reason="no frames stand out")]
    box = Box(0, 0, density.width, density.length)
    return _no_surer(_between_cuts(box, cuts, "no edges show; cut by its writing"), _FAINT_SURE)


def _no_surer(frames: list[FilmFrame], most: float) -> list[FilmFrame]:
    return [replace(frame, confidence=min(most, frame.confidence)) for frame in frames]


def _in_rows(solids: tuple[Box, ...]) -> list[Box]:
    """Return one box for pieces that lie side by side: halves of one exposure."""
    rows: list[Box] = []
    for box in solids:
        shared = rows[-1].bottom - box.y if rows else 0
        if rows and shared > _SAME_LINES * min(rows[-1].height, box.height):
            rows[-1] |= box
        else:
            rows.append(box)
    return rows


def _usual_length(lengths: Sequence[float], width: int) -> float | None:
    """Return the length of most frames; None when all are too long to be one."""
    frames = [length for length in lengths if length <= _LONGEST * width]
    return float(np.median(frames)) if frames else None


def _apart(density: Density, exposed: Exposed, lengths: Sequence[float]) -> list[FilmFrame]:
    """Return frames of about the usual length, those that touched parted."""
    boxes = _in_rows(exposed.solids)
    usual = _usual_length([*lengths, *(box.height for box in boxes)], density.width)
    single = [box.height for box in boxes if usual is None or box.height < _TALL * usual]
    even = _are_even([*lengths, *single], usual)
    frames: list[FilmFrame] = []
    for box in boxes:
        cuts = _cuts(density, box, usual)
        if usual is not None and not cuts:
            frames.append(_solid(box, usual, exposed))
        else:
            parted = _between_cuts(box, cuts, "touches its neighbour; cut by tone and length")
            frames += _overlapping(density, parted, usual, even) if usual is not None else parted
    return frames


def _are_even(lengths: Sequence[float], usual: float | None) -> bool:
    """Return whether all frames are so alike that their length tells where they overlap."""
    alike = [length for length in lengths if abs(length - (usual or 0)) <= _EVEN_ENOUGH * length]
    return len(lengths) >= _FEWEST and len(alike) >= _MOST_ALIKE * len(lengths)


def _overlapping(
    density: Density, frames: list[FilmFrame], usual: float, even: bool
) -> list[FilmFrame]:
    """Return frames that were parted, those whole that share a band that was exposed twice.

    Where all frames are ``even`` in length, that tells of the band; else its edges must show.
    """
    boxes = [frame.box for frame in frames]
    steps = steps_in(density, boxes[0])
    reach = max(2, round(BAND_REACH * usual))
    for at in range(len(boxes) - 1):
        above, below = boxes[at], boxes[at + 1]
        top, end = round(below.bottom - usual), round(above.y + usual)
        if not LEAST_BAND * usual < end - top < WIDEST_BAND * usual:
            continue
        if even or all(steps[max(0, line - reach) : line + reach].any() for line in (top, end)):
            boxes[at] = replace(above, height=end + reach // 2 - above.y)
            first = max(0, top - reach // 2)
            boxes[at + 1] = replace(below, y=first, height=below.bottom - first)
    return [replace(frame, box=box) for frame, box in zip(frames, boxes, strict=True)]


def _cuts(density: Density, box: Box, usual: float | None) -> list[Cut]:
    """Return where the frames part that touch in ``box``; none where it is one frame.

    A long document is not cut where nothing shows that a frame ends there.
    """
    if usual is not None and box.height < _TALL * usual:
        return []
    cuts = cuts_in(density, box, usual)
    if usual is None:
        return cuts
    if len(cuts) > _FEW_CUTS:
        by_tone = all(cut.sure >= BY_TONE for cut in cuts)
        return cuts if by_tone or _is_several(box.height, usual) else []
    return shown_cuts(density, box, cuts, usual)


def _is_several(length: int, usual: float) -> bool:
    count = round(length / usual)
    return count > 1 and abs(length - count * usual) <= _UNEVEN * usual * count


def _regular(density: Density, frames: list[FilmFrame]) -> list[FilmFrame]:
    """Return the frames of usual size, and what lies between them cut anew, full wide.

    On faint film a frame of another size may be half of one, the rest of it lost in drift.
    """
    high = float(np.median([frame.box.height for frame in frames]))
    wide = float(np.median([frame.box.width for frame in frames]))
    slack = max(_EXACT * wide, _LEAST_SLACK)
    kept = [
        frame
        for frame in frames
        if abs(frame.box.height - high) <= slack and abs(frame.box.width - wide) <= slack
    ]
    ends = [0, *(end for frame in kept for end in (frame.box.y, frame.box.bottom))]
    between = list(zip(ends[::2], [*ends[1::2], density.length], strict=True))
    odd = [frame for frame in frames if frame not in kept]
    kept += [new for room in between for new in _anew(density, room, odd, high)]
    return sorted(kept, key=lambda frame: frame.box.y)


def _anew(density: Density, room: Run, odd: list[FilmFrame], usual: float) -> list[FilmFrame]:
    """Return the frames between two sure ones, from what stands there."""
    inside = [frame.box for frame in odd if room[0] <= frame.box.y < room[1]]
    written = room[0] + np.flatnonzero(~density.still[room[0] : room[1]])
    if not inside and len(written) < _LEAST_LINES * usual:
        return []
    top = min([box.y for box in inside] + written[:1].tolist())
    end = max([box.bottom for box in inside] + (written[-1:] + 1).tolist())
    spare = round(max(_SPARE * usual, (_ROOMY * usual - (end - top)) / 2))
    top, end = max(room[0], top - spare), min(room[1], end + spare)
    box = Box(0, top, density.width, end - top)
    cuts = cuts_in(density, box, usual) if box.height > _TALL * usual else []
    return _no_surer(_between_cuts(box, cuts, "faint edges; taken wide"), _WIDE_SURE)


def _solid(box: Box, usual: float, exposed: Exposed) -> FilmFrame:
    if not exposed.papered(box):
        return FilmFrame(box, confidence=0.5, reason="stands out as a block, without its paper")
    if abs(box.height - usual) <= _UNEVEN * usual:
        return FilmFrame(box, confidence=0.95, reason="clear on all sides")
    return FilmFrame(box, confidence=0.75, reason="clear on all sides, of unusual length")


def _between_cuts(box: Box, cuts: list[Cut], reason: str) -> list[FilmFrame]:
    """Return the frames of ``box``, each as sure as the less sure of its two ends."""
    ends = [Cut(box.y, _SURE), *cuts, Cut(box.bottom, _SURE)]
    return [
        FilmFrame(
            Box(box.x, top.line, box.width, end.line - top.line),
            confidence=min(top.sure, end.sure),
            reason=reason,
        )
        for top, end in pairwise(ends)
    ]


def _with_writing(
    density: Density, exposed: Exposed, frames: list[FilmFrame], splices: Sequence[int]
) -> list[FilmFrame]:
    """Return frames that hold all that looks like writing: grown, or with new ones between."""
    usual = float(np.median([frame.box.height for frame in frames]))
    near: dict[int, list[Box]] = defaultdict(list)
    loose: list[Box] = []
    for mark in _outside(exposed.mask, [frame.box for frame in frames]):
        if _is_tape(mark, splices, density.width):
            continue
        at = min(range(len(frames)), key=lambda at: _distance(frames[at].box, mark))
        away = _distance(frames[at].box, mark)
        if mark.width > _TOO_WIDE * density.width or _is_drift(exposed, mark):
            continue  # also the edge of a tape, a fold of the film
        low = mark.height <= _LOW * density.width
        spacious = _gap_around(mark, frames, density.length) > _SPACIOUS * usual
        if away > (_NEAR * usual if low and not spacious else 0):
            loose.append(mark)
        elif low:
            near[at].append(mark)
    least = _LEAST_WRITING * density.width
    found = [_grown(frame, near[at], least) for at, frame in enumerate(frames)]
    for new in _loose_frames(density, found, loose, usual):
        _add(found, new)
    return sorted(found, key=lambda frame: frame.box.y)


def _is_tape(mark: Box, splices: Sequence[int], width: int) -> bool:
    """Return whether a mark is the edge of a tape over a splice, which ends with the film."""
    at_side = mark.x <= 1 or mark.right >= width - 1
    middle = mark.y + mark.height / 2
    return at_side and any(abs(middle - line) < _TAPE * width for line in splices)


def _is_drift(exposed: Exposed, mark: Box) -> bool:
    """Return whether a mark stands out no more than film whose drift is followed badly."""
    off = exposed.off[mark.y : mark.bottom, mark.x : mark.right]
    return float(np.percentile(off, 90)) < min(_DRIFT * exposed.tolerance, _CLEAR)


def _add(frames: list[FilmFrame], new: FilmFrame) -> None:
    """Put ``new`` among ``frames``: into the one that it shares many lines with, else beside."""
    for at, frame in enumerate(frames):
        shared = min(frame.box.bottom, new.box.bottom) - max(frame.box.y, new.box.y)
        if shared > _SAME_FRAME * new.box.height:
            frames[at] = replace(frame, box=frame.box | new.box)
            return
    frames.append(new)


def _grown(frame: FilmFrame, marks: list[Box], least: float) -> FilmFrame:
    """Return ``frame`` with the marks beside it, if they are as much as a word or two."""
    if sum(mark.width for mark in marks) < least:
        return frame
    return replace(frame, box=reduce(or_, marks, frame.box))


def _outside(mask: Pixels, boxes: list[Box]) -> list[Box]:
    """Return the boxes of marks outside ``boxes`` that may be writing: no dust, no scratches."""
    rest = mask.copy()
    width = rest.shape[1]
    for box in boxes:
        rest[max(0, box.y - 2) : box.bottom + 2, max(0, box.x - 2) : box.right + 2] = 0
    across, along = (max(2, round(part * width)) for part in _WORD)
    joined = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((1, across), np.uint8))
    words = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((along, across), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(words, connectivity=8)
    return [Box(*map(int, mark[:4])) for mark in stats[1:]]


def _gap_around(mark: Box, frames: list[FilmFrame], length: int) -> int:
    """Return the lines between the frames before and after ``mark``."""
    before = max((f.box.bottom for f in frames if f.box.bottom <= mark.y), default=0)
    after = min((f.box.y for f in frames if f.box.y >= mark.bottom), default=length)
    return after - before


def _distance(box: Box, mark: Box) -> int:
    return max(0, mark.y - box.bottom, box.y - mark.bottom)


def _loose_frames(
    density: Density, frames: list[FilmFrame], marks: list[Box], usual: float
) -> list[FilmFrame]:
    """Return frames for writing that stands on no exposure: as wide as there is room."""
    groups: list[tuple[Box, int]] = []
    for mark in sorted(marks, key=lambda mark: mark.y):
        box, written = groups[-1] if groups else (mark, 0)
        parted = any(box.bottom <= frame.box.y < mark.y for frame in frames)
        if groups and mark.y - box.bottom <= _APART * usual and not parted:
            groups[-1] = (box | mark, written + mark.width)
        else:
            groups.append((mark, mark.width))
    across = frames[0].box
    for frame in frames[1:]:
        across |= frame.box
    found: list[FilmFrame] = []
    for group, written in groups:
        if written < _LEAST_WRITING * density.width:
            continue
        top, end = _room(group, [frame.box for frame in frames], usual, density.length)
        box = group | Box(across.x, top, across.width, end - top)
        reason = "stands out by its writing only"
        found.append(FilmFrame(box, confidence=0.3, reason=reason))
    return found


def _room(group: Box, boxes: list[Box], usual: float, length: int) -> Run:
    """Return the lines between the neighbours of ``group``, no more than a frame needs."""
    spare = max(0, round((_ROOMY * usual - group.height) / 2))
    middle = group.y + group.height / 2
    before = max((box.bottom for box in boxes if box.y + box.height / 2 <= middle), default=0)
    after = min((box.y for box in boxes if box.y + box.height / 2 > middle), default=length)
    top = min(group.y, max(before, group.y - spare))
    return top, max(group.bottom, min(after, group.bottom + spare))
