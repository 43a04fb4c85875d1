"""Title strips: what stands there plainly is read, what could be read two ways is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from capture.model import Digest, FrameRef
from indexer.read import page_from_text
from indexer.title_strip import CardTitle, title_of

FRAME = FrameRef(Digest("0" * 64), 1)


def read(text: str) -> CardTitle:
    return title_of(page_from_text(text, FRAME))


def values(text: str) -> dict[str, str]:
    return {value.field: value.value for value in read(text).values}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SAMPLEWELL, NORA  07-22-48  2 of 2", (2, 2, 0)),
        ("MRN 0042137  FICHE 1/3  98 FR", (1, 3, 98)),
        ("MOCKRIDGE, IDA  CARD 2 OF 3  60 FRAMES", (2, 3, 60)),
        ("SAMPLEWELL, NORA  l of 2  FRAMES: 97", (1, 2, 97)),
        ("JACKET NO. 4 OF 11   FRAMES 99-196", (4, 11, 98)),
        ("2 OF 2\n2 OF 2\n98 FR", (2, 2, 98)),
    ],
)
def test_part_and_frames_are_read_in_every_form(text: str, told: tuple[int, int, int]) -> None:
    title = read(text)
    assert (title.part, title.of, title.frames) == told


@pytest.mark.parametrize(
    "text",
    [
        "SAMPLEWELL, NORA",
        "3 of 2",
        "1 of 3   2 of 3",
        "BORN 1/2/27",
        "DATE 3/4/71",
        "98 FR  97 FR",
        "07-22-48",
        "0 of 0  0 FR",
        "",
    ],
)
def test_what_does_not_fit_or_contradicts_itself_tells_no_count(text: str) -> None:
    title = read(text)
    assert (title.part, title.of, title.frames) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SAMPLEWELL, NORA  72-22-48  2 of 2", {"mrn": "722248", "name": "SAMPLEWELL, NORA"}),
        ("TESTPERSON, ALAN T 0042137 98 FR", {"mrn": "0042137", "name": "TESTPERSON, ALAN T"}),
        ("SAMPLEWELL,NORA MRN0042137", {"mrn": "0042137", "name": "SAMPLEWELL, NORA"}),
        (
            "TESTPERSON, ALAN DOB 3/4/27 MRN: 71-22-48",
            {"mrn": "712248", "name": "TESTPERSON, ALAN", "birth": "1927-03-04"},
        ),
        (
            "MOCKRIDGE, IDA 3/4/1927 0042137",
            {"mrn": "0042137", "name": "MOCKRIDGE, IDA", "birth": "1927-03-04"},
        ),
        ("NAME: SAMPLEWELL, NORA HOSP NO 123456", {"mrn": "123456", "name": "SAMPLEWELL, NORA"}),
    ],
)
def test_patient_is_read_with_labels_and_without(text: str, told: dict[str, str]) -> None:
    fields = {"mrn": "mrn", "name": "patient_name", "birth": "birth_date"}
    assert values(text) == {fields[key]: value for key, value in told.items()}


@pytest.mark.parametrize(
    "text",
    [
        "0042137  0042138",
        "ROLL 0042137",
        "ACCT 0042137",
        "1962-1971",
        "1962-71",
        "FILMED 3/4/1971",
        "MERCY HOSPITAL, BOSTON",
        "DR SAMPLEWELL, NORA",
        "SAMPLEWELL, NORA, M.D.",
        "07-22-1948",
        "SAMPLEWELL, NORA\nTESTPERSON, ALAN",
    ],
)
def test_what_may_be_something_else_is_no_patient(text: str) -> None:
    assert values(text) == {}


def test_number_that_may_be_a_date_is_less_sure() -> None:
    (plain,) = read("72-22-48").values
    (either,) = read("07-22-48").values
    assert either.confidence < plain.confidence


def test_label_decides_between_two_numbers() -> None:
    assert values("0042137  MRN 0042138") == {"mrn": "0042138"}


def test_values_carry_their_evidence() -> None:
    for value in read("SAMPLEWELL, NORA  DOB 7/22/1948  MRN 0042137").values:
        assert value.frame == FRAME
        assert value.rule == "title-strip@1"
        assert value.box.area > 0
        assert value.raw
        assert 0.5 <= value.confidence <= 1.0


def test_words_read_badly_tell_nothing() -> None:
    page = page_from_text("SAMPLEWELL, NORA  MRN 0042137  2 of 2  98 FR", FRAME)
    faint = replace(page, words=tuple(replace(word, confidence=0.3) for word in page.words))
    assert title_of(faint) == CardTitle(())
