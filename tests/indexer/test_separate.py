"""Putting pages together into documents."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Barcode, Box, Digest, FrameRef, FrameState
from indexer.draft import DOUBTFUL
from indexer.model import DocumentType, IndexValue, PageIndex, PageTraits, SequencePage
from indexer.separate import assemble

SOURCE = Digest("0" * 64)
BOX = Box(0, 0, 10, 10)
SUMMARY = DocumentType("18842-5", "Discharge summary", 0.97, "title@1")
NOTE = DocumentType("34109-9", "Unclassified note", 0.1, "unclassified@1")
ALMA = {"mrn": "0712345", "patient_name": "TESTPERSON, ALMA"}
GEORGE = {"mrn": "8899001", "patient_name": "SAMPLEWELL, GEORGE"}


def page(number: int, *, titled: bool = False, **fields: str) -> SequencePage:
    frame = FrameRef(SOURCE, number)
    values = tuple(IndexValue(f, v, v, frame, BOX, 0.95, f"{f}-label@1") for f, v in fields.items())
    index = PageIndex(frame, SUMMARY if titled else NOTE, values, titled=titled)
    return SequencePage(frame, FrameState.PAGE, index)


def traited(shown: SequencePage, **traits: float) -> SequencePage:
    assert shown.index is not None
    return replace(shown, index=replace(shown.index, traits=PageTraits(**traits)))


def other(number: int, state: FrameState, payload: str = "") -> SequencePage:
    barcodes = (Barcode("QR", payload, BOX),) if payload else ()
    return SequencePage(FrameRef(SOURCE, number), state, None, barcodes)


def numbers(sequence: list[SequencePage]) -> list[list[int]]:
    return [[frame.number for frame in document.frames] for document in assemble(sequence)]


def test_page_numbers_hold_a_document_together() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        page(2, page_of="2/2", **ALMA),
        page(3, titled=True, page_of="1/1", **ALMA),
    ]
    assert numbers(sequence) == [[1, 2], [3]]
    assert all(not document.doubts for document in assemble(sequence))


def test_a_title_opens_a_document_and_untitled_pages_of_the_same_person_go_on() -> None:
    sequence = [page(1, titled=True, **ALMA), page(2, **ALMA), page(3, titled=True, **ALMA)]
    assert numbers(sequence) == [[1, 2], [3]]


def test_another_person_starts_another_document() -> None:
    assert numbers([page(1, titled=True, **ALMA), page(2, **GEORGE)]) == [[1], [2]]


def test_a_page_of_another_person_is_not_taken_for_its_number() -> None:
    sequence = [page(1, titled=True, page_of="1/2", **ALMA), page(2, page_of="2/2", **GEORGE)]
    assert numbers(sequence) == [[1], [2]]


def test_a_page_that_says_nothing_goes_on_but_is_doubted() -> None:
    (document,) = assemble([page(1, titled=True, **ALMA), page(2)])
    assert document.doubts == ("page carries no identifier and no link to the page before",)
    assert document.boundary_confidence < 0.95


def test_a_page_that_says_nothing_does_not_join_a_complete_document() -> None:
    sequence = [page(1, titled=True, page_of="1/1", **ALMA), page(2)]
    first, second = assemble(sequence)
    assert not first.doubts
    assert second.doubts


def test_a_missing_page_is_named() -> None:
    sequence = [page(1, titled=True, page_of="1/3", **ALMA), page(2, page_of="3/3", **ALMA)]
    (document,) = assemble(sequence)
    assert document.doubts == ("page 2 of 3 is missing",)


def test_a_missing_last_page_is_named() -> None:
    (document,) = assemble([page(1, titled=True, page_of="1/2", **ALMA)])
    assert document.doubts == ("page 2 of 2 is missing",)


def test_a_document_that_starts_late_is_doubted() -> None:
    (document,) = assemble([page(1, page_of="3/3", **ALMA)])
    assert document.doubts == ("pages 1 and 2 of 3 are missing",)


def test_a_number_that_differs_in_a_digit_stays_and_leaves_both_in_doubt() -> None:
    near = ALMA | {"mrn": "0712346"}
    sequence = [page(1, titled=True, page_of="1/2", **ALMA), page(2, page_of="2/2", **near)]
    (document,) = assemble(sequence)
    numbers = {v.value: v.confidence for v in document.values if v.field == "mrn"}
    assert set(numbers) == {"0712345", "0712346"}
    assert all(confidence < 0.6 for confidence in numbers.values())


def test_a_sheet_gives_its_number_and_type_until_the_next() -> None:
    sequence = [
        other(1, FrameState.SEPARATOR, "CHARTROOM|type=11504-8|mrn=07-12-345"),
        page(2),
        other(3, FrameState.SEPARATOR),
        page(4),
    ]
    first, second = assemble(sequence)
    assert first.type.code == "11504-8"
    assert [(v.field, v.value, v.rule) for v in first.values] == [("mrn", "0712345", "separator@1")]
    assert second.values == ()


def test_a_doubled_sheet_is_harmless() -> None:
    sheet = "CHARTROOM|type=11504-8|mrn=0712345"
    sequence = [
        other(1, FrameState.SEPARATOR, sheet),
        other(2, FrameState.SEPARATOR, sheet),
        page(3),
    ]
    (document,) = assemble(sequence)
    assert document.type.code == "11504-8"
    assert document.boundary_confidence >= 0.9


def test_a_foreign_barcode_on_a_page_starts_nothing() -> None:
    plain = page(2, page_of="2/2", **ALMA)
    marked = SequencePage(plain.frame, plain.state, plain.index, (Barcode("Code39", "X123", BOX),))
    assert numbers([page(1, titled=True, page_of="1/2", **ALMA), marked]) == [[1, 2]]


def test_the_start_of_a_source_is_never_crossed() -> None:
    second = page(2, page_of="2/2", **ALMA)
    starting = SequencePage(second.frame, second.state, second.index, starts_source=True)
    assert numbers([page(1, titled=True, page_of="1/2", **ALMA), starting]) == [[1], [2]]


def test_a_blank_between_pages_parts_nothing() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        other(2, FrameState.BLANK),
        page(3, page_of="2/2", **ALMA),
    ]
    (document,) = assemble(sequence)
    assert [frame.number for frame in document.frames] == [1, 3]
    assert not document.doubts


def test_an_unread_frame_inside_a_document_is_doubted() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        other(2, FrameState.QUARANTINED),
        page(3, page_of="2/2", **ALMA),
    ]
    (document,) = assemble(sequence)
    assert document.doubts == ("a frame inside it could not be read",)


def test_doubts_name_no_identifier() -> None:
    sequence = [page(1, titled=True, page_of="1/3", **ALMA), page(2, page_of="2/3", **GEORGE)]
    for document in assemble(sequence):
        assert not any(part in doubt for doubt in document.doubts for part in ("0712345", "ALMA"))


fields = st.fixed_dictionaries(
    {},
    optional={
        "mrn": st.sampled_from(["0712345", "0712346", "8899001"]),
        "patient_name": st.sampled_from(
            ["TESTPERSON, ALMA", "TESTPERSON, ROBERT", "MOCKRIDGE, ANN"]
        ),
        "birth_date": st.sampled_from(["1927-03-04", "1961", "1950-01-01"]),
        "page_of": st.sampled_from(["1/1", "1/3", "2/3", "3/3", "2", "7"]),
    },
)
frames = st.one_of(
    st.tuples(st.just(FrameState.PAGE), st.booleans(), fields),
    st.tuples(
        st.sampled_from([state for state in FrameState if state is not FrameState.PAGE]),
        st.booleans(),
        st.just({}),
    ),
)


@given(st.lists(st.tuples(frames, st.booleans()), max_size=25))
def test_every_page_with_an_index_is_in_exactly_one_document_in_the_order_of_delivery(
    drawn: list[tuple[tuple[FrameState, bool, dict[str, str]], bool]],
) -> None:
    sequence = []
    for number, ((state, titled, read), starts) in enumerate(drawn, start=1):
        made = (
            page(number, titled=titled, **read)
            if state is FrameState.PAGE
            else other(number, state)
        )
        sequence.append(SequencePage(made.frame, state, made.index, made.barcodes, starts))
    documents = assemble(sequence)
    filed = [frame for document in documents for frame in document.frames]
    assert sorted(filed) == [made.frame for made in sequence if made.index is not None]
    assert all(list(document.frames) == sorted(document.frames) for document in documents)
    firsts = [document.frames[0] for document in documents]
    assert firsts == sorted(firsts)
    assert all(0.0 <= document.boundary_confidence <= 1.0 for document in documents)


def test_pages_that_read_one_number_differently_leave_both_in_doubt() -> None:
    name = {"patient_name": "TESTPERSON, ALMA"}
    (document,) = assemble(
        [
            page(1, titled=True, page_of="1/2", mrn="04802568", **name),
            page(2, page_of="2/2", mrn="64862568", **name),
        ]
    )
    numbers = {v.value: v.confidence for v in document.values if v.field == "mrn"}
    assert set(numbers) == {"04802568", "64862568"}
    assert all(confidence < 0.6 for confidence in numbers.values())
    assert "identifiers on its pages differ" in document.doubts


def test_a_run_of_missing_pages_is_one_phrase() -> None:
    sequence = [page(1, titled=True, page_of="1/9", **ALMA), page(2, page_of="2/9", **ALMA)]
    (document,) = assemble(sequence)
    assert document.doubts == ("pages 3 to 9 of 9 are missing",)


def test_a_misread_count_makes_no_pages_missing() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        page(2, page_of="2/20", **ALMA),
        page(3, titled=True, page_of="1/1", **ALMA),
    ]
    first, second = assemble(sequence)
    assert [frame.number for frame in first.frames] == [1, 2]
    assert not first.doubts
    assert not second.doubts


def test_a_count_out_of_proportion_on_a_signed_page_is_doubted_itself() -> None:
    sequence = [
        page(1, titled=True, **ALMA),
        page(2, page_of="2/20", signed_date="1961-03-09", **ALMA),
        page(3, titled=True, page_of="1/1", **ALMA),
    ]
    first, _ = assemble(sequence)
    assert first.doubts == ("the count of 20 pages may be misread",)


def test_a_page_that_stands_twice_is_named_and_both_stay() -> None:
    sequence = [
        page(1, titled=True, page_of="1/3", **ALMA),
        page(2, page_of="2/3", **ALMA),
        page(3, page_of="2/3", **ALMA),
        page(4, page_of="3/3", **ALMA),
    ]
    (document,) = assemble(sequence)
    assert [frame.number for frame in document.frames] == [1, 2, 3, 4]
    assert "page 2 stands twice" in document.doubts


def test_pages_in_reversed_order_stay_so_and_say_so() -> None:
    sequence = [
        page(1, page_of="3/3", **ALMA),
        page(2, page_of="2/3", **ALMA),
        page(3, titled=True, page_of="1/3", **ALMA),
    ]
    (document,) = assemble(sequence)
    assert [frame.number for frame in document.frames] == [1, 2, 3]
    assert document.doubts == ("its pages do not stand in the order of their numbers",)


def test_a_document_after_a_complete_one_is_not_its_reversed_part() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        page(2, page_of="2/2", **ALMA),
        page(3, titled=True, page_of="1/2", **ALMA),
        page(4, page_of="2/2", **ALMA),
    ]
    assert numbers(sequence) == [[1, 2], [3, 4]]


def test_a_stranger_in_the_middle_is_a_document_of_its_own() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        page(2, titled=True, page_of="1/1", **GEORGE),
        page(3, page_of="2/2", **ALMA),
    ]
    first, stranger = assemble(sequence)
    assert [frame.number for frame in first.frames] == [1, 3]
    assert [frame.number for frame in stranger.frames] == [2]
    assert not first.doubts
    assert not stranger.doubts


def test_a_nameless_page_behind_a_stranger_holds_both_documents() -> None:
    sequence = [
        page(1, titled=True, page_of="1/2", **ALMA),
        page(2, titled=True, **GEORGE),
        page(3, page_of="2/2"),
    ]
    documents = assemble(sequence)
    assert len(documents) == 2
    assert all(document.doubts for document in documents)


def test_a_page_without_number_behind_a_stranger_is_not_taken_silently() -> None:
    sequence = [page(1, titled=True, **ALMA), page(2, titled=True, **GEORGE), page(3)]
    documents = assemble(sequence)
    doubted = {f.number for document in documents if document.doubts for f in document.frames}
    assert 3 in doubted


def test_a_page_that_goes_on_in_the_middle_of_a_sentence_needs_no_identifier() -> None:
    set_alike = {"pitch": 10.0, "letter": 9.0, "leading": 18.0, "left": 88.0}
    first = traited(page(1, titled=True, **ALMA), **set_alike, end=910.0, ends_open=True)
    second = traited(page(2), **set_alike, end=300.0, opens_small=True)
    (document,) = assemble([first, second])
    assert not document.doubts


def test_a_doubtful_boundary_holds_the_documents_on_both_its_sides() -> None:
    sequence = [page(1, titled=True, page_of="1/2", **ALMA), page(2, page_of="2/2", **GEORGE)]
    documents = assemble(sequence)
    assert len(documents) == 2
    assert all(document.doubts for document in documents)
    assert all(document.boundary_confidence < DOUBTFUL for document in documents)


def test_a_sure_change_of_patient_holds_nothing() -> None:
    sequence = [page(1, titled=True, **ALMA), page(2, titled=True, **GEORGE)]
    documents = assemble(sequence)
    assert [document.doubts for document in documents] == [(), ()]
    assert all(document.boundary_confidence > DOUBTFUL for document in documents)


def test_where_documents_have_sheets_a_title_behind_none_parts_less_surely() -> None:
    def pair(at: int) -> list[SequencePage]:
        return [page(at, titled=True, **ALMA), page(at + 1, titled=True, **ALMA)]

    sheets = [other(n, FrameState.SEPARATOR) for n in (10, 20, 30, 40, 50)]
    single = [page(n + 1, titled=True, **ALMA) for n in (10, 20, 30, 40)]
    with_sheets = [one for two in zip(sheets, single, strict=False) for one in two]
    with_sheets += [sheets[4], *pair(51)]
    *_, last = assemble(with_sheets)
    *_, plain = assemble(pair(51))
    assert last.boundary_confidence < plain.boundary_confidence
