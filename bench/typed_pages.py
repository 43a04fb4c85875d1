"""Pages whose types are known, read with errors: for training types and for measuring them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from capture.model import Digest, FrameRef
from indexer.rows import Layout, layout_of

from .boxes_of_charts import BoxOrder, chart_boxes
from .misread import misread
from .sheet import HEIGHT, WIDTH, Run, Sheet
from .type_texts import composed_papers


@dataclass(frozen=True, slots=True)
class TypedPage:
    """One page as it was read, and what it is."""

    layout: Layout
    code: str
    document: str
    number: int
    """Of the page in its document."""

    @property
    def first(self) -> bool:
        """Whether it opens its document."""
        return self.number == 1


def chart_pages(
    seed: int, charts: int, noise: float, *, development: bool, untitled: bool = False
) -> Iterator[TypedPage]:
    """Yield the pages of generated charts; ``untitled`` has the line of the title torn off."""
    order = BoxOrder(seed, charts, 0.0, blanks=0.0, slipped=0.0, development=development)
    for box in chart_boxes(order):
        for shown in box.frames:
            assert shown.leaf, "there are no blanks"
            paper, number = shown.leaf.paper, shown.leaf.number
            name = f"{seed} {paper.id}"
            yield _page(shown.leaf.sheet, paper.kind.code, name, number, noise, untitled)


def composed_pages(
    seed: int, each: int, noise: float, *, development: bool, untitled: bool = False
) -> Iterator[TypedPage]:
    """Yield the pages of documents of every type, ``each`` of one."""
    for paper in composed_papers(seed, each, development=development):
        for number, sheet in enumerate(paper.sheets, 1):
            yield _page(sheet, paper.kind.code, f"{seed} {paper.id}", number, noise, untitled)


def _page(
    sheet: Sheet, code: str, document: str, number: int, noise: float, untitled: bool
) -> TypedPage:
    rng = Random(f"{document} {number} typed")
    sheet = without_title(sheet) if untitled else sheet
    read = misread(sheet, FrameRef(Digest("0" * 64), number), noise, rng)
    return TypedPage(layout_of(read, width=WIDTH, height=HEIGHT), code, document, number)


def without_title(sheet: Sheet) -> Sheet:
    """Return a sheet without the line of its title: the largest bold line of the printed form."""
    bold = [run for run in sheet.runs if _is_bold(run)]
    largest = max((run.size for run in bold), default=0)
    title = {(run.block, run.line) for run in bold if run.size == largest}
    kept = tuple(run for run in sheet.runs if (run.block, run.line) not in title)
    return replace(sheet, runs=kept)


def _is_bold(run: Run) -> bool:
    return run.printed and run.face.endswith("-bold")
