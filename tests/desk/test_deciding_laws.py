"""Laws of deciding: counts balance whatever people do, and of many at once none is overwritten."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from archive import decisions, deliveries, documents
from archive.archive import Archive, open_archive
from archive.audit import broken_seals
from archive.deliveries import Batch
from archive.patients import import_patients
from archive.verify import verify
from batch.report import report_of
from capture.errors import ArchiveError, ChartroomError
from indexer.model import Patient
from tests.desk.charts_in_review import ANN, BOB, CEL, Says, assemble_all, box_of, say, unsay

BOX = (
    [Says(ANN, page_of="1/2"), Says(ANN, titled=False, page_of="2/2"), Says(failed=True)],
    [Says(BOB, bare=True), Says(titled=False), Says(CEL)],
)
FRAMES = sum(map(len, BOX))

SAID: tuple[dict[str, object], ...] = (
    {"mrn": ANN.mrn},
    {"mrn": BOB.mrn, "despite": True},
    {"no_patient": True},
    {"type": "18842-5"},
    {"values": (("birth_date", ANN.birth_date),)},
    {"on_page": ("starts_here",)},
    {"on_page": ("joins_previous",)},
    {"on_page": ("blank",)},
    {"on_page": ("technical",)},
    {"on_page": ("separator",)},
    {"on_page": ("seen",)},
)
steps = st.lists(
    st.tuples(
        st.sampled_from([*SAID, "undo", "again", "import"]),
        st.integers(0, FRAMES - 1),
        st.booleans(),
    ),
    max_size=8,
)


@contextmanager
def new_archive() -> Iterator[Archive]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(Path(folder) / "archive", create=True) as archive,
    ):
        yield archive


def subject(archive: Archive, batch: Batch, place: int, whole: bool) -> str:
    with archive.catalogue.read() as connection:
        frame = deliveries.frames(connection, batch)[place]
    return frame.document_id if whole and frame.document_id else frame.page


def step(archive: Archive, batch: Batch, what: object, name: str) -> None:
    if what == "again":
        assemble_all(archive, batch)
    elif what == "import":
        with archive.catalogue.write() as connection:
            import_patients(connection, [CEL, Patient("0088888", "NOBODY", "ELSE", "1950-01-01")])
    elif what == "undo":
        unsay(archive, name)
    else:
        assert isinstance(what, dict)
        say(archive, name, **what)


def balanced(archive: Archive, batch: Batch) -> None:
    """Every frame is in one state, and in a document just where that says so."""
    with archive.catalogue.read() as connection:
        report = report_of(connection, batch)
        frames = deliveries.frames(connection, batch)
        rows = documents.documents_of_batch(connection, batch)
        assert broken_seals(connection) == []
    assert report.frames == len(frames) == FRAMES
    assert report.unaccounted == 0, "no frame is pending or lost"
    inside = sorted(page for row in rows for page in row.pages)
    assert inside == sorted(frame.page for frame in frames if frame.document_id)
    states = {row.id: row.state for row in rows}
    for frame in frames:
        if frame.document_id:
            assert frame.state == states[frame.document_id]
        else:
            assert frame.state in ("held", "quarantined", "blank", "technical", "separator")
    assert verify(archive, quick=True).faults == ()


def take_all_back(archive: Archive, batch: Batch) -> None:
    with archive.catalogue.read() as connection:
        pages = [frame.page for frame in deliveries.frames(connection, batch)]
    for _ in range(2):
        for place, page in enumerate(pages):
            for name in (subject(archive, batch, place, True), page):
                with suppress(ChartroomError):
                    unsay(archive, name)


@settings(max_examples=15)
@given(steps)
def test_whatever_people_do_counts_balance_and_all_of_it_can_be_taken_back(
    done: list[tuple[object, int, bool]],
) -> None:
    with new_archive() as archive:
        batch = box_of(archive, *BOX, known=(ANN, BOB))
        for what, place, whole in done:
            with suppress(ChartroomError):  # refused: then nothing may have changed
                step(archive, batch, what, subject(archive, batch, place, whole))
            balanced(archive, batch)
        take_all_back(archive, batch)
        balanced(archive, batch)
        with archive.catalogue.read() as connection:
            refs = [frame.ref for frame in deliveries.frames(connection, batch)]
            assert decisions.standing(connection, refs) == {}
            after = documents.documents_of_batch(connection, batch)
        with new_archive() as other:
            batch = box_of(other, *BOX, known=(ANN, BOB))
            if any(what == "import" for what, *_ in done):
                step(other, batch, "import", "")
                assemble_all(archive, batch)
                assemble_all(other, batch)
                with archive.catalogue.read() as connection:
                    after = documents.documents_of_batch(connection, batch)
            with other.catalogue.read() as connection:
                assert documents.documents_of_batch(connection, batch) == after


@settings(max_examples=8)
@given(st.sampled_from(SAID[:5]), st.integers(0, FRAMES - 1))
def test_a_word_on_one_document_leaves_every_other_as_it_is(
    said: dict[str, object], place: int
) -> None:
    with new_archive() as archive:
        batch = box_of(archive, *BOX, known=(ANN, BOB))
        name = subject(archive, batch, place, whole=True)
        with archive.catalogue.read() as connection:
            before = documents.documents_of_batch(connection, batch)
        with suppress(ChartroomError):
            say(archive, name, **said)
        with archive.catalogue.read() as connection:
            after = documents.documents_of_batch(connection, batch)
        named = {name, f"d-{name}"}
        # How sure the ends of a neighbour are may change with what lies beside it.
        told = ("id", "batch", "state", "mrn", "type_code", "pages", "reason")
        assert [[getattr(row, name) for name in told] for row in after if row.id not in named] == [
            [getattr(row, name) for name in told] for row in before if row.id not in named
        ]


@settings(max_examples=8)
@given(steps)
def test_assembling_again_changes_nothing_that_people_decided(
    done: list[tuple[object, int, bool]],
) -> None:
    with new_archive() as archive:
        batch = box_of(archive, *BOX, known=(ANN, BOB, CEL))
        for what, place, whole in done:
            with suppress(ChartroomError):
                step(archive, batch, what, subject(archive, batch, place, whole))
        assemble_all(archive, batch)
        with archive.catalogue.read() as connection:
            before = documents.documents_of_batch(connection, batch)
            states = [frame.state for frame in deliveries.frames(connection, batch)]
        assemble_all(archive, batch)
        with archive.catalogue.read() as connection:
            assert documents.documents_of_batch(connection, batch) == before
            assert [frame.state for frame in deliveries.frames(connection, batch)] == states


def decide_at_once(home: Path, name: str, mrn: str, person: str) -> str:
    with open_archive(home) as archive:
        try:
            say(archive, name, mrn=mrn, person=person)
        except ArchiveError as error:
            return str(error)
    return ""


def test_of_twenty_who_decide_at_once_one_wins_and_the_others_are_told(tmp_path: Path) -> None:
    patients = [Patient(f"010{n:04}", f"TESTPERSON{n}", "PAT", "1930-01-02") for n in range(20)]
    home = tmp_path / "archive"
    with open_archive(home, create=True) as archive:
        batch = box_of(archive, [Says()], known=patients)
        with archive.catalogue.read() as connection:
            (row,) = documents.documents_of_batch(connection, batch)
    crowd = [(home, row.id, one.mrn, f"person {n}") for n, one in enumerate(patients)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=spawn) as pool:
        told = list(pool.map(decide_at_once, *zip(*crowd, strict=True)))
    assert sum(not words for words in told) == 1
    winner = told.index("")
    assert all(f"by person {winner} at" in words for words in told if words)
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        (row,) = documents.documents_of_batch(connection, batch)
        assert row.mrn == patients[winner].mrn
        assert broken_seals(connection) == []


def test_those_who_decide_on_different_documents_at_once_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "archive"
    with open_archive(home, create=True) as archive:
        batch = box_of(archive, [Says() for _ in range(20)])
        with archive.catalogue.read() as connection:
            names = [row.id for row in documents.documents_of_batch(connection, batch)]
    crowd = [(home, name, (ANN, BOB)[n % 2].mrn, f"person {n}") for n, name in enumerate(names)]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(4, mp_context=spawn) as pool:
        assert set(pool.map(decide_at_once, *zip(*crowd, strict=True))) == {""}
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        rows = documents.documents_of_batch(connection, batch)
        told = [(row.mrn, row.rule) for row in rows]
    assert told == [(mrn, f"person:{person}") for _, _, mrn, person in crowd]
