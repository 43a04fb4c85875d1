"""Learning types from the documents of released batches."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import deliveries, documents, pages
from archive.archive import Archive, open_archive
from archive.audit import broken_seals
from archive.records import Reading
from archive.verified import verified_documents
from batch.settings import settings_of
from desk.type_training import chance_of, macro_f1, set_beside, train
from indexer.doctypes import type_entry
from indexer.model import Document, DocumentType, PageIndex
from indexer.read import page_from_text, text_size
from indexer.text_model import from_bytes, shipped_model
from tests.archive.filed import add_source, filed, page
from tests.conftest import ROOT, chartroom, lines_of

# How this site writes two of its forms, which nobody else does.
ROUNDS = "quadrant rounding sweep finished / tally sheet ward seven / beds counted twice / keys in"
SLIPS = "yellow slip carbon kept / runner sent upstairs / stamped at window three / duplicate void"
TOLD = {"34746-8": ROUNDS, "46209-3": SLIPS}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive", create=True) as opened:
        yield opened


def written(code: str, rng: Random) -> str:
    lines = TOLD[code].split(" / ")
    return "\n".join(f"{rng.choice(lines)} {rng.randint(1, 900)}" for _ in range(6))


def release(archive: Archive, pairs: Sequence[tuple[str, str]], name: str = "box-1") -> None:
    """File a released batch of one page documents, each given as text and type."""
    with archive.catalogue.write() as connection:
        batch = deliveries.open_batch(connection, name, origin=b"", kind="auto")
    frames = add_source(archive, batch, f"master of {name}".encode(), len(pairs))
    with archive.catalogue.write() as connection:
        made = []
        for number, (frame, (text, code)) in enumerate(zip(frames, pairs, strict=True)):
            entry = type_entry(code)
            assert entry is not None
            kind = DocumentType(code, entry.name, 0.9, "person:test")
            width, height = text_size(text)
            shown = replace(page(frame.ref.number), width=width, height=height)
            pages.keep_page(connection, frame, shown)
            words = page_from_text(text, frame.ref)
            pages.keep_reading(connection, frame, Reading(words, PageIndex(frame.ref, kind, ())))
            made.append((Document((frame.ref,), kind, (), 0.9), filed(f"{number % 30:06}")))
        documents.replace_documents(connection, batch, frames, made)
        deliveries.change_batch(connection, batch, state="released")


def own_forms(count: int, seed: int = 1) -> list[tuple[str, str]]:
    rng = Random(seed)
    codes = [sorted(TOLD)[n % 2] for n in range(count)]
    return [(written(code, rng), code) for code in codes]


def test_a_site_with_forms_of_its_own_gets_a_model_that_knows_them(archive: Archive) -> None:
    release(archive, own_forms(120))
    before = settings_of(archive.home).version("index")
    done = train(archive)
    assert done.taken, done.reason
    assert done.compared.documents == 120
    assert done.compared.right_after >= 114 > done.compared.right_before
    kept = from_bytes((archive.home.root / "types.npz").read_bytes())
    assert set(shipped_model().codes) <= set(kept.codes)
    # What was read with the old model is work of another kind.
    assert settings_of(archive.home).version("index") != before
    with archive.catalogue.read() as connection:
        assert not broken_seals(connection)


def test_the_new_model_types_what_is_converted_from_then_on(archive: Archive) -> None:
    release(archive, own_forms(120))
    train(archive)
    model = settings_of(archive.home).types.opened()
    assert "34746-8" in model.codes
    assert len(model.seen) == 120


def test_documents_that_the_model_has_seen_prove_nothing(archive: Archive) -> None:
    release(archive, own_forms(120))
    assert train(archive).taken
    again = train(archive)
    assert not again.taken
    assert "has not seen; there are 0" in again.reason


def test_a_dry_run_shows_and_changes_nothing(archive: Archive) -> None:
    release(archive, own_forms(120))
    done = train(archive, dry_run=True)
    assert done.compared.better
    assert not done.taken
    assert not (archive.home.root / "types.npz").exists()


def test_a_model_that_is_not_better_is_not_kept(archive: Archive) -> None:
    titled = {"11504-8": "OPERATIVE REPORT", "18842-5": "DISCHARGE SUMMARY"}
    codes = [sorted(titled)[n % 2] for n in range(120)]
    release(archive, [(f"{titled[code]:^80}\n\nSeen {n} times.", code) for n, code in
                      enumerate(codes)])  # fmt: skip
    done = train(archive)
    assert done.compared.right_before == 120
    assert not done.taken
    assert done.reason.startswith("not kept")
    assert not (archive.home.root / "types.npz").exists()


def test_too_few_documents_are_counted_and_change_nothing(archive: Archive) -> None:
    release(archive, own_forms(30))
    done = train(archive)
    assert not done.taken
    assert "at least 100 documents" in done.reason
    assert "there are 30" in done.reason


def test_only_documents_of_released_batches_are_verified(archive: Archive) -> None:
    release(archive, own_forms(4), "released")
    release(archive, own_forms(6, seed=2), "open")
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "open")
        deliveries.change_batch(connection, batch, state="finished")
        assert len(verified_documents(connection)) == 4


def test_the_command_prints_one_line_of_json(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_archive(home, create=True) as opened:
        release(opened, own_forms(20))
    outcome = chartroom("types", "train", "--home", home, "--json")
    assert outcome.exit_code == 0, outcome.output
    (line,) = lines_of(outcome)
    assert line["taken"] is False
    assert line["verified"] == 20
    assert json.dumps(line).count("reason") == 1


def test_a_damaged_model_is_told_and_not_passed_over(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with open_archive(home, create=True):
        (home / "types.npz").write_bytes(b"cut short")
    outcome = chartroom("types", "train", "--home", home)
    assert outcome.exit_code == 5
    assert "types.npz" in outcome.stderr


def test_the_exact_test_of_mcnemar_agrees_with_a_table() -> None:
    assert chance_of(0, 5) == pytest.approx(0.0625)
    assert chance_of(1, 9) == pytest.approx(0.021484375)
    assert chance_of(0, 0) == 1.0


@given(st.integers(0, 200), st.integers(0, 200))
def test_chance_is_even_handed_and_between_nothing_and_one(one: int, two: int) -> None:
    assert 0 < chance_of(one, two) <= 1
    assert chance_of(one, two) == chance_of(two, one)


@given(st.lists(st.sampled_from("abc"), min_size=1))
def test_all_right_is_a_macro_f1_of_one(truth: list[str]) -> None:
    assert macro_f1(truth, truth) == pytest.approx(1)


def test_a_rare_type_counts_as_much_as_a_common_one() -> None:
    truth, told = ["a"] * 98 + ["b"] * 2, ["a"] * 100
    assert macro_f1(truth, told) < 0.5


def test_better_on_many_and_worse_on_a_rare_type_is_not_better() -> None:
    truth = ["a"] * 90 + ["b"] * 10
    before = ["a"] * 70 + ["c"] * 20 + ["b"] * 10
    after = ["a"] * 90 + ["a"] * 9 + ["b"]
    beside = set_beside(truth, before, after)
    assert beside.right_after > beside.right_before
    assert not beside.better


@pytest.mark.parametrize(
    ("file", "content", "code", "told"),
    [
        ("doctypes.toml", b'[[type]]\ncode = "11506-3"\ntitel = ["x"]', 2, "mean 'titles'"),
        ("types.npz", b"cut short", 5, "chartroom types train"),
    ],
)
def test_what_cannot_be_used_stops_a_conversion_before_a_frame_is_taken_in(
    tmp_path: Path, delivery: Path, file: str, content: bytes, code: int, told: str
) -> None:
    home = tmp_path / "home"
    with open_archive(home, create=True):
        (home / file).write_bytes(content)
    outcome = chartroom("convert", delivery, "--home", home)
    assert outcome.exit_code == code
    assert file in outcome.stderr
    assert told in outcome.stderr
    assert "no batch" in chartroom("batch", "show", "box-17", "--home", home).stderr


def test_no_other_command_waits_for_the_libraries_that_train() -> None:
    asked = "import sys, cli; print({'sklearn', 'scipy'} & set(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "set()"
