"""Pictures of every legal kind, decoded to plain grey or RGB pixels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import SourceError
from .model import Pixels
from .settings import CaptureSettings

# Our own limit is checked from the header first; Pillow's would warn below it.
Image.MAX_IMAGE_PIXELS = None

_FORMATS = {
    "tiff": "TIFF",
    "jpeg": "JPEG",
    "png": "PNG",
    "jp2": "JPEG2000",
    "bmp": "BMP",
    "gif": "GIF",
}
_BANDS = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I": 4, "F": 4, "LA": 2}
_QUARTER_TURNED = (5, 6, 7, 8)
_ORIENTATION = 0x0112

# Pillow raises these, by decoder and kind of damage, for bytes that are no picture.
_DAMAGE = (
    OSError,
    SyntaxError,
    ArithmeticError,
    LookupError,
    ValueError,
    TypeError,
    EOFError,
    MemoryError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One image of a source, upright as its own tags say."""

    pixels: Pixels
    dpi: tuple[float, float] | None
    """Across and down; None when the source does not say or says nonsense."""
    bitonal: bool
    born_digital: bool = False


def open_image(file: IO[bytes], media: str) -> Image.Image:
    """Return the picture in ``file`` with only its header read; SourceError when there is none."""
    with decoding(media):
        try:
            return Image.open(file, formats=[_FORMATS[media]])
        except UnidentifiedImageError as error:
            raise SourceError(f"the {media} header is damaged; scan or copy it again") from error


@contextmanager
def decoding(media: str) -> Iterator[None]:
    """Turn every way in which a decoder of ``media`` fails into a SourceError."""
    with warnings.catch_warnings():
        # Pillow warns of odd metadata, which costs no pixel; lost pixels raise.
        warnings.simplefilter("ignore")
        try:
            yield
        except _DAMAGE as error:
            raise SourceError(
                f"the {media} cannot be decoded ({_reason(error)}); scan or copy it again"
            ) from error


def _reason(error: Exception) -> str:
    words = " ".join(str(error).split()) or type(error).__name__
    return words[:80] if "/" not in words else type(error).__name__


def check_size(width: int, height: int, bands: int, settings: CaptureSettings) -> None:
    """Raise SourceError when an image of this declared size must not be decoded."""
    if width < 1 or height < 1:
        raise SourceError(f"the image says it is {width} x {height} pixels; scan it again")
    if width * height * bands > settings.max_samples:
        raise SourceError(
            f"the image says it is {width} x {height} pixels in {bands} band(s), over the limit of"
            f" {settings.max_samples} samples; split it, or raise [capture] max_samples"
        )


def bands_of(image: Image.Image) -> int:
    """Return how many bytes a pixel of ``image`` takes when decoded."""
    return _BANDS.get(image.mode, len(image.getbands()))


def decode(image: Image.Image, media: str) -> tuple[Pixels, bool]:
    """Return upright pixels as :data:`Pixels`, and whether they are black and white only."""
    with decoding(media):
        image.load()
        upright = ImageOps.exif_transpose(image)
        return _pixels(upright), upright.mode == "1"


def _pixels(image: Image.Image) -> Pixels:
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"), dtype=np.uint8)
    if image.mode[0] in "IF":
        return _eight_bits(np.asarray(image))
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = _over_white(image)
    return _plain(np.array(image.convert("RGB"), dtype=np.uint8))


def _eight_bits(deep: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Pixels:
    values = deep.astype(np.float32)
    top = float(np.nanmax(values))
    # Whole numbers say their depth by the largest value; fractions run from 0 to 1.
    white = next(limit for limit in (1.0, 255.0, 65535.0, max(top, 65536.0)) if top <= limit)
    if deep.dtype.kind in "iu" and white == 1.0:
        white = 65535.0
    scaled = np.nan_to_num(values) * np.float32(255.0 / white)
    return np.asarray(np.clip(np.rint(scaled), 0, 255), dtype=np.uint8)


def _over_white(image: Image.Image) -> Image.Image:
    clear = image.convert("RGBA")
    paper = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(paper, clear)


def _plain(rgb: Pixels) -> Pixels:
    """Return one band when the three say the same."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(green)
    return rgb


def quarter_turned(image: Image.Image) -> bool:
    """Return whether upright means that across and down change places."""
    with decoding("orientation of the image"):
        return image.getexif().get(_ORIENTATION, 1) in _QUARTER_TURNED


def known_dpi(across: object, down: object) -> tuple[float, float] | None:
    """Return a believable resolution in dpi, or None; fax is ``(204.0, 98.0)``, 1 x 1 is None."""
    try:
        pair = float(across), float(down)  # type: ignore[arg-type]  # Pillow hands on what a file says
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not all(30 <= value <= 9600 for value in pair) or max(pair) > 4 * min(pair):
        return None
    return tidy_dpi(pair[0]), tidy_dpi(pair[1])


def tidy_dpi(dpi: float) -> float:
    """Return a resolution without the dust of its unit."""
    # PNG counts pixels per metre, so 300 dpi comes back as 299.9994.
    return float(round(dpi)) if abs(dpi - round(dpi)) < 0.05 else round(dpi, 2)
