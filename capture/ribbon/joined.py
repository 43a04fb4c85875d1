"""A roll that was delivered as several strips, which overlap or follow one another.

Where two strips show the same film is decided by their pixels (:mod:`capture.ribbon.overlap`).
What is not proven there is no overlap: the strips follow each other, and the joint says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import cv2
import numpy as np

from capture.model import Pixels

from .overlap import overlap_of
from .ribbon import Ribbon
from .stored import LostLinesError

_END = 0.08
"""Of the width: lines at the end of a strip in which a frame is looked for."""
_ALIKE, _STEP = 0.9, 6.0


class JointKind(StrEnum):
    """What is known of two strips that follow each other."""

    OVERLAP = "overlap"
    """The end of one and the start of the next show the same film."""
    FRAME = "frame"
    """No overlap, but a frame seems to run over from one to the next."""
    SEAM = "seam"
    """Nothing: they follow one another, and film may be missing or there twice."""


@dataclass(frozen=True, slots=True)
class Joint:
    """How a strip lies against the one before it."""

    kind: JointKind
    overlap: int = 0
    """Lines at its start that the one before has as well."""
    shift: int = 0
    """Columns by which it lies to the right of the one before."""
    confidence: float = 0.0
    reason: str = ""

    @property
    def proven(self) -> bool:
        """Whether the pixels of both show that they are one roll."""
        return self.kind is JointKind.OVERLAP


SEAM = Joint(JointKind.SEAM, reason="nothing shows how the strips join; they follow each other")


def joints(ribbons: Sequence[Ribbon]) -> tuple[Joint, ...]:
    """Return how each strip lies against the one before it, one joint fewer than strips.

    What cannot be read of a strip counts as not there.
    """
    return tuple(_joint(one, other) for one, other in pairwise(ribbons))


def _joint(before: Ribbon, after: Ribbon) -> Joint:
    try:
        found = overlap_of(before, after)
        if found is None:
            return _running_frame(before, after) or SEAM
    except LostLinesError:
        return SEAM
    fit, proof = found
    reason = f"{fit.overlap} lines show the same film in {proof.tiles} places"
    return Joint(JointKind.OVERLAP, fit.overlap, fit.shift, proof.same, reason)


def _running_frame(before: Ribbon, after: Ribbon) -> Joint | None:
    """Return a joint when both ends are exposed, and alike from side to side."""
    high = max(4, round(_END * before.width))
    wide = min(before.width, after.width)
    ends = before.lines(before.length - high, before.length), after.lines(0, high)
    # Of a column of paper most is paper, whatever is written there.
    rows = [np.median(one[:, :wide], axis=0).astype(np.float32)[None, :] for one in ends]
    one, other = (cv2.blur(row, (max(3, wide // 60), 1))[0] for row in rows)
    if min(one.std(), other.std()) < _STEP:
        return None
    alike = float(np.corrcoef(one, other)[0, 1])
    if alike < _ALIKE:
        return None
    reason = "no overlap, but a frame seems to run over the end of the strip"
    return Joint(JointKind.FRAME, 0, 0, alike / 2, reason)


class JoinedRibbon:
    """Several strips as one ribbon, in lines and columns of the whole roll."""

    def __init__(self, ribbons: Sequence[Ribbon], joints: Sequence[Joint]) -> None:
        if len(joints) != len(ribbons) - 1:
            raise ValueError(f"{len(ribbons)} strips have {len(ribbons) - 1} joints")
        self._ribbons = tuple(ribbons)
        starts, lefts, seams = [0], [0], [0]
        for ribbon, joint in zip(ribbons[:-1], joints, strict=True):
            starts.append(starts[-1] + ribbon.length - joint.overlap)
            lefts.append(lefts[-1] + joint.shift)
            seams.append(max(seams[-1], starts[-1] + joint.overlap // 2))
        self.starts = tuple(starts)
        """Line of the roll on which each strip begins."""
        self.lefts = tuple(left - min(lefts) for left in lefts)
        """Column of the roll on which each strip begins."""
        self._seams = tuple(seams)
        self.width = max(map(sum, zip(self.lefts, (one.width for one in ribbons), strict=True)))
        self.length = starts[-1] + ribbons[-1].length
        self.lying = ribbons[0].lying
        self.dpi = ribbons[0].dpi

    def lines(self, start: int, stop: int) -> Pixels:
        """Return grey lines, from one strip up to the middle of its overlap with the next."""
        start, stop = max(0, start), min(stop, self.length)
        parts = [self._of(*part) for part in self._parts(start, stop)]
        if not parts:
            return np.empty((0, self.width), np.uint8)
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def part_of(self, start: int, stop: int) -> tuple[int, int, int]:
        """Return which strip gives most of these lines (from 0), and which lines of it they are.

        Lines that it does not have are left off.
        """
        strip, *_ = max(self._parts(start, stop), key=lambda part: part[2] - part[1])
        top = self.starts[strip]
        length = self._ribbons[strip].length
        return strip, max(0, start - top), min(length, stop - top)

    def close(self) -> None:
        """Let go of all files."""
        for ribbon in self._ribbons:
            ribbon.close()

    def _parts(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Yield strip, and first and last line of the roll taken from it."""
        ends = (*self._seams[1:], self.length)
        for strip in range(bisect_right(self._seams, start) - 1, len(self._ribbons)):
            first, last = max(start, self._seams[strip]), min(stop, ends[strip])
            if first < last:
                yield strip, first, last

    def _of(self, strip: int, start: int, stop: int) -> Pixels:
        top, left = self.starts[strip], self.lefts[strip]
        try:
            lines = self._ribbons[strip].lines(start - top, stop - top)
        except LostLinesError as lost:
            # Beyond the seams other strips have these lines.
            first, last = self._seams[strip], (*self._seams[1:], self.length)[strip]
            raise LostLinesError(
                lost.reason, max(first, lost.start + top), min(last, lost.stop + top)
            ) from lost
        right = self.width - left - lines.shape[1]
        return lines if not left and not right else np.pad(lines, ((0, 0), (left, right)), "edge")
