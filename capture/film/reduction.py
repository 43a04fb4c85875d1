"""How large a page on film truly is: its reduction and the resolution of the scan.

A scan of 4,800 dots to the inch of film at 24x is one of 200 dpi of the page. Some scanners tag
their files with the first figure, some with the second, some with neither; the reduction stands
in the job's papers, on the target at the start of the roll, or nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from capture.model import Step

FILM_SCALE = 1000.0
"""From this resolution on a file speaks of its film: no scanner of pages goes so far."""
REDUCTIONS = (24.0, 32.0, 40.0, 50.0)
"""Those that cameras for records had."""
_SIZES = ((8.5, 11.0), (8.27, 11.69), (8.5, 14.0))
"""Letter, A4, legal, in inches."""
_WIDTHS = (8.5, 8.27)
_FIT = (-0.02, 0.06)
"""A frame is cut with a margin: it is rather larger than its page than smaller."""
_PAGES = (2.0, 45.0)
"""Inches; the sides of what people put under a camera."""
_READABLE = (50.0, 1300.0)
_TOLD_RANGE = (5.0, 300.0)


@dataclass(frozen=True, slots=True)
class TrueSize:
    """What resolution and reduction of a page on film are, as far as anybody can say."""

    dpi: float | None
    """Of the page; None where only its letters can tell."""
    reduction: float | None
    confidence: float
    how: str
    """In words, what that rests on."""


def true_dpi(
    file_dpi: float | None,
    reduction: float | None,
    frame_width: int,
    frame_height: int,
    *,
    told_by: str = "the settings",
) -> TrueSize:
    """Return the resolution of a page on film.

    ``file_dpi`` is the tag of the file, ``reduction`` what the settings or a target on the roll
    say (``told_by`` which), both None when unknown. Width and height, in pixels, are those of
    the usual frame of the roll: a single slip says nothing of the camera.
    """
    if file_dpi is None or file_dpi < _READABLE[0]:
        return TrueSize(None, reduction, 0.0, "the file does not say its resolution")
    if reduction is not None and not _TOLD_RANGE[0] <= reduction <= _TOLD_RANGE[1]:
        return TrueSize(None, None, 0.0, f"a reduction of {reduction:g} is none of a camera's")
    if file_dpi < FILM_SCALE:
        return _of_page(file_dpi, reduction, frame_width, frame_height)
    if reduction is None:
        return _estimated(file_dpi, frame_width, frame_height)
    return _divided(file_dpi, reduction, told_by, (frame_width, frame_height))


def _of_page(dpi: float, reduction: float | None, width: int, height: int) -> TrueSize:
    """Return the tag as it is: the scanner's program has divided already."""
    if not _is_page(width / dpi, height / dpi):
        return TrueSize(None, reduction, 0.0, f"no page is of the size that {dpi:g} dpi makes it")
    return TrueSize(dpi, reduction, 0.9, "the file says the resolution of the page")


def _divided(dpi: float, reduction: float, told_by: str, size: tuple[int, int]) -> TrueSize:
    found = dpi / reduction
    how = f"{dpi:g} dpi of film at {reduction:g}x, as {told_by} says"
    if not _is_page(size[0] / found, size[1] / found) or found < _READABLE[0]:
        return TrueSize(None, reduction, 0.0, f"{how}, would make no page")
    return TrueSize(found, reduction, 0.95, how)


def _estimated(dpi: float, width: int, height: int) -> TrueSize:
    """Return what makes the frame a usual sheet at a usual reduction."""
    short, long = sorted((width / dpi, height / dpi))
    whole = [
        (_misfit((short, long), size, times), times) for times in REDUCTIONS for size in _SIZES
    ]
    across = [
        (_misfit((short,), (wide,), times), times) for times in REDUCTIONS for wide in _WIDTHS
    ]
    for fits, confidence, what in ((whole, 0.8, "a usual sheet"), (across, 0.4, "as wide as one")):
        error, times = min(fits)
        if error < float("inf") and dpi / times >= _READABLE[0]:
            how = f"{dpi:g} dpi of film; at {times:g}x the frame is {what}"
            return TrueSize(dpi / times, times, confidence, how)
    return TrueSize(None, None, 0.0, f"{dpi:g} dpi of film, and the size tells no reduction")


def _misfit(sides: tuple[float, ...], paper: tuple[float, ...], times: float) -> float:
    """Return how far the sides are from those of paper, infinity where too far."""
    off = [side * times / whole - 1 for side, whole in zip(sides, paper, strict=True)]
    if any(not _FIT[0] <= error <= _FIT[1] for error in off):
        return float("inf")
    middle = sum(_FIT) / 2
    return max(abs(error - middle) for error in off)


def _is_page(width: float, height: float) -> bool:
    """Return whether sides in inches are those of something that was filmed as a page."""
    return all(_PAGES[0] <= side <= _PAGES[1] for side in (width, height))


def reduction_step(size: TrueSize) -> Step:
    """Return the record of it; ``value`` is the reduction, applied when it gives the dpi."""
    return Step("reduction", size.dpi is not None, size.confidence, size.reduction, size.how)
