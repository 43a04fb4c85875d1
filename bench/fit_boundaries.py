"""Fit the weights by which assembly parts documents: ``python -m bench.fit_boundaries``.

Boxes of charts of development seeds, the usual ones and each harder family, at several rates of
misread characters; every pair of pages in a row that no hard rule decides is one example. The
logistic model is fitted by reweighted least squares with a small penalty on each weight.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from indexer.continuity import WEIGHTS, Evidence
from indexer.model import PageIndex, PageTraits, SequencePage
from indexer.separate import decisions

from .boxes_of_charts import BoxOrder, chart_boxes
from .paged_boxes import Papers, first_pages, papers_of, sequence_of
from .plain_charts import FAMILIES

SEED, END = 1100, 20000
"""First of the development seeds, and where they end."""
NOISES = (0.0, 0.02, 0.04, 0.08)
_MISSED = 0.02
"""Share of separator sheets that are not there."""
_LOST, _UNMEASURED, _UNREAD, _FORMS, _FULL = 0.03, 0.08, 0.05, 0.4, 900.0
"""Share of pages that are lost, of those whose letters are not measured, of those of which only
the title is read, and of those that are taken as full; where a full page ends."""
_SAYS = {True: 0.1, False: 0.003}
"""Share of pages that go on, or that do not, which say "continued"."""
_PENALTY = 1.0
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Example:
    """A pair of pages in a row, and whether the second begins a document."""

    evidence: Evidence
    starts: bool


def examples(seed: int, charts: int) -> Iterator[Example]:
    """Yield the pairs of boxes of every family and noise that no hard rule decides."""
    for order in orders(seed, charts):
        for number, box in enumerate(chart_boxes(order)):
            yield from examples_of(sequence_of(box), papers_of(box), Random(f"{order} {number}"))


def examples_of(sequence: Sequence[SequencePage], papers: Papers, rng: Random) -> Iterator[Example]:
    """Yield the pairs of one row of pages."""
    worn = list(_worn(sequence, papers, rng))
    starts = first_pages(worn, papers)
    for one in decisions(worn, starts):
        if one.evidence:
            yield Example(one.evidence, one.page.frame in starts)


def _worn(sequence: Sequence[SequencePage], papers: Papers, rng: Random) -> Iterator[SequencePage]:
    """Yield the pages as charts have them: some lost, some hardly read, some "continued"."""
    own = [papers.get(page.frame, "") for page in sequence]
    for n, page in enumerate(sequence):
        if page.index is None:
            yield page
        elif (chance := rng.random()) >= _LOST:
            follows, goes_on = own[n] in own[max(0, n - 1) : n], own[n] in own[n + 1 : n + 2]
            index = replace(page.index, traits=_traits(page.index, follows, goes_on, rng))
            if chance >= 1 - _UNMEASURED:
                index = replace(index, traits=PageTraits())
            if index.titled and chance >= 1 - _UNREAD:
                index = replace(index, values=())
            yield replace(page, index=index)


def _traits(page: PageIndex, follows: bool, goes_on: bool, rng: Random) -> PageTraits:
    """Return how a page is set, with what made documents lack.

    Those of one page rarely reach the foot of it, as forms of hospitals do, and none says that
    it is continued.
    """
    traits = page.traits
    return replace(
        traits,
        end=_FULL if rng.random() < _FORMS else traits.end,
        continued=traits.continued or rng.random() < _SAYS[follows],
        goes_on=traits.goes_on or rng.random() < _SAYS[goes_on],
    )


def orders(seed: int, charts: int) -> Iterator[BoxOrder]:
    """Yield the boxes to learn from: with sheets, of which a few are missed, and without."""
    plain = BoxOrder(seed, charts, 0.0, slipped=0.0, development=True)
    for noise in NOISES:
        for shift, family in enumerate(("", *FAMILIES)):
            yield replace(plain, seed=seed + shift, noise=noise, family=family)
        yield replace(plain, seed=seed + 9, noise=noise, separators=1.0 - _MISSED)


def fit(lot: list[Example]) -> dict[str, float]:
    """Return the weight of each piece of evidence that the examples show."""
    names = sorted({name for one in lot for name in one.evidence})
    shown = np.array([[one.evidence.get(name, 0.0) for name in names] for one in lot])
    truth = np.array([one.starts for one in lot], dtype=np.float64)
    weights = _solved(shown, truth)
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}


def _solved(shown: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.zeros(shown.shape[1])
    penalty = _PENALTY * np.eye(shown.shape[1])
    for _ in range(_ROUNDS):
        told = 1.0 / (1.0 + np.exp(-np.clip(shown @ weights, -30, 30)))
        slope = shown.T @ (truth - told) - penalty @ weights
        curve = (shown * (told * (1 - told))[:, None]).T @ shown + penalty
        step = np.linalg.solve(curve, slope)
        weights += step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def as_toml(weights: dict[str, float], command: str, lot: list[Example]) -> str:
    """Return the file of weights with what made it."""
    starts = sum(one.starts for one in lot)
    lines = [
        "# What speaks for a page that begins a document (above 0) and for one that goes on.",
        f"# Fitted by `{command}`",
        f"# on {len(lot)} pairs of pages, {starts} of them with a start between.",
        "",
        "[weights]",
        *(f'"{name}" = {weight:.3f}' for name, weight in sorted(weights.items())),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Fit, write the weights, return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.fit_boundaries", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--charts", type=int, default=60, help="for each family and noise")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    given = parser.parse_args(arguments)
    if given.seed >= END - len(FAMILIES):
        parser.error(f"weights are fitted on seeds below {END}")
    lot = list(examples(given.seed, given.charts))
    weights = fit(lot)
    command = f"python -m bench.fit_boundaries --seed {given.seed} --charts {given.charts}"
    given.out.write_text(as_toml(weights, command, lot), encoding="utf-8")
    print(Counter(one.starts for one in lot))
    return 0


if __name__ == "__main__":
    sys.exit(main())
