"""The index follows the archive, and its loss is told and mended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from capture.errors import ArchiveError, BusyError
from search.engine import SCHEMA
from search.engines import engine_named
from search.model import Entry
from search.publish import IndexState, opened, publish, rebuild, status
from search.sentinel import read_sentinel
from search.service import search
from search.settings import SearchSettings
from tests.search.archives import MemoryArchive, put

TANTIVY, WHOOSH = SearchSettings(), SearchSettings("whoosh")


@pytest.fixture(params=[TANTIVY, WHOOSH], ids=["tantivy", "whoosh"])
def settings(request: pytest.FixtureRequest) -> SearchSettings:
    chosen = request.param
    assert isinstance(chosen, SearchSettings)
    return chosen


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def archive() -> MemoryArchive:
    archive = MemoryArchive()
    archive.put(*(Entry(f"page-{number}", text=f"chest pain day{number}") for number in range(5)))
    return archive


def pages(archive: MemoryArchive, home: Path, settings: SearchSettings, query: str) -> list[str]:
    return [hit.page for hit in search(archive, home, settings, query).found]


def spoil(home: Path) -> None:
    """Empty every file of the index in use."""
    sentinel = read_sentinel(home)
    assert sentinel is not None
    for path in (home / sentinel.folder).iterdir():
        put(path, b"")


def test_the_first_publishing_builds_the_index(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    published = publish(archive, home, settings)
    assert (published.applied, published.behind, published.rebuilt) == (5, 0, True)
    assert pages(archive, home, settings, "day3") == ["page-3"]


def test_later_changes_are_followed_in_small_commits(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    small = SearchSettings(settings.engine, batch_pages=2)
    publish(archive, home, small)
    archive.put(Entry("page-1", text="headache"), Entry("page-8", text="fever"))
    archive.drop("page-2")
    archive.put(Entry("page-8", text="high fever"))
    assert status(archive, home, small).behind == 4
    published = publish(archive, home, small)
    assert (published.applied, published.behind, published.rebuilt) == (9, 0, False)
    assert pages(archive, home, small, "chest") == ["page-0", "page-3", "page-4"]
    assert pages(archive, home, small, "headache OR high") == ["page-1", "page-8"]


def test_publishing_again_changes_nothing(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    before = read_sentinel(home)
    assert not publish(archive, home, settings).rebuilt
    assert read_sentinel(home) == before


def test_a_stale_index_answers_and_says_how_far_it_is_behind(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    archive.drop("page-3")
    archive.put(Entry("page-9", text="chest"))
    result = search(archive, home, settings, "chest")
    assert [hit.page for hit in result.found] == ["page-0", "page-1", "page-2", "page-4"]
    assert result.behind == 2


def test_a_missing_index_is_told_and_reindexing_gives_the_same_results(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    before = search(archive, home, settings, "chest OR day3")
    for path in sorted(home.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert status(archive, home, settings).state is IndexState.MISSING
    with pytest.raises(ArchiveError, match="index is missing: run `chartroom reindex`"):
        search(archive, home, settings, "chest")
    rebuild(archive, home, settings)
    assert search(archive, home, settings, "chest OR day3") == before


def test_a_lost_index_folder_is_told_and_built_by_the_next_publishing(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    (home / "index-1").rename(home.parent / "elsewhere")
    assert status(archive, home, settings).state is IndexState.MISSING
    with pytest.raises(ArchiveError, match="run `chartroom reindex`"):
        search(archive, home, settings, "chest")
    assert publish(archive, home, settings).rebuilt
    assert len(pages(archive, home, settings, "chest")) == 5


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_corrupt_index_is_told_and_mended_by_reindexing(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    spoil(home)
    archive.put(Entry("page-9", text="chest"))
    assert status(archive, home, settings).state is IndexState.CORRUPT
    for use in (search, publish):
        arguments = ("chest",) if use is search else ()
        with pytest.raises(ArchiveError, match="index is corrupt: run `chartroom reindex`"):
            use(archive, home, settings, *arguments)
    rebuild(archive, home, settings)
    assert status(archive, home, settings).state is IndexState.READY
    assert len(pages(archive, home, settings, "chest")) == 6


def test_a_flipped_bit_anywhere_is_found_by_a_thorough_look(
    archive: MemoryArchive, home: Path
) -> None:
    publish(archive, home, TANTIVY)
    assert status(archive, home, TANTIVY, thorough=True).state is IndexState.READY
    segment_files = [path for path in (home / "index-1").iterdir() if path.suffix != ".json"]
    checked = [path for path in segment_files if path.stat().st_size]
    assert len(checked) >= 5
    for path in checked:
        whole = path.read_bytes()
        for at in (0, len(whole) // 2, len(whole) - 1):
            put(path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            assert status(archive, home, TANTIVY, thorough=True).state is IndexState.CORRUPT
        put(path, whole)
    assert status(archive, home, TANTIVY, thorough=True).state is IndexState.READY


def test_a_sentinel_that_cannot_be_read_is_an_index_that_is_missing(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    (home / "index.json").write_text('{"schema": 1, "arch')
    assert status(archive, home, settings).state is IndexState.MISSING
    assert publish(archive, home, settings).rebuilt
    assert len(pages(archive, home, settings, "chest")) == 5


@pytest.mark.parametrize(
    ("key", "value"), [("schema", SCHEMA + 1), ("archive", "archive-2"), ("engine", "other")]
)
def test_an_index_of_another_make_is_not_used_and_is_built_anew(
    archive: MemoryArchive, home: Path, settings: SearchSettings, key: str, value: object
) -> None:
    publish(archive, home, settings)
    sentinel = json.loads((home / "index.json").read_text())
    (home / "index.json").write_text(json.dumps(sentinel | {key: value}))
    assert status(archive, home, settings).state is IndexState.OUTDATED
    with pytest.raises(ArchiveError, match="another version, engine or archive"):
        search(archive, home, settings, "chest")
    assert publish(archive, home, settings).rebuilt
    assert status(archive, home, settings).state is IndexState.READY
    assert [path.name for path in home.glob("index-*")] == ["index-2"]


def test_changing_the_engine_builds_the_index_anew(archive: MemoryArchive, home: Path) -> None:
    publish(archive, home, TANTIVY)
    assert publish(archive, home, WHOOSH).rebuilt
    assert len(pages(archive, home, WHOOSH, "chest")) == 5


def test_an_archive_restored_from_an_older_copy_builds_the_index_anew(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    older = MemoryArchive()
    older.put(Entry("page-0", text="chest"))
    assert publish(older, home, settings).rebuilt
    assert pages(older, home, settings, "chest") == ["page-0"]


class PowerCutError(Exception):
    """The machine stops."""


@dataclass
class FailingArchive(MemoryArchive):
    """Fails when it is asked for one page."""

    poison: str = ""

    def entries(self, page_ids: Sequence[str]) -> Mapping[str, Entry]:
        if self.poison in page_ids:
            raise PowerCutError
        return MemoryArchive.entries(self, page_ids)


@pytest.fixture
def failing(archive: MemoryArchive) -> FailingArchive:
    return FailingArchive(archive.archive_id, archive.pages, archive.log)


def test_a_rebuild_cut_short_leaves_the_index_in_use(
    failing: FailingArchive, home: Path, settings: SearchSettings
) -> None:
    small = SearchSettings(settings.engine, batch_pages=1)
    publish(failing, home, small)
    failing.poison = "page-3"
    with pytest.raises(PowerCutError):
        rebuild(failing, home, small)
    failing.poison = "none"
    assert len(pages(failing, home, small, "chest")) == 5
    publish(failing, home, small)
    assert [path.name for path in home.glob("index-*")] == ["index-1"]


def test_publishing_cut_short_goes_on_where_it_was(
    failing: FailingArchive, home: Path, settings: SearchSettings
) -> None:
    small = SearchSettings(settings.engine, batch_pages=1)
    publish(failing, home, small)
    failing.put(*(Entry(f"page-{number}", text="fever") for number in (6, 7, 8)))
    failing.poison = "page-7"
    with pytest.raises(PowerCutError):
        publish(failing, home, small)
    assert status(failing, home, small).behind == 2
    failing.poison = "none"
    assert publish(failing, home, small).applied == 8
    assert pages(failing, home, small, "fever") == ["page-6", "page-7", "page-8"]


def test_a_crash_between_commit_and_sentinel_takes_the_change_again_to_no_harm(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    before = (home / "index.json").read_bytes()
    archive.put(Entry("page-7", text="fever"))
    publish(archive, home, settings)
    (home / "index.json").write_bytes(before)
    publish(archive, home, settings)
    assert pages(archive, home, settings, "fever") == ["page-7"]
    assert status(archive, home, settings).pages == 6


@dataclass
class MovingArchive(MemoryArchive):
    """Gains a page while it is being read."""

    def all_page_ids(self) -> Iterator[str]:
        known = sorted(self.pages)
        self.put(Entry("page-new", text="late fever"))
        return iter(known)


def test_a_change_during_a_rebuild_is_not_missed(home: Path, settings: SearchSettings) -> None:
    archive = MovingArchive()
    archive.put(Entry("page-1", text="fever"))
    published = rebuild(archive, home, settings)
    assert (published.applied, published.behind) == (archive.last_seq(), 0)
    assert pages(archive, home, settings, "late") == ["page-new"]


def test_two_publishers_never_meet(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    class Meddling(MemoryArchive):
        def entries(self, page_ids: Sequence[str]) -> Mapping[str, Entry]:
            for use in (publish, rebuild):
                with pytest.raises(BusyError, match="run again"):
                    use(archive, home, settings)
            return MemoryArchive.entries(self, page_ids)

    meddling = Meddling(archive.archive_id, archive.pages, archive.log)
    assert publish(meddling, home, settings).applied == 5


def test_an_open_index_answers_on_while_a_new_one_takes_its_place(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    with opened(home, settings, archive.archive_id) as index:
        rebuild(archive, home, settings)
        assert index.reader.pages() == 5
        assert index.reader.frequency("words", "chest") > 0
    assert len(pages(archive, home, settings, "chest")) == 5


def test_status_tells_engine_pages_and_how_far(
    archive: MemoryArchive, home: Path, settings: SearchSettings
) -> None:
    publish(archive, home, settings)
    archive.put(Entry("page-9"))
    told = status(archive, home, settings)
    assert (told.state, told.applied, told.behind, told.pages) == (IndexState.READY, 5, 1, 5)
    assert told.engine == f"{settings.engine} {engine_named(settings.engine).version}"
