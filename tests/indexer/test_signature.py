"""A place that asks for a signature says whether it has one; no label says nothing."""

from __future__ import annotations

import pytest

from capture.model import Box, Digest, FrameRef
from indexer.read import index_page
from indexer.signature import FIELD
from ocr.model import OcrPage, Quality, RuledLine, Verdict, Word

FRAME = FrameRef(Digest("0" * 64), 1)
GOOD = Quality(Verdict.GOOD, 0.01, 1.5, 0.9, 0)
LINE = Box(200, 996, 600, 3)


def placed(text: str, x: int, y: int) -> list[Word]:
    found = []
    for number, word in enumerate(text.split()):
        found.append(Word(word, Box(x, y, 16 * len(word), 24), 0.95, line=y, block=number))
        x += 16 * len(word) + 12
    return found


def page(
    *texts: tuple[str, int, int],
    ink: float = 0.0,
    line: Box | None = LINE,
    hand: Box | None = None,
    quality: Quality | None = GOOD,
) -> OcrPage:
    words = [
        word for text in (("The patient was told.", 200, 400), *texts) for word in placed(*text)
    ]
    return OcrPage(
        FRAME,
        "test",
        tuple(words),
        handwriting=(hand,) if hand else (),
        ruled=(RuledLine(line, ink),) if line else (),
        quality=quality,
    )


def signatures(found: OcrPage) -> list[str]:
    index = index_page(found, width=1700, height=2200)
    return [value.value for value in index.values if value.field == FIELD]


UNDER, BESIDE, OVER = (
    ("Signature of patient", 200, 1010),
    ("Signature:", 40, 976),
    (
        "Signature",
        200,
        880,
    ),
)
HAND = Box(260, 940, 300, 60)


@pytest.mark.parametrize("label", [UNDER, BESIDE, OVER, ("Witness", 200, 1010), ("X", 170, 976)])
def test_a_line_with_writing_on_it_is_signed(label: tuple[str, int, int]) -> None:
    assert signatures(page(label, ink=9.0, hand=HAND)) == ["present"]


@pytest.mark.parametrize("label", [UNDER, BESIDE, OVER, ("Attending Physician", 200, 1010)])
def test_a_line_with_nothing_on_it_is_not_signed(label: tuple[str, int, int]) -> None:
    assert signatures(page(label)) == ["absent"]


def test_ink_that_is_no_writing_is_unclear() -> None:
    assert signatures(page(UNDER, ink=2.0)) == ["unclear"]


def test_a_name_typed_on_the_line_is_unclear() -> None:
    assert signatures(page(UNDER, ("Lee Mockridge", 300, 966))) == ["unclear"]


def test_an_empty_line_of_a_page_to_be_scanned_again_is_unclear() -> None:
    spoiled = Quality(Verdict.RESCAN, 0.6, 9.0, 0.3, 0, "out of focus")
    assert signatures(page(UNDER, quality=spoiled)) == ["unclear"]


def test_no_label_and_no_line_say_nothing() -> None:
    assert signatures(page(ink=9.0, hand=HAND)) == []
    assert signatures(page(UNDER, line=None)) == []
    assert signatures(page(("Ward", 200, 1010))) == []


def test_a_label_far_from_any_line_says_nothing() -> None:
    assert signatures(page(("Signature of patient", 200, 1400))) == []


def test_a_signature_after_its_label_needs_no_line() -> None:
    assert signatures(page(("Signed:", 200, 976), line=None, hand=Box(350, 960, 300, 60))) == [
        "present"
    ]


def test_a_misread_label_is_known() -> None:
    assert signatures(page(("Signatufe of patient", 200, 1010))) == ["absent"]


def test_a_date_beside_the_label_is_not_part_of_it() -> None:
    assert signatures(page(("Signature Date", 200, 1010))) == ["absent"]


def test_the_value_tells_its_place_and_rule() -> None:
    index = index_page(page(UNDER, ink=9.0, hand=HAND), width=1700, height=2200)
    (value,) = [value for value in index.values if value.field == FIELD]
    assert value.rule == "signature-line@1"
    assert value.raw == "Signature of patient"
    assert value.box.y < HAND.y + HAND.height < value.box.bottom + 1
    assert value.confidence > 0.9


def test_a_text_file_asks_for_no_signature() -> None:
    assert signatures(page(UNDER, quality=None)) == []
