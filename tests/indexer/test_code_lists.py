"""Official lists of codes, as published."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import SettingsError
from indexer.code_lists import CodeSystem, code_list, folded, system_on
from indexer.settings import IndexSettings

ROOT = Path(__file__).parents[2]
LISTS = ROOT.parent / "shared" / "data" / "lists"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=6), max_size=6)


def written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def workbook(path: Path, rows: list[tuple[str, ...]]) -> str:
    """Write ``rows`` as a workbook keeps them: cells that point into a table of strings."""
    strings = [cell for row in rows for cell in row]
    table = "".join(f"<si><t>{text}</t></si>" for text in strings)
    numbers = iter(range(len(strings)))
    sheet = "".join(
        "<row>" + "".join(f'<c t="s"><v>{next(numbers)}</v></c>' for _ in row) + "</row>"
        for row in rows
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SPACE}">{table}</sst>')
        book.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet xmlns="{SPACE}"><sheetData>{sheet}</sheetData></worksheet>',
        )
    return str(path)


def test_text_with_codes_and_descriptions_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "0020  Typhoid fever\r\n5409  Acute appendicitis NOS\r\n")
    known = code_list(path)
    assert known.codes == {"0020", "5409"}
    assert known.code_of("Fever, TYPHOID.") == "0020"
    assert known.code_of("Typhoid") is None


def test_the_order_file_of_icd_10_is_read(tmp_path: Path) -> None:
    short, long = "Typhoid fever, unsp".ljust(60), "Typhoid fever, unspecified"
    line = f"00005 A0100   1 {short} {long}\n"
    known = code_list(written(tmp_path / "order.txt", line))
    assert known.codes == {"A0100"}
    assert known.code_of("typhoid fever unspecified") == known.code_of(short) == "A0100"


def test_codes_alone_are_read_and_ranges_are_none(tmp_path: Path) -> None:
    known = code_list(written(tmp_path / "codes.txt", "A00-A09\r\nA00\r\nA000\r\n"))
    assert known.codes == {"A00", "A000"}


def test_the_workbook_of_icd_9_is_read(tmp_path: Path) -> None:
    rows = [("DIAGNOSIS CODE", "LONG"), ("0020", "Typhoid fever"), ("E8120", "Collision")]
    known = code_list(workbook(tmp_path / "dx.xlsx", rows))
    assert known.codes == {"0020", "E8120"}
    assert known.code_of("typhoid FEVER") == "0020"


def test_a_description_of_two_codes_tells_neither(tmp_path: Path) -> None:
    known = code_list(written(tmp_path / "two.txt", "0020 Fever\n0021 Fever\n"))
    assert known.code_of("Fever") is None


def test_a_category_is_held_with_the_codes_under_it(tmp_path: Path) -> None:
    known = code_list(written(tmp_path / "heads.txt", "57400 Stone\n"))
    assert all(map(known.holds, ("574.00", "574.0", "574")))
    assert not any(map(known.holds, ("575", "574.1")))


@pytest.mark.parametrize("text", ["", "no list at all\n", "\x00\x01"])
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError):
        IndexSettings(icd9_list=written(tmp_path / "none.txt", text))


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        IndexSettings(icd10_list=str(tmp_path / "gone.txt"))


@given(WORDS, st.randoms())
def test_order_case_and_points_of_a_text_do_not_matter(words: list[str], rng: object) -> None:
    turned = sorted(words, key=lambda word: word[::-1])
    assert folded(" ".join(words)) == folded(", ".join(turned).upper())


@pytest.mark.parametrize(
    ("day", "system"),
    [
        ("1967-12-31", None),
        ("1968-01-01", CodeSystem.ICDA8),
        ("1978", CodeSystem.ICDA8),
        ("1979-01-01", CodeSystem.ICD9),
        ("2015-09-30", CodeSystem.ICD9),
        ("2015-10", CodeSystem.ICD10),
        ("2015", None),
    ],
)
def test_each_day_has_the_classification_of_its_time(day: str, system: CodeSystem | None) -> None:
    assert system_on(day) == system


@pytest.mark.skipif(not LISTS.is_dir(), reason="the shared folder of lists is absent")
def test_the_lists_as_published_are_read() -> None:
    nine = code_list(str(LISTS / "icd9cm_CMS32_DESC_LONG_SHORT_DX.xlsx"))
    ten = code_list(str(LISTS / "icd10cm_codes_april_2026.txt"))
    assert len(nine.codes) > 14_000
    assert len(ten.codes) > 70_000
    assert nine.code_of("Typhoid fever") == "0020"
    assert nine.holds("540.9")
    assert ten.holds("A15.4")
    assert not ten.holds("A99.9")
