"""A second look for codes, where something on a page looks like one that was not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .barcode import LINEAR, is_separator, read_barcodes
from .code_places import CodePlace, bar_places, square_places
from .mended_code import read_mended
from .model import Barcode, Frame, PageImage, Pixels, Polarity, Step
from .scale import grey
from .worn_code import bars_at, read_bars

UNREAD = "barcode"
"""Name of the step that tells of what looks like a code and was not read."""
_MOST = 4
"""Places that are looked at, the largest first."""
_SAME = 0.3
"""Of the smaller box, where a code was read already."""


def read_again(
    frame: Frame, page: PageImage, read: Sequence[Barcode]
) -> tuple[tuple[Barcode, ...], tuple[Step, ...]]:
    """Return the codes of ``page`` that are not in ``read``, which was read at first look.

    With them a step where something looks like a code and could not be read. The bars of a
    separator are read once more: what a reader saw along single lines is now and then another
    text, check and all.
    """
    if is_separator(read):
        return _otherwise(page.pixels, read), ()
    # A code of ours may have been read as another one, so bars are read again in any case.
    places = _unread(bar_places(page.pixels), [c for c in read if c.symbology not in LINEAR])
    squares = _unread(square_places(page.pixels), read)
    bars, barred = _worn(page.pixels, places)
    found = _new(bars, read)
    found += tuple(code for place in squares for code in read_mended(page.pixels, place.box))
    if frame.film and not is_separator(found):
        found += _as_filmed(frame, page, places or squares)
    left = len(_unread([*barred, *squares], (*read, *found)))
    return found, (Step(UNREAD, False, 0.5, float(left), "not read"),) * bool(left)


def _otherwise(pixels: Pixels, read: Sequence[Barcode]) -> tuple[Barcode, ...]:
    """Return what the bars of our own codes say, as far as it is not what was read of them."""
    own = [code for code in read if code.symbology in LINEAR and is_separator([code])]
    if not own:
        return ()
    places = [p for p in bar_places(pixels) if any(c.box.overlap(p.box) > _SAME for c in own)]
    found, _ = _worn(pixels, places[:_MOST])
    return _new(found, read)


def _new(found: Sequence[Barcode], read: Sequence[Barcode]) -> tuple[Barcode, ...]:
    return tuple(code for code in found if code.text not in {one.text for one in read})


def _unread(places: Sequence[CodePlace], read: Sequence[Barcode]) -> list[CodePlace]:
    unread = [p for p in places if not any(code.box.overlap(p.box) > _SAME for code in read)]
    return unread[:_MOST]


def _worn(
    pixels: Pixels, places: Sequence[CodePlace]
) -> tuple[tuple[Barcode, ...], list[CodePlace]]:
    """Return what is read at the places, and those that have bars."""
    seen = [(place, bars_at(pixels, place)) for place in places]
    barred = [(place, bands) for place, bands in seen if bands is not None]
    read = (read_bars(bands, place.box) for place, bands in barred)
    return tuple(code for code in read if code), [place for place, _ in barred]


def _as_filmed(frame: Frame, page: PageImage, places: Sequence[CodePlace]) -> tuple[Barcode, ...]:
    """Return our own codes of the frame as found: mending a scratch can smear a code it crosses."""
    if not places:
        return ()
    tones = grey(frame.pixels)
    if page.polarity is Polarity.NEGATIVE:
        tones = 255 - tones
    found = read_barcodes(tones) or _worn(tones, bar_places(tones)[:_MOST])[0]
    own = [code for code in found if is_separator([code])]
    # Where it lies on the page is known of the place alone: the frame was not yet turned.
    return tuple(replace(code, box=places[0].box) for code in own)
