"""Invented patients are plainly invented, and likely to be mistaken for each other."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

from bench.people import COLUMNS, first_people, write_mpi_csv


def test_the_same_seed_gives_the_same_people() -> None:
    assert first_people(4, 50) == first_people(4, 50)
    assert first_people(4, 50) != first_people(5, 50)


def test_no_two_patients_share_a_number_even_without_its_zeros() -> None:
    everyone = first_people(1, 2000)
    numbers = [n.lstrip("0") for p in everyone for n in (p.mrn, *p.other_mrns)]
    assert len(numbers) == len(set(numbers))


def test_numbers_are_six_to_eight_digits_and_some_begin_with_zero() -> None:
    numbers = [person.mrn for person in first_people(1, 500)]
    assert all(n.isdigit() and 6 <= len(n) <= 8 for n in numbers)
    assert any(n.startswith("0") for n in numbers)


def test_social_security_numbers_and_telephones_belong_to_nobody() -> None:
    for person in first_people(2, 300):
        assert "900" <= person.ssn[:3] <= "949"
        assert person.phone.startswith("(555) 555-01")


def test_families_tempt_by_name_by_suffix_and_by_birth_date() -> None:
    everyone = first_people(1, 400)
    fathers = {(p.last_name, p.first_name) for p in everyone if p.suffix == "Sr"}
    sons = {(p.last_name, p.first_name) for p in everyone if p.suffix == "Jr"}
    twins = [
        (a, b)
        for a, b in pairwise(everyone)
        if a.last_name == b.last_name and a.birth_date == b.birth_date
    ]
    assert fathers & sons
    assert twins
    assert any(person.maiden_name for person in everyone)


def test_the_patient_index_has_the_columns_that_the_import_takes(tmp_path: Path) -> None:
    patients = first_people(1, 300)
    write_mpi_csv(tmp_path / "mpi.csv", patients)
    with (tmp_path / "mpi.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["mrn"] for row in rows] == [person.mrn for person in patients]
    aliased = next(person for person in patients if person.other_mrns and person.maiden_name)
    row = next(row for row in rows if row["mrn"] == aliased.mrn)
    assert row["aliases"] == (
        f"MRN {aliased.other_mrns[0]};{aliased.maiden_name}, {aliased.first_name}"
    )
