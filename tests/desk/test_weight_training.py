"""Weights of identifiers are learned from an archive's own pages, or not at all."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive import pages
from archive.archive import Archive, open_archive
from archive.documents import held_documents
from archive.learned import keep_weights, weights_of
from archive.patients import import_patients
from archive.records import Reading
from bench.linkage import pages_of
from bench.multitude import multitude
from cli import cli
from desk.weight_training import Lesson, chosen_first, learn_weights
from indexer.comparison import Level
from indexer.fitting import LEAST_PAIRS
from indexer.model import Patient
from indexer.weights import shipped_weights, written
from ocr.model import OcrPage
from tests.archive.filed import NOTE, PageIndex, add_source, deliveries, page
from tests.desk.charts_in_review import ANN, BOB, Says, box_of, say


@pytest.fixture(autouse=True)
def _own_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def read_pages(archive: Archive, patients: Sequence[Patient]) -> None:
    """Keep a page of each of ``patients`` as it would be read."""
    with archive.catalogue.write() as connection:
        batch = deliveries.open_batch(connection, "box-7", origin=b"", kind="auto")
        import_patients(connection, patients)
    frames = add_source(archive, batch, b"master", len(patients))
    asked = pages_of(patients, random.Random(5))
    with archive.catalogue.write() as connection:
        for frame, one in zip(frames, asked, strict=True):
            pages.keep_page(connection, frame, page(frame.ref.number))
            index = PageIndex(frame.ref, NOTE, one.values)
            pages.keep_reading(connection, frame, Reading(OcrPage(frame.ref, "fake 1", ()), index))


def test_a_site_learns_from_its_own_pages(home: Path) -> None:
    with open_archive(home, create=True) as archive:
        read_pages(archive, list(multitude(3, 2 * LEAST_PAIRS)))
    done = CliRunner().invoke(cli, ["patients", "train", "--home", str(home), "--dry-run"])
    assert done.exit_code == 0
    assert "Nothing changed" in done.output
    assert "mrn" in done.output
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        assert written(weights_of(connection)) == written(shipped_weights())
        after = learn_weights(connection).after
    assert after is not None
    assert 0.8 < after.chances["mrn"][Level.SAME][0] < 1
    done = CliRunner().invoke(cli, ["patients", "train", "--home", str(home)])
    assert done.exit_code == 0
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        assert written(weights_of(connection)) == written(after)


def test_a_few_pages_teach_nothing(home: Path) -> None:
    with open_archive(home, create=True) as archive:
        read_pages(archive, list(multitude(3, 20)))
    done = CliRunner().invoke(cli, ["patients", "train", "--home", str(home)])
    assert done.exit_code == 0
    assert f"{LEAST_PAIRS} of each are needed" in done.output


def test_weights_that_rank_the_chosen_lower_are_not_taken(home: Path) -> None:
    with open_archive(home, create=True) as archive:
        box_of(archive, [Says(ANN, bare=True)], [Says(BOB, bare=True)])
        with archive.catalogue.read() as connection:
            names = [row.id for row in held_documents(connection)]
        assert len(names) == 2
        say(archive, names[0], mrn=ANN.mrn)
        say(archive, names[1], mrn=BOB.mrn)
        with archive.catalogue.read() as connection:
            assert chosen_first(connection, shipped_weights()) == 2
    lesson = Lesson(900, 400, 400, shipped_weights(), None, (2, 1))
    assert "1 would rank first, and 2 do now" in lesson.lacking


def test_kept_weights_replace_those_before(home: Path) -> None:
    with open_archive(home, create=True) as archive, archive.catalogue.write() as connection:
        for version in ("one", "two"):
            shipped = shipped_weights()
            keep_weights(connection, type(shipped)(shipped.chances, version))
        assert weights_of(connection).version == "two"
