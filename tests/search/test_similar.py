"""Pages are found though their words were misread, torn, or are called something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from search.access import Access
from search.grouping import grouped
from search.model import Entry, Facet, Filters, Found, Kinship
from search.publish import OpenIndex, opened, publish
from search.service import Manner, every_page, find, tally
from search.settings import EngineName, SearchSettings
from search.tree import Tree, render
from tests.search.archives import MemoryArchive, corpora, temporary_folder, trees

ANN, LEE = "SAMPLEWELL, ANN", "MOCKRIDGE, LEE"
PAGES = (
    Entry("p-1", "d-1", "Box 3", "072248", ANN, type_name="Letter", date="1961-03-05",
          facility="Sample General", attending="Dr. Proto", reading="good",
          text="Admitted with pneumonia of the left lung. Chest pain since Monday."),
    Entry("p-2", "d-1", "Box 3", "072248", ANN, type_code="34117-2", type_name="Letter",
          date="1961-03-05", facility="Sample General", attending="Dr. Proto", reading="doubtful",
          text="Pneumnoia of the left lung, much better. Chestpain gone."),
    Entry("p-3", "d-2", "Box 3", "0012345", LEE, type_name="Operative report", date="1963",
          facility="Mockbury", attending="Dr. Draft\nDr. Proto", reading="good",
          text="pneumoconiosis, appendec tomy, modern stapler. Myocardial infarction in 1962."),
    Entry("p-4", "d-3", "Box 4", "0012345", LEE, type_name="Letter", date="1963",
          reading="handwritten", text="phthisis; rnodern treatment on 3/4/61"),
    Entry("p-5", "d-4", "Box 4", "", "", reading="good", text="moderm. 072249 was called 3/4/67"),
)  # fmt: skip


@pytest.fixture(scope="module")
def archive() -> MemoryArchive:
    archive = MemoryArchive()
    archive.put(*PAGES)
    return archive


@pytest.fixture(scope="module", params=["tantivy", "whoosh"])
def index(
    request: pytest.FixtureRequest, archive: MemoryArchive, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenIndex]:
    settings, home = SearchSettings(request.param), tmp_path_factory.mktemp(request.param)
    publish(archive, home, settings)
    with opened(home, settings, archive.archive_id) as index:
        yield index


def found(archive: MemoryArchive, index: OpenIndex, query: str) -> dict[str, Found]:
    return {hit.page: hit for hit in find(archive, index, query).found}


def reasons(hit: Found) -> set[tuple[str, str, str]]:
    return {(one.asked, one.found, str(one.how)) for one in hit.why}


@pytest.mark.parametrize(
    ("query", "pages", "why"),
    [
        ("pneumonia", ["p-1", "p-2"], ("pneumonia", "pneumnoia", "similar spelling")),
        ("appendectomy", ["p-3"], ("appendectomy", "appendec tomy", "written apart")),
        ("chest pain", ["p-1", "p-2"], ("chest", "chestpain", "written together")),
        ("modern", ["p-3", "p-4", "p-5"], ("modern", "moderm", "misread letters")),
        ("MI", ["p-3"], ("MI", "myocardial infarction", "means the same")),
        ("heart attack", ["p-3"], ("attack", "myocardial infarction", "means the same")),
        ("tuberculosis", ["p-4"], ("tuberculosis", "phthisis", "means the same")),
        ("name:samplwell", ["p-1", "p-2"], ("samplwell", "samplewell", "similar spelling")),
        ("name:mokrich", ["p-3", "p-4"], ("mokrich", "mockridge", "sounds alike")),
        ('"lung of the left"', ["p-1", "p-2"], ("lung", "lung", "not in a row")),
    ],
)
def test_a_page_says_why_it_was_found(
    archive: MemoryArchive,
    index: OpenIndex,
    query: str,
    pages: list[str],
    why: tuple[str, str, str],
) -> None:
    hits = found(archive, index, query)
    assert sorted(hits) == pages
    assert why in {reason for hit in hits.values() for reason in reasons(hit)}


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("mrn:072249", []),
        ("mrn:072249~", ["p-1", "p-2"]),
        ("date:1964", []),
        ("072240", []),
        ("3/4/61", ["p-4"]),
        ("batch:box", []),
        ("NOT pneumonia", ["p-2", "p-3", "p-4", "p-5"]),
        ("lung NOT pneumonia", ["p-2"]),
    ],
)
def test_numbers_dates_labels_and_what_must_be_absent_are_never_guessed(
    archive: MemoryArchive, index: OpenIndex, query: str, pages: list[str]
) -> None:
    assert sorted(found(archive, index, query)) == pages


def test_the_words_themselves_come_first(archive: MemoryArchive, index: OpenIndex) -> None:
    result = find(archive, index, "pneumonia lung")
    assert [(hit.page, hit.kinship) for hit in result.found] == [
        ("p-1", Kinship.EXACT),
        ("p-2", Kinship.SIMILAR),
    ]
    assert (result.total, result.similar) == (1, 1)


def test_a_page_with_most_of_the_words_comes_last_and_says_what_it_lacks(
    archive: MemoryArchive, index: OpenIndex
) -> None:
    result = find(archive, index, "pneumonia lung monday")
    assert [hit.page for hit in result.found] == ["p-1", "p-2"]
    assert ("monday", "", "not found") in reasons(result.found[1])
    assert (result.total, result.similar, result.found[1].kinship) == (1, 0, Kinship.PARTLY)


def test_a_long_word_may_go_on_otherwise(archive: MemoryArchive, index: OpenIndex) -> None:
    result = find(archive, index, "pneumoconeous")
    assert [(hit.page, hit.kinship) for hit in result.found] == [("p-3", Kinship.SIMILAR)]
    assert reasons(result.found[0]) == {("pneumoconeous", "pneumoconiosis", "begins alike")}
    assert (result.total, result.similar) == (0, 0)


def test_similar_words_are_boxed_and_marked(archive: MemoryArchive, index: OpenIndex) -> None:
    hits = found(archive, index, '"chest pain" pneumonia')
    assert hits["p-2"].matched == ("Pneumnoia", "Chestpain")
    assert hits["p-2"].boxes == ((0, 0, 90, 20), (700, 0, 90, 20))


def test_to_the_letter_means_to_the_letter(archive: MemoryArchive, index: OpenIndex) -> None:
    result = find(archive, index, "pneumonia", manner=Manner(to_the_letter=True))
    assert [hit.page for hit in result.found] == ["p-1"]
    assert every_page(index, "pneumonia", manner=Manner(to_the_letter=True)) == ["p-1"]
    assert every_page(index, "pneumonia") == ["p-1", "p-2"]


def test_the_filter_of_a_name_finds_one_that_sounds_alike(
    archive: MemoryArchive, index: OpenIndex
) -> None:
    result = find(archive, index, "", Filters(patient="Mokrich"))
    assert (result.total, result.similar) == (0, 2)
    assert {hit.page for hit in result.found} == {"p-3", "p-4"}


@pytest.mark.parametrize(
    ("query", "filters", "count"),
    [
        ("pneumonia", Filters(), 2),
        ("pneumonia", Filters(mrn="072248"), 1),
        ("mrn:0012345 pneumonia", Filters(), 1),
        ("", Filters(batch="Box 4"), 1),
    ],
)
def test_pages_that_read_badly_are_counted_among_those_looked_through(
    archive: MemoryArchive, index: OpenIndex, query: str, filters: Filters, count: int
) -> None:
    assert find(archive, index, query, filters).unreliable == count


def test_facets_count_what_matches(archive: MemoryArchive, index: OpenIndex) -> None:
    assert tally(index, "left OR modern", Facet.YEAR) == [("1961", 2), ("1963", 1)]
    assert tally(index, "", Facet.PHYSICIAN, Filters(batch="box 3")) == [
        ("DR. PROTO", 3),
        ("DR. DRAFT", 1),
    ]


def test_pages_are_put_together_by_document_and_chart(
    archive: MemoryArchive, index: OpenIndex
) -> None:
    documents = grouped(archive, index, "left lung", None, "document")
    assert [(one.key, one.pages, len(one.found)) for one in documents] == [("d-1", 2, 2)]
    charts = grouped(archive, index, "modern", None, "chart")
    assert {(one.key, one.pages) for one in charts} == {("0012345", 2), ("", 1)}


SEALED = Manner(access=Access(hidden_mrns=frozenset({"07-22-48"})))


def test_a_sealed_chart_is_not_there_at_all(archive: MemoryArchive, index: OpenIndex) -> None:
    for query in ("pneumonia", "name:samplewell", "mrn:072248", "name:samplwell", ""):
        filters = Filters(date_from="1900")
        result = find(archive, index, query, filters, manner=SEALED)
        assert {hit.page for hit in result.found}.isdisjoint({"p-1", "p-2"})
        assert set(every_page(index, query, filters, manner=SEALED)).isdisjoint({"p-1", "p-2"})
        assert tally(index, query, Facet.YEAR, filters, manner=SEALED) in ([], [("1963", 2)])
    assert find(archive, index, "pneumonia", manner=SEALED).unreliable == 1
    assert grouped(archive, index, "lung", None, "chart", manner=SEALED) == ()


@pytest.mark.parametrize(
    ("access", "pages"),
    [
        (Access(batches=frozenset({"Box 4"})), ["p-4", "p-5"]),
        (Access(mrns=frozenset({"0012345"})), ["p-3", "p-4"]),
        (Access(mrns=frozenset()), []),
        (Access(hidden_types=frozenset({"34117-2"})), ["p-1", "p-3", "p-4", "p-5"]),
        (Access(), ["p-1", "p-2", "p-3", "p-4", "p-5"]),
    ],
)
def test_rights_are_part_of_the_question(
    index: OpenIndex, access: Access, pages: list[str]
) -> None:
    assert every_page(index, "NOT nothing", manner=Manner(access=access)) == pages


@given(
    corpora,
    st.lists(trees, min_size=1, max_size=3),
    st.integers(1, 4),
    st.sampled_from(("tantivy", "whoosh")),
)
@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_pages_of_an_answer_follow_each_other_whatever_is_asked(
    corpus: list[Entry], asked: list[Tree], size: int, engine: EngineName
) -> None:
    archive = MemoryArchive()
    archive.put(*corpus)
    settings = SearchSettings(engine)
    with temporary_folder() as home:
        publish(archive, Path(home), settings)
        with opened(Path(home), settings, archive.archive_id) as index:
            for query in map(render, asked):
                whole = find(archive, index, query, limit=50)
                ids = [hit.page for hit in whole.found]
                assert len(ids) == len(set(ids))
                steps = [
                    find(archive, index, query, limit=size, offset=at) for at in range(0, 9, size)
                ]
                assert [hit.page for step in steps for hit in step.found] == ids
                exact = find(archive, index, query, limit=50, manner=Manner(to_the_letter=True))
                assert [hit.page for hit in exact.found] == ids[: whole.total]
                assert sorted(ids[: whole.total + whole.similar]) == [*every_page(index, query)]
