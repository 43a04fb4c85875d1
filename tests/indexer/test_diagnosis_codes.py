"""Codes of diagnoses and procedures by era."""

from pathlib import Path

import pytest

from indexer.settings import IndexSettings

from .test_read import indexed, values

NINE = "57400 Cholelithiasis with acute cholecystitis\n0020 Typhoid fever\n71536 Gonarthrosis\n"
TEN = "A0100\nK810\n"


@pytest.fixture
def listed(tmp_path: Path) -> IndexSettings:
    nine, ten = tmp_path / "nine.txt", tmp_path / "ten.txt"
    nine.write_text(NINE, encoding="utf-8")
    ten.write_text(TEN, encoding="utf-8")
    return IndexSettings(newest_year=2026, icd9_list=str(nine), icd10_list=str(ten))


def summary(year: int, *diagnoses: str) -> str:
    lines = "\n".join(f"{n}. {text}" for n, text in enumerate(diagnoses, 1))
    return f"DISCHARGED: 05/12/{year}\n\nFINAL DIAGNOSIS:\n{lines}"


def codes(text: str, settings: IndexSettings | None = None) -> list[tuple[str, str, bool]]:
    found = indexed(text, settings) if settings else indexed(text)
    return [
        (value.value, value.rule, value.confidence >= 0.5)
        for value in found.values
        if value.field == "diagnosis_code"
    ]


@pytest.mark.parametrize(
    ("year", "printed", "rules"),
    [
        (1965, "Acute cholecystitis 574.00", []),
        (1985, "Acute cholecystitis 574.00", ["icd9-printed@1"]),
        (1985, "Acute cholecystitis K81.0", []),
        (2016, "Acute cholecystitis K81.0", ["icd10-printed@1"]),
        (2016, "Acute cholecystitis 574.00", []),
        (1985, "Acute cholecystitis", []),
    ],
)
def test_a_printed_code_is_of_its_era(year: int, printed: str, rules: list[str]) -> None:
    assert [rule for _, rule, _ in codes(summary(year, printed))] == rules
    assert values(summary(year, printed), "diagnosis") == [printed]


def test_a_code_that_the_site_does_not_list_is_doubted(listed: IndexSettings) -> None:
    text = summary(1985, "Acute cholecystitis 574.00", "Something else 999.99")
    assert codes(text, listed) == [
        ("574.00", "icd9-printed@1", True),
        ("999.99", "icd9-printed@1", False),
    ]


def test_a_text_has_the_code_whose_description_it_is(listed: IndexSettings) -> None:
    text = summary(1985, "Fever, typhoid", "Typhoid fever of long standing")
    assert codes(text, listed) == [("002.0", "icd9-index@1", True)]
    assert codes(summary(2016, "Typhoid fever"), listed) == []
    assert codes("FINAL DIAGNOSIS: Typhoid fever", listed) == []


def test_a_code_in_a_column_of_its_own_belongs_to_the_diagnosis() -> None:
    text = "DISCHARGED: 05/12/1985\n\nPrincipal Diagnosis      ICD-9-CM\n"
    text += "Gonarthrosis             715.36"
    assert codes(text) == [("715.36", "icd9-printed@1", True)]
    assert values(text, "diagnosis") == ["Gonarthrosis"]


def test_a_misread_code_is_mended_to_the_one_that_is_listed(listed: IndexSettings) -> None:
    text = (
        "DISCHARGED: 05/12/1985\n\nPrincipal Diagnosis      Code\nGonarthrosis, left       715.B6"
    )
    assert codes(text, listed) == [("715.36", "icd9-printed-repaired@1", True)]
    assert codes(text) == []


def test_other_numbers_called_code_are_none() -> None:
    assert codes("Zip Code 44122\nArea code: 330\nCode: 519\nCode status: DNR") == []


def test_an_operation_may_have_its_code() -> None:
    text = "DISCHARGED: 05/12/1985\n\nOPERATION: Cholecystectomy (51.22)"
    assert values(text, "procedure_code") == ["51.22"]
    assert values(text.replace("1985", "1965"), "procedure_code") == []
