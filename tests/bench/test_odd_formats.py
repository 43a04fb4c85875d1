"""One page reads alike in every legal form, and a form that does not is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench import odd_formats
from bench.odd_containers import Page, sample_bits
from bench.odd_files import FORMS, Form
from bench.odd_formats import Outcome, Reader, Sample
from capture.intake import open_source
from capture.model import Digest
from capture.scale import grey
from ocr.engines import open_engine
from ocr.settings import OcrSettings

LEAST_FORMS = 40
SUBSET = ("Group 4, low bit first", "fax 204 x 98, Group 3", "planes apart", "JBIG2", "/Rotate 90",
          "orientation 5", "Adobe", "interlaced", "bare codestream", "coarse paper")  # fmt: skip


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return odd_formats.samples(11, 1)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    engine = open_engine(OcrSettings())
    yield Reader(engine)
    engine.close()


def test_there_are_enough_forms() -> None:
    assert len(FORMS) >= LEAST_FORMS


def test_tones_are_packed_row_by_row() -> None:
    assert sample_bits(np.array([[1, 2, 3], [3, 0, 1]], dtype=np.uint8), 2) == bytes([0x6C, 0xC4])


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FORMS if not name.startswith("fax")])
def test_every_form_shows_the_page_it_holds(
    name: str, samples: list[Sample], tmp_path: Path
) -> None:
    form = FORMS[name]
    page = samples[0].held[form.of]
    (tmp_path / "page").write_bytes(form.write(page))
    (path,) = odd_formats.unpacked(tmp_path / "page")
    with open_source(path, Digest("0" * 64)) as source:
        assert source.frame_count == 1
        shown = grey(source.frame(1).pixels)
    # Ink stays ink and paper paper; tints, tones and codings cost some levels between.
    assert shown.shape == page.grey.shape
    assert np.mean((shown < 140) != (page.grey < 140)) < 0.02


@pytest.mark.slow
def test_odd_forms_read_like_the_plain_file(
    samples: list[Sample], reader: Reader, tmp_path: Path
) -> None:
    forms = {name: form for name, form in FORMS.items() if any(one in name for one in SUBSET)}
    outcomes = list(odd_formats.measured(forms, samples, reader, tmp_path))
    assert len(outcomes) >= len(SUBSET)
    assert [one.form for one in outcomes if not one.alike] == []


def test_a_form_that_reads_worse_or_not_at_all_is_told() -> None:
    good = Outcome("good", (0.02, 0.03), (0.02, 0.03))
    worse = Outcome("worse", (0.04, 0.05), (0.02, 0.03))
    unread = Outcome("unread", (), (0.02,), "not a kind we read")
    table = odd_formats.table([good, worse, unread])
    assert [row[-1] for row in table.rows] == ["yes", "no", "no: not a kind we read"]
    assert table.title == "3 forms, 2 of them not read alike"


def test_what_cannot_be_read_stops_no_other_form(tmp_path: Path) -> None:
    sample = Sample("Chest clear.", {"grey": Page(np.full((60, 80), 255, dtype=np.uint8))})
    forms = {"text": Form(lambda page: b"no picture"), "empty": Form(lambda page: b"")}
    engine = open_engine(OcrSettings())
    told = list(odd_formats.measured(forms, [sample], Reader(engine), tmp_path))
    engine.close()
    assert ["plain text" in told[0].reason, "empty" in told[1].reason] == [True, True]


def test_the_result_is_kept(tmp_path: Path) -> None:
    arguments = ["--only", "Group 3, two", "--pages", "1", "--seed", "11"]
    assert odd_formats.main([*arguments, "--results", str(tmp_path)]) == 0
    told = json.loads((tmp_path / "odd_formats.json").read_text())
    assert told["tables"][0]["title"] == "1 forms, 0 of them not read alike"
