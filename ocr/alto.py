"""A reading as ALTO 4, the XML that libraries and archives keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from .markup import escaped
from .model import OcrPage, Word, extent

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation=\
"http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-2.xsd">
 <Description>
  <MeasurementUnit>pixel</MeasurementUnit>
  <sourceImageInformation><fileName>{title}</fileName></sourceImageInformation>
  <Processing ID="reading"><processingSoftware><softwareName>{engine}</softwareName>\
</processingSoftware></Processing>
 </Description>
 <Layout>
  <Page ID="page_1" PHYSICAL_IMG_NR="1" WIDTH="{width}" HEIGHT="{height}">
   <PrintSpace HPOS="0" VPOS="0" WIDTH="{width}" HEIGHT="{height}">
"""
FOOT = "   </PrintSpace>\n  </Page>\n </Layout>\n</alto>\n"


def write_alto(page: OcrPage, *, width: int, height: int, title: str) -> str:
    """Return ``page`` as an ALTO 4.2 document in pixels; ``title`` names the picture."""
    head = HEAD.format(
        title=escaped(title), engine=escaped(page.engine), width=width, height=height
    )
    return head + "".join(_blocks(page.words)) + FOOT


def _blocks(words: Sequence[Word]) -> Iterator[str]:
    for number, group in groupby(words, key=lambda word: word.block):
        block = tuple(group)
        yield f'    <TextBlock ID="block_{number}" {_place(block)}>\n'
        yield from _lines(block)
        yield "    </TextBlock>\n"


def _lines(words: Sequence[Word]) -> Iterator[str]:
    for number, group in groupby(words, key=lambda word: word.line):
        line = tuple(group)
        strings = "<SP/>".join(map(_string, line))
        yield f'     <TextLine ID="line_{number}" {_place(line)}>{strings}</TextLine>\n'


def _string(word: Word) -> str:
    return f'<String {_place((word,))} WC="{word.confidence:.4f}" CONTENT="{escaped(word.text)}"/>'


def _place(words: Sequence[Word]) -> str:
    box = extent(words)
    return f'HPOS="{box.x}" VPOS="{box.y}" WIDTH="{box.width}" HEIGHT="{box.height}"'
