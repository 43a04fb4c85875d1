"""The comparison joins patients safely, splits sidecars, and lists what went wrong."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import compare_ocrmypdf, compare_tables, peer, real_pages
from bench.compare_tables import Chunk
from bench.degrade import Scan
from bench.found import FoundFrame, Pair
from bench.peer import Lot, Reading
from bench.program import Ran
from bench.write import write_group4, write_jpeg
from capture.errors import SettingsError

from .test_tally import SEEN, blank, pair, true_page

OURS = Ran(0, 'log\n{"unaccounted": 0}\n', "", 2.0, 1.0, 2**21, 2**20)
THEIRS = replace(OURS, seconds=4.0, cpu_seconds=3.0)


def chunk(*pairs: Pair, theirs: tuple[str, ...]) -> Chunk:
    ours = Reading(OURS, tuple(one.text for one in pairs))
    return Chunk(pairs, {"chartroom": ours, "OCRmyPDF": Reading(THEIRS, theirs)})


def told(one: Pair) -> Pair:
    return replace(one, truth=one.truth | {"degradations": []})


def mpi(path: Path, *numbers: str) -> Path:
    rows = [f"{number},Testperson,Ann,1927-03-04" for number in numbers]
    path.write_text("\n".join(["mrn,last_name,first_name,birth_date", *rows]) + "\n")
    return path


def test_patient_indexes_are_joined(tmp_path: Path) -> None:
    parts = [mpi(tmp_path / "a.csv", "0012345", "777777"), mpi(tmp_path / "b.csv", "888888")]
    compare_ocrmypdf.join_mpis(parts, tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_text().count("Testperson") == 3


def test_two_patients_of_one_number_stop_the_comparison(tmp_path: Path) -> None:
    parts = [mpi(tmp_path / "a.csv", "0012345"), mpi(tmp_path / "b.csv", "012345")]
    with pytest.raises(SettingsError, match="another --seed"):
        compare_ocrmypdf.join_mpis(parts, tmp_path / "all.csv")


def test_a_sidecar_holds_a_page_between_two_form_feeds() -> None:
    assert peer.sidecar_pages("one\n\ftwo\n\f", 2) == ("one\n", "two\n")
    assert peer.sidecar_pages("one\n\f\f", 2) == ("one\n", "")
    assert peer.sidecar_pages("one\n\f", 2) == ("one\n", "")


def test_a_sidecar_of_other_pages_is_refused() -> None:
    with pytest.raises(SettingsError, match="told of 2 pages, 3 were bound"):
        peer.sidecar_pages("one\n\ftwo\n", 3)


def test_every_program_goes_first_in_its_turn() -> None:
    programs = [peer.Tesseract(), peer.OcrMyPdf(Path("a")), peer.OcrMyPdf(Path("a"), ("--clean",))]
    assert {compare_ocrmypdf.in_turn(programs, place)[0].name for place in range(3)} == {
        "Tesseract",
        "OCRmyPDF",
        "OCRmyPDF --clean",
    }


def test_pictures_hold_the_pixels_and_the_resolution_of_every_frame(tmp_path: Path) -> None:
    page = Scan(np.where(np.eye(60, 80) > 0, 0, 255).astype(np.uint8), dpi=(204, 98), bitonal=True)
    write_group4(tmp_path / "two.tif", [page, page])
    write_jpeg(tmp_path / "x.jpg", Scan(np.full((50, 40), 90, np.uint8), dpi=(200, 200)))
    files = [tmp_path / "two.tif", tmp_path / "x.jpg"]
    peer.write_pictures(files, tmp_path / "pictures")
    first, second, third = sorted((tmp_path / "pictures").iterdir())
    with Image.open(first) as one, Image.open(second) as two, Image.open(third) as other:
        assert [(shown.mode, shown.size) for shown in (one, other)] == [
            ("1", (80, 60)),
            ("L", (40, 50)),
        ]
        assert [round(shown.info["dpi"][1]) for shown in (one, two, other)] == [98, 98, 200]
        assert np.array_equal(np.asarray(two), page.pixels > 0)


def test_speed_is_of_all_frames_and_text_of_pages() -> None:
    one = chunk(pair(), blank(), theirs=("Chest clean.", ""))
    speed, beside, median, *_, filing, account = compare_tables.tables([one])
    assert speed.rows[0] == ("chartroom", 2, "60.0", "0.50", "2", "1")
    assert speed.rows[1][:3] == ("OCRmyPDF", 2, "30.0")
    assert beside.rows[-1] == ("all", "2.00", "3.00")
    assert median.columns == ("look", "pages", "chartroom", "OCRmyPDF")
    assert median.rows[-1] == ("all", 1, "0.00 %", "8.33 %")
    assert "another patient: 0." in filing.note
    assert account.rows[-1] == ("unaccounted for", 0)


def test_a_page_that_came_out_right_is_no_failure() -> None:
    assert not list(compare_tables.failures([chunk(told(pair()), theirs=("Chest clear.",))]))


def wrong(found: FoundFrame | None) -> set[str]:
    (failure,) = compare_tables.failures(
        [chunk(told(pair(true_page(), found)), theirs=("Chest clear.",))]
    )
    return set(failure) - {"look", "source", "frame", "degradations"}


def test_a_failure_names_what_went_wrong() -> None:
    assert SEEN.document
    stranger = replace(SEEN.document, mrn="0099999")
    assert wrong(None) == {"lost"}
    assert wrong(replace(SEEN, text="Chart cloar.")) == {"cer"}
    assert wrong(replace(SEEN, rotation=90)) == {"geometry"}
    assert wrong(replace(SEEN, skew=1.5)) == {"geometry"}
    assert wrong(replace(SEEN, first=False)) == {"starts"}
    assert wrong(replace(SEEN, document=stranger)) == {"filing"}
    assert wrong(replace(SEEN, values=(("sex", "F", 0.9),))) == {"wrong values"}


def test_a_failure_names_what_was_not_found_as_it_is_printed() -> None:
    born = {"field": "birth_date", "value": "1927-03-04", "raw": "3-4-27"}
    (failure,) = compare_tables.failures(
        [chunk(told(pair(true_page(values=[born]))), theirs=("Chest clear.",))]
    )
    assert failure["absent values"] == [("birth_date", "3-4-27")]


def test_real_pages_are_judged_by_characters_only_where_their_order_is_sure() -> None:
    path = Path("ocr/page.png")
    ordered = real_pages.Reading(
        real_pages.RealPage(path, "abcd efgh", ordered=True), "efgh abcd", "abcd efgh", 1.0
    )
    loose = replace(ordered, page=replace(ordered.page, ordered=False))
    assert ordered.worse
    assert ordered.scores[1] == 0.0
    assert not loose.worse
    assert loose.scores == (1.0, 1.0)


def test_a_real_page_is_worse_only_beyond_the_slack() -> None:
    words = [f"word{number}" for number in range(100)]
    page = real_pages.RealPage(Path("forms/page.png"), " ".join(words), ordered=False)
    whole = " ".join(words)
    assert not real_pages.Reading(page, " ".join(words[2:]), whole, 1.0).worse
    assert real_pages.Reading(page, " ".join(words[4:]), whole, 1.0).worse


def test_words_of_a_form_are_all_taken() -> None:
    parts = [{"words": [{"text": "Unit"}, {"text": "No."}]}, {"words": [{"text": "071234"}]}]
    assert real_pages.form_text({"form": parts}) == "Unit No. 071234"


def test_without_the_folder_the_measurement_says_so(tmp_path: Path) -> None:
    arguments = ["--data", str(tmp_path / "absent"), "--results", str(tmp_path)]
    assert real_pages.main(arguments) == 0
    told = json.loads((tmp_path / "real_pages.json").read_text())
    assert told["told"] == ["Not measured: the folder of real pages is absent"]


@pytest.mark.skipif(not real_pages.DATA.is_dir(), reason="the folder of real pages is absent")
def test_every_real_page_has_its_file_and_its_truth() -> None:
    found = list(real_pages.real_pages(real_pages.DATA))
    assert len(found) > 80
    assert all(page.path.is_file() and page.truth.strip() for page in found)


@pytest.mark.skipif(not shutil.which("tesseract"), reason="the program tesseract is absent")
def test_plain_tesseract_reads_every_frame_of_a_lot(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    scan = Path(__file__).parents[2] / "sample_scans" / "fax-204x196.tif"
    shutil.copy(scan, tmp_path / "scans" / "1.tif")
    reading = peer.Tesseract().read(Lot("fax", tmp_path, ()))
    assert len(reading.texts[0].split()) > 20
    assert reading.run.cpu_seconds > 0


@pytest.mark.skipif(not shutil.which("tesseract"), reason="the program tesseract is absent")
def test_plain_tesseract_reads_a_file_as_it_is(tmp_path: Path) -> None:
    scan = Path(__file__).parents[2] / "sample_scans" / "fax-204x196.tif"
    assert len(real_pages.plain_tesseract(scan, tmp_path).output.split()) > 20
