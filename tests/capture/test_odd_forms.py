"""Legal but unusual files: what is read, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import odd_pdf
from bench.odd_containers import SHORT, Page, pdf, tiff
from capture.errors import SourceError
from capture.intake import open_source
from capture.model import Digest, Frame, Pixels

DIGEST = Digest("0" * 64)


@pytest.fixture
def page() -> Page:
    grey = np.full((1100, 850), 240, dtype=np.uint8)
    grey[100:1000:40, 80:770:7] = 30
    return Page(grey)


def first(path: Path, content: bytes) -> Frame:
    path.write_bytes(content)
    with open_source(path, DIGEST) as source:
        return source.frame(1)


def saved(path: Path, shown: Image.Image, kind: str, **options: object) -> Pixels:
    shown.save(path, kind, **options)
    return first(path, path.read_bytes()).pixels


@pytest.mark.parametrize("kind", ["BMP", "GIF"])
def test_bitmaps_and_still_gifs_are_read(kind: str, page: Page, tmp_path: Path) -> None:
    assert np.array_equal(saved(tmp_path / "page", page.image, kind), page.grey)


def test_a_moving_gif_is_refused_and_not_cut_to_its_first_picture(
    page: Page, tmp_path: Path
) -> None:
    other = Image.fromarray(255 - page.grey)
    with pytest.raises(SourceError, match="several pictures"):
        saved(tmp_path / "page", page.image, "GIF", save_all=True, append_images=[other])


def test_a_big_endian_bigtiff_is_read(page: Page, tmp_path: Path) -> None:
    height, width = page.grey.shape
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 277: 1, 278: height}
    shorts = {tag: (SHORT, (value,)) for tag, value in tags.items()}
    content = tiff(shorts, [page.grey.tobytes()], order=">", big=True)
    assert np.array_equal(first(tmp_path / "page", content).pixels, page.grey)


def test_a_pdf_page_in_bands_keeps_the_resolution_of_the_scan(page: Page, tmp_path: Path) -> None:
    frame = first(tmp_path / "page", odd_pdf.pieces(page))
    assert frame.dpi == (200.0, 200.0)
    assert frame.pixels.shape == page.grey.shape


def test_writing_in_a_fine_layer_keeps_its_resolution(page: Page, tmp_path: Path) -> None:
    frame = first(tmp_path / "page", odd_pdf.layers(page))
    assert frame.dpi == (200.0, 200.0)
    assert np.array_equal(frame.pixels < 140, page.grey < 140)


def test_a_fine_logo_does_not_blow_the_page_up(page: Page, tmp_path: Path) -> None:
    grey = "/ColorSpace /DeviceGray /BitsPerComponent 8"
    scan = (f"/Width 850 /Height 1100 {grey}", page.grey.tobytes())
    logo = (f"/Width 1200 /Height 1200 {grey}", bytes(1200 * 1200))
    drawing = "q 306 0 0 396 0 0 cm /I0 Do Q q 36 0 0 36 9 9 cm /I1 Do Q"
    frame = first(tmp_path / "page", pdf((306, 396), [scan, logo], drawing))
    assert frame.dpi == (200.0, 200.0)
