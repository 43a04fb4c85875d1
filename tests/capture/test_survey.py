"""Film is surveyed, and its frames are cut out again where they lie in the image of their file."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture.errors import SourceError
from capture.film.survey import Film, joint_of, survey_film, usual_size
from capture.intake import open_source
from capture.model import Box, Digest, FilmFrame, Pixels, SourceKind
from capture.ribbon.joined import JointKind
from capture.settings import CaptureSettings
from capture.source import Place, Source

SETTINGS = CaptureSettings()
WIDE, HIGH, BARE = 400, 520, 60


def page(number: int) -> Pixels:
    """Return a page that is unlike any other, and unlike itself turned or mirrored."""
    image = Image.new("L", (WIDE, HIGH), 250)
    pen = ImageDraw.Draw(image)
    chance = np.random.default_rng(number)
    for y in range(40, HIGH - 60, 26):
        for x in range(40, WIDE - 60, 60):
            if chance.random() < 0.8:
                long = int(chance.integers(16, 50))
                pen.rectangle((x, y, x + long, y + 9), fill=20)
    pen.rectangle((30, 14, 70, 26), fill=10)
    return np.asarray(image)


def ribbon(*numbers: int) -> Pixels:
    """Return negative film with these pages on it, one under another."""
    wide = WIDE + 2 * BARE
    parts = [np.full((3 * BARE, wide), 12, np.uint8)]
    for number in numbers:
        part = np.full((HIGH + BARE, wide), 12, np.uint8)
        part[:HIGH, BARE : BARE + WIDE] = (235 - page(number).astype(int) * 0.8).astype(np.uint8)
        parts.append(part)
    film = np.vstack([*parts, np.full((2 * BARE, wide), 12, np.uint8)])
    return np.asarray(film + np.random.default_rng(3).integers(0, 4, film.shape), np.uint8)


def opened(path: Path, pixels: Pixels, dpi: int = 4800) -> Source:
    Image.fromarray(pixels).save(path, "TIFF", compression="tiff_deflate", dpi=(dpi, dpi))
    digest = Digest(path.stem.rjust(64, "0"))
    return open_source(path, digest, kind=SourceKind.PAPER)


def surveyed(source: Source, kind: SourceKind = SourceKind.ROLL) -> Film:
    (film,) = survey_film([source], kind, SETTINGS)
    return film


def shows(pixels: Pixels, number: int) -> bool:
    """Return whether a frame shows this page and no other, lying as it was filmed."""
    inner = 235 - page(number)[20:-20, 20:-20].astype(np.float32) * 0.8
    fit = cv2.matchTemplate(pixels.astype(np.float32), inner, cv2.TM_CCOEFF_NORMED)
    return bool(fit.max() > 0.9)


@pytest.mark.parametrize("lying", [False, True])
def test_each_frame_is_cut_out_as_it_lies_and_never_mirrored(tmp_path: Path, lying: bool) -> None:
    film = ribbon(1, 2, 3)
    # Turned, not transposed: a scanner that pulls film sideways turns its pictures.
    with opened(tmp_path / "1", np.rot90(film).copy() if lying else film) as source:
        surveyed(source)
        frames = [source.frame(number) for number in (1, 2, 3)]
    if not lying:
        assert [shows(frames[at].pixels, at + 1) for at in range(3)] == [True] * 3
        return
    upright = [np.rot90(frame.pixels, -1) for frame in frames]
    assert sorted(n for pixels in upright for n in (1, 2, 3) if shows(pixels, n)) == [1, 2, 3]
    for frame in frames:
        cut = np.rot90(film)[frame.box.y : frame.box.bottom, frame.box.x : frame.box.right]
        assert np.array_equal(cut, frame.pixels)


def test_frames_of_joined_strips_lie_in_the_image_of_the_file_that_holds_most_of_them(
    tmp_path: Path,
) -> None:
    film = ribbon(1, 2, 3, 4, 5)
    cut = 3 * BARE + 2 * (HIGH + BARE) + HIGH // 3  # through the third frame
    with (
        opened(tmp_path / "1", film[: cut + 200]) as one,
        opened(tmp_path / "2", film[cut - 200 :]) as two,
    ):
        joint = joint_of(one, two, SETTINGS)
        assert joint is not None
        assert joint.overlap == 400
        (found,) = survey_film([one, two], SourceKind.ROLL, SETTINGS, [joint])
        assert [ref.source for ref in found.frames] == [one.digest] * 2 + [two.digest] * 3
        assert [ref.number for ref in found.frames] == [1, 2, 1, 2, 3]
        third = two.frame(1)
        assert shows(third.pixels, 3)
        own = film[cut - 200 :]
        box = third.box
        top = max(0, -box.y)
        assert np.array_equal(third.pixels[top:], own[box.y + top : box.bottom, box.x : box.right])


def test_strips_of_two_rolls_are_not_joined(tmp_path: Path) -> None:
    with (
        opened(tmp_path / "1", ribbon(1, 2, 3)) as one,
        opened(tmp_path / "2", ribbon(4, 5, 6)) as two,
    ):
        joint = joint_of(one, two, SETTINGS)
        assert joint is not None
        assert joint.kind is JointKind.SEAM


def test_a_roll_of_film_resolution_gives_pages_their_true_size(tmp_path: Path) -> None:
    # 400 pixels for 8.5 inches are 47 dpi; at 24x that is 1129 dpi of film.
    with opened(tmp_path / "1", ribbon(1, 2, 3), dpi=1412) as source:
        surveyed(source)
        frame = source.frame(2)
    assert frame.reduction is not None
    assert frame.reduction.name == "reduction"


def test_one_long_sheet_is_no_film_unless_the_technician_says_so(tmp_path: Path) -> None:
    sheet = np.full((4200, 600), 250, np.uint8)
    sheet[100:4100:37, 60:540] = 30
    with opened(tmp_path / "1", sheet, 150) as source:
        assert survey_film([source], SourceKind.AUTO, SETTINGS) == ()
        assert source.places == [Place(1)]
        assert not source.film


def test_what_cannot_be_read_of_one_image_leaves_the_image_as_a_frame(tmp_path: Path) -> None:
    path = tmp_path / "1"
    Image.fromarray(ribbon(1, 2, 3)).save(path, "PNG")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])
    with open_source(path, Digest("1" * 64), kind=SourceKind.PAPER) as source:
        survey_film([source], SourceKind.ROLL, SETTINGS)
        assert source.frame_count >= 1
        with pytest.raises(SourceError):
            source.frame(source.frame_count)


def test_the_usual_size_of_frames_leaves_title_strips_out() -> None:
    boxes = [Box(0, 0, 100, 130)] * 3
    frames = [FilmFrame(Box(0, 0, 900, 20), title_strip=True), *map(FilmFrame, boxes)]
    assert usual_size(frames) == (100, 130)
    assert usual_size(frames[:1]) is None
