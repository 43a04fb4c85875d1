"""Types of real transcribed reports, most of which print no title."""

import csv
import hashlib
import textwrap

import pytest

from bench.real_types import MEANT, REPORTS
from capture.model import Digest, FrameRef
from indexer.read import index_page, page_from_text, text_size

FRAME = FrameRef(Digest("0" * 64), 1)


def held_out(doc_id: str) -> bool:
    """The half that the catalogue was not written with."""
    return int(hashlib.sha256(doc_id.encode()).hexdigest(), 16) % 2 == 1


@pytest.mark.skipif(not REPORTS.exists(), reason="the shared folder of real reports is absent")
def test_reports_without_titles_are_told_by_their_heads() -> None:
    told: list[tuple[float, bool]] = []
    with REPORTS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["doctype"] in MEANT]
    for row in (row for row in rows if held_out(row["doc_id"])):
        lines = [
            line for part in row["text"].splitlines() for line in textwrap.wrap(part, 90) or [""]
        ]
        text = "\n".join(lines[:60])
        width, height = text_size(text)
        found = index_page(page_from_text(text, FRAME), width=width, height=height).type
        told.append((found.confidence, found.code in MEANT[row["doctype"]]))
    assert sum(right for _, right in told) / len(told) >= 0.8
    sure = [right for confidence, right in told if confidence >= 0.75]
    assert len(sure) >= 0.4 * len(told)
    assert sum(sure) / len(sure) >= 0.93
