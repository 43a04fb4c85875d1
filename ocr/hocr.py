"""A reading as hOCR 1.2, the HTML that OCR programs exchange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from .markup import escaped
from .model import OcrPage, Word, extent

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" \
"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
 <head>
  <title>{title}</title>
  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
  <meta name="ocr-system" content="{engine}"/>
  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word"/>
 </head>
 <body>
  <div class="ocr_page" id="page_1" title="bbox 0 0 {width} {height}; ppageno 0">
"""
FOOT = "  </div>\n </body>\n</html>\n"


def write_hocr(page: OcrPage, *, width: int, height: int, title: str) -> str:
    """Return ``page`` as a hOCR document; ``width`` and ``height`` are its pixels."""
    head = HEAD.format(
        title=escaped(title), engine=escaped(page.engine), width=width, height=height
    )
    return head + "".join(_areas(page.words)) + FOOT


def _areas(words: Sequence[Word]) -> Iterator[str]:
    for number, group in groupby(words, key=lambda word: word.block):
        area = tuple(group)
        yield f'   <div class="ocr_carea" id="block_{number}" title="{_bbox(area)}">\n'
        yield from _lines(area)
        yield "   </div>\n"


def _lines(words: Sequence[Word]) -> Iterator[str]:
    for number, group in groupby(words, key=lambda word: word.line):
        line = tuple(group)
        spans = " ".join(map(_span, line))
        start = f'    <span class="ocr_line" id="line_{number}" title="{_bbox(line)}">'
        yield f"{start}{spans}</span>\n"


def _span(word: Word) -> str:
    title = f"{_bbox((word,))}; x_wconf {round(100 * word.confidence)}"
    return f'<span class="ocrx_word" title="{title}">{escaped(word.text)}</span>'


def _bbox(words: Sequence[Word]) -> str:
    box = extent(words)
    return f"bbox {box.x} {box.y} {box.right} {box.bottom}"
