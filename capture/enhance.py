"""The recipe: a frame made fit to read, step by step, each step with its record.

The order matters. Polarity first, for every later step takes ink for dark. Square pixels before
anything is measured. Scratches while they still run along the film and out of the frame; then
the surround. Light before ink is told from paper, pale film made strong after it. Lie and skew
from one look. Dust after the geometry is settled; then resolution, whether there is writing at
all, and barcodes on the page as it will be shown.
"""

from __future__ import annotations

from dataclasses import replace

from .barcode import is_separator, read_barcodes
from .blank import weigh_blank
from .code_again import read_again
from .crop import crop_surround
from .deskew import Skew, level
from .despeckle import despeckle, destripe
from .film.density import film_quality
from .film.technical import BARE, technical_reason
from .ink import ink_mask, looked_at
from .light import flatten, strengthen
from .model import Barcode, Box, Frame, FrameState, PageImage, Pixels, Polarity, Step
from .orient import Lie, find_lie, unturned
from .patch_code import read_patch_codes
from .patch_map import drops_sheet, patch_map
from .polarity import make_positive
from .resample import square_pixels
from .resolution import resolve_dpi
from .settings import CaptureSettings

RECIPE = "capture@7"
"""Changes whenever the recipe can make another page of the same frame."""

_SURE_ROTATION = 0.5
_SURE_CUT = 0.75
_LEVEL = 0.05
"""Degrees; less is not worth resampling every letter."""


def prepare(frame: Frame, settings: CaptureSettings) -> PageImage:
    """Return ``frame`` upright, straight, evenly lit, dark on light, with what was done to it.

    Takes every legal image, down to a single pixel; raises nothing of its own.
    """
    page = _as_drawn(frame) if frame.born_digital else _as_scanned(frame, settings)
    blank, weighed = weigh_blank(page.pixels, page.dpi)
    barcodes, looked = _codes(frame, page, settings) if settings.barcodes else ((), ())
    state, reason = _verdict(frame, page.pixels, blank, barcodes)
    found = tuple(step for step in (frame.cut, frame.reduction) if step is not None)
    page = replace(page, state=state, reason=reason, barcodes=barcodes)
    steps = (*found, *page.steps, weighed, *looked, *_as_filmed(frame, page))
    return replace(page, steps=steps)


def _as_drawn(frame: Frame) -> PageImage:
    """Return a born-digital page untouched: the boxes of its text must go on fitting."""
    dpi, told = resolve_dpi(frame.pixels, frame.dpi, film=False)
    return _page(
        frame, frame.pixels, dpi, Polarity.POSITIVE, Lie(0, 1.0, Skew(0.0, 1.0, 0.0)), (told,)
    )


def _as_scanned(frame: Frame, settings: CaptureSettings) -> PageImage:
    pixels, polarity, inverted = make_positive(frame.pixels, film=frame.film)
    pixels, squared = square_pixels(pixels, frame.dpi, bitonal=frame.bitonal)
    steps = [inverted, squared]
    if frame.film:
        # Before the crop: a scratch shows by running out of the frame.
        pixels, destriped = destripe(pixels)
        steps.append(destriped)
    pixels, cropped = crop_surround(pixels)
    steps.append(cropped)
    if not frame.bitonal:
        pixels, flattened = flatten(pixels)
        steps.append(flattened)
    if frame.film and not frame.bitonal:
        pixels, strengthened = strengthen(pixels)
        steps.append(strengthened)
    pixels, lie, turned_steps = _upright(pixels, settings, bitonal=frame.bitonal)
    steps += turned_steps
    if frame.film:
        pixels, despeckled = despeckle(pixels)
        steps.append(despeckled)
    dpi, told = resolve_dpi(pixels, frame.dpi, film=frame.film)
    return _page(frame, pixels, dpi, polarity, lie, (*steps, told))


def _upright(
    pixels: Pixels, settings: CaptureSettings, *, bitonal: bool
) -> tuple[Pixels, Lie, tuple[Step, Step]]:
    """Return the page turned upright and level as far as it is sure how it lies."""
    small, _ = looked_at(pixels)
    lie = find_lie(ink_mask(small), settings.deskew_limit_degrees)
    rotation = _trusted_rotation(lie)
    if rotation:
        pixels = unturned(pixels, rotation)
    skew = lie.skew
    straighten = skew.confidence >= settings.deskew_confidence and abs(skew.degrees) >= _LEVEL
    if straighten:
        pixels = level(pixels, skew.degrees, bitonal=bitonal)
    steps = (
        Step("rotate", bool(rotation), lie.confidence, float(rotation)),
        Step("deskew", straighten, skew.confidence, skew.degrees),
    )
    return pixels, replace(lie, rotation=rotation), steps


def _trusted_rotation(lie: Lie) -> int:
    """Return the rotation to undo: half a turn only when sure, a lying axis always."""
    if lie.confidence >= _SURE_ROTATION or lie.rotation < 180:
        return lie.rotation
    return lie.rotation - 180


def _page(
    frame: Frame, pixels: Pixels, dpi: int, polarity: Polarity, lie: Lie, steps: tuple[Step, ...]
) -> PageImage:
    return PageImage(
        frame=frame.ref,
        state=FrameState.PAGE,
        pixels=pixels,
        box=frame.box,
        dpi=dpi,
        film=frame.film,
        polarity=polarity,
        rotation=lie.rotation,
        rotation_confidence=lie.confidence,
        skew=lie.skew.degrees,
        skew_confidence=lie.skew.confidence,
        steps=steps,
        bitonal=frame.bitonal,
        born_digital=frame.born_digital,
    )


def _codes(
    frame: Frame, page: PageImage, settings: CaptureSettings
) -> tuple[tuple[Barcode, ...], tuple[Step, ...]]:
    """Return the barcodes and patch codes of a page, and what is known of some not read."""
    read = read_barcodes(page.pixels, bitonal=page.bitonal)
    again, unread = read_again(frame, page, read)
    patches = read_patch_codes(page.pixels, patch_map(settings.patch_codes))
    return (*read, *again, *patches), unread


def _verdict(
    frame: Frame, page: Pixels, blank: bool, barcodes: tuple[Barcode, ...]
) -> tuple[FrameState, str]:
    """Return what the frame is and, unless it is an ordinary page, why."""
    if is_separator(barcodes):
        return FrameState.SEPARATOR, "a separator sheet"
    if drops_sheet(barcodes):
        return FrameState.SEPARATOR, "a patch sheet"
    if frame.title_strip:
        return FrameState.TECHNICAL, "the title strip of a card"
    technical = technical_reason(frame.pixels, page) if frame.film else ""
    if technical and not (blank and technical in BARE and _was_exposed(frame)):
        return FrameState.TECHNICAL, technical
    if blank:
        return FrameState.BLANK, "no writing"
    return FrameState.PAGE, ""


def _was_exposed(frame: Frame) -> bool:
    """Return whether a frame has edges or came alone: what is even there is an empty sheet."""
    return frame.cut is None or frame.cut.confidence >= _SURE_CUT


def _as_filmed(frame: Frame, page: PageImage) -> tuple[Step, ...]:
    """Return how well a target or other technical frame was filmed; nothing for a page."""
    if not frame.film or page.state is not FrameState.TECHNICAL:
        return ()
    reduction = frame.reduction.value if frame.reduction else None
    dpi = max(frame.dpi) if frame.dpi else None
    seen = film_quality(frame.pixels, page, page_dpi=dpi, reduction=reduction)
    tones = f"background {seen.background} and ink {seen.contrast} from it, of 255"
    steps = [Step("focus", False, 1.0, seen.focus, f"pixels that an edge takes; {tones}")]
    if seen.pairs_on_film is not None:
        told = "line pairs to the millimetre of film, in the finest pattern that is seen as lines"
        steps.append(Step("film resolution", False, 1.0, seen.pairs_on_film, told))
    elif seen.pixels_a_pair is not None:
        told = "pixels of the finest line pair that is seen as lines"
        steps.append(Step("film resolution", False, 1.0, seen.pixels_a_pair, told))
    return tuple(steps)


def turned(page: PageImage, rotation: int, *, confidence: float = 1.0) -> PageImage:
    """Return ``page``, found to lie turned clockwise by ``rotation`` (0, 90, 180, 270), upright.

    Raises:
        ValueError: ``rotation`` is no quarter turn.
    """
    if rotation not in (0, 90, 180, 270):
        raise ValueError(f"a page turns by quarters, not by {rotation} degrees")
    if rotation == 0:
        return page
    return replace(
        page,
        pixels=unturned(page.pixels, rotation),
        rotation=(page.rotation + rotation) % 360,
        rotation_confidence=confidence,
        steps=(*page.steps, Step("rotate", True, confidence, float(rotation), "by its letters")),
        barcodes=tuple(
            replace(code, box=_unturned_box(code.box, page, rotation)) for code in page.barcodes
        ),
    )


def _unturned_box(box: Box, page: PageImage, rotation: int) -> Box:
    """Return where ``box`` lies once the page is upright."""
    if rotation == 180:
        return Box(page.width - box.right, page.height - box.bottom, box.width, box.height)
    if rotation == 90:
        return Box(box.y, page.width - box.right, box.height, box.width)
    return Box(page.height - box.bottom, box.x, box.height, box.width)
