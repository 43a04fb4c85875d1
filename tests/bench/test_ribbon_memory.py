"""Long film is written in every form as it was meant, and read in little memory."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import ribbon_memory
from bench.ribbon_memory import FORMS, WIDTH, Form, cost, differing
from capture.model import Pixels
from capture.ribbon.ribbon import open_ribbon
from capture.settings import CaptureSettings

TIMES = 12


@pytest.fixture(scope="module")
def shots() -> Pixels:
    """A little film."""
    rng = np.random.default_rng(4)
    tones = np.kron(rng.integers(0, 200, (32, 60)), np.ones((24, 25)))
    return (tones + rng.integers(0, 6, (768, WIDTH))).astype(np.uint8)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_roll_is_read_as_it_was_written(form: Form, shots: Pixels, tmp_path: Path) -> None:
    path = tmp_path / f"roll.{form.ending}"
    form.write(path, shots, TIMES)
    with closing(open_ribbon(path, CaptureSettings())) as ribbon:
        assert (ribbon.width, ribbon.length) == (WIDTH, TIMES * len(shots))
    assert differing(path, shots, "JPEG" in form.name) == 0


@pytest.mark.parametrize("form", [FORMS[1], FORMS[-1]], ids=lambda form: form.name)
def test_other_programs_read_the_same(form: Form, shots: Pixels, tmp_path: Path) -> None:
    path = tmp_path / f"roll.{form.ending}"
    form.write(path, shots, 2)
    with Image.open(path) as image:
        assert (np.asarray(image) == np.concatenate([shots, shots])).all()


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_memory_does_not_grow_with_the_roll(form: Form, shots: Pixels, tmp_path: Path) -> None:
    path = tmp_path / f"roll.{form.ending}"
    form.write(path, shots, 400)
    for way in ("windows", "shrunk"):
        found = cost(way, path)
        assert found.pixels >= 400 * shots.size
        assert found.peak_mb < 250


def test_a_measurement_prints_a_row_for_each_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ribbon_memory, "SHOTS", 2)
    arguments = ["--gigapixels", "0.01", "--whole", "0.01", "--results", str(tmp_path)]
    assert ribbon_memory.main(arguments) == 0
    printed = capsys.readouterr().out
    assert all(form.name in printed for form in FORMS)
    assert "| 0 |" in printed
