"""Every frame of a roll is in one count; what does not add up keeps it until explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import deliveries, film_account
from archive.archive import Archive
from archive.film import FilmRoll
from archive.film_account import Witness
from batch.film_ledger import (
    FilmLedger,
    WitnessCount,
    explain,
    ledger_of,
    ledgers,
    refuse_differences,
    with_explained_count,
)
from batch.report import report_of
from capture.errors import SettingsError
from capture.model import Blip, Box, FilmDoubt
from tests.batch.filmed import (
    ADA,
    Shot,
    assemble,
    clear,
    fresh_name,
    index,
    numbered,
    row,
    take_in,
    unread,
)
from tests.batch.test_film_index import shifted_roll

STATES = ("pending", "blank", "technical", "separator", "quarantined")
BLOCKING = ("hole", "double", "cut off", "unmarked", "bare mark", "title", "never heard of")
SHOWN = ("jump", "splice", "repeat", "short row")


def doubt(kind: str, after: int = 2) -> FilmDoubt:
    return FilmDoubt(kind, Box(0, 120 * after + 300, 200, 60), after, "as the picture shows")


def ledger(archive: Archive, roll: FilmRoll) -> FilmLedger:
    with archive.catalogue.read() as connection:
        return ledger_of(connection, roll)


def witness(archive: Archive, roll: FilmRoll, said: Witness) -> None:
    with archive.catalogue.write() as connection:
        film_account.keep_witness(connection, roll, said)


def release_refused(archive: Archive) -> str:
    with archive.catalogue.read() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        try:
            refuse_differences(connection, batch)
        except SettingsError as error:
            return str(error)
    return ""


def test_every_frame_is_in_one_count(archive: Archive) -> None:
    shots = [*clear(3, ADA), *(Shot(state=state) for state in STATES[1:])]
    roll = take_in(archive, numbered(shots), doubts=[doubt("repeat", 1)])
    assert ledger(archive, roll).counts.waiting == 3
    assemble(archive)
    counts = ledger(archive, roll).counts
    assert (counts.pages, counts.refilmed) == (2, 1)
    assert (counts.blank, counts.technical, counts.unreadable, counts.waiting) == (1, 2, 1, 0)
    assert counts.frames == len(shots)


def test_a_roll_on_which_all_agree_has_no_difference(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)))
    index(archive, row(1, whose=ADA))
    witness(archive, roll, Witness("label", 4))
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        deliveries.change_batch(connection, batch, expected=4)
    assemble(archive)
    told = ledger(archive, roll)
    assert told.differences == ()
    assert told.witnesses == (
        WitnessCount("marks", "frames", 4, 4),
        WitnessCount("label", "frames", 4, 4),
        WitnessCount("expect", "frames", 4, 4),
        WitnessCount("film index", "addresses", 1, 1),
    )
    assert release_refused(archive) == ""


@pytest.mark.parametrize("kind", BLOCKING)
def test_a_doubt_of_the_count_keeps_the_roll(archive: Archive, kind: str) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)), doubts=[doubt(kind)])
    (difference,) = ledger(archive, roll).open
    word = kind.replace(" ", "-")
    one_frame = kind == "unmarked"
    at, frames = (3, (3,)) if one_frame else (2, (2, 3))
    assert (difference.key, difference.frames) == (f"{word}-{at}", frames)
    assert difference.box == doubt(kind).box
    assert "as the picture shows" in difference.sentence
    told = release_refused(archive)
    assert "roll-0042 (1)" in told
    assert "chartroom film show roll-0042" in told


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_lawful_is_shown_and_keeps_nothing(archive: Archive, kind: str) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)), doubts=[doubt(kind)])
    told = ledger(archive, roll)
    assert [one.kind for one in told.differences] == [kind]
    assert told.open == ()
    assert release_refused(archive) == ""


def test_an_explanation_lets_the_roll_go_and_names_who_and_when(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)), doubts=[doubt("hole"), doubt("hole", 3)])
    with archive.catalogue.write() as connection:
        explain(connection, roll, "hole-2", " film was spliced here ", person="ada")
    told = ledger(archive, roll)
    assert [one.key for one in told.open] == ["hole-3"]
    said = told.differences[0].explanation
    assert said is not None
    assert (said.person, said.text) == ("ada", "film was spliced here")
    assert said.at.endswith("Z")
    with archive.catalogue.write() as connection:
        explain(connection, roll, "hole-3", "empty film", person="ada")
    assert release_refused(archive) == ""


def test_an_explanation_holds_only_as_long_as_the_figures(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)))
    witness(archive, roll, Witness("label", 5))
    with archive.catalogue.write() as connection:
        explain(connection, roll, "label-count", "the label counts a leader", person="ada")
    assert ledger(archive, roll).open == ()
    witness(archive, roll, Witness("label", 6))
    (difference,) = ledger(archive, roll).open
    assert difference.outdated


def test_an_explanation_needs_a_difference_and_words(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)), doubts=[doubt("hole")])
    with archive.catalogue.write() as connection:
        with pytest.raises(SettingsError, match="no difference 'hole-9'; known: hole-2"):
            explain(connection, roll, "hole-9", "words", person="ada")
        with pytest.raises(SettingsError, match="needs words"):
            explain(connection, roll, "hole-2", "  ", person="ada")


@pytest.mark.parametrize(
    ("said", "key", "words"),
    [
        (Witness("title", 98), "title-count", "the title strip says 98 frames, 4 were found"),
        (Witness("label", 3), "label-count", "1 too many"),
        (Witness("title", None, 2, 2, "a set"), "title-set", "one of 2; 1 of them are here"),
    ],
)
def test_a_witness_who_counts_otherwise_is_a_difference(
    archive: Archive, said: Witness, key: str, words: str
) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)))
    witness(archive, roll, said)
    (difference,) = ledger(archive, roll).open
    assert difference.key == key
    assert words in difference.sentence


def test_the_other_card_of_a_set_settles_it(archive: Archive) -> None:
    first = take_in(archive, numbered(clear(2, ADA)), name="card-1")
    second = take_in(archive, numbered(clear(2, ADA)), name="card-2")
    for part, card in ((1, first), (2, second)):
        witness(archive, card, Witness("title", None, part, 2, "a set"))
    assert ledger(archive, first).open == ledger(archive, second).open == ()


def test_a_number_announced_belongs_to_the_roll_that_is_the_whole_delivery(
    archive: Archive,
) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)))
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        deliveries.change_batch(connection, batch, expected=6)
    assemble(archive)
    (difference,) = ledger(archive, roll).open
    assert difference.key == "expect-count"
    assert "6 frames, 4 were found: 2 missing" in difference.sentence
    with archive.catalogue.write() as connection:
        batch = deliveries.batch_named(connection, "box-7")
        report = report_of(connection, batch)
        assert with_explained_count(connection, batch, report).unaccounted == 2
        explain(connection, roll, "expect-count", "the label was misread", person="ada")
        assert with_explained_count(connection, batch, report).unaccounted == 0
    take_in(archive, numbered(clear(1, ADA)), name="roll-0043")
    assert ledger(archive, roll).differences == ()


def test_targets_and_leaders_may_stand_without_a_mark(archive: Archive) -> None:
    shots = numbered([Shot(state="technical"), *clear(3, ADA)])
    roll = take_in(archive, shots, doubts=[doubt("unmarked", 0)])
    assert ledger(archive, roll).differences == ()


def test_a_sheet_filmed_once_more_may_stand_without_a_mark(archive: Archive) -> None:
    doubts = [doubt("unmarked", 1), doubt("repeat", 1)]
    roll = take_in(archive, numbered(clear(3, ADA)), doubts=doubts)
    assert [one.kind for one in ledger(archive, roll).differences] == ["repeat"]
    first = replace(numbered(clear(3, ADA))[0], unmarked=True)
    shots = [first, *numbered(clear(3, ADA))[1:]]
    other = take_in(archive, shots, name="b", doubts=[doubt("unmarked", 0), doubt("repeat", 1)])
    assert [one.kind for one in ledger(archive, other).differences] == ["repeat"]


def test_a_mark_in_a_hole_is_one_loss(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)), doubts=[doubt("hole"), doubt("bare mark")])
    assert [one.key for one in ledger(archive, roll).open] == ["hole-2"]


def test_marks_that_nobody_doubted_and_that_do_not_add_up_are_told(archive: Archive) -> None:
    astray = Blip(Box(2, 900, 8, 8), 1, "A")
    roll = take_in(archive, numbered(clear(4, ADA)), more_marks=[astray])
    (difference,) = ledger(archive, roll).open
    assert difference.key == "marks-count"
    assert "5 frames, 4 were found: 1 missing" in difference.sentence


def test_marks_on_both_edges_of_one_frame_count_it_once(archive: Archive) -> None:
    other_edge = [Blip(Box(190, 120 * n + 1, 8, 8), 1, "B") for n in range(1, 5)]
    roll = take_in(archive, numbered(clear(4, ADA)), more_marks=other_edge)
    assert ledger(archive, roll).witnesses == (WitnessCount("marks", "frames", 4, 4),)


def test_rows_of_the_index_without_a_frame_are_told_by_address(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)))
    index(archive, *(row(n, whose=ADA) for n in (1, 2, 3, 4, 5, 7, 8)))
    assemble(archive)
    (difference,) = ledger(archive, roll).open
    assert difference.key == "index-5"
    assert "3 addresses from 5 to 8" in difference.sentence


def test_an_index_of_another_roll_is_told_once_and_says_nothing_of_a_page(
    archive: Archive,
) -> None:
    roll = take_in(archive, numbered(unread(4)))
    index(archive, *(row(n, 0, m, whose=ADA) for n in (1, 2, 3) for m in (0, 1, 2)))
    (document,) = assemble(archive)
    assert document.state == "held"
    (difference,) = ledger(archive, roll).open
    assert difference.key == "index-foreign"
    assert "9 of the 9 addresses" in difference.sentence


def test_pages_under_no_row_are_shown(archive: Archive) -> None:
    roll = take_in(archive, numbered(clear(4, ADA)))
    index(archive, row(3, whose=ADA))
    assemble(archive)
    (difference,) = ledger(archive, roll).differences
    assert (difference.key, difference.frames, difference.blocks) == ("no-row-1", (1, 2), False)


def test_a_shifted_index_keeps_the_roll(archive: Archive) -> None:
    roll = take_in(archive, shifted_roll(archive))
    assemble(archive)
    told = ledger(archive, roll)
    shift = next(one for one in told.open if one.kind == "shift")
    assert shift.sentence.startswith("index shifted from frame 2")
    disputed = next(one for one in told.differences if one.kind == "disagreement")
    assert not disputed.blocks
    assert str(ADA.mrn) not in str(told.as_json())


def test_two_places_of_one_kind_have_keys_of_their_own(archive: Archive) -> None:
    second = replace(doubt("hole"), box=Box(0, 0, 9, 9))
    roll = take_in(archive, numbered(clear(4, ADA)), doubts=[doubt("hole"), second])
    assert [one.key for one in ledger(archive, roll).differences] == ["hole-2", "hole-2-2"]


def test_each_roll_of_a_batch_has_its_own_account(archive: Archive) -> None:
    for number in range(7):
        doubts = [doubt("hole")] if number else []
        take_in(archive, numbered(clear(4, ADA)), name=f"roll-{number}", doubts=doubts)
    with archive.catalogue.read() as connection:
        told = ledgers(connection, deliveries.batch_named(connection, "box-7"))
    assert [len(one.open) for one in told] == [0, *[1] * 6]
    assert "and 1 more" in release_refused(archive)


LOSSES = ("frame", "frame and mark")
WITNESSES = ("marks", "film index", "label", "title", "expect")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(2, 20),
    at=st.integers(0, 19),
    loss=st.sampled_from(LOSSES),
    said=st.sets(st.sampled_from(WITNESSES), min_size=1),
)
def test_a_lost_frame_never_escapes_a_witness_who_counted_it(
    archive: Archive, count: int, at: int, loss: str, said: set[str]
) -> None:
    place = at % count
    left = [shot for n, shot in enumerate(numbered(unread(count, ADA))) if n != place]
    mark = Blip(Box(2, 120 * count + 900, 8, 8), 1, "A")
    kept = "marks" in said and loss == "frame"
    shots = left if kept else numbered(left)
    name, more = fresh_name(archive), [mark] if kept else []
    marked = "marks" in said
    roll = take_in(archive, shots, name=name, batch=name, marked=marked, more_marks=more)
    if "film index" in said:
        index(archive, *(row(n, whose=ADA, roll=name) for n in range(1, count + 1)))
    for one in said & {"label", "title"}:
        witness(archive, roll, Witness(one, count))
    if "expect" in said:
        with archive.catalogue.write() as connection:
            batch = deliveries.batch_named(connection, name)
            deliveries.change_batch(connection, batch, expected=count)
    saw_it = kept or said - {"marks"}
    assert bool(ledger(archive, roll).open) == bool(saw_it)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    states=st.lists(st.sampled_from(STATES), min_size=1, max_size=25),
    kinds=st.lists(st.tuples(st.sampled_from(BLOCKING + SHOWN), st.integers(0, 30)), max_size=8),
)
def test_counts_always_add_up_and_keys_are_never_shared(
    archive: Archive,
    states: Sequence[str],
    kinds: Sequence[tuple[str, int]],
) -> None:
    shots = numbered([Shot(state=state) for state in states])
    name = fresh_name(archive)
    doubts = [doubt(kind, at) for kind, at in kinds]
    roll = take_in(archive, shots, name=name, batch=name, doubts=doubts)
    before = ledger(archive, roll)
    assemble(archive, name)
    after = ledger(archive, roll)
    assert before.counts.frames == after.counts.frames == len(states)
    assert min(after.counts.pages, after.counts.refilmed) >= 0
    keys = [one.key for one in after.differences]
    assert len(set(keys)) == len(keys)
    assert keys == [one.key for one in before.differences]
