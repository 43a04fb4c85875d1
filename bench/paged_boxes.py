"""Boxes of charts as rows of indexed pages, and what is true of their documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capture.model import FrameRef
from indexer.model import SequencePage
from indexer.read import index_page

from .boxes_of_charts import ChartBox
from .sheet import HEIGHT, WIDTH


def sequence_of(box: ChartBox) -> list[SequencePage]:
    """Return the frames of a box as assembly sees them, one file of pages."""
    return [
        SequencePage(
            frame=shown.frame,
            state=shown.state,
            index=index_page(shown.page, width=WIDTH, height=HEIGHT) if shown.page else None,
            barcodes=shown.barcodes,
            starts_source=shown.frame.number == 1,
        )
        for shown in box.frames
    ]


Papers = Mapping[FrameRef, str]
"""Which document each page is of, by the names that documents have in truth."""


def papers_of(box: ChartBox) -> dict[FrameRef, str]:
    """Return which document each page of a box is of; a page of another chart is one of its own."""
    return {
        one.frame: f"{one.leaf.paper.id} {one.frame.number}" if one.slipped else one.leaf.paper.id
        for one in box.frames
        if one.leaf
    }


def first_pages(sequence: Iterable[SequencePage], papers: Papers) -> frozenset[FrameRef]:
    """Return the pages of ``sequence`` that are the first of their documents there."""
    firsts: dict[str, FrameRef] = {}
    for page in sequence:
        if page.frame in papers:
            firsts.setdefault(papers[page.frame], page.frame)
    return frozenset(firsts.values())
