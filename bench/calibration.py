"""Measure what word confidence is worth: ``python -m bench.calibration``.

Beside the raw confidence of Tesseract stands the one that `ocr.calibration` makes of it, on
generated pages of seeds and looks of the head that nothing was fitted on, and on real files.
``--fit`` makes the weights anew from development seeds first. How a word is found right is told
in `bench.word_truth`; ECE is the expected calibration error over ten equal bins (Naeini, Cooper
and Hauskrecht 2015), AUC the chance that a right word has more confidence than a wrong one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.errors import ChartroomError
from ocr import calibration
from ocr.calibration import (
    FEATURES,
    READER,
    RISING,
    STEPS,
    TESSERACT,
    Curve,
    Kind,
    calibrated,
    features_of,
)
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.line_engine import LineReader
from ocr.settings import OcrSettings

from . import results, word_truth
from .results import Result, Table, percent
from .word_truth import DATA, GROUPS, Scored

NAME = "calibration"
DEVELOPED = (4002, 4003)
"""Seeds of the pages that the weights are made of."""
_FITTED = 10
"""Pages of each look, of each of these seeds."""
REPORTED = 30000
SURE = 0.9
BINS = 10
_RIDGE = 1.0
"""Penalty of a squared weight: what a handful of words says is not believed."""
_ROUNDS = 100
_SECONDS = 60.0
"""For which a page may be read; what takes longer counts as not read."""
_TOLD = (
    "Raw is what the recogniser said. Nothing was fitted on real files. The truth of the forms"
    " leaves out words and stands in boxes that lie a little off, that of the pages has no boxes:"
    " their shares of right words are at the least. A curve never falls as the raw confidence of a"
    " word rises; of two words at one raw confidence, line, page and looks decide."
)

WEIGHTS = {"tesseract": TESSERACT, "line-reader": READER}
"""Where the weights of each engine are kept."""

Numbers = NDArray[np.float64]


def opened(engine: str) -> OcrEngine:
    """Return the engine whose words are measured, alone."""
    if engine == "tesseract":
        return open_engine(OcrSettings(engine="tesserocr", page_seconds=_SECONDS))
    return LineReader()


@dataclass(frozen=True, slots=True)
class Told:
    """Words of some pages: their confidence before and after, and whether they are right."""

    raw: Numbers
    ours: Numbers
    right: Numbers

    def of(self, chosen: NDArray[np.bool_]) -> Told:
        """Return some of the words."""
        return Told(self.raw[chosen], self.ours[chosen], self.right[chosen])


def told(pages: Iterable[Scored], kind: Kind | None = None, weights: Path = TESSERACT) -> Told:
    """Return the words of ``pages``, of one kind or of all; ``weights`` are of their engine."""
    rows = [
        (word.confidence, sure.confidence, float(right))
        for page in pages
        for word, sure, right in zip(
            page.words, calibrated(page.words, weights), page.right, strict=True
        )
        if kind is None or calibration.kind_of(word.text) is kind
    ]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Told(columns[:, 0], columns[:, 1], columns[:, 2])


def expected_error(confidence: Numbers, right: Numbers) -> float:
    """Return the mean distance of confidence from the share of right words, over ten bins."""
    places = bins_of(confidence)
    counts = np.bincount(places, minlength=BINS)
    off = np.bincount(places, confidence - right, minlength=BINS)
    return float(np.abs(off).sum() / max(1, counts.sum()))


def bins_of(confidence: Numbers) -> NDArray[np.int64]:
    """Return in which of the equal bins each confidence falls."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def area_under_curve(confidence: Numbers, right: Numbers) -> float:
    """Return the chance that a right word is surer than a wrong one; nan without either."""
    wanted = right > 0.5
    hits, misses = int(wanted.sum()), int((~wanted).sum())
    if not hits or not misses:
        return float("nan")
    _, place, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    # Equal confidences share their mean rank.
    ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((ranks[place][wanted].sum() - hits * (hits + 1) / 2) / (hits * misses))


def fitted(pages: Sequence[Scored]) -> dict[Kind, Curve]:
    """Return the curve of each kind of word that fits ``pages`` best."""
    seen: dict[Kind, tuple[list[list[float]], list[float]]] = {kind: ([], []) for kind in Kind}
    for page in pages:
        for one, right in zip(features_of(page.words), page.right, strict=True):
            rows, marks = seen[one.kind]
            rows.append([1.0, *one.rises, *one.others])
            marks.append(float(right))
    return {kind: _curve(*map(np.array, columns)) for kind, columns in seen.items()}


def _curve(rows: Numbers, right: Numbers) -> Curve:
    steps = len(STEPS) - 1
    rising = np.array([False, *[True] * steps, *(name in RISING for name in FEATURES)])
    base, *weights = np.round(logistic(rows, right, rising), 3).tolist()
    return Curve(base, tuple(weights[:steps]), tuple(weights[steps:]))


def logistic(rows: Numbers, right: Numbers, rising: NDArray[np.bool_]) -> Numbers:
    """Return the weights of a ridge logistic model; those of ``rising`` columns are 0 or more.

    Projected Newton steps (Bertsekas 1982): a weight at its bound that wants below stays there.
    The first column is the base and is not penalised.
    """
    weights = np.zeros(rows.shape[1])
    ridge = np.full(rows.shape[1], _RIDGE)
    ridge[0] = 1e-6
    for _ in range(_ROUNDS):
        chance = _chances(rows, weights)
        slope = rows.T @ (chance - right) + ridge * weights
        free = ~(rising & (weights <= 0.0) & (slope > 0.0))
        bend = (rows[:, free] * (chance * (1 - chance))[:, None]).T @ rows[:, free]
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(bend + np.diag(ridge[free]), slope[free])
        moved = _descended(rows, right, ridge, rising, weights, step)
        if np.abs(moved - weights).max() < 1e-6:
            break
        weights = moved
    return weights


def _descended(
    rows: Numbers,
    right: Numbers,
    ridge: Numbers,
    rising: NDArray[np.bool_],
    weights: Numbers,
    step: Numbers,
) -> Numbers:
    """Return the weights after the longest of halved steps that costs less; as before if none."""
    before = _cost(rows, right, ridge, weights)
    for halvings in range(30):
        straight = weights - step / 2**halvings
        moved: Numbers = np.where(rising, np.maximum(straight, 0.0), straight)
        if _cost(rows, right, ridge, moved) < before:
            return moved
    return weights


def _chances(rows: Numbers, weights: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30))), dtype=np.float64)


def _cost(rows: Numbers, right: Numbers, ridge: Numbers, weights: Numbers) -> float:
    odds = rows @ weights
    return float((np.logaddexp(0, odds) - right * odds).sum() + (ridge * weights**2).sum() / 2)


def as_toml(curves: dict[Kind, Curve], command: str) -> str:
    """Return the weights as they are shipped."""
    lines = [f"# Made by `{command}`; see ocr/calibration.py for what is weighed."]
    for kind, curve in curves.items():
        lines += ["", f"[{kind}]", f"base = {curve.base}", f"rises = {list(curve.rises)}"]
        lines += [f"{name} = {w}" for name, w in zip(FEATURES, curve.others, strict=True)]
    return "\n".join(lines) + "\n"


def tables(pages: Sequence[Scored], weights: Path = TESSERACT) -> tuple[Table, ...]:
    """Return the summary, then the curve before and after."""
    return (
        _summary(pages, weights),
        _curve_table("Curve of the raw confidence", pages, weights, lambda one: one.raw),
        _curve_table("Curve of the calibrated confidence", pages, weights, lambda one: one.ours),
    )


def _groups(pages: Sequence[Scored]) -> Iterator[tuple[str, list[Scored]]]:
    for name in GROUPS:
        if group := [page for page in pages if page.group == name]:
            yield name, group


def _summary(pages: Sequence[Scored], weights: Path) -> Table:
    rows = []
    for name, group in _groups(pages):
        rows.append((name, len(group), *_figures(told(group, None, weights))))
        rows += [
            (f"{name}: {what}", len(group), *_figures(told(group, kind, weights)))
            for kind, what in _KINDS.items()
        ]
    columns = (
        "words of", "pages", "words", "right", "ECE raw", "ECE", "AUC raw", "AUC",
        f"raw >= {SURE}", "of these right", f">= {SURE}", "of these right",
    )  # fmt: skip
    return Table("Confidence raw and calibrated", columns, tuple(rows))


_KINDS = {Kind.WORD: "words", Kind.NUMBER: "with digits", Kind.SIGNS: "signs only"}


def _figures(one: Told) -> tuple[results.Cell, ...]:
    if not one.right.size:
        return 0, *["-"] * 9
    return (
        one.right.size,
        percent(float(one.right.mean())),
        f"{expected_error(one.raw, one.right):.3f}",
        f"{expected_error(one.ours, one.right):.3f}",
        f"{area_under_curve(one.raw, one.right):.3f}",
        f"{area_under_curve(one.ours, one.right):.3f}",
        *_sure(one.raw, one.right),
        *_sure(one.ours, one.right),
    )


def _sure(confidence: Numbers, right: Numbers) -> tuple[str, str]:
    sure = confidence >= SURE
    share = float(right[sure].mean()) if sure.any() else float("nan")
    return percent(float(sure.mean())), percent(share)


def _curve_table(
    title: str, pages: Sequence[Scored], weights: Path, which: Callable[[Told], Numbers]
) -> Table:
    columns = dict(_groups(pages))
    groups = {name: told(group, None, weights) for name, group in columns.items()}
    generated = [page for page in pages if not page.group.startswith("real")]
    groups["generated, with digits"] = told(generated, Kind.NUMBER, weights)
    rows = tuple(
        (
            f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}",
            *(_bin(one.of(bins_of(which(one)) == place)) for one in groups.values()),
        )
        for place in range(BINS)
    )
    return Table(
        title, ("confidence", *groups), rows, "Share of words that are right, of how many."
    )


def _bin(one: Told) -> str:
    return f"{percent(float(one.right.mean()), 0)} of {one.right.size}" if one.right.size else "-"


def fit(engine: str, *, again: bool) -> None:
    """Make the shipped weights of ``engine`` anew from development seeds."""
    read = (_generated(seed, _FITTED, True, engine, again=again) for seed in DEVELOPED)
    pages = list(chain.from_iterable(read))
    command = f"python -m bench.{NAME} --engine {engine} --fit"
    WEIGHTS[engine].write_text(as_toml(fitted(pages), command), encoding="utf-8")
    calibration.shipped.cache_clear()


def _generated(
    seed: int, each: int, development: bool, engine: str, *, again: bool
) -> list[Scored]:
    return _read(
        f"{'development' if development else 'report'}-{seed}-{each}",
        lambda opened: word_truth.generated(opened, seed, each, development=development),
        engine,
        again=again,
    )


def _read(
    name: str, pages: Callable[[OcrEngine], Iterable[Scored]], kind: str, *, again: bool
) -> list[Scored]:
    """Return ``pages`` as an engine reads them, or ``again`` as the last run did."""
    path = results.OUT / NAME / kind / f"{name}.jsonl"
    if not (again and path.exists()):
        engine = opened(kind)
        word_truth.keep(path, pages(engine))
        engine.close()
    return word_truth.kept(path)


def main(arguments: list[str] | None = None) -> int:
    """Measure and keep the result, having made the weights anew if asked; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--engine", choices=WEIGHTS, default="tesseract", help="whose words")
    parser.add_argument("--fit", action="store_true", help="make the weights anew before")
    parser.add_argument("--again", action="store_true", help="take the words the last run read")
    parser.add_argument("--seed", type=int, default=REPORTED)
    parser.add_argument("--each", type=int, default=12, help="pages of each look")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of real files")
    parser.add_argument("--limit", type=int, default=1000, help="real files of each folder")
    given = parser.parse_args(arguments)
    machine = results.machine()
    seed, each, again = given.seed, given.each, given.again
    try:
        if given.fit:
            fit(given.engine, again=again)
        pages = _generated(seed, each, False, given.engine, again=again)
        pages += _read(
            f"real-{given.limit}",
            lambda engine: word_truth.real(engine, given.data, given.limit),
            given.engine,
            again=again,
        )
    except ChartroomError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    made = tables(pages, WEIGHTS[given.engine])
    for table in made:
        print(results.markdown(table), end="\n\n")
    command = f"python -m bench.{NAME} --engine {given.engine} --seed {seed} --each {each}"
    name = NAME if given.engine == "tesseract" else f"{NAME}_{given.engine}"
    absent = "" if given.data.is_dir() else " Real files are absent and were not measured."
    results.keep(Result(name, command, machine, made, (_TOLD + absent,)), given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
