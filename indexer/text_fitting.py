"""Make a model of wording from pages whose types are known.

Multinomial logistic regression, balanced over the types, by L-BFGS. Where there is an earlier
model, weights are drawn towards those it has rather than towards nothing, and a type that has
no page among the new ones is known as before (maximum a posteriori adaptation, Chelba and Acero
2004).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .text_features import Ids, Wording
from .text_model import Floats, TextModel, vector

_LEAST_PAGES = 2
"""A feature of fewer pages is a name or a slip of the reader."""
_STEPS = 80


class Sparse(Protocol):
    """What is asked of a sparse matrix of SciPy."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    def transpose(self) -> Sparse:
        """Return it with rows and columns exchanged."""
        ...

    def __matmul__(self, other: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return its product with a dense matrix."""
        ...


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
    # Types without a page stay as they were, and the others are learned beside them.
    shown = sorted(set(codes))
    columns = [names.index(code) for code in shown]
    truth = np.array([shown.index(code) for code in codes])
    shares = _shares(codes, how.balance)
    beside = _rest(matrix, np.delete(start, columns, axis=1))
    start[:, columns] = _solved(matrix, truth, shares, beside, start[:, columns], how.looseness)
    return TextModel(names, features, rarity, start[:-1], start[-1])


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


def _matrix(pages: Sequence[Wording], features: Ids, rarity: Floats) -> Sparse:
    from scipy.sparse import csr_matrix

    ends, places, amounts = [0], [], []
    for page in pages:
        where, much = vector(page, features, rarity)
        places.append(where)
        amounts.append(much)
        ends.append(ends[-1] + len(where))
    shape = (len(pages), len(features))
    made: Sparse = csr_matrix((np.concatenate(amounts), np.concatenate(places), ends), shape=shape)
    return made


def _rest(matrix: Sparse, weights: Floats) -> NDArray[np.float64]:
    """Return the logarithm of the sum of what these types have of each page; -inf for none."""
    if not weights.shape[1]:
        return np.full(matrix.shape[0], -np.inf)
    logits = (matrix @ weights[:-1] + weights[-1]).astype(np.float64)
    most = logits.max(axis=1)
    sums: NDArray[np.float64] = np.exp(logits - most[:, None]).sum(axis=1)
    found: NDArray[np.float64] = most + np.log(sums)
    return found


def _shares(codes: Sequence[str], balance: float) -> NDArray[np.float64]:
    """Return how much each page counts; one on average."""
    counts = Counter(codes)
    shares = np.array([counts[code] ** -balance for code in codes])
    found: NDArray[np.float64] = shares * len(codes) / shares.sum()
    return found


def _solved(
    matrix: Sparse,
    truth: NDArray[np.intp],
    shares: NDArray[np.float64],
    beside: NDArray[np.float64],
    start: Floats,
    looseness: float,
) -> Floats:
    """Return the weights that explain ``truth`` best and lie near ``start``.

    ``beside`` is what all types that stay as they are have of each page, as a logarithm.
    """
    from scipy.optimize import minimize

    rows = np.arange(len(truth))
    anchor = start.astype(np.float64)
    stiffness = np.full((len(start), 1), 1.0 / looseness)
    if np.isneginf(beside).all():
        stiffness[-1] *= 0.01  # with nothing to hold it to, the bias may move freely

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(start.shape)
        logits = matrix @ weights[:-1] + weights[-1]
        most = np.maximum(logits.max(axis=1), beside)[:, None]
        logits -= most
        shares_of = np.exp(logits)
        totals = shares_of.sum(axis=1, keepdims=True) + np.exp(beside[:, None] - most)
        loss = shares @ (np.log(totals[:, 0]) - logits[rows, truth])
        shares_of /= totals
        shares_of[rows, truth] -= 1
        shares_of *= shares[:, None]
        moved = weights - anchor
        pull = stiffness * moved
        slope = np.vstack([matrix.transpose() @ shares_of, shares_of.sum(axis=0)]) + pull
        return float(loss + 0.5 * (pull * moved).sum()), slope.ravel()

    done = minimize(cost, anchor.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    found: Floats = done.x.reshape(start.shape).astype(np.float32)
    return found
