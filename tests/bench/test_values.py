"""Measuring index values on pages read with errors."""

from pathlib import Path

import pytest

from bench import values
from bench.boxes_of_charts import BoxOrder
from bench.values import Indexed

CLEAN = BoxOrder(seed=1001, charts=10, noise=0.0, development=True)
NOISY = BoxOrder(seed=1001, charts=10, noise=0.02, development=True)


@pytest.fixture(scope="module")
def clean() -> list[Indexed]:
    return list(values.indexed(CLEAN))


@pytest.fixture(scope="module")
def noisy() -> list[Indexed]:
    return list(values.indexed(NOISY))


def test_nearly_every_value_of_a_page_without_errors_is_found(clean: list[Indexed]) -> None:
    counts = values.by_field(clean)
    assert counts["mrn"].exact == counts["mrn"].true > 100
    assert counts["birth_date"].exact >= 0.98 * counts["birth_date"].true
    assert sum(count.exact for count in counts.values()) >= 0.99 * sum(
        count.true for count in counts.values()
    )
    assert sum(count.wrong for count in counts.values()) == 0


def test_what_was_read_right_is_found_beside_misread_labels(noisy: list[Indexed]) -> None:
    counts = values.by_field(noisy)
    assert all(count.readable for count in counts.values() if count.true)
    for field in ("mrn", "birth_date", "sex", "account", "service_date", "patient_name"):
        assert counts[field].exact_readable >= 0.93 * counts[field].readable


def test_dates_keep_their_roles_and_no_document_goes_by_a_birth(noisy: list[Indexed]) -> None:
    found = values.roles(noisy)
    assert found.right >= 0.97 * (found.right + found.wrong)
    assert values.dated_by_birth(noisy) == 0


def test_no_misread_number_is_another_patients(noisy: list[Indexed]) -> None:
    assert values.numbers_registered(noisy).wrong == 0


def test_a_check_digit_refuses_misread_numbers() -> None:
    pages = values.with_check_digits(1001, 4, 0.04, development=True)
    count = values.numbers_as_read(pages)
    assert count.right > 0.6 * count.pages
    assert count.wrong <= 0.03 * count.pages


def test_the_result_is_kept(tmp_path: Path) -> None:
    given = ["--charts", "1", "--seed", "1001", "--noise", "0", "--development"]
    assert values.main([*given, "--results", str(tmp_path)]) == 0
    assert (tmp_path / "values.json").is_file()
