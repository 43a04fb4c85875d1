"""Make a model of wording from pages whose types are known.

Multinomial logistic regression, balanced over the types, by L-BFGS. Where there is an earlier
model, weights are drawn towards those it has rather than towards nothing: a type that has no
page among the new ones is known as before (maximum a posteriori adaptation, Chelba and Acero
2004).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .text_features import Ids, Wording
from .text_model import Floats, TextModel, vector

_LEAST_PAGES = 2
"""A feature of fewer pages is a name or a slip of the reader."""
_STEPS = 80


@dataclass(frozen=True, slots=True)
class Fitting:
    """How a model is made."""

    most_features: int = 60_000
    looseness: float = 30.0
    """How far weights may move from the earlier ones (C of logistic regression)."""
    balance: float = 1.0
    """1.0 where each type counts alike, 0.0 where each page does."""


def fitted(
    pages: Sequence[Wording],
    codes: Sequence[str],
    how: Fitting | None = None,
    earlier: TextModel | None = None,
) -> TextModel:
    """Return a model of these pages; the same from the same pages."""
    how = how or Fitting()
    names = tuple(sorted({*codes, *(earlier.codes if earlier else ())}))
    features, rarity = _known(pages, how.most_features, earlier)
    start = _as_before(names, features, earlier)
    matrix = _matrix(pages, features, rarity)
    place = {name: n for n, name in enumerate(names)}
    truth = np.array([place[code] for code in codes])
    solved = _solved(matrix, truth, _shares(codes, how.balance), start, how.looseness)
    return TextModel(names, features, rarity, solved[:-1], solved[-1])


def _known(pages: Sequence[Wording], most: int, earlier: TextModel | None) -> tuple[Ids, Floats]:
    """Return the features to know with their rarity; those of an earlier model keep theirs."""
    ids = np.concatenate([block.ids for page in pages for block in page.blocks])
    found, counts = np.unique(ids, return_counts=True)
    often = counts >= _LEAST_PAGES
    found, counts = found[often], counts[often]
    common = np.argsort(-counts, kind="stable")[:most]
    found, counts = found[common], counts[common]
    rarity = np.log((1 + len(pages)) / (1 + counts)) + 1
    rarity[np.isin(found, _catalogue_ids(pages))] = 1.0
    known = dict(zip(found.tolist(), rarity.tolist(), strict=True))
    if earlier:
        known |= dict(zip(earlier.features.tolist(), earlier.rarity.tolist(), strict=True))
    features = np.array(sorted(known), np.uint32)
    return features, np.array([known[one] for one in features.tolist()], np.float32)


def _catalogue_ids(pages: Sequence[Wording]) -> Ids:
    blocks = [b.ids for page in pages for b in page.blocks if b.kind == "catalogue"]
    return np.unique(np.concatenate(blocks))


def _as_before(names: Sequence[str], features: Ids, earlier: TextModel | None) -> Floats:
    """Return the weights and, last, the bias to start from and be drawn to."""
    start = np.zeros((len(features) + 1, len(names)), np.float32)
    if earlier:
        rows = np.searchsorted(features, earlier.features)
        columns = np.array([names.index(code) for code in earlier.codes])
        start[np.ix_(rows, columns)] = earlier.weights
        start[-1, columns] = earlier.bias
        # A type that the earlier model lacks starts where its least likely one stands.
        fresh = sorted(set(range(len(names))) - set(columns.tolist()))
        start[-1, fresh] = earlier.bias.min()
    return start


def _matrix(pages: Sequence[Wording], features: Ids, rarity: Floats):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from scipy.sparse import csr_matrix

    ends, places, amounts = [0], [], []
    for page in pages:
        where, much = vector(page, features, rarity)
        places.append(where)
        amounts.append(much)
        ends.append(ends[-1] + len(where))
    shape = (len(pages), len(features))
    return csr_matrix((np.concatenate(amounts), np.concatenate(places), ends), shape=shape)


def _shares(codes: Sequence[str], balance: float) -> NDArray[np.float64]:
    """Return how much each page counts; one on average."""
    counts = Counter(codes)
    shares = np.array([counts[code] ** -balance for code in codes])
    found: NDArray[np.float64] = shares * len(codes) / shares.sum()
    return found


def _solved(
    matrix: object,
    truth: NDArray[np.intp],
    shares: NDArray[np.float64],
    start: Floats,
    looseness: float,
) -> Floats:
    """Return the weights that explain ``truth`` best and lie near ``start``."""
    from scipy.optimize import minimize

    rows = np.arange(len(truth))
    anchor = start.astype(np.float64)
    stiffness = np.full((len(start), 1), 1.0 / looseness)
    stiffness[-1] *= 0.01  # the bias may move freely

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(start.shape)
        logits = matrix @ weights[:-1] + weights[-1]  # type: ignore[operator]
        logits -= logits.max(axis=1, keepdims=True)
        shares_of = np.exp(logits)
        totals = shares_of.sum(axis=1, keepdims=True)
        loss = shares @ (np.log(totals[:, 0]) - logits[rows, truth])
        shares_of /= totals
        shares_of[rows, truth] -= 1
        shares_of *= shares[:, None]
        moved = weights - anchor
        pull = stiffness * moved
        slope = np.vstack([matrix.T @ shares_of, shares_of.sum(axis=0)]) + pull  # type: ignore[attr-defined]
        return float(loss + 0.5 * (pull * moved).sum()), slope.ravel()

    done = minimize(cost, anchor.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    found: Floats = done.x.reshape(start.shape).astype(np.float32)
    return found
