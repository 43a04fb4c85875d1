"""How the network reads lines that it has not seen: other typefaces, other seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

import torch
from rapidfuzz.distance import Levenshtein

from ocr.decoding import text_in

from .lines import Line, held_out
from .network import STRIDE, Reader, fastest, shown
from .text import ALPHABET
from .wear import WEARS

EACH = 60
"""Lines of each wear that the curve is made of."""


@lru_cache(maxsize=1)
def watched() -> tuple[Line, ...]:
    """Return the held-out lines of the curve, short to long."""
    lines = [held_out(seed, wear) for wear in WEARS for seed in range(EACH)]
    return tuple(sorted(lines, key=lambda one: one.image.shape[1]))


@torch.no_grad()
def error_rates(network: Reader) -> dict[str, float]:
    """Return the character error rate of ``network`` on the watched lines, by wear and in all."""
    network.eval()
    lines = watched()
    read = [
        text for start in range(0, len(lines), 32) for text in _read(network, lines[start:][:32])
    ]
    network.train()
    wrong: dict[str, int] = defaultdict(int)
    length: dict[str, int] = defaultdict(int)
    for line, text in zip(lines, read, strict=True):
        for kind in ("all", line.wear):
            wrong[kind] += Levenshtein.distance(text, line.text)
            length[kind] += len(line.text)
    return {kind: round(wrong[kind] / length[kind], 4) for kind in wrong}


def _read(network: Reader, lines: Sequence[Line]) -> list[str]:
    with fastest():
        logits = network(shown([one.image for one in lines]))
    chances = logits.float().log_softmax(2).cpu().numpy()
    return [
        text_in(row[: -(-one.image.shape[1] // STRIDE)], ALPHABET)
        for row, one in zip(chances, lines, strict=True)
    ]
