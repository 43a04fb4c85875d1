"""The catalogue of document types."""

import re

import pytest

from indexer.doctypes import (
    SECTIONS,
    UNCLASSIFIED,
    ChartOrder,
    TypeEntry,
    catalogue,
    chart_order,
    type_entry,
    type_named,
)

CODES = [
    "18842-5", "34117-2", "47039-3", "11506-3", "11488-4", "11504-8", "28570-0", "11485-0",
    "34751-8", "67860-7", "11526-1", "11502-2", "18748-4", "11524-6", "70004-7", "34746-8",
    "64295-9", "46209-3", "80565-5", "59284-0", "64293-4", "61359-6", "34111-5", "54094-8",
    "34108-1", "34748-4", "57133-1", "18761-7", "57057-2", "57055-6", "59268-3", "82593-5",
    "28579-1", "28578-3", "28571-8", "34838-3", "34801-1", "28653-4", "28628-6", "18743-5",
    "64297-5", "71230-7", "64289-2", "64290-0", "64291-8", "42348-3", "64298-3", "101904-1",
    "51852-2", "52033-8", "64299-1", "51851-4", "72170-4", "34109-9",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_type_has_a_name_and_a_section(code: str) -> None:
    entry = type_entry(code)
    assert entry is not None
    assert entry.name
    assert entry.section in SECTIONS


def test_a_code_stands_once_and_is_loinc_or_local() -> None:
    codes = [entry.code for entry in catalogue()]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"\d{4,6}-\d|LOCAL-[A-Z]+", code) for code in codes)


def test_a_title_names_one_type_or_types_that_their_heads_tell_apart() -> None:
    bearers: dict[str, list[TypeEntry]] = {}
    for entry in catalogue():
        assert len(entry.titles) == len(set(entry.titles))
        for title in entry.titles:
            bearers.setdefault(title, []).append(entry)
    shared = {title: entries for title, entries in bearers.items() if len(entries) > 1}
    assert set(shared) == {"summary sheet"}
    assert all(entry.heads for entries in shared.values() for entry in entries)


@pytest.mark.parametrize("text", ["11504-8", "operative report", "Operative  Report"])
def test_a_type_is_found_by_code_name_or_title(text: str) -> None:
    entry = type_named(text)
    assert entry is not None
    assert entry.code == "11504-8"


def test_an_unknown_type_is_none() -> None:
    assert type_named("recipe for soup") is None


def test_a_chart_runs_by_section_then_date() -> None:
    documents = [("11506-3", "1961-05-07"), ("18842-5", "1961-05-12"), ("11506-3", "1961-05-06")]
    ordered = sorted(documents, key=lambda document: chart_order(*document))
    assert ordered == [documents[1], documents[2], documents[0]]


def test_a_chart_can_run_by_date_alone_or_stay_by_stay() -> None:
    first_stay = [("18842-5", "1961-05-12"), ("11506-3", "1961-05-06")]
    second_stay = [("18842-5", "1970-01-20")]
    shuffled = [*second_stay, *first_stay]

    def by_date(one: tuple[str, str]) -> object:
        return chart_order(*one, order=ChartOrder.DATE)

    def by_stay(one: tuple[str, str]) -> object:
        began = "1961-05-05" if one in first_stay else "1970-01-15"
        return chart_order(*one, order=ChartOrder.ENCOUNTER, encounter=began)

    assert sorted(shuffled, key=by_date) == [first_stay[1], first_stay[0], second_stay[0]]
    assert sorted(shuffled, key=by_stay) == [*first_stay, *second_stay]


def test_what_is_unclassified_or_unknown_comes_last() -> None:
    assert chart_order(UNCLASSIFIED) > chart_order("51851-4")
    assert chart_order("99999-9") > chart_order(UNCLASSIFIED)
