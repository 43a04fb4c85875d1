"""A linear model of wording: how likely each type of document is, from what a page says.

Multinomial logistic regression over hashed features. The file holds numbers only, in numpy's
own format without pickle; the model needs nothing but numpy at run time.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.errors import ArchiveError

from .text_features import Ids, Wording

SHIPPED = Path(__file__).with_name("text_model.npz")
GAINS: Mapping[str, float] = {
    "words": 1.0, "pieces": 1.0, "heads": 1.0, "first": 0.7, "catalogue": 0.5,
}  # fmt: skip
"""How much each kind of feature may weigh beside the others."""
_FORMAT = 1
_BYTE = 127.0
_FEW_WORDS = 12.0
"""A page of so many words is believed half."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class TextModel:
    """A trained model."""

    codes: tuple[str, ...]
    """Types that it tells apart."""
    features: Ids
    """Those it knows, ascending."""
    rarity: Floats
    """How much more a feature says the rarer it is (inverse document frequency)."""
    weights: Floats
    """(features, codes)"""
    bias: Floats
    """(codes,)"""
    seen: frozenset[int] = frozenset()
    """CRC-32 of the ids of the documents of a site that it was trained on."""

    def likelihoods(self, wording: Wording) -> Floats:
        """Return the probability of each of ``codes``, even ones where a page says nothing."""
        places, amounts = vector(wording, self.features, self.rarity)
        believed = wording.words / (wording.words + _FEW_WORDS)
        logits = believed * (amounts @ self.weights[places] + self.bias)
        spread = np.exp(logits - logits.max())
        shares: Floats = (spread / spread.sum()).astype(np.float32)
        return shares

    def as_bytes(self) -> bytes:
        """Return the model as its file holds it, each weight in one byte; always the same."""
        scale = np.maximum(np.abs(self.weights).max(axis=0), 1e-6) / _BYTE
        small = np.rint(self.weights / scale).astype(np.int8)
        out = io.BytesIO()
        np.savez_compressed(
            out,
            format=np.array([_FORMAT]),
            codes=np.array(self.codes),
            features=self.features,
            rarity=self.rarity.astype(np.float16),
            weights=small,
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
            seen=np.array(sorted(self.seen), np.uint32),
        )
        return out.getvalue()


def vector(wording: Wording, features: Ids, rarity: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return which known features a page has and how much of each, each kind of length one."""
    places, amounts = [], []
    for block in wording.blocks:
        at = np.minimum(np.searchsorted(features, block.ids), len(features) - 1)
        known = features[at] == block.ids
        found = block.amounts[known] * rarity[at[known]]
        length = 1.0 if block.kind == "catalogue" else float(np.linalg.norm(found)) or 1.0
        places.append(at[known])
        amounts.append(found * np.float32(GAINS[block.kind] / length))
    return np.concatenate(places), np.concatenate(amounts).astype(np.float32)


def from_bytes(content: bytes) -> TextModel:
    """Return the model that ``as_bytes`` wrote; ArchiveError when it is none or damaged."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            if int(kept["format"][0]) != _FORMAT:
                raise ValueError("another format")
            return TextModel(
                codes=tuple(map(str, kept["codes"])),
                features=kept["features"],
                rarity=kept["rarity"].astype(np.float32),
                weights=kept["weights"].astype(np.float32) * kept["scale"],
                bias=kept["bias"],
                seen=frozenset(kept["seen"].tolist()),
            )
    except Exception as error:  # a damaged archive member raises whatever zip and zlib raise
        raise ArchiveError(
            "the model of document types is damaged or of another version; remove "
            "types.npz from the archive, and train again with `chartroom types train`"
        ) from error


@lru_cache(maxsize=4)
def stored_model(path: Path, digest: str) -> TextModel:
    """Return the model of a file whose bytes have this SHA-256; ArchiveError when they have not."""
    content = path.read_bytes()
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise ArchiveError(f"{path.name} was changed while it was in use; give the command again")
    return from_bytes(content)


def shipped_model() -> TextModel:
    """Return the model that comes with the program, trained on invented text alone."""
    return stored_model(SHIPPED, "")
