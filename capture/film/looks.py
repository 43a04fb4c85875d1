"""A roll as it is looked at, small: a window of lines that moves along it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from capture.errors import SourceError
from capture.model import Pixels
from capture.ribbon.ribbon import Ribbon, shrunk, shrunk_size

FINE_WIDTH = 480
"""Pixels across; each half of a film with two lanes then has as many as frames need."""
_PLACES = 20_000
"""Values of the density of a roll, at the most."""
_LEAST_STEP = 8


class Look:
    """The small look at a roll; only lines that are read and not forgotten can be had."""

    def __init__(self, ribbon: Ribbon) -> None:
        self.width, self.length = shrunk_size(ribbon, FINE_WIDTH)
        self.density_step = max(_LEAST_STEP, -(-ribbon.length // _PLACES))
        self.damage = ""
        """What the ribbon said when it could not be read on; the look then ends there."""
        self._step = ribbon.length / self.length
        self._pieces: Iterator[tuple[int, Pixels]] = shrunk(ribbon, FINE_WIDTH)
        self._first = 0
        self._held: Pixels = np.zeros((0, self.width), np.uint8)
        places = -(-ribbon.length // self.density_step)
        self._sums: NDArray[np.float64] = np.zeros((2, places))

    def read(self, until: int) -> int:
        """Read on to line ``until`` and return the line read up to; ``length`` at the end.

        Raises SourceError when not even the first lines can be read.
        """
        pieces = [self._held]
        count = self._first + len(self._held)
        while count < min(until, self.length):
            piece = self._next(count)
            if piece is None:
                self.length = count
                break
            self._weigh(count, piece)
            pieces.append(piece)
            count += len(piece)
        self._held = np.concatenate(pieces) if len(pieces) > 1 else self._held
        return count

    def _next(self, count: int) -> Pixels | None:
        try:
            return next(self._pieces)[1]
        except SourceError as error:
            if not count:
                raise
            self.damage = str(error)
            return None

    def lines(self, start: int, stop: int) -> Pixels:
        """Return lines that were read and are not forgotten."""
        return self._held[start - self._first : stop - self._first]

    def forget(self, before: int) -> None:
        """Let go of the lines before line ``before``."""
        self._held = self._held[before - self._first :].copy()
        self._first = before

    @property
    def density(self) -> tuple[int, ...]:
        """Mean tone along what was read, one value for every ``density_step`` lines of the roll."""
        sums, counts = self._sums
        known = int(np.flatnonzero(counts)[-1]) + 1 if counts.any() else 0
        places = np.arange(known)
        filled = counts[:known] > 0
        tones = sums[:known][filled] / counts[:known][filled]
        return tuple(int(tone) for tone in np.rint(np.interp(places, places[filled], tones)))

    def _weigh(self, first: int, piece: Pixels) -> None:
        lines = first + np.arange(len(piece))
        places = ((lines + 0.5) * self._step / self.density_step).astype(np.int64)
        places = np.minimum(places, self._sums.shape[1] - 1)
        start = int(places[0])
        tones = piece.mean(axis=1)
        for row, weights in enumerate((tones, np.ones(len(tones)))):
            found = np.bincount(places - start, weights=weights)
            self._sums[row, start : start + len(found)] += found
