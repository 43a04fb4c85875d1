"""A roll is kept with its frames, doubts, witnesses and explanations, and found by its name."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import deliveries, film, film_account
from archive.archive import Archive
from archive.audit import broken_seals
from archive.catalogue import Connection
from archive.deliveries import FrameRow
from archive.film import FilmPart, FilmRoll
from archive.film_account import Witness
from archive.film_rows import blip_of, blip_row, doubt_of, doubt_row
from archive.verify import verify
from capture.errors import ArchiveError, SettingsError
from capture.model import Blip, Box, FilmDoubt, FilmFrame, FilmLayout, FilmSurvey
from indexer.car import roll_key
from tests.archive.filed import add_source

MARK = Blip(Box(3, 120, 8, 9), 3, "A")
HOLE = FilmDoubt("hole", Box(0, 400, 200, 100), 2, "no frame where one would fit")


def survey_of(count: int, *doubts: FilmDoubt) -> FilmSurvey:
    frames = tuple(
        FilmFrame(
            Box(20, 120 * n, 160, 100),
            confidence=0.9,
            reason="edges",
            blip=MARK if n == 1 else None,
            address=(3, 0, n),
        )
        for n in range(1, count + 1)
    )
    return FilmSurvey(
        200, 120 * count + 200, FilmLayout.SIMPLEX, frames, (MARK,), doubts, (250, 80, 250), 64
    )


def frames_on(archive: Archive, batch_name: str, content: bytes, count: int) -> list[FrameRow]:
    with archive.catalogue.write() as connection:
        batch = deliveries.find_batch(connection, batch_name)
        if batch is None:
            batch = deliveries.open_batch(connection, batch_name, origin=b"", kind="roll")
    return add_source(archive, batch, content, count)


def keep(
    connection: Connection,
    frames: list[FrameRow],
    survey: FilmSurvey,
    *,
    batch: str = "box-7",
    name: str = "roll-0042",
) -> FilmRoll:
    sources = list(dict.fromkeys(frame.source_id for frame in frames))
    return film.keep_survey(
        connection,
        deliveries.batch_named(connection, batch),
        name,
        kind="roll",
        parts=[FilmPart(source, start=500 * n) for n, source in enumerate(sources)],
        survey=survey,
        refs=[frame.ref for frame in frames],
        reduction=24.0,
    )


def test_a_survey_comes_back_as_it_was_kept(archive: Archive) -> None:
    frames = frames_on(archive, "box-7", b"a roll", 3)
    survey = survey_of(3, HOLE)
    with archive.catalogue.write() as connection:
        keep(connection, frames, survey)
    with archive.catalogue.read() as connection:
        (roll,) = film.rolls(connection)
        kept = film.film_frames(connection, roll)
    assert (roll.name, roll.batch, roll.kind, roll.reduction) == ("roll-0042", "box-7", "roll", 24)
    assert (roll.doubts, roll.blips) == (survey.doubts, survey.blips)
    assert (roll.density, roll.density_step) == (survey.density, survey.density_step)
    assert [entry.found for entry in kept] == list(survey.frames)
    assert [entry.frame for entry in kept] == frames
    assert [entry.position for entry in kept] == [1, 2, 3]


def test_a_second_survey_takes_the_place_of_the_first(archive: Archive) -> None:
    frames = frames_on(archive, "box-7", b"a roll", 3)
    with archive.catalogue.write() as connection:
        first = keep(connection, frames, survey_of(3, HOLE))
        film_account.keep_witness(connection, first, Witness("label", 4))
        film_account.explain(
            connection, first, difference="hole-2", basis="2", text="a splice", person="ada"
        )
        again = keep(connection, frames[:2], survey_of(2))
        assert again.id == first.id
        assert [kept.frame for kept in film.film_frames(connection, again)] == frames[:2]
        assert again.doubts == ()
        assert film_account.witnesses(connection, again) == [Witness("label", 4)]
        assert list(film_account.explanations(connection, again)) == ["hole-2"]
        assert len(film.rolls(connection)) == 1


def test_a_roll_of_several_files_knows_its_parts(archive: Archive) -> None:
    frames = frames_on(archive, "box-7", b"part one", 2)
    frames += frames_on(archive, "box-7", b"part two", 1)
    with archive.catalogue.write() as connection:
        roll = keep(connection, frames, survey_of(3))
        batch = deliveries.batch_named(connection, "box-7")
        joined = film.joined_sources(connection, batch)
        (second,) = [
            s for s in deliveries.sources(connection, batch) if s.id == frames[2].source_id
        ]
        assert film.rolls_of_sources(connection, [second.id]) == [roll]
    assert [part.start for part in roll.parts] == [0, 500]
    assert joined == {frame.source_id: roll.id for frame in frames}


def test_cards_of_one_set_know_of_one_another(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        deliveries.open_batch(connection, "box-7", origin=b"", kind="fiche")
        for name, part, series in (("a", 1, "one"), ("b", 3, "one"), ("c", 2, "another")):
            card = keep(connection, [], survey_of(0), name=name)
            film_account.keep_witness(connection, card, Witness("title", 98, part, 3, series))
        asked = Witness("title", None, 1, 3, "one")
        assert film_account.other_parts(connection, asked) == {1, 3}


def test_doubts_that_come_late_are_added_once(archive: Archive) -> None:
    repeat = FilmDoubt("repeat", Box(0, 0, 9, 9), 1, "the picture of the frame before")
    frames = frames_on(archive, "box-7", b"a roll", 3)
    with archive.catalogue.write() as connection:
        roll = keep(connection, frames, survey_of(3, HOLE))
        for _ in range(2):
            roll = film.add_doubts(connection, roll, [repeat])
    assert roll.doubts == (HOLE, repeat)


def test_an_explanation_is_in_the_trail_without_its_words(archive: Archive) -> None:
    frames = frames_on(archive, "box-7", b"a roll", 1)
    with archive.catalogue.write() as connection:
        roll = keep(connection, frames, survey_of(1))
        film_account.explain(
            connection, roll, difference="hole-1", basis="1", text="Testperson lost", person="ada"
        )
        trail = connection.exec_driver_sql("SELECT actor, subject, detail FROM audit").all()
        assert broken_seals(connection) == []
    assert trail[-1][:2] == ("ada", "box-7/roll-0042")
    assert "Testperson" not in str(trail)


def test_a_frame_that_is_lost_from_a_roll_is_found_by_verify(archive: Archive) -> None:
    frames = frames_on(archive, "box-7", b"a roll", 3)
    with archive.catalogue.write() as connection:
        keep(connection, frames, survey_of(3))
    assert verify(archive).faults == ()
    with archive.catalogue.write() as connection:
        connection.exec_driver_sql("DELETE FROM frames WHERE number = 2")
    (fault,) = verify(archive).faults
    assert fault.subject == "box-7/roll-0042"


@pytest.mark.parametrize("asked", ["roll-0042", "ROLL-0042", "42", "0042", "Roll 42", "R42"])
def test_a_roll_is_found_by_name_case_or_number(archive: Archive, asked: str) -> None:
    with archive.catalogue.write() as connection:
        deliveries.open_batch(connection, "box-7", origin=b"", kind="roll")
        for name in ("roll-0042", "roll-0043", "A42"):
            keep(connection, [], survey_of(0), name=name)
        assert film.roll_named(connection, asked).name == "roll-0042"


def test_a_name_that_two_rolls_bear_needs_the_batch(archive: Archive) -> None:
    with archive.catalogue.write() as connection:
        for batch in ("box-7", "box-8"):
            deliveries.open_batch(connection, batch, origin=b"", kind="roll")
            keep(connection, [], survey_of(0), batch=batch)
        with pytest.raises(SettingsError, match="batch box-8"):
            film.roll_named(connection, "42")
        second = deliveries.batch_named(connection, "box-8")
        assert film.roll_named(connection, "42", second).batch == "box-8"
        with pytest.raises(ArchiveError, match="no roll"):
            film.roll_named(connection, "43")


@given(
    st.integers(0, 99999), st.sampled_from(["", "roll-", "Roll ", "R", "REEL#", "film_", "no. "])
)
def test_leading_zeros_and_words_for_a_roll_do_not_count(number: int, word: str) -> None:
    assert roll_key(f"{word}{number:06}") == roll_key(str(number)) == str(number)


def test_letters_of_a_series_count() -> None:
    assert len({roll_key(name) for name in ("42", "A42", "B42", "1987-42", "4-2")}) == 5
    assert roll_key("box7-roll42") == "42"
    assert roll_key("unnumbered") == "UNNUMBERED"


def test_marks_and_doubts_are_written_without_loss() -> None:
    chance = random.Random(7)
    for _ in range(50):
        box = Box(*(chance.randrange(9999) for _ in range(4)))
        mark = Blip(box, chance.choice((1, 2, 3)), chance.choice("AB"))
        doubt = FilmDoubt("jump", box, chance.randrange(2400), "an address out of turn")
        assert blip_of(blip_row(mark)) == mark
        assert doubt_of(doubt_row(replace(doubt, after=0))) == replace(doubt, after=0)
