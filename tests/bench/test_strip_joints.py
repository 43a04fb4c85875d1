"""The drawn strips lie as their truth says, and the measurement of joints runs."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from bench import strip_joints
from bench.film_frames import pages_of
from bench.strip_joints import (
    KINDS,
    LENGTHS,
    Case,
    Met,
    Strips,
    compressed,
    exposures,
    joined,
    strips_of,
    tables,
)
from capture.model import Pixels

WIDTH = 360
LONG = "up to four"


@pytest.fixture(scope="module")
def pages() -> list[Pixels]:
    return pages_of(7, 6, 38)


def alike(one: Pixels, other: Pixels) -> float:
    """Return the correlation of two pieces of film."""
    return float(np.corrcoef(one.ravel().astype(float), other.ravel().astype(float))[0, 1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", LENGTHS)
def test_both_strips_show_the_film_of_the_overlap(
    kind: str, length: str, pages: list[Pixels]
) -> None:
    strips = strips_of(kind, length, pages, WIDTH, 11)
    lines, shift = int(strips.overlap), int(np.ceil(strips.shift))
    least, most = LENGTHS[length]
    assert round(least * WIDTH) <= lines <= round(most * WIDTH)
    end, start = strips.before[-lines:], strips.after[:lines]
    wide = WIDTH - abs(shift)
    right = end[:, max(0, shift) :][:, :wide]
    left = start[:, max(0, -shift) :][:, :wide]
    assert alike(right, left) > 0.5
    assert alike(right[: lines // 2], left[-(lines // 2) :]) < alike(right, left)


def test_strips_are_the_same_for_the_same_seed(pages: list[Pixels]) -> None:
    one, other = (strips_of("pages", LONG, pages, WIDTH, 3) for _ in range(2))
    assert np.array_equal(one.before, other.before)
    assert np.array_equal(one.after, other.after)


def test_a_sheet_filmed_again_is_the_same_sheet(pages: list[Pixels]) -> None:
    sheets = exposures("sheets filmed again", pages, Random(1))
    assert all(np.array_equal(sheet, sheets[0]) for sheet in sheets)
    forms = exposures("forms repeated", pages, Random(1))
    assert len({sheet.tobytes() for sheet in forms}) > 2


def test_compression_takes_from_the_grain_and_moves_nothing(pages: list[Pixels]) -> None:
    strips = strips_of("pages", LONG, pages, WIDTH, 5)
    packed = compressed(strips)
    assert (packed.overlap, packed.shift) == (strips.overlap, strips.shift)
    assert packed.before.shape == strips.before.shape
    assert alike(packed.before, strips.before) > 0.9
    steps = [np.diff(one.before.astype(float), axis=1).std() for one in (packed, strips)]
    assert steps[0] < 0.95 * steps[1]


def test_what_is_told_of_a_joint_is_held_against_the_truth(pages: list[Pixels]) -> None:
    strips = strips_of("pages", LONG, pages, WIDTH, 5)
    for off, told in ((0.0, "exact"), (1.0, "beside"), (9.0, "wrong")):
        moved = Strips(strips.before, strips.after, strips.overlap + off, strips.shift)
        assert getattr(joined(moved), told) == 1
    assert joined(Strips(strips.before, strips.after)).wrong == 1
    blank = np.full_like(strips.after, 40)
    assert joined(Strips(strips.before, blank, strips.overlap)).missed == 1
    assert joined(Strips(strips.before, blank)).exact == 1


def test_rows_add_up() -> None:
    met = {
        Case("pages", "", "none"): Met(2, exact=2),
        Case("pages", LONG, "none", 1): Met(2, missed=2),
        Case("pages", LONG, "none", 2): Met(1, exact=1),
        Case("leaders alike", LONG, "none"): Met(4, exact=4),
    }
    apart, together, lengths = (table.rows for table in tables(met))
    assert ("all", "none", 2, 2, 0) in [row[:5] for row in apart]
    assert ("all", "none", 7, 5, 0, 2, 0) in [row[:7] for row in together]
    assert (LONG, "none", 7, 5, 0, 2, 0) in [row[:7] for row in lengths]


@pytest.mark.slow
def test_measurement_keeps_its_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--seed", "8", "--films", "1", "--width", "300", "--results", str(tmp_path)]
    assert strip_joints.main(arguments) == 0
    kept = json.loads((tmp_path / "strip_joints.json").read_text(encoding="utf-8"))
    assert [len(table["rows"]) for table in kept["tables"]] == [10, 10, 6]
    wrong = [sum(row[at] for row in table["rows"][:4] + table["rows"][5:9])
             for at, table in ((4, kept["tables"][0]), (6, kept["tables"][1]))]  # fmt: skip
    assert len(kept["failures"]) == sum(wrong)
    assert "Strips that overlap" in capsys.readouterr().out
