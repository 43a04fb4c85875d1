"""From what a person types to the pages found, with their evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search.model import Entry, Filters, Found, Why
from search.nodes import How
from search.publish import opened, publish
from search.service import NOTHING_ASKED, Manner, Marking, find, search
from search.settings import SearchSettings
from tests.search.archives import MemoryArchive

PAGE = Entry(
    "page-1",
    document_id="document-1",
    batch="Box 3",
    mrn="07-22-48",
    patient_name="SAMPLEWELL, ANN",
    type_code="18842-5",
    type_name="Discharge summary",
    date="1963-05",
    state="filed",
    text="DISCHARGE SUMMARY\nSAMPLEWELL, ANN 07-22-48\nlobar pneu-\nmonia of the left lung",
)
OTHER = Entry("page-2", patient_name="MOCKRIDGE, LEE", date="1961", text="pneumonia pneumonia")


@pytest.fixture(params=["tantivy", "whoosh"])
def settings(request: pytest.FixtureRequest) -> SearchSettings:
    return SearchSettings(request.param)


@pytest.fixture
def archive(tmp_path: Path, settings: SearchSettings) -> MemoryArchive:
    archive = MemoryArchive()
    archive.put(PAGE, OTHER)
    publish(archive, tmp_path, settings)
    return archive


def test_a_hit_tells_page_patient_and_where_the_words_stand(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    result = search(archive, tmp_path, settings, "pneumonia lung")
    (hit,) = result.found
    assert (result.total, result.notes, result.behind) == (1, (), 0)
    assert hit == Found(
        page="page-1",
        document="document-1",
        mrn="07-22-48",
        patient="SAMPLEWELL, ANN",
        type="Discharge summary",
        date="1963-05",
        score=hit.score,
        snippet="DISCHARGE SUMMARY SAMPLEWELL, ANN 07-22-48 lobar pneu- monia of the left lung",
        boxes=((100, 60, 50, 20), (0, 90, 50, 20), (400, 90, 40, 20)),
        matched=("pneu-", "monia", "lung"),
        why=(
            Why("pneumonia", "pneumonia", How.EXACT, "page"),
            Why("lung", "lung", How.EXACT, "page"),
        ),
    )
    assert hit.score > 0


def test_the_json_of_a_hit_has_the_keys_that_others_script(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    (hit,) = search(archive, tmp_path, settings, "lung").found
    line = hit.as_json()
    assert list(line) == [
        "page", "document", "mrn", "patient", "type", "date", "score", "snippet", "boxes",
        "matched",
    ]  # fmt: skip
    assert line["boxes"] == [[400, 90, 40, 20]]


def test_only_a_page_by_hand_says_so(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    archive.put(replace(archive.pages["page-1"], handwritten=True))
    found = search(archive, tmp_path, settings, "lung").found
    assert [hit.as_json().get("handwritten") for hit in found] == [True]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(mrn="072248"), ["page-1"]),
        (Filters(patient="Ann Samplewell"), ["page-1"]),
        (Filters(patient="mockridge, lee"), ["page-2"]),
        (Filters(patient="--"), []),
        (Filters(type="18842-5"), ["page-1"]),
        (Filters(type="discharge summary"), ["page-1"]),
        (Filters(date_from="1961", date_to="1962-12"), ["page-2"]),
        (Filters(date_from="1963-05-20"), ["page-1"]),
        (Filters(batch="box 3", state="filed"), ["page-1"]),
        (Filters(batch="Box"), []),
    ],
)
def test_an_empty_query_with_a_filter_finds_all_that_it_lets_through(
    archive: MemoryArchive,
    tmp_path: Path,
    settings: SearchSettings,
    filters: Filters,
    expected: list[str],
) -> None:
    result = search(archive, tmp_path, settings, "", filters)
    assert [hit.page for hit in result.found] == expected
    assert result.total == len(expected)


def test_a_filter_narrows_and_leaves_rank_and_boxes_alone(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    both = search(archive, tmp_path, settings, "pneumonia").found
    (hit,) = search(archive, tmp_path, settings, "pneumonia", Filters(mrn="072248")).found
    assert hit == both[1]


def test_nothing_asked_is_told(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    result = search(archive, tmp_path, settings, "  ")
    assert (result.found, result.total, result.notes) == ((), 0, (NOTHING_ASKED,))


def test_what_was_not_understood_comes_with_the_answer(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    result = search(archive, tmp_path, settings, '"lobar pneumonia')
    assert [hit.page for hit in result.found] == ["page-1"]
    assert len(result.notes) == 1


def test_pages_of_results_follow_each_other(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    with opened(tmp_path, settings, archive.archive_id) as index:
        first = find(archive, index, "pneumonia", limit=1)
        second = find(archive, index, "pneumonia", limit=1, offset=1)
    assert [first.total, second.total] == [2, 2]
    assert [hit.page for hit in (*first.found, *second.found)] == ["page-2", "page-1"]


def test_a_snippet_is_painted_as_asked(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    with opened(tmp_path, settings, archive.archive_id) as index:
        found = find(archive, index, "lung", manner=Manner(Marking(mark="[{}]".format))).found
    assert found[0].snippet.endswith("left [lung]")


def test_a_patient_found_by_name_alone_shows_the_name_on_the_page(
    archive: MemoryArchive, tmp_path: Path, settings: SearchSettings
) -> None:
    (hit,) = search(archive, tmp_path, settings, "name:samplewell").found
    assert hit.matched == ("SAMPLEWELL,",)
