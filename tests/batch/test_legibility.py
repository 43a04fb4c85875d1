"""A page to be scanned again holds its document; a doubtful one only when the proof is on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from batch.legibility import told, with_doubts
from capture.model import Box, Digest, FrameRef
from indexer.model import Document, DocumentType, IndexValue
from ocr.model import Quality, Verdict

FRAMES = tuple(FrameRef(Digest("a" * 64), number) for number in (11, 12, 13))
DOUBTFUL = Quality(Verdict.DOUBTFUL, 0.2, 1.5, 0.8, 0, "about 20% of its letters were not read")
RESCAN = Quality(Verdict.RESCAN, 0.6, 8.0, 0.4, 0, "out of focus")


def document(*proof: FrameRef) -> Document:
    values = tuple(
        IndexValue("mrn", "072248", "072248", frame, Box(0, 0, 9, 9), 0.95, "mrn-label@1")
        for frame in proof
    )
    kind = DocumentType("11506-3", "Progress note", 0.9, "title@1")
    return Document(FRAMES, kind, values, 0.9, ("page 4 is missing",))


def test_a_page_to_be_scanned_again_holds_its_document_and_says_which_and_why() -> None:
    found = with_doubts(document(FRAMES[0]), {FRAMES[1]: RESCAN})
    assert found.doubts == ("page 4 is missing", "frame 12: out of focus: scan it again")


def test_a_doubtful_page_holds_nothing_while_the_proof_is_elsewhere() -> None:
    one = document(FRAMES[0], FRAMES[1])
    assert with_doubts(one, {FRAMES[1]: DOUBTFUL}) == one


def test_proof_on_doubtful_pages_alone_is_for_a_person() -> None:
    found = with_doubts(document(FRAMES[1]), {FRAMES[1]: DOUBTFUL})
    assert found.doubts[-1].startswith("whose it is stands only on doubtful pages; frame 12")


@given(st.dictionaries(st.sampled_from(FRAMES), st.sampled_from((DOUBTFUL, RESCAN))))
def test_nothing_but_doubts_is_ever_added(unfit: dict[FrameRef, Quality]) -> None:
    before = document(FRAMES[0])
    after = with_doubts(before, unfit)
    assert after.doubts[: len(before.doubts)] == before.doubts
    assert after.values == before.values
    rescans = sum(one.verdict is Verdict.RESCAN for one in unfit.values())
    assert sum("scan it again" in doubt for doubt in after.doubts) >= rescans


def test_what_is_told_names_the_frame_and_what_to_do() -> None:
    assert told(FRAMES[1], RESCAN) == "frame 12: out of focus: scan it again"
    assert told(FRAMES[2], DOUBTFUL).endswith(": look at it")
