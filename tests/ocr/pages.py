"""Pages drawn for the tests of this room."""

from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from capture.model import Box, Digest, FrameRef, FrameState, PageImage, Pixels, Polarity

FRAME = FrameRef(Digest("0" * 64), 1)
REPORT = (
    "LAKESIDE MEMORIAL HOSPITAL",
    "DISCHARGE SUMMARY",
    "Patient: Testperson, Ada    MRN: 004267",
    "Admitted 03/04/1971, discharged 03/19/1971.",
    "The patient was brought in with severe pain in the right",
    "knee after a fall from a ladder. Films showed no fracture",
    "of the patella. She was treated with rest and salicylates",
    "and walked without help on the tenth day of her stay.",
    "Final diagnosis: contusion of the right knee joint.",
)


def page_of(pixels: Pixels, *, dpi: int = 200, bitonal: bool = False) -> PageImage:
    height, width = pixels.shape[:2]
    return PageImage(
        frame=FRAME,
        state=FrameState.PAGE,
        pixels=pixels,
        box=Box(0, 0, width, height),
        dpi=dpi,
        film=False,
        polarity=Polarity.POSITIVE,
        rotation=0,
        rotation_confidence=0.0,
        skew=0.0,
        skew_confidence=0.0,
        steps=(),
        bitonal=bitonal,
    )


def font_of(points: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own scalable font, so that no font need be installed."""
    return ImageFont.load_default(size=points)


@cache
def report_page(size: float = 36) -> PageImage:
    """Return the report in letters of ``size`` pixels an em, with a margin all round."""
    step = round(size * 1.6)
    picture = Image.new("L", (round(size * 32), step * (len(REPORT) + 4)), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(REPORT):
        draw.text((size * 1.5, step * (2 + number)), line, fill=0, font=font_of(size))
    return page_of(np.array(picture))


def blank_page() -> PageImage:
    return page_of(np.full((700, 500), 255, np.uint8))


def shared_folder(name: str) -> Path:
    """Return where the shared material ``name`` would lie beside the checkout."""
    return Path(__file__).parents[3] / "shared" / "data" / name
