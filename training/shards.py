"""Lines by the two thousand, drawn ahead of the training that reads them.

``python -m training.shards FOLDER --first 0 --count 100`` writes shards 0 to 99 that are not there
yet. A shard has the same lines on every machine with the same fonts, word list and documentation.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.line_image import HEIGHT
from capture.model import Pixels

from .lines import line
from .text import ALPHABET

LINES = 2000
"""Lines in a shard."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A line image and its characters as the network counts them, from 1; 0 is the blank."""

    image: Pixels
    labels: NDArray[np.int16]


_NUMBERS = {one: number for number, one in enumerate(ALPHABET, 1)}


def labels_of(text: str) -> NDArray[np.int16]:
    """Return the numbers of the characters of ``text``."""
    return np.array([_NUMBERS[one] for one in text], np.int16)


def shard_path(folder: Path, number: int) -> Path:
    """Return where shard ``number`` lies."""
    return folder / f"{number:06}.npz"


def write_shard(folder: Path, number: int) -> None:
    """Draw shard ``number`` and write it whole or not at all."""
    rng = Random(f"shard {number}")
    drawn = [line(rng) for _ in range(LINES)]
    texts = [labels_of(one.text) for one in drawn]
    pending = folder / f"{number:06}.part.npz"
    np.savez(
        pending,
        pixels=np.concatenate([one.image for one in drawn], axis=1),
        widths=np.array([one.image.shape[1] for one in drawn], np.int32),
        labels=np.concatenate(texts),
        lengths=np.array([len(one) for one in texts], np.int32),
    )
    pending.rename(shard_path(folder, number))


def read_shard(path: Path) -> list[Example]:
    """Return the lines of a shard."""
    with np.load(path) as shard:
        pixels, labels = shard["pixels"], shard["labels"]
        across, along = np.cumsum(shard["widths"]), np.cumsum(shard["lengths"])
    assert pixels.shape[0] == HEIGHT, "a shard of another line height: draw it again"
    images = np.split(pixels, across[:-1], axis=1)
    texts = np.split(labels, along[:-1])
    # Copies, so that a dropped line gives its memory back.
    return [Example(np.ascontiguousarray(a), b.copy()) for a, b in zip(images, texts, strict=True)]


def main(arguments: list[str]) -> None:
    """Write the shards that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    asked.folder.mkdir(parents=True, exist_ok=True)
    for number in range(asked.first, asked.first + asked.count):
        if not shard_path(asked.folder, number).exists():
            write_shard(asked.folder, number)
            print(f"shard {number}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
