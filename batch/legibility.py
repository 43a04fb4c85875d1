"""What the quality of its pages means for a document: hold it, or only tell of it.

A page to be scanned again holds its document: nobody should find an unreadable page filed as if
it were read. A doubtful page is told of and stays filed, unless all that says whose document it
is stands on doubtful pages: then a person must see that before it is filed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from capture.model import FrameRef
from indexer.model import Document
from ocr.model import Quality, Verdict

_IDENTITY = frozenset({"mrn", "patient_name", "birth_date", "ssn", "account"})


def with_doubts(document: Document, unfit: Mapping[FrameRef, Quality]) -> Document:
    """Return ``document`` with what its ``unfit`` pages hold against filing it."""
    found = tuple(_doubts(document, unfit))
    return replace(document, doubts=(*document.doubts, *found)) if found else document


def told(frame: FrameRef, quality: Quality) -> str:
    """Return in words what is wrong with a page and what to do."""
    what = "scan it again" if quality.verdict is Verdict.RESCAN else "look at it"
    return f"frame {frame.number}: {quality.reason}: {what}"


def _doubts(document: Document, unfit: Mapping[FrameRef, Quality]) -> Iterator[str]:
    for frame in document.frames:
        if frame in unfit and unfit[frame].verdict is Verdict.RESCAN:
            yield told(frame, unfit[frame])
    proof = {value.frame for value in document.values if value.field in _IDENTITY}
    if proof and proof <= set(unfit):
        first = min(proof)
        yield f"whose it is stands only on doubtful pages; {told(first, unfit[first])}"
