"""A catalogue of a site laid over the shipped one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.errors import SettingsError
from capture.model import Digest, FrameRef
from indexer.doctypes import catalogue, chart_order, type_entry, type_named, use_catalogue
from indexer.model import DocumentType
from indexer.read import index_page, page_from_text
from indexer.type_rules import rules_in

FRAME = FrameRef(Digest("0" * 64), 1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "doctypes.toml"
    use_catalogue(None)


def use(site: Path, text: str) -> None:
    site.write_text(text, encoding="utf-8")
    use_catalogue(site)


def typed(title: str) -> str:
    return told(title).code


def told(title: str) -> DocumentType:
    page = page_from_text(f"{title:^80}\n\nShe was seen today.\n", FRAME)
    return index_page(page, width=1700, height=2200).type


def test_a_title_of_the_site_names_its_type(site: Path) -> None:
    assert typed("FORM 27 YELLOW SHEET") == "34109-9"
    use(site, '[[type]]\ncode = "46209-3"\ntitles = ["form 27 yellow sheet"]')
    assert typed("FORM 27 YELLOW SHEET") == "46209-3"
    assert typed("PHYSICIAN ORDERS") == "46209-3"


def test_a_title_that_the_site_gives_to_a_type_is_taken_from_all_others(site: Path) -> None:
    use(site, '[[type]]\ncode = "11506-3"\ntitles = ["Clinical Resume"]')
    assert typed("CLINICAL RESUME") == "11506-3"
    assert typed("DISCHARGE SUMMARY") == "18842-5"


def test_a_site_may_add_a_type_and_names_of_its_own(site: Path) -> None:
    entry = 'code = "LOCAL-WOUND"\nname = "Wound chart"\nsection = "nursing"\nnames = ["WC"]'
    use(site, f'[[type]]\n{entry}\ntitles = ["wound chart"]')
    assert typed("WOUND CHART") == "LOCAL-WOUND"
    # The model of wording has never heard of it, which says nothing against its title.
    assert told("WOUND CHART").confidence >= 0.9
    found = type_named("wc")
    assert found is not None
    assert found.code == "LOCAL-WOUND"
    assert chart_order("LOCAL-WOUND") < chart_order("51852-2")


def test_weights_of_the_site_replace_those_of_the_same_heads(site: Path) -> None:
    use(site, '[[type]]\ncode = "18842-5"\nheads = {"hospital course" = 1, "epicrisis" = 5}')
    entry = type_entry("18842-5")
    assert entry is not None
    heads = dict(entry.heads)
    assert (heads["hospital course"], heads["epicrisis"]) == (1.0, 5.0)
    assert heads["discharge diagnosis"] == 4.0


def test_no_file_adds_nothing(site: Path) -> None:
    shipped = [entry.code for entry in catalogue()]
    use_catalogue(site)
    assert [entry.code for entry in catalogue()] == shipped


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[type]\n", "line 1"),
        ('[[types]]\ncode = "11506-3"', r"begins with \[\[type\]\]"),
        ('[[type]]\nname = "Note"', "entry 1: it has no code"),
        ('[[type]]\ncode = "11506-3"\ntitle = ["x"]', r"entry 1 \(11506-3\).*mean 'titles'"),
        ('[[type]]\ncode = "11506-3"\ntitles = "x"', "titles must be a list"),
        ('[[type]]\ncode = "11506-3"\ntitles = [3]', "titles must be a list of text"),
        ('[[type]]\ncode = "11506-3"\nheads = {"a" = 99}', "heads: a weight is a number"),
        ('[[type]]\ncode = "11506-3"\nsection = "attic"', "unknown section 'attic'"),
        ('[[type]]\ncode = "LOCAL-X"\ntitles = ["x"]', "LOCAL-X: a new type needs a name"),
    ],
)
def test_what_cannot_be_used_is_told_with_file_and_entry(site: Path, text: str, told: str) -> None:
    use(site, text)
    with pytest.raises(SettingsError, match=rf"doctypes\.toml.*{told}"):
        catalogue()


def test_the_version_of_the_rules_goes_by_bytes_and_not_by_place(tmp_path: Path) -> None:
    one, two, none = (tmp_path / name for name in ("one", "two", "none"))
    for folder in (one, two, none):
        folder.mkdir()
    for folder in (one, two):
        (folder / "doctypes.toml").write_text('[[type]]\ncode = "11506-3"', encoding="utf-8")
    assert rules_in(one).version == rules_in(two).version
    assert rules_in(one).version != rules_in(none).version
