"""Pages drawn for the tests of capture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from capture.model import Box, Digest, Frame, FrameRef, Pixels

DIGEST = Digest("0" * 64)
LINES = (
    "Patient resting quietly, denies pain; dressing dry and intact.",
    "Temperature 98.6, pulse 72, respirations 16, blood pressure 120/80.",
    "Ambulated in hallway with help. Tolerating a regular diet well.",
    "Physician notified of laboratory results; no new orders given.",
)

DrawPage = Callable[..., Pixels]
MakeFrame = Callable[..., Frame]


@pytest.fixture(scope="session")
def draw_page() -> DrawPage:
    """Draw grey pages: ``draw_page(lines, width, height, size, ink)``."""

    def draw(
        lines: tuple[str, ...] = LINES * 7,
        *,
        width: int = 1275,
        height: int = 1650,
        size: int = 25,
        ink: int = 0,
    ) -> Pixels:
        image = Image.new("L", (width, height), 255)
        pen, font = ImageDraw.Draw(image), ImageFont.load_default(size)
        for row, line in enumerate(lines):
            pen.text((width // 10, height // 10 + row * size * 3 // 2), line, ink, font=font)
        return np.array(image)

    return draw


@pytest.fixture(scope="session")
def make_frame() -> MakeFrame:
    """Wrap pixels as the first frame of a source."""

    def make(
        pixels: Pixels,
        *,
        dpi: tuple[float, float] | None = (150.0, 150.0),
        bitonal: bool = False,
        film: bool = False,
        born_digital: bool = False,
        title_strip: bool = False,
    ) -> Frame:
        height, width = pixels.shape[:2]
        return Frame(
            ref=FrameRef(DIGEST, 1),
            pixels=pixels,
            box=Box(0, 0, width, height),
            dpi=dpi,
            bitonal=bitonal,
            film=film,
            born_digital=born_digital,
            title_strip=title_strip,
        )

    return make


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the checkout."""
    folder = Path(__file__).parents[2].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real files are not beside this checkout")
    return folder
