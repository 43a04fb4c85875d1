"""The contact sheet that people look at before they read."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.errors import ArchiveError
from desk.contact_sheet import (
    FRAMES_A_PAGE,
    ContactSheet,
    Difference,
    SheetFrame,
    Stretch,
    Witness,
    contact_sheet,
    picture_folder,
    picture_source,
    write_contact_sheet,
)
from desk.density_curve import density_curve

VOID = {"meta", "img", "br", "link", "rect", "polygon", "polyline"}


class Reader(HTMLParser):
    """Reads a page as a browser does: its tags in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.said: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def sheet(count: int = 3, **changes: object) -> ContactSheet:
    frames = tuple(
        SheetFrame(n, "filed", f"pictures/frame-{n}.jpg", f"0042.1.0.{n}")
        for n in range(1, count + 1)
    )
    return replace(ContactSheet("0042", "roll", "box-17", frames), **changes)


def read(shown: ContactSheet, page: int = 1) -> Reader:
    reader = Reader(contact_sheet(shown, page))
    assert reader.open == []
    return reader


def test_every_frame_is_shown_with_its_number_address_and_state() -> None:
    page = read(sheet())
    assert [image["alt"] for image in page.all("img")] == [f"Frame {n}, filed" for n in (1, 2, 3)]
    assert all(image["loading"] == "lazy" for image in page.all("img"))
    for n in (1, 2, 3):
        assert f"{n} 0042.1.0.{n} filed" in page.text


def test_frame_without_a_picture_is_shown_as_such() -> None:
    shown = sheet(frames=(SheetFrame(1, "pending"),))
    page = read(shown)
    assert page.all("img") == []
    assert "no picture" in page.text
    assert "waiting" in page.text


def test_doubts_and_reasons_stand_with_their_frame() -> None:
    frame = SheetFrame(7, "held", doubts=("no mark beside it",), reason="two patients")
    page = read(sheet(frames=(frame,)))
    assert "two patients" in page.text
    assert "no mark beside it" in page.text
    assert any("doubtful" in attributes.get("class", "") for attributes in page.all("li"))


def test_open_difference_keeps_the_verdict_open() -> None:
    open_one = Difference("double:6", "Frame 6 is twice as long.", 5, picture="pictures/d.jpg")
    page = read(sheet(differences=(open_one,)))
    assert "1 difference to explain before it can be released" in page.text
    assert "Frame 6 is twice as long. ( after frame 5 )" in page.text
    assert "double:6" in page.text


@pytest.mark.parametrize(
    "settled",
    [
        Difference("jump:3", "The address jumps.", 2, blocks=False),
        Difference("double:6", "Frame 6 is twice as long.", 5, explained="by a clerk: one chart"),
    ],
)
def test_difference_that_is_explained_or_only_shown_leaves_it_balanced(settled: Difference) -> None:
    shown = sheet(differences=(settled,))
    assert shown.open == 0
    page = read(shown)
    assert "Balanced." in page.text
    assert settled.sentence in page.text
    assert settled.explained in page.text


def test_counts_and_witnesses_are_told_apart() -> None:
    witnesses = (Witness("film index", "41 frames", False), Witness("image marks", "40", True))
    page = read(sheet(counts=(("pages", 1287),), witnesses=witnesses))
    assert "pages 1,287" in page.text
    assert "film index 41 frames differs" in page.text
    assert "image marks 40 agrees" in page.text


def test_strips_and_density_are_on_the_first_page_only() -> None:
    shown = sheet(
        FRAMES_A_PAGE + 5,
        stretches=(Stretch("pictures/film-1.jpg", "frames 1 to 6"),),
        density=tuple(range(200)),
    )
    first, second = read(shown), read(shown, 2)
    assert first.all("svg")
    assert "frames 1 to 6" in first.text
    assert not second.all("svg")
    assert len(second.all("img")) == 5


def test_long_roll_is_spread_over_pages_that_lead_to_each_other(tmp_path: Path) -> None:
    late = Difference("hole:2300", "A hole as wide as a frame.", 2300)
    shown = sheet(2400, differences=(late,))
    paths = write_contact_sheet(shown, tmp_path)
    assert len(paths) == 12
    assert paths[0].name == "index.html"
    assert max(path.stat().st_size for path in paths) < 200_000
    names = {path.name for path in paths}
    for path in paths:
        page = Reader(path.read_text(encoding="utf-8"))
        links = [link["href"].partition("#")[0] for link in page.all("a")]
        assert {link for link in links if link} <= names
    place = next(link["href"] for link in read(shown).all("a") if "frame-2300" in link["href"])
    target = Reader((tmp_path / place.partition("#")[0]).read_text(encoding="utf-8"))
    assert "frame-2300" in {attributes.get("id") for attributes in target.all("li")}


def test_every_frame_of_a_roll_is_on_exactly_one_page(tmp_path: Path) -> None:
    shown = sheet(3 * FRAMES_A_PAGE + 1)
    pages = [path.read_text(encoding="utf-8") for path in write_contact_sheet(shown, tmp_path)]
    numbers = [int(n) for page in pages for n in re.findall(r'id="frame-(\d+)"', page)]
    assert numbers == list(range(1, len(shown.frames) + 1))


def test_pictures_are_in_the_page_or_beside_it(tmp_path: Path) -> None:
    assert picture_source(b"jpeg", "frame-1", None) == "data:image/jpeg;base64,anBlZw=="
    assert picture_source(b"jpeg", "frame-1", tmp_path) == "pictures/frame-1.jpg"
    assert (tmp_path / "pictures" / "frame-1.jpg").read_bytes() == b"jpeg"


def test_card_holds_its_pictures_and_a_roll_has_them_beside_it(tmp_path: Path) -> None:
    assert picture_folder(tmp_path, 98) is None
    assert picture_folder(tmp_path, 2400) == tmp_path


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "sheet"
    blocked.write_text("a file stands here", encoding="utf-8")
    with pytest.raises(ArchiveError, match="another folder"):
        write_contact_sheet(sheet(), blocked)


HOSTILE = '"><script>alert(1)</script>&<img src=x onerror=y>\x00\n'


def test_nothing_that_is_shown_can_become_markup() -> None:
    frame = SheetFrame(1, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))
    shown = ContactSheet(
        HOSTILE, "roll", HOSTILE, (frame,), ((HOSTILE, 1),), (Witness(HOSTILE, HOSTILE, True),),
        (Difference(HOSTILE, HOSTILE, 1, explained=HOSTILE, picture=HOSTILE),),
        ((HOSTILE, HOSTILE),), (1, 2, 3), (Stretch(HOSTILE, HOSTILE),),
    )  # fmt: skip
    page = read(shown)
    assert not page.all("script")
    assert not any("onerror" in attributes for _, attributes in page.tags)
    assert "\x00" not in contact_sheet(shown)


@given(st.text(max_size=60))
def test_names_of_rolls_stay_text(name: str) -> None:
    plain = len(read(sheet(1)).tags)
    assert len(read(sheet(1, name=name, batch=name)).tags) == plain


def test_page_runs_no_script_and_loads_nothing_from_elsewhere() -> None:
    page = contact_sheet(sheet(density=(1, 2, 3)))
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "http" not in page.replace('http-equiv="Content-Security-Policy"', "")


def test_empty_roll_says_so() -> None:
    page = read(sheet(0))
    assert "No frame was found." in page.text
    assert "0 frames" in page.text


@given(st.lists(st.integers(0, 255), min_size=2, max_size=3000))
def test_density_curve_stays_in_its_frame_and_keeps_extremes(tones: list[int]) -> None:
    curve = density_curve(tones)
    points = [
        float(y) for y in re.findall(r",(-?[\d.]+)", curve.split('points="')[1].split('"')[0])
    ]
    assert all(0.0 <= y <= 120.0 for y in points)
    assert min(points) == pytest.approx(120 * (1 - max(tones) / 255), abs=0.06)
    assert max(points) == pytest.approx(120 * (1 - min(tones) / 255), abs=0.06)


@pytest.mark.parametrize("tones", [(), (7,)])
def test_density_of_next_to_nothing_is_not_drawn(tones: tuple[int, ...]) -> None:
    assert density_curve(tones) == ""
