"""A roll of film: the strips it was scanned in, and its frames cut out of them on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from capture.model import Box, Digest, FilmFrame, Frame, FrameRef, Pixels, Step
from capture.ribbon.joined import JoinedRibbon, Joint, JointKind
from capture.ribbon.ribbon import Ribbon, open_ribbon
from capture.settings import CaptureSettings


@dataclass(frozen=True, slots=True)
class Strip:
    """One image of a file that is a strip of film."""

    path: Path
    source: Digest
    image: int = 1
    """Which image of its file, from 1."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Strips that are one roll, in order, and where each lies on it."""

    strips: tuple[Strip, ...]
    starts: tuple[int, ...] = (0,)
    """Line of the roll on which each strip begins."""
    lefts: tuple[int, ...] = (0,)
    """Column of the roll on which each strip begins."""


def open_roll(roll: Roll, settings: CaptureSettings) -> Ribbon:
    """Return all of ``roll`` as one ribbon; SourceError when a strip of it cannot be read."""
    ribbons = open_strips(roll.strips, settings)
    if len(ribbons) == 1:
        return ribbons[0]
    ends = [start + ribbon.length for start, ribbon in zip(roll.starts, ribbons, strict=True)]
    known = [
        Joint(JointKind.OVERLAP, end - start, left - left_before)
        for end, start, (left_before, left) in zip(
            ends, roll.starts[1:], pairwise(roll.lefts), strict=False
        )
    ]
    return JoinedRibbon(ribbons, known)


def open_strips(strips: Sequence[Strip], settings: CaptureSettings) -> list[Ribbon]:
    """Return the ribbon of each strip; SourceError when one cannot be read, and none stays open."""
    opened: list[Ribbon] = []
    try:
        for strip in strips:
            opened.append(open_ribbon(strip.path, settings, strip.image))
    except BaseException:
        for ribbon in opened:
            ribbon.close()
        raise
    return opened


def cut_frame(ribbon: Ribbon, part: FilmFrame, ref: FrameRef) -> Frame:
    """Return one frame cut out of its roll, lying as it does in the image of its file.

    Raises SourceError where the film cannot be read there.
    """
    box = part.box
    piece = ribbon.lines(box.y, box.bottom)[:, box.x : box.right]
    pixels = np.ascontiguousarray(piece.T if ribbon.lying else piece)
    return Frame(
        ref=ref,
        pixels=pixels,
        box=_in_its_image(ribbon, box),
        dpi=ribbon.dpi,
        bitonal=_two_toned(pixels),
        film=True,
        cut=cut_step(part),
    )


def _in_its_image(ribbon: Ribbon, box: Box) -> Box:
    """Return where a box of the roll lies in the image of the file that holds most of it."""
    if isinstance(ribbon, JoinedRibbon):
        strip = ribbon.part_of(box.y, box.bottom)[0]
        top, left = ribbon.starts[strip], ribbon.lefts[strip]
        box = Box(box.x - left, box.y - top, box.width, box.height)
    return as_lying(box) if ribbon.lying else box


def as_lying(box: Box) -> Box:
    """Return ``box`` of film that runs down where the film runs across."""
    return Box(box.y, box.x, box.height, box.width)


def cut_step(part: FilmFrame) -> Step:
    """Return the record of how a frame was cut."""
    return Step("cut", True, part.confidence, reason=part.reason)


def _two_toned(pixels: Pixels) -> bool:
    return not ((pixels != 0) & (pixels != 255)).any()
