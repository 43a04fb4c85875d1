"""The title strip of a card bears witness to its count, its set, and whose it is."""

from __future__ import annotations

import pytest

from archive.archive import Archive
from batch.film_ledger import FilmLedger, WitnessCount, ledger_of
from tests.batch.filmed import ADA, BERT, CARA, Shot, assemble, clear, take_in

TITLE = "SAMPLEWELL, CARA    0093456    1 of 2    4 FR"


def card(archive: Archive, *shots: Shot, title: str = TITLE, name: str = "card-1") -> FilmLedger:
    strip = Shot(state="technical", title=title)
    roll = take_in(archive, [strip, *shots], kind="fiche", marked=False, name=name)
    assemble(archive)
    with archive.catalogue.read() as connection:
        return ledger_of(connection, roll)


def test_a_title_counts_frames_and_cards(archive: Archive) -> None:
    told = card(archive, *clear(4, CARA))
    assert told.witnesses == (
        WitnessCount("title", "frames", 4, 4),
        WitnessCount("title", "cards", 2, 1),
    )
    assert [one.key for one in told.open] == ["title-set"]
    other = TITLE.replace("1 of 2", "2 of 2").replace("4 FR", "3 FR")
    told = card(archive, *clear(2, CARA), title=other, name="card-2")
    assert [one.key for one in told.open] == ["title-count"]
    assert "3 frames, 2 were found: 1 missing" in told.open[0].sentence


def test_the_same_part_of_another_patients_set_settles_nothing(archive: Archive) -> None:
    card(archive, *clear(4, CARA))
    other = "TESTPERSON, ADA    0071234    2 of 2    4 FR"
    told = card(archive, *clear(4, ADA), title=other, name="card-2")
    assert [one.key for one in told.open] == ["title-set"]


def test_a_card_without_a_title_has_no_such_witness(archive: Archive) -> None:
    told = card(archive, *clear(2, CARA), title="MICROFILM")
    assert told.witnesses == ()
    assert told.differences == ()


@pytest.mark.parametrize(("strays", "blocks"), [(1, True), (3, False)])
def test_pages_of_another_patient_in_a_jacket_are_told(
    archive: Archive, strays: int, blocks: bool
) -> None:
    title = "SAMPLEWELL, CARA    0093456"
    told = card(archive, *clear(4 - strays, CARA), *clear(strays, BERT), title=title)
    (difference,) = told.differences
    assert (difference.key, difference.blocks) == ("title-patient", blocks)
    assert difference.frames == tuple(range(6 - strays, 6))
    assert BERT.mrn not in str(told.as_json())
    assert "SAMPLEWELL" not in str(told.as_json())
