"""Reading a table of settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest

from capture.errors import SettingsError
from capture.settings import CaptureSettings, load_section


@dataclass(frozen=True, slots=True)
class Kitchen:
    pots: int = 3
    warmth: float = 0.5
    cook: str = "Samplewell"
    open: bool = False
    meals: tuple[str, ...] = ("noon",)
    fuel: Literal["wood", "gas"] = "wood"


def test_what_the_table_leaves_out_keeps_its_default() -> None:
    assert load_section({"pots": 5}, Kitchen, "kitchen") == Kitchen(pots=5)


def test_every_type_of_field_is_read() -> None:
    table = {"pots": 1, "warmth": 2, "cook": "Mockridge", "open": True, "meals": ["dawn", "dusk"]}
    table |= {"fuel": "gas"}
    assert load_section(table, Kitchen, "kitchen") == Kitchen(
        1, 2.0, "Mockridge", True, ("dawn", "dusk"), "gas"
    )


def test_a_choice_that_is_not_offered_names_those_that_are() -> None:
    with pytest.raises(SettingsError, match="wood, gas"):
        load_section({"fuel": "peat"}, Kitchen, "kitchen")


def test_unknown_key_names_the_nearest_right_one() -> None:
    with pytest.raises(SettingsError, match=r"\[capture\] .*'max_frame'.*'max_frames'"):
        load_section({"max_frame": 5}, CaptureSettings, "capture")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pots", "three"),
        ("pots", True),
        ("pots", 1.5),
        ("warmth", "hot"),
        ("warmth", False),
        ("cook", 7),
        ("open", 1),
        ("meals", "noon"),
        ("meals", [1]),
    ],
)
def test_wrong_type_names_section_and_key(key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"\[kitchen\] {key} must be"):
        load_section({key: value}, Kitchen, "kitchen")
