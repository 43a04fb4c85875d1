"""Which of the marks on a roll are its image marks (blips), of which size, and of which frame.

A mark says nothing by itself. On a whole roll image marks show by what they have in common: they
lie at one distance across from the edge of the film and at one distance along from their frames,
and come in one, two or three sizes. What keeps step without frames is a row of sprocket holes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

import numpy as np

from capture.model import Blip, Box, FilmDoubt, FilmFrame, FilmLayout

from .mark_again import Known, Lines
from .mark_fit import Fit, Floats, exposed_together, fitted, without_holes
from .mark_sizes import Sizes, sizes_of
from .marks import Mark as Mark
from .marks import find_marks as find_marks
from .marks import marks_along as marks_along

_MARKED, _NEIGHBOURS = 0.5, 10
"""Share of the exposures before and after that have a mark, where one without is a doubt."""
_INSIDE, _AT_EDGE = 0.02, 0.07
"""Of the width: marks begin no farther inside their frame, or so near to the edge of the film."""
_ASIDE = 0.02
"""Of the width: so far out of its usual place across may a mark lie."""
_AROUND = 12
"""Marks before and after by which the usual place and tone are told."""
_FAINTEST, _BARE_FAINTEST = 0.12, 0.2
"""Of the contrast that marks have near by."""
_BARE_SIZE = 0.13
_PAIRED, _TOGETHER = 0.5, 0.5
_FEWEST = 3
_AS_CLEAR = 0.2
"""Of the contrast of marks along the other edge; the most faded ones keep a third."""
_ALIKE = 0.95
_AS_MANY = 0.8
_SURE, _BY_ENDS, _EVEN = 0.97, 0.6, 0.3


@dataclass(frozen=True, slots=True)
class Marking:
    """The frames of a roll with their marks, and what does not tally."""

    frames: tuple[FilmFrame, ...]
    """As given, each with its mark."""
    blips: tuple[Blip, ...]
    """All image marks in order along the film, also those that no frame has."""
    doubts: tuple[FilmDoubt, ...]
    confidence: float
    """How sure it is that marks are given to the right frames, 0.0 to 1.0; 0 without marks."""
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _Edge:
    """The image marks along one edge of the film."""

    channel: str
    marks: tuple[Mark, ...]
    """All that may be marks there, in order along the film."""
    exposures: tuple[tuple[int, ...], ...]
    """Indices of the frames that were exposed together, in order along the film."""
    boxes: tuple[Box, ...]
    """Of each exposure."""
    fit: Fit
    touched: frozenset[int] = frozenset()
    """Exposures whose marks showed only at a second look."""


def blips_of(
    marks: Sequence[Mark],
    frames: Sequence[FilmFrame],
    size: tuple[int, int],
    layout: FilmLayout = FilmLayout.SIMPLEX,
    channel: str = "",
    lines: Lines | None = None,
) -> Marking:
    """Return the frames of a roll each with its mark, and the doubts; all in pixels of the ribbon.

    ``marks`` are those of the whole roll (``Mark.moved``), in any order; ``size`` is width and
    length of the film. A frame with several marks gets the one of the highest level; ``channel``
    leaves out the other edge. With ``lines`` of the ribbon, frames that seem to have no mark are
    looked at again: what touches a mark hides it at first sight.
    """
    found = [
        edge
        for side in (channel or "AB")
        if (edge := _edge(side, marks, frames, size, layout)) is not None
    ]
    edges = _at_one_distance(_as_clear(found), size, layout)
    marked = {number for edge in edges for at in edge.fit.pairs for number in edge.exposures[at]}
    if len(marked) < max(_FEWEST, _PAIRED * _most_marked(frames, layout, channel)):
        return Marking(tuple(frames), (), (), 0.0, "no marks keep step with the frames")
    if lines is not None:
        edges = list(_seen_again(edges, lines, size[0]))
    return _marking(edges, frames, size[0])


def _as_clear(edges: list[_Edge]) -> list[_Edge]:
    """Return edges without one whose marks are mere shades of those along the other.

    Both channels are exposed by one lamp, which makes film darker or clearer; holes in clear film
    are clearer still, and differ from it by next to nothing.
    """
    contrast = [
        float(np.median([edge.marks[at].contrast for at in edge.fit.pairs.values()]))
        for edge in edges
    ]
    clearest = max(contrast, key=abs, default=1.0)
    return [edge for edge, own in zip(edges, contrast, strict=True) if own / clearest >= _AS_CLEAR]


def _at_one_distance(edges: list[_Edge], size: tuple[int, int], layout: FilmLayout) -> list[_Edge]:
    """Return edges of film whose marks were exposed at once: few marks go by those of the other."""
    if layout == FilmLayout.DUO or all(edge.fit.rival < _ALIKE for edge in edges):
        return edges
    marks = sorted((mark for edge in edges for mark in edge.marks), key=lambda m: m.middle[1])
    both = fitted(marks, edges[0].boxes, *size)
    return [_refitted(edge, both, size) for edge in edges]


def _refitted(edge: _Edge, both: Fit | None, size: tuple[int, int]) -> _Edge:
    """Return an edge fitted at the distance that both edges have, where that does as well."""
    if both is None or edge.fit.rival < _ALIKE:
        return edge
    fit = fitted(edge.marks, edge.boxes, *size, about=both.offset)
    if fit is None or len(fit.pairs) < _AS_MANY * len(edge.fit.pairs):
        return edge
    aligned = _aligned(edge.marks, fit, size[0], right=edge.channel == "B")
    return replace(edge, fit=replace(aligned, rival=both.rival))


def _most_marked(frames: Sequence[FilmFrame], layout: FilmLayout, channel: str) -> int:
    """Return how many frames may have a mark: on duo film, those beside the edge in question."""
    lanes = {"A": 1, "B": 2}
    if layout != FilmLayout.DUO or not channel:
        return len(frames)
    return sum(frame.lane == lanes[channel] for frame in frames)


def _edge(
    channel: str,
    marks: Sequence[Mark],
    frames: Sequence[FilmFrame],
    size: tuple[int, int],
    layout: FilmLayout,
) -> _Edge | None:
    """Return the marks along one edge that keep step with the frames; None when none do."""
    width, length = size
    exposures = exposed_together(frames, layout, channel)
    boxes = [reduce(or_, (frames[at].box for at in one)) for one in exposures]
    right = channel == "B"
    beside = (mark for mark in marks if (mark.middle[0] > width / 2) == right)
    once = _once(sorted(beside, key=lambda mark: mark.middle[1]))
    free = [mark for mark in once if _is_outside(mark, boxes, width, right=right)]
    film = sorted(without_holes(free, boxes, width), key=lambda mark: mark.middle[1])
    fit = fitted(film, boxes, width, length)
    if fit is None:
        return None
    aligned = _aligned(film, fit, width, right=right)
    if not aligned.pairs:
        return None
    alike = list(_alike(film, aligned, width, right=right))
    again = fitted(alike, boxes, width, length)
    if again is not None:
        film, aligned = alike, _aligned(alike, again, width, right=right)
    return _Edge(channel, tuple(film), exposures, tuple(boxes), aligned) if aligned.pairs else None


def _once(marks: Sequence[Mark]) -> Iterator[Mark]:
    """Yield marks in order, once each: stretches of film overlap."""
    before: Mark | None = None
    for mark in marks:
        if before is None or before.box.overlap(mark.box) <= _TOGETHER:
            yield mark
            before = mark


def _is_outside(mark: Mark, boxes: Sequence[Box], width: int, *, right: bool) -> bool:
    """Return whether a mark lies beside the frames, or just at their edge: no part of a page."""
    if _from_edge(mark, width, right=right)[0] <= _AT_EDGE * width:
        return True
    first = bisect_left(boxes, mark.box.y, key=lambda box: box.bottom)
    for box in boxes[first : first + 2]:
        inside = box.right - mark.box.right if right else mark.box.x - box.x
        if box.y < mark.box.bottom and inside > _INSIDE * width:
            return False
    return True


def _from_edge(mark: Mark, width: int, *, right: bool) -> tuple[float, float]:
    """Return how far from its edge of the film a mark begins and ends."""
    left, stop = mark.middle[0] - mark.across / 2, mark.middle[0] + mark.across / 2
    return (width - stop, width - left) if right else (left, stop)


def _aligned(marks: Sequence[Mark], fit: Fit, width: int, *, right: bool) -> Fit:
    """Return ``fit`` without marks that lie elsewhere across than those near by, or are faint."""
    pairs = sorted(fit.pairs.items(), key=lambda pair: pair[1])
    sides = np.array([_from_edge(marks[at], width, right=right) for _, at in pairs])
    tones = np.array([marks[at].contrast for _, at in pairs])
    widest = float(np.percentile(sides[:, 1] - sides[:, 0], 99))
    kept = {}
    for place, pair in enumerate(pairs):
        near = slice(max(0, place - _AROUND), place + _AROUND + 1)
        strength = tones[place] / float(np.median(tones[near]))
        if _in_band(sides[place], sides[near], widest, width) and strength >= _FAINTEST:
            kept[pair[0]] = pair[1]
    return replace(fit, pairs=kept)


def _alike(marks: Sequence[Mark], fit: Fit, width: int, *, right: bool) -> Iterator[Mark]:
    """Yield marks that lie across where those of frames near by do, and are of their contrast.

    What a mark covers of a page may look like another beside it, of the opposite contrast.
    """
    known = [marks[at] for at in sorted(fit.pairs.values())]
    lines = np.array([mark.middle[1] for mark in known])
    sides = np.array([_from_edge(mark, width, right=right) for mark in known])
    tones = np.array([mark.contrast for mark in known])
    widest = float(np.percentile(sides[:, 1] - sides[:, 0], 99))
    for mark in marks:
        place = int(np.searchsorted(lines, mark.middle[1]))
        near = slice(max(0, place - _AROUND), place + _AROUND + 1)
        across = np.array(_from_edge(mark, width, right=right))
        strength = mark.contrast / float(np.median(tones[near]))
        if strength >= _FAINTEST and _in_band(across, sides[near], widest, width):
            yield mark


def _in_band(sides: Floats, near: Floats, widest: float, width: int) -> bool:
    """Return whether a mark lies across where those near by do; a worn one fills less of that."""
    outer = float(np.median(near[:, 0]))
    slack = _ASIDE * width
    return bool(outer - slack <= sides[0] and sides[1] <= outer + widest + slack)


@dataclass(frozen=True, slots=True)
class _Found:
    """An image mark: that of an exposure, or of none."""

    mark: Mark
    edge: _Edge
    exposure: int | None


def _seen_again(edges: Sequence[_Edge], lines: Lines, width: int) -> Iterator[_Edge]:
    """Yield each edge with the marks that show only where place and size are known."""
    paired = _paired(edges)
    levels = sizes_of([found.mark for found in paired]).levels.tolist()
    for edge in edges:
        own = {
            found.exposure: level
            for found, level in zip(paired, levels, strict=True)
            if found.edge is edge and found.exposure is not None
        }
        known = Known(edge.marks, edge.boxes, edge.fit.pairs, own, width, edge.channel == "B")
        hidden = dict(known.hidden(lines))
        marks = [*edge.marks, *hidden.values()]
        pairs = edge.fit.pairs | dict(zip(hidden, range(len(edge.marks), len(marks)), strict=True))
        fit = replace(edge.fit, pairs=pairs)
        yield replace(edge, marks=tuple(marks), fit=fit, touched=frozenset(hidden))


def _paired(edges: Sequence[_Edge]) -> list[_Found]:
    """Return the marks that exposures have, in order along the film."""
    found = (
        _Found(edge.marks[mark], edge, exposure)
        for edge in edges
        for exposure, mark in edge.fit.pairs.items()
    )
    return sorted(found, key=lambda found: found.mark.middle[1])


def _marking(edges: Sequence[_Edge], frames: Sequence[FilmFrame], width: int) -> Marking:
    paired = _paired(edges)
    sizes = sizes_of([found.mark for found in paired])
    blips = [_blip(one, level) for one, level in zip(paired, sizes.levels.tolist(), strict=True)]
    bare = [one for edge in edges for one in _bare(edge, paired, sizes, width)]
    marked = _with_blips(frames, paired, blips)
    doubts = [
        *_unmarked(edges, marked),
        *_unsure(paired, blips, sizes),
        *(_bare_doubt(one) for one, _ in bare),
    ]
    everything = [*blips, *(_blip(one, level) for one, level in bare)]
    return Marking(
        marked,
        tuple(sorted(everything, key=lambda blip: (blip.box.y, blip.box.x))),
        tuple(sorted(doubts, key=lambda doubt: (doubt.box.y, doubt.box.x))),
        *_confidence(edges),
    )


def _blip(found: _Found, level: int) -> Blip:
    return Blip(found.mark.box, level, found.edge.channel)


def _with_blips(
    frames: Sequence[FilmFrame], paired: Sequence[_Found], blips: Sequence[Blip]
) -> tuple[FilmFrame, ...]:
    """Return frames each with the mark of the highest level that it has."""
    best: dict[int, Blip] = {}
    for found, blip in zip(paired, blips, strict=True):
        for number in found.edge.exposures[found.exposure or 0]:
            if number not in best or blip.level > best[number].level:
                best[number] = blip
    return tuple(replace(frame, blip=best.get(at)) for at, frame in enumerate(frames))


def _bare(
    edge: _Edge, paired: Sequence[_Found], sizes: Sizes, width: int
) -> Iterator[tuple[_Found, int]]:
    """Yield what is like the image marks in every way, but beside no frame."""
    used = set(edge.fit.pairs.values())
    own = [found.mark for found in paired if found.edge is edge]
    right = edge.channel == "B"
    lines = np.array([found.mark.middle[1] for found in paired])
    own_lines = np.array([mark.middle[1] for mark in own])
    sides = np.array([_from_edge(mark, width, right=right) for mark in own])
    tones = np.array([mark.contrast for mark in own])
    widest = float(np.percentile(sides[:, 1] - sides[:, 0], 99))
    for at, mark in enumerate(edge.marks):
        if at in used or any(mark.box.overlap(one.box) > _TOGETHER for one in own):
            continue
        place = int(np.searchsorted(own_lines, mark.middle[1]))
        near = slice(max(0, place - _AROUND), place + _AROUND)
        strength = mark.contrast / float(np.median(tones[near]))
        beside = min(len(lines) - 1, int(np.searchsorted(lines, mark.middle[1])))
        level, off = sizes.fit(mark, beside)
        across = np.array(_from_edge(mark, width, right=right))
        fits = _in_band(across, sides[near], widest, width) and off <= _BARE_SIZE
        if fits and strength >= _BARE_FAINTEST:
            yield _Found(mark, edge, None), level


def _unmarked(edges: Sequence[_Edge], frames: Sequence[FilmFrame]) -> Iterator[FilmDoubt]:
    """Yield a doubt for every exposure without a mark where those around it have one."""
    seen: set[int] = set()
    for edge in edges:
        has = np.array([any(frames[n].blip for n in one) for one in edge.exposures])
        for at in np.flatnonzero(~has).tolist():
            near = has[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]
            number = edge.exposures[at][0]
            if number in seen or near.sum() < _MARKED * (len(near) - 1):
                continue
            seen.add(number)
            reason = "no image mark beside it, where frames around it have one"
            yield FilmDoubt("unmarked", frames[number].box, number, reason)


def _unsure(paired: Sequence[_Found], blips: Sequence[Blip], sizes: Sizes) -> Iterator[FilmDoubt]:
    """Yield a doubt for every mark that may as well be of another size."""
    for found, blip, unsure in zip(paired, blips, sizes.unsure.tolist(), strict=True):
        exposure = found.exposure or 0
        touched = exposure in found.edge.touched
        if not (unsure or touched):
            continue
        why = "something touches its mark" if touched else "its mark is between two sizes"
        reason = f"{why}; taken for size {blip.level} of them"
        yield FilmDoubt("jump", found.mark.box, found.edge.exposures[exposure][0], reason)


def _bare_doubt(found: _Found) -> FilmDoubt:
    edge = found.edge
    line = found.mark.middle[1] - edge.fit.offset
    reason = "a mark like the others, beside which no frame stands"
    return FilmDoubt("bare mark", found.mark.box, _frames_before(edge, line), reason)


def _frames_before(edge: _Edge, line: float) -> int:
    """Return the number of the frame after which ``line`` comes, in order of exposure."""
    back = edge.exposures[0][0] > edge.exposures[-1][0]
    before = [
        numbers[-1] + 1
        for numbers, box in zip(edge.exposures, edge.boxes, strict=True)
        if (box.y + box.height / 2 > line) == back
    ]
    return max(before, default=0)


def _confidence(edges: Sequence[_Edge]) -> tuple[float, str]:
    """Return how sure it is that marks are given to the right frames, and why."""
    edge = max(edges, key=lambda edge: len(edge.fit.pairs))
    if edge.fit.rival < _ALIKE:
        return _SURE, "marks and frames keep step at one distance only"
    if edge.fit.rival < 1.0:
        return _BY_ENDS, "frames are evenly spaced; the ends of the roll tell whose mark is whose"
    return _EVEN, "frames are evenly spaced; each mark is given to the nearest frame"
