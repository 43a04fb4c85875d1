"""Which pages say nearly the same, and which words tell two copies of a form apart."""

from capture.model import Box, Digest, FrameRef
from indexer.likeness import Said, alike_pairs, likeness, sketch_of, tell_apart
from indexer.model import DocumentType, IndexValue, PageIndex
from ocr.model import OcrPage, Word

FRAME = FrameRef(Digest("0" * 64), 1)
NOTE = DocumentType("34746-8", "Nursing note", 0.95, "title@1")
FORM = (
    "placeholder general hospital nurses notes ward four name record date signature of the nurse "
    "on duty temperature pulse respiration blood pressure intake output remarks medication given"
)
OTHER = (
    "operative report preoperative diagnosis anesthesia findings procedure the abdomen was opened "
    "through a right paramedian incision sponge count correct closed in layers with chromic catgut"
)


def said(text: str, confidence: float = 0.97, **fields: str) -> Said:
    words = tuple(
        Word(word, Box(20 * n, 0, 18, 10), confidence) for n, word in enumerate(text.split())
    )
    values = tuple(
        IndexValue(f, v, v, FRAME, Box(0, 0, 9, 9), 0.95, f"{f}-label@1") for f, v in fields.items()
    )
    return Said(PageIndex(FRAME, NOTE, values), OcrPage(FRAME, "fake 1", words))


def test_a_page_read_twice_is_alike_and_another_is_not() -> None:
    misread = FORM.replace("pulse", "pu1se").replace("remarks", "rernarks")
    assert list(alike_pairs([FORM, OTHER, misread])) == [(2, 0)]


def test_a_sketch_is_that_of_the_words_in_any_order() -> None:
    one, two = sketch_of(FORM), sketch_of(" ".join(reversed(FORM.split())))
    assert one is not None
    assert two is not None
    assert likeness(one, two) == 1.0


def test_a_page_with_hardly_any_words_is_like_none() -> None:
    assert sketch_of("a few words") is None
    assert not list(alike_pairs(["a few words", "a few words"]))


def test_the_same_words_do_not_tell_apart() -> None:
    assert not tell_apart(said(FORM, mrn="0712345"), said(FORM, mrn="0712345"))


def test_another_number_or_date_of_the_patient_tells_apart() -> None:
    assert tell_apart(said(FORM, mrn="0712345"), said(FORM, mrn="0917552"))
    assert tell_apart(said(FORM, service_date="1961-03-04"), said(FORM, service_date="1961-03-05"))


def test_a_name_with_a_letter_misread_does_not_tell_apart() -> None:
    one, two = "TESTPERSON, ALMA", "TESTPERS0N, ALMA"
    assert not tell_apart(said(FORM, patient_name=one), said(FORM, patient_name=two))
    assert tell_apart(said(FORM, patient_name=one), said(FORM, patient_name="MOCKRIDGE, ARTHUR"))


def test_two_other_figures_among_the_same_words_tell_apart_if_they_were_surely_read() -> None:
    one, two = FORM + " pulse 82 at 0400 today", FORM + " pulse 96 at 0500 today"
    assert tell_apart(said(one), said(two))
    assert not tell_apart(said(one, 0.5), said(two, 0.5))


def test_one_date_that_differs_tells_apart_though_all_else_agrees() -> None:
    one, two = FORM + " seen 3-4-1961", FORM + " seen 3-9-1961"
    assert tell_apart(said(one, 0.7), said(two, 0.7))


def test_a_letter_read_for_a_figure_is_no_other_date() -> None:
    one = FORM + " seen 10-12-1961 again 3-4-1961 last 5-6-1961"
    assert not tell_apart(said(one), said(one.replace("10-12", "lO-12")))


def test_pages_whose_only_date_cannot_be_compared_are_not_taken_for_one_sheet() -> None:
    assert tell_apart(said(FORM + " seen 3-4-1961"), said(FORM + " seen"))
