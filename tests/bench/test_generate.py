"""The generator makes what was ordered, the same every time, with truth for every frame."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL.TiffImagePlugin import TiffImageFile

from bench.blocks import Form
from bench.charts import KINDS, form, house, stay
from bench.conditions import CONDITIONS
from bench.design import HELD_OUT
from bench.generate import main, parse_mix
from bench.people import first_people
from capture.errors import SettingsError


def made(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    assert main(["--out", str(folder), *arguments]) == 0
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("delivery")
    return folder, made(folder, "--seed", "6", "--pages", "24", "--mix", "bitonal")


def test_as_many_pages_are_made_as_were_ordered(
    delivery: tuple[Path, list[dict[str, Any]]],
) -> None:
    _, records = delivery
    strays = [r for r in records if r["patient"] != r["chart"]]
    assert len([r for r in records if r["state"] == "page"]) == 24 + len(strays)


def test_every_frame_of_every_file_has_its_line_of_truth(
    delivery: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, records = delivery
    known = {(r["source"], r["frame"]): r for r in records}
    for path in sorted((folder / "scans").iterdir()):
        with TiffImageFile(path) as tiff:
            for number in range(1, tiff.n_frames + 1):
                tiff.seek(number - 1)
                truth = known.pop((path.name, number))
                assert tiff.size == (truth["width"], truth["height"])
    assert not known


def test_the_patients_of_the_truth_are_in_the_patient_index_among_others(
    delivery: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, records = delivery
    with (folder / "mpi.csv").open(encoding="utf-8", newline="") as file:
        numbers = {row["mrn"] for row in csv.DictReader(file)}
    patients = {r["patient"] for r in records if r["patient"]}
    assert patients < numbers


def test_a_document_begins_where_the_truth_says_so(
    delivery: tuple[Path, list[dict[str, Any]]],
) -> None:
    _, records = delivery
    pages = [record for record in records if record["document"]]
    for before, page in pairwise(pages):
        assert page["boundary"] == (before["document"] != page["document"])


def test_words_of_the_truth_read_as_its_text(
    delivery: tuple[Path, list[dict[str, Any]]],
) -> None:
    for record in delivery[1]:
        assert record["text"].split() == [word["text"] for word in record["words"]]


def test_the_same_order_gives_the_same_bytes(tmp_path: Path) -> None:
    order = ("--seed", "2", "--pages", "3", "--mix", "clean,born,film,fax")
    for name in ("one", "two"):
        made(tmp_path / name, *order)
    files = sorted(path for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert files
    for path in files:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes(), path.name


@pytest.mark.parametrize("look", ["born", "film", "clean"])
def test_every_form_of_delivery_can_be_ordered(look: str, tmp_path: Path) -> None:
    records = made(tmp_path, "--seed", "3", "--pages", "2", "--mix", look)
    assert sum(record["state"] == "page" for record in records) == 2
    assert all((tmp_path / "scans" / record["source"]).is_file() for record in records)


def test_an_unknown_look_is_refused_and_the_right_ones_are_named() -> None:
    with pytest.raises(SettingsError, match="fax-low"):
        parse_mix("clean,foggy")
    assert parse_mix("clean=3,fax") == (("clean", 3.0), ("fax", 1.0))


def test_a_wrong_order_ends_with_the_code_for_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--pages", "1", "--out", str(tmp_path), "--mix", "foggy"]) == 2
    assert "foggy" in capsys.readouterr().err


def test_pages_for_development_show_nothing_that_is_held_out() -> None:
    def shown(*, development: bool) -> set[str]:
        forms = [drawn(seed, development=development) for seed in range(30)]
        return {form.style.face for form in forms} | {form.corner_place for form in forms}

    assert set(HELD_OUT) - {"grid"} <= shown(development=False)
    assert not set(HELD_OUT) & shown(development=True)


def drawn(seed: int, *, development: bool) -> Form:
    rng = Random(seed)
    where = house(Random(seed), development=development)
    case = stay(first_people(11, 3)[0], CONDITIONS[0], rng, where)
    return form(case, KINDS["discharge_summary"], case.discharged, rng)
