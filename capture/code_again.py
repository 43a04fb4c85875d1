"""A second look for codes, where something on a page looks like one that was not read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .barcode import is_separator, read_barcodes
from .code_places import CodePlace, bar_places, square_places
from .model import Barcode, Frame, PageImage, Pixels, Polarity
from .scale import grey
from .worn_code import read_worn

_MOST = 4
"""Places that are looked at, the largest first."""
_SAME = 0.3
"""Of the smaller box, where a code was read already."""


def read_again(frame: Frame, page: PageImage, read: Sequence[Barcode]) -> tuple[Barcode, ...]:
    """Return the codes of ``page`` that are not in ``read``, which was read at first look."""
    places = _unread(bar_places(page.pixels), read)
    found = _worn(page.pixels, places)
    if frame.film and not is_separator(found):
        found += _as_filmed(frame, page, places or _unread(square_places(page.pixels), read))
    return found


def _unread(places: Sequence[CodePlace], read: Sequence[Barcode]) -> list[CodePlace]:
    unread = [p for p in places if not any(code.box.overlap(p.box) > _SAME for code in read)]
    return unread[:_MOST]


def _worn(pixels: Pixels, places: Sequence[CodePlace]) -> tuple[Barcode, ...]:
    return tuple(code for place in places for code in read_worn(pixels, place))


def _as_filmed(frame: Frame, page: PageImage, places: Sequence[CodePlace]) -> tuple[Barcode, ...]:
    """Return our own codes of the frame as found: mending a scratch can smear a code it crosses."""
    if not places:
        return ()
    tones = grey(frame.pixels)
    if page.polarity is Polarity.NEGATIVE:
        tones = 255 - tones
    found = read_barcodes(tones) or _worn(tones, bar_places(tones)[:_MOST])
    own = [code for code in found if is_separator([code])]
    # Where it lies on the page is known of the place alone: the frame was not yet turned.
    return tuple(replace(code, box=places[0].box) for code in own)
