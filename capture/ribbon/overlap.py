"""Where the end of one strip of film and the start of the next show the same.

Film repeats itself (leaders look alike, a form is filmed a hundred times), and a wrong overlap
drops film without a word while a missed one shows film twice. So an overlap is believed only when
everything that can be seen in it is the same in both, and at one place only. Detail is compared
along the film alone: edges of frames and scratches run down it and fit anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.model import Pixels

from .ribbon import Ribbon

_LONGEST = 12.0
"""Widths of the film up to which an overlap is looked for: some eight pages."""
_CLOSE_LOOK = 600
"""Pixels across at which an overlap is proven."""
_FIRST = 4
"""Times smaller still it is when it is looked for."""
_SIDEWAYS = 0.05
"""Of the width: how far a strip may lie beside the one before."""
_CANDIDATES = 8
_APART = 3
"""Lines of the first look that are the same place."""
_DETAIL = 24
"""Lines of a look: what varies slower along the film is tone, not detail."""
_TILE = 16
_FAINTEST, _GRAINS, _FLAT = 3.0, 4.0, 1.5
_SAME, _OTHER = 0.7, 0.5
"""Correlation of tiles that show the same, and of those that do not."""
_FEWEST_TILES, _FEWEST_ROWS = 20, 3
"""What must be seen: a line of a form is found on every copy of it."""
_MOST_OTHER, _LARGEST_OTHER = 0.01, 2
"""Share of tiles that may differ, as dust lies, and how many of them together."""
_GRAIN_PLACES, _LEAST_GRAIN = 48, 0.02
"""Where grain is compared, and the least correlation of what is the same grain."""
_LONG = 0.5
"""Widths of the film from which an overlap is long."""
_SHORTEST_PERIOD, _PERIODIC = 6, 0.7
_MOST_SAME = 0.75
"""Where strips lie apart by half a pixel, a fifth of the tiles are only nearly the same."""
_CLEARER = 3
"""Times as many tiles prove the right place where film repeats itself."""
_PATCH, _PATCHES = 96, 12
_SPREAD = 1.5

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fit:
    """A place at which the next strip may lie, in pixels of a look."""

    overlap: int
    shift: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What can be seen at a place where the strips may overlap."""

    tiles: int
    same: float
    """Share of the tiles that show the same in both; all others nearly do."""


def overlap_of(before: Ribbon, after: Ribbon) -> tuple[Fit, Proof] | None:
    """Return how the start of ``after`` lies over the end of ``before``; None when none is proven.

    Raises LostLinesError where they are damaged.
    """
    width = min(before.width, after.width)
    most = min(before.length, after.length, round(_LONGEST * width))
    fine = max(1, round(width / _CLOSE_LOOK))
    coarse = _FIRST * fine
    most = most // coarse * coarse
    if not most or width < coarse:
        return None
    close = _looks(
        _shrunk(before, before.length - most, before.length, fine),
        _shrunk(after, 0, most, fine),
    )
    proven: dict[Fit, Proof] = {}
    for fit in _candidates(_looks(_smaller(close.end), _smaller(close.start))):
        near = Fit(fit.overlap * coarse, fit.shift * coarse)
        exact = _exact(before, after, close, near, coarse)
        if exact is None or any(abs(exact.overlap - one.overlap) <= coarse for one in proven):
            continue
        proof = _proof(before, after, exact, fine)
        if proof is not None:
            proven[exact] = proof
    return _clearest(proven)


def _clearest(proven: dict[Fit, Proof]) -> tuple[Fit, Proof] | None:
    """Return the one place that is proven; None when film repeats itself so that two may be."""
    if not proven:
        return None
    best = max(proven, key=lambda fit: proven[fit].tiles)
    proof = proven.pop(best)
    if any(_CLEARER * other.tiles > proof.tiles for other in proven.values()):
        return None
    return best, proof


@dataclass(frozen=True, slots=True, eq=False)
class _Looks:
    """The end of one strip and the start of the next, shrunk by a whole factor."""

    end: Pixels
    start: Pixels
    end_detail: Floats
    start_detail: Floats


def _looks(end: Pixels, start: Pixels) -> _Looks:
    return _Looks(end, start, _detail(end), _detail(start))


def _smaller(look: Pixels) -> Pixels:
    high, wide = (side // _FIRST for side in look.shape)
    whole = np.ascontiguousarray(look[:, : wide * _FIRST])
    return np.asarray(cv2.resize(whole, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)


def _shrunk(
    ribbon: Ribbon, start: int, stop: int, factor: int, left: int = 0, width: int | None = None
) -> Pixels:
    """Return lines, or some columns of them, shrunk; what is left over at the end is left off."""
    wide = (width or ribbon.width) // factor
    block = max(1, 2048 // factor) * factor
    parts = []
    for top in range(start, stop, block):
        lines = ribbon.lines(top, min(stop, top + block))[:, left : left + wide * factor]
        size = wide, len(lines) // factor
        parts.append(cv2.resize(np.ascontiguousarray(lines), size, interpolation=cv2.INTER_AREA))
    return np.asarray(np.concatenate(parts), dtype=np.uint8)


def _detail(look: Pixels) -> Floats:
    """Return what varies along the film faster than its tone does."""
    tones = look.astype(np.float32)
    return np.asarray(tones - cv2.blur(tones, (1, _DETAIL)), dtype=np.float32)


def _candidates(looks: _Looks) -> list[Fit]:
    """Return the places where the looks correlate best."""
    end, start = (_clipped(one) for one in (looks.end_detail, looks.start_detail))
    sideways = max(1, round(_SIDEWAYS * end.shape[1]))
    products = _products(end, start, sideways)
    ends = np.cumsum((end[::-1] ** 2).sum(axis=1))
    starts = np.cumsum((start**2).sum(axis=1))
    grain = 1e-3 * (ends[-1] + starts[-1]) / (2 * len(end))
    alike = products / np.sqrt(ends * starts)[:, None].clip(grain * end.shape[1])
    best = alike.max(axis=1)
    lines = np.arange(1, len(best) + 1)
    found: list[Fit] = []
    for worth in (best, best * np.sqrt(lines)):
        left = worth.copy()
        for _ in range(_CANDIDATES):
            line = int(np.argmax(left))
            if left[line] <= 0:
                break
            found.append(Fit(line + 1, int(np.argmax(alike[line])) - sideways))
            left[max(0, line - _APART) : line + _APART + 1] = 0
    return list(dict.fromkeys(found))


def _clipped(detail: Floats) -> Floats:
    """Return detail in which no speck outweighs writing."""
    limit = 4 * float(np.sqrt(np.mean(detail**2))) + 1e-6
    return np.asarray(np.clip(detail, -limit, limit), dtype=np.float32)


def _products(end: Floats, start: Floats, sideways: int) -> Floats:
    """Return the sums of products, ``(overlap - 1, shift + sideways)``, of all places."""
    lines = cv2.getOptimalDFTSize(2 * len(end))
    columns = cv2.getOptimalDFTSize(max(end.shape[1], start.shape[1]) + sideways)
    spectra = [np.fft.rfft2(one, (lines, columns)) for one in (end, start)]
    found = np.fft.irfft2(spectra[0] * np.conj(spectra[1]), (lines, columns))
    # Start laid k lines below the top of end overlaps it by the rest of its lines.
    placed = found[: len(end)][::-1]
    shifts = np.arange(-sideways, sideways + 1) % columns
    return np.asarray(placed[:, shifts], dtype=np.float32)


def _exact(before: Ribbon, after: Ribbon, close: _Looks, near: Fit, slack: int) -> Fit | None:
    """Return a place to the line and column, by small pieces with much detail; None if none fit.

    ``near`` is right to ``slack`` pixels.
    """
    factor = max(1, before.width // close.end.shape[1])
    moves = []
    for line, column in _detailed(close, near, factor):
        move = _move(before, after, near, slack, line, column)
        if move is not None:
            moves.append(move)
    if len(moves) < 3:
        return None
    down, across = (np.array(one) for one in zip(*moves, strict=True))
    middle = float(np.median(down)), float(np.median(across))
    near_all = (np.abs(down - middle[0]) <= _SPREAD) & (np.abs(across - middle[1]) <= _SPREAD)
    if near_all.mean() < 0.7:
        return None
    found = Fit(near.overlap - round(middle[0]), near.shift + round(middle[1]))
    return found if 0 < found.overlap <= min(before.length, after.length) else None


def _detailed(close: _Looks, near: Fit, factor: int) -> Iterator[tuple[int, int]]:
    """Yield line and column, in the next strip, of places with much detail all over the overlap."""
    high = min(near.overlap // factor, len(close.start))
    energy = cv2.blur(close.start_detail[:high] ** 2, (_PATCH // factor + 1,) * 2)
    sill = np.linspace(0, high, _PATCHES + 1).astype(int)
    for top, bottom in pairwise(sill):
        if bottom <= top:
            continue
        line, column = np.unravel_index(np.argmax(energy[top:bottom]), energy[top:bottom].shape)
        yield (top + int(line)) * factor, int(column) * factor


def _move(
    before: Ribbon, after: Ribbon, near: Fit, slack: int, line: int, column: int
) -> tuple[int, int] | None:
    """Return how far down and to the right of ``near`` a piece of the next strip lies."""
    half, reach = _PATCH // 2, 2 * slack + 2
    first = before.length - near.overlap
    top = max(0, line - half, reach - first)
    bottom = min(line + half, after.length, near.overlap - reach)
    left = max(0, column - half, reach - near.shift)
    right = min(column + half, after.width, before.width - near.shift - reach)
    if bottom - top < 16 or right - left < 16:
        return None
    patch = np.ascontiguousarray(after.lines(top, bottom)[:, left:right])
    around = before.lines(first + top - reach, first + bottom + reach)
    around = around[:, near.shift + left - reach : near.shift + right + reach]
    if not patch.std() or around.shape[0] < patch.shape[0]:
        return None
    alike = cv2.matchTemplate(np.ascontiguousarray(around), patch, cv2.TM_CCOEFF_NORMED)
    _, best, _, (across, down) = cv2.minMaxLoc(alike)
    return (down - reach, across - reach) if best >= _OTHER else None


def _proof(before: Ribbon, after: Ribbon, fit: Fit, factor: int) -> Proof | None:
    """Return what is the same in both strips; None when little can be seen, or some differs."""
    high = fit.overlap // factor * factor
    wide = min(before.width - max(0, fit.shift), after.width - max(0, -fit.shift))
    if high < _FEWEST_ROWS * _TILE * factor or wide < _TILE * factor:
        return None
    first = before.length - fit.overlap
    end = _detail(_shrunk(before, first, first + high, factor, max(0, fit.shift), wide))
    start = _detail(_shrunk(after, 0, high, factor, max(0, -fit.shift), wide))
    alike, visible, flat = _tiles(end, start)
    count = int(visible.sum())
    if count < _FEWEST_TILES or visible.any(axis=1).sum() < _FEWEST_ROWS:
        return None
    other = (visible & (alike < _OTHER)).astype(np.uint8)
    _, _, groups, _ = cv2.connectedComponentsWithStats(other, connectivity=8)
    largest = int(groups[1:, cv2.CC_STAT_AREA].max(initial=0))
    if other.sum() > _MOST_OTHER * count or largest > _LARGEST_OTHER:
        return None
    # The same sheet filmed twice differs by its dust, ruled lines by nothing: what is the same
    # piece of film is told by its grain. Much of it, and no two lines alike, needs no such proof.
    sure = not other.any() and high >= _LONG * wide and not _periodic(start)
    if not sure and not _same_grain(before, after, fit, _TILE * factor, flat):
        return None
    share = float((visible & (alike >= _SAME)).sum()) / count
    return Proof(count, share) if share >= _MOST_SAME else None


def _periodic(detail: Floats) -> bool:
    """Return whether detail repeats itself along the film, as ruled lines do."""
    spectrum = np.fft.rfft(detail, 2 * len(detail), axis=0)
    products = np.fft.irfft((np.abs(spectrum) ** 2).sum(axis=1))[: len(detail)]
    energy = np.cumsum((detail**2).sum(axis=1))
    lags = np.arange(_SHORTEST_PERIOD, len(detail) * 3 // 4)
    # Of lines laid over themselves the upper and the lower part take part.
    upper, lower = energy[len(detail) - 1 - lags], energy[-1] - energy[lags - 1]
    alike = products[lags] / np.sqrt(np.maximum(upper * lower, 1e-6))
    return bool(alike.max(initial=0.0) > _PERIODIC)


def _same_grain(
    before: Ribbon, after: Ribbon, fit: Fit, side: int, flat: NDArray[np.bool_]
) -> bool:
    """Return whether places with nothing to see, ``side`` pixels large, have grain in common."""
    places = np.argwhere(flat)
    if not len(places):
        return False
    first, here, there = before.length - fit.overlap, max(0, -fit.shift), max(0, fit.shift)
    products, count = np.zeros(3), 0
    for row, column in places[:: max(1, len(places) // _GRAIN_PLACES)] * side:
        end = before.lines(first + row, first + row + side)[:, there + column :][:, :side]
        start = after.lines(row, row + side)[:, here + column :][:, :side]
        one, other = _grain(end), _grain(start)
        products += (one * other).sum(), (one * one).sum(), (other * other).sum()
        count += one.size
    alike = products[0] / max(1e-6, float(np.sqrt(products[1] * products[2])))
    return bool(alike > max(_LEAST_GRAIN, 5 / np.sqrt(count)))


def _grain(tones: Pixels) -> Floats:
    """Return what varies from pixel to pixel, specks no more than the rest."""
    fine = tones.astype(np.float32) - cv2.blur(tones.astype(np.float32), (5, 5))
    # Edges of paper and scratches run down the film, and are no grain.
    fine -= np.median(fine, axis=0)
    limit = 3 * float(fine.std())
    return np.asarray(np.clip(fine, -limit, limit), dtype=np.float32)


def _tiles(one: Floats, other: Floats) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the correlation of each tile, which have anything to see, and which have nothing."""
    down, across = one.shape[0] // _TILE, one.shape[1] // _TILE
    size = down * _TILE, across * _TILE

    def mean(values: Floats) -> Floats:
        tiles = values[: size[0], : size[1]].reshape(down, _TILE, across, _TILE)
        return np.asarray(tiles.mean(axis=(1, 3)), dtype=np.float32)

    middles = mean(one), mean(other)
    spreads = [mean(v * v) - m * m for v, m in zip((one, other), middles, strict=True)]
    shared = mean(one * other) - middles[0] * middles[1]
    alike = shared / np.sqrt(np.maximum(spreads[0] * spreads[1], 1e-6))
    grain = max(float(np.percentile(np.sqrt(each.clip(0)), 20)) for each in spreads)
    least = max(_FAINTEST, _GRAINS * grain)
    seen = np.sqrt(np.maximum(*spreads).clip(0))
    return alike, seen >= least, seen < _FLAT * grain
