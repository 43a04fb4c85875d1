"""Every file that is written opens again and shows what went in."""

from __future__ import annotations

import zipfile
from pathlib import Path
from random import Random

import numpy as np
import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from bench import write
from bench.charts import Paper
from bench.degrade import RECIPES, Scan, bitonal, resample
from bench.render import render
from bench.score import word_match
from capture.errors import SettingsError


@pytest.fixture(scope="module")
def scan(papers: tuple[Paper, ...]) -> Scan:
    return resample(Scan(render(papers[0].sheets[0])), 150, 150)


def test_group_4_holds_every_page_black_on_white(scan: Scan, tmp_path: Path) -> None:
    black = bitonal(scan)
    write.write_group4(tmp_path / "a.tif", [black, RECIPES["fax-low"](black, Random(1)), scan])
    with TiffImageFile(tmp_path / "a.tif") as tiff:
        assert tiff.n_frames == 3
        assert tiff.info["compression"] == "group4"
        assert tiff.tag_v2[262] == 0
        assert np.array_equal(np.asarray(tiff.convert("L")), black.pixels)
        tiff.seek(1)
        assert tiff.info["dpi"] == pytest.approx((204, 98))


def test_jpeg_png_and_jpeg_2000_look_like_the_page(scan: Scan, tmp_path: Path) -> None:
    write.write_jpeg(tmp_path / "a.jpg", scan)
    write.write_png(tmp_path / "a.png", scan)
    write.write_jpeg2000(tmp_path / "a.jp2", scan)
    write.write_grey_tiff(tmp_path / "a.tif", scan)
    for name in ("a.jpg", "a.png", "a.jp2", "a.tif"):
        with Image.open(tmp_path / name) as picture:
            assert picture.size == scan.size
            shown = np.asarray(picture.convert("L"), dtype=float)
        assert abs(shown - scan.pixels).mean() < 8, name


def test_an_image_pdf_has_pictures_of_true_size_and_no_text(scan: Scan, tmp_path: Path) -> None:
    write.write_image_pdf(tmp_path / "a.pdf", [scan, scan])
    with pdfplumber.open(tmp_path / "a.pdf") as pdf:
        assert [(page.width, page.height) for page in pdf.pages] == [(612, 792)] * 2
        assert not any(page.chars for page in pdf.pages)


def test_a_born_digital_pdf_has_the_words_where_the_picture_has_them(
    papers: tuple[Paper, ...], tmp_path: Path
) -> None:
    sheet = papers[0].sheets[0]
    write.write_born_digital_pdf(tmp_path / "a.pdf", [sheet])
    with pdfplumber.open(tmp_path / "a.pdf") as pdf:
        text = pdf.pages[0].extract_text()
    assert word_match(sheet.text, text).recall > 0.98
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    drawn = document[0].render(scale=300 / 72, grayscale=True).to_numpy().squeeze()
    document.close()
    for run in sheet.runs:
        box = run.box
        assert drawn[box.y : box.bottom, box.x : box.right].min() < 140, run.text


def test_files_are_the_same_bytes_every_time(scan: Scan, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write.write_group4(tmp_path / f"{name}.tif", [scan])
        write.write_image_pdf(tmp_path / f"{name}.pdf", [scan])
        write.write_zip(tmp_path / f"{name}.zip", [tmp_path / "one.tif"])
    for form in ("tif", "pdf", "zip"):
        assert (tmp_path / f"one.{form}").read_bytes() == (tmp_path / f"two.{form}").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert packed.testzip() is None


@pytest.mark.parametrize("symbology", write.SYMBOLOGIES)
def test_a_separator_is_read_even_after_a_copier(symbology: str) -> None:
    text = write.payload(mrn="0071234")
    sheet = Scan(write.separator(text, symbology))
    for look in ("plain", "clean", "copy", "bitonal"):
        found = zxingcpp.read_barcodes(RECIPES[look](sheet, Random(2)).pixels)
        assert [code.text for code in found] == [text], look


def test_a_payload_names_what_it_knows_in_the_order_of_the_contract() -> None:
    assert write.payload(mrn="0071234", code="18842-5") == "CHARTROOM|type=18842-5|mrn=0071234"


def test_a_text_too_long_to_survive_a_copier_is_refused() -> None:
    for batch, reason in (("B" * 10, "too long for Code 39"), ("b" * 60, "cannot hold this text")):
        text = write.payload(batch=batch, code="18842-5", mrn="0071234")
        with pytest.raises(SettingsError, match=reason):
            write.separator(text, "Code 39")


def test_an_unknown_symbology_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="Codabar"):
        write.separator("CHARTROOM", "Codabar")


def test_a_blank_has_nothing_but_paper_and_holes() -> None:
    page = write.blank(Random(1), holes=False)
    assert page.min() == page.max() > 230
    assert (write.blank(Random(1)) < 100).mean() < 0.005
