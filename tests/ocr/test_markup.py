"""hOCR and ALTO are well formed whatever was read, and hold every word with its place."""

from itertools import groupby
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box
from ocr.alto import write_alto
from ocr.hocr import write_hocr
from ocr.markup import UNWRITABLE
from ocr.model import OcrPage, Word

from .pages import FRAME

XHTML = "{http://www.w3.org/1999/xhtml}"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
boxes = st.builds(Box, *[st.integers(0, 9999)] * 2, *[st.integers(1, 9999)] * 2)
words = st.builds(Word, st.text(min_size=1, max_size=9), boxes, st.floats(0, 1))


@st.composite
def readings(draw: st.DrawFn) -> OcrPage:
    found = draw(st.lists(words, max_size=12))
    numbered = [
        Word(word.text, word.box, word.confidence, number // 3, number // 6)
        for number, word in enumerate(found)
    ]
    return OcrPage(FRAME, draw(st.text(max_size=9)), tuple(numbered))


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # our own output, nobody else wrote it


def writable(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)


@given(readings(), st.text(max_size=9))
def test_hocr_gives_every_word_back(page: OcrPage, title: str) -> None:
    root = parsed(write_hocr(page, width=800, height=600, title=title))
    spans = [span for span in root.iter(f"{XHTML}span") if span.get("class") == "ocrx_word"]
    assert [span.text for span in spans] == [writable(word.text) for word in page.words]
    for span, word in zip(spans, page.words, strict=True):
        bbox, wconf = (span.get("title") or "").split("; ")
        assert bbox == f"bbox {word.box.x} {word.box.y} {word.box.right} {word.box.bottom}"
        assert wconf == f"x_wconf {round(100 * word.confidence)}"
    assert root.findtext(f"{XHTML}head/{XHTML}title") == writable(title)


@given(readings())
def test_hocr_keeps_lines_and_blocks(page: OcrPage) -> None:
    root = parsed(write_hocr(page, width=800, height=600, title="page"))
    sheet = next(div for div in root.iter(f"{XHTML}div") if div.get("class") == "ocr_page")
    assert sheet.get("title") == "bbox 0 0 800 600; ppageno 0"
    areas = [[len(line) for line in area] for area in sheet]
    blocks = [list(block) for _, block in groupby(page.lines, key=lambda line: line[0].block)]
    assert areas == [[len(line) for line in block] for block in blocks]


@given(readings(), st.text(max_size=9))
def test_alto_gives_every_word_back(page: OcrPage, title: str) -> None:
    root = parsed(write_alto(page, width=800, height=600, title=title))
    assert root.tag == f"{ALTO}alto"
    strings = list(root.iter(f"{ALTO}String"))
    assert [string.get("CONTENT") for string in strings] == [
        writable(word.text) for word in page.words
    ]
    for string, word in zip(strings, page.words, strict=True):
        place = [int(string.get(key) or -1) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
        assert place == word.box.as_list()
        assert abs(float(string.get("WC") or -1) - word.confidence) < 1e-4


def test_alto_names_the_engine_the_picture_and_pixels() -> None:
    page = OcrPage(FRAME, "tesseract <5>", ())
    root = parsed(write_alto(page, width=800, height=600, title='a "b" & c.png'))
    description = root.find(f"{ALTO}Description")
    assert description is not None
    assert description.findtext(f"{ALTO}MeasurementUnit") == "pixel"
    assert description.findtext(f".//{ALTO}fileName") == 'a "b" & c.png'
    assert description.findtext(f".//{ALTO}softwareName") == "tesseract <5>"
    sheet = root.find(f"{ALTO}Layout/{ALTO}Page")
    assert sheet is not None
    assert (sheet.get("WIDTH"), sheet.get("HEIGHT")) == ("800", "600")
