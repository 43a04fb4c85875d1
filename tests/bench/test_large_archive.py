"""A large archive is a real one, and each of its pages can be made again as it was on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from rapidfuzz.distance import Levenshtein

from archive.archive import Archive, open_archive
from archive.deliveries import frame_of_page
from archive.findings import every_page
from archive.pages import indexes_of, pages_of, words_of
from archive.verify import verify
from bench.clinical_words import adjectives, drugs, places, surnames, terms
from bench.large_archive import LargeOrder, fill, order_of
from bench.large_pages import documents, page_name, patient, true_page
from bench.quick_misread import misreader
from capture.errors import SettingsError
from search import publish
from search.archive_text import ArchiveText
from search.model import Filters
from search.service import search
from search.settings import SearchSettings

ORDER = LargeOrder(seed=7, rate=0.02, pages=300)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    fill(folder, ORDER, processes=1)
    return folder


@pytest.fixture
def archive(root: Path) -> Iterator[Archive]:
    with open_archive(root) as opened:
        yield opened


def test_every_page_is_there_under_the_name_that_its_number_gives(archive: Archive) -> None:
    with archive.catalogue.read() as connection:
        assert list(every_page(connection)) == [page_name(ORDER.seed, n) for n in range(300)]
    assert verify(archive).faults == ()
    assert order_of(archive.home.root) == ORDER


def test_search_finds_a_page_by_the_number_of_its_patient(archive: Archive) -> None:
    source, home, settings = ArchiveText(archive), archive.home.index, SearchSettings()
    assert publish.rebuild(source, home, settings).rebuilt
    filed = next(one for one in documents(ORDER.seed, 2) if not one.held)
    found = search(source, home, settings, "", Filters(mrn=filed.patient.mrn), limit=50).found
    assert page_name(ORDER.seed, filed.first) in {one.page for one in found}
    assert {one.patient for one in found} == {filed.patient_name}
    assert publish.publish(source, home, settings).behind == 0


def test_words_and_boxes_are_those_of_the_text(archive: Archive) -> None:
    source = ArchiveText(archive)
    names = [page_name(ORDER.seed, number) for number in range(0, 300, 9)]
    entries = source.entries(names)
    words = source.words(names)
    for name in names:
        assert " ".join(word.text for word in words[name]) == " ".join(entries[name].text.split())
        assert all(0 <= w.x < w.x + w.width <= 2550 for w in words[name])
        assert all(0 <= w.y < w.y + w.height <= 3300 for w in words[name])


def test_readers_of_pages_find_what_they_need(archive: Archive) -> None:
    with archive.catalogue.read() as connection:
        frame = frame_of_page(connection, page_name(ORDER.seed, 5))
        (page,) = pages_of(connection, [frame]).values()
        (index,) = indexes_of(connection, [frame]).values()
        words = words_of(connection, frame)
    assert archive.vault.holds(page.image) if page.image else False
    assert index.type.code == true_page(ORDER.seed, 5).document.type.code
    assert words is not None
    assert words.quality is not None


def test_held_documents_have_no_number(archive: Archive) -> None:
    entries = ArchiveText(archive).entries([page_name(ORDER.seed, n) for n in range(300)])
    for number in range(300):
        entry = entries[page_name(ORDER.seed, number)]
        true = true_page(ORDER.seed, number).document
        assert entry.state == ("held" if true.held else "filed")
        assert entry.mrn == ("" if true.held else true.patient.mrn)


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.05, 0.10, 0.20])
def test_as_many_characters_are_wrong_as_were_asked_for(rate: float) -> None:
    reader, rng = misreader(rate), Random(3)
    pages = [true_page(7, number) for number in range(40)]
    pairs = [
        (" ".join(page.words), " ".join(row[0] for row in reader.read(page.placed, rng)))
        for page in pages
    ]
    wrong = sum(Levenshtein.distance(true, read) for true, read in pairs)
    measured = wrong / sum(len(true) for true, _ in pairs)
    assert measured == pytest.approx(rate, rel=1 / 3)


def test_a_page_is_made_again_from_its_number_alone() -> None:
    pages = [true_page(7, number) for number in range(100, 200)]
    assert true_page(7, 163) == pages[63]
    assert true_page(8, 163).text != pages[63].text
    assert len({page.text for page in pages}) == 100
    assert pages[0].document.patient.mrn in pages[0].text
    assert 250 < sum(len(page.words) for page in pages) / 100 < 350


def test_pages_do_not_depend_on_the_rate_and_readings_are_the_same_again(tmp_path: Path) -> None:
    for name, rate in (("one", 0.0), ("two", 0.05), ("three", 0.05)):
        fill(tmp_path / name, LargeOrder(7, rate, 50), processes=1)
    texts = {}
    for name in ("one", "two", "three"):
        with open_archive(tmp_path / name) as opened:
            texts[name] = ArchiveText(opened).entries([page_name(7, 20)])[page_name(7, 20)].text
    assert texts["one"] == true_page(7, 20).text
    assert texts["two"] == texts["three"] != texts["one"]


def test_a_fill_goes_on_where_it_was(tmp_path: Path) -> None:
    fill(tmp_path, LargeOrder(7, 0.02, 50), processes=1)
    fill(tmp_path, LargeOrder(7, 0.02, 150), processes=1)
    with open_archive(tmp_path) as opened, opened.catalogue.read() as connection:
        assert len(list(every_page(connection))) == 150
    with pytest.raises(SettingsError, match="another seed or rate"):
        fill(tmp_path, LargeOrder(7, 0.05, 200), processes=1)


def test_pages_come_in_whole_blocks() -> None:
    with pytest.raises(SettingsError, match="blocks of 50"):
        LargeOrder(7, 0.02, 120)


def test_record_numbers_never_repeat() -> None:
    assert len({patient(7, index).mrn for index in range(2000)}) == 2000


def test_most_words_are_rare() -> None:
    known = (terms(), adjectives(), drugs(), places(), surnames())
    words = {word for one in known for word in one.words}
    assert 60_000 < len(words) < 100_000
    assert all(one.shares[-1] == 1.0 and len(one.words) == len(one.shares) for one in known)
    rng = Random(1)
    drawn = Counter(terms().draw(rng) for _ in range(20_000))
    assert drawn[terms().words[0]] > 200
    assert sum(count == 1 for count in drawn.values()) > 2000
