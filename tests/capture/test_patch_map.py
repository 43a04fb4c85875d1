"""What patch codes do is said in one line, and what is said wrongly is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import SettingsError
from capture.model import Barcode, Box
from capture.patch_map import CODES, MEANINGS, PATCH, USUAL, drops_sheet, patch_map, plain_map
from capture.settings import CaptureSettings

MAPS = st.dictionaries(st.sampled_from(CODES), st.sampled_from(MEANINGS))


def said(meanings: dict[str, str]) -> str:
    return ", ".join(f"{code} = {meaning}" for code, meaning in meanings.items())


@given(MAPS)
def test_what_is_said_holds_and_all_else_is_ignored(meanings: dict[str, str]) -> None:
    assert patch_map(said(meanings)) == {code: meanings.get(code, "ignore") for code in CODES}


@given(MAPS)
def test_maps_that_mean_the_same_are_written_the_same(meanings: dict[str, str]) -> None:
    backwards = dict(reversed(meanings.items()))
    assert plain_map(said(meanings)) == plain_map(said(backwards).upper())
    assert patch_map(plain_map(said(meanings))) == patch_map(said(meanings))


def test_the_usual_map_is_that_of_the_settings() -> None:
    assert patch_map(CaptureSettings().patch_codes) == {
        "1": "ignore", "2": "document", "3": "batch", "4": "ignore", "6": "ignore",
        "T": "separator",
    }  # fmt: skip
    assert CaptureSettings().patch_codes == USUAL


@pytest.mark.parametrize("wrong", ["5=document", "T=drop", "T", "=batch", "T:separator"])
def test_what_is_not_known_is_refused_with_what_is(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"1, 2, 3, 4, 6, T.*document or separator or batch"):
        CaptureSettings(patch_codes=f"2=document,{wrong}")


def test_a_code_does_one_thing() -> None:
    with pytest.raises(SettingsError, match="patch code T is said to do two things"):
        patch_map("T=separator,t=batch")


@pytest.mark.parametrize(
    ("meanings", "dropped"),
    [
        ((), False),
        (("separator",), True),
        (("batch", "separator"), True),
        (("document",), False),
        (("ignore",), False),
        (("separator", "ignore"), False),
        (("batch", "document"), False),
    ],
)
def test_a_sheet_is_dropped_only_where_all_its_codes_say_so(
    meanings: tuple[str, ...], dropped: bool
) -> None:
    codes = [Barcode(PATCH, "T", Box(0, 0, 9, 9), meaning) for meaning in meanings]
    assert drops_sheet([*codes, Barcode("Code128", "4711", Box(0, 0, 9, 9))]) is dropped
