"""Types of real reports: our pipeline trained on one half, beside a plain one, on the other.

The reports lie in a folder outside the project; nothing of them is kept.
"""

from __future__ import annotations

import csv
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from capture.model import Digest, FrameRef
from desk.type_training import macro_f1
from indexer.classify import decided, witnesses
from indexer.read import page_from_text, text_size
from indexer.rows import Layout, layout_of
from indexer.text_features import Wording, wording_of
from indexer.text_fitting import Fitting, fitted
from indexer.text_model import shipped_model

from . import results

REPORTS = Path(__file__).parents[2] / "shared" / "data" / "mtsamples" / "mtsamples_open.csv"
DEVELOPMENT_SPLITS = 3
"""Seeds below this were looked at while the features were chosen."""
HOW = Fitting(most_features=60_000, looseness=30.0)
MEANT = {
    "operative_report": {"11504-8", "28570-0"},
    "consult_or_h_and_p": {"11488-4", "34117-2", "47039-3"},
    "radiology_report": {"18748-4", "70004-7", "11524-6"},
    "progress_note": {"11506-3", "34108-1"},
    "discharge_summary": {"18842-5"},
    "emergency_report": {"34111-5"},
    "letter": {"51852-2"},
    "office_note": {"34108-1", "11506-3"},
    "autopsy_report": {"18743-5"},
    "lab_pathology": {"11526-1", "11502-2"},
}
"""Types of the catalogue that a type of the collection covers."""
_WIDTH = 90
_FIRST_PAGE = 60
_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Report:
    """One report of the collection."""

    text: str
    type: str
    cluster: str
    """Reports that are copies of one another share it."""


def reports(path: Path = REPORTS) -> list[Report]:
    """Return the reports that have a type."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Report(row["text"], row["doctype"], row["dup_cluster"]) for row in rows if row["doctype"]
    ]


def layout(text: str, lines: int | None = None) -> Layout:
    """Return a report as a page of typed lines, the first ``lines`` of them."""
    wrapped = [line for part in text.splitlines() for line in textwrap.wrap(part, _WIDTH) or [""]]
    shown = "\n".join(wrapped[:lines])
    width, height = text_size(shown)
    page = page_from_text(shown, FrameRef(Digest("0" * 64), 1))
    return layout_of(page, width=width, height=height)


def tables(splits: int) -> Iterator[results.Table]:
    """Yield what came of it; nothing where the reports are not there."""
    if REPORTS.exists() and splits:
        every = reports()
        yield _untrained(every)
        yield _halves(every, splits)


def _untrained(every: Sequence[Report]) -> results.Table:
    model = shipped_model()
    known = [one for one in every if one.type in MEANT]
    told = [decided(witnesses(layout(one.text, _FIRST_PAGE)), model).type for one in known]
    right = [kind.code in MEANT[one.type] for one, kind in zip(known, told, strict=True)]
    sure = [ok for ok, kind in zip(right, told, strict=True) if kind.confidence >= _SURE]
    row = (
        len(known),
        results.percent(sum(right) / len(right)),
        results.percent(len(sure) / len(right)),
        results.percent(sum(sure) / len(sure) if sure else float("nan")),
    )
    return results.Table(
        "Real reports without titles, by the model that comes with the program (chartroom)",
        ("reports", "right", "sure", "right of sure"),
        (row,),
        "First page of each report of MTSamples; right is any of the types that its own covers. "
        "Section heads of the catalogue were written by looking at half of these reports.",
    )


def _halves(every: Sequence[Report], splits: int) -> results.Table:
    wordings = [wording_of(layout(one.text)) for one in every]
    rows: list[tuple[results.Cell, ...]] = []
    scores: list[tuple[float, ...]] = []
    for seed in range(DEVELOPMENT_SPLITS, DEVELOPMENT_SPLITS + splits):
        rest, asked = _split(every, seed)
        truth = [every[n].type for n in asked]
        told = (_ours(every, wordings, rest, asked), *_plain(every, rest, asked))
        scores.append(
            tuple(s for answers in told for s in (macro_f1(truth, answers), _right(truth, answers)))
        )
        rows.append((str(seed), len(asked), *(f"{score:.3f}" for score in scores[-1])))
    middle = [median(column) for column in zip(*scores, strict=True)]
    rows.append(("median", "", *(f"{score:.3f}" for score in middle)))
    return results.Table(
        "Real reports, trained on one half and asked about the other",
        (
            "split", "reports", "chartroom, macro-F1", "right", "TF-IDF + SVM, macro-F1", "right",
            "TF-IDF + logistic, macro-F1", "right",
        ),
        tuple(rows),
        "Stratified halves; copies of a report stay together. Plain: words and pairs of words, "
        "sublinear, balanced; C was chosen on splits 0 to 2, as our features were.",
    )  # fmt: skip


def _split(every: Sequence[Report], seed: int) -> tuple[list[int], list[int]]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(2, shuffle=True, random_state=seed)
    types, clusters = [one.type for one in every], [one.cluster for one in every]
    rest, asked = next(folds.split(types, types, clusters))
    return list(rest), list(asked)


def _ours(
    every: Sequence[Report], wordings: Sequence[Wording], rest: Sequence[int], asked: Sequence[int]
) -> list[str]:
    model = fitted([wordings[n] for n in rest], [every[n].type for n in rest], HOW)
    return [model.codes[model.likelihoods(wordings[n]).argmax()] for n in asked]


def _plain(
    every: Sequence[Report], rest: Sequence[int], asked: Sequence[int]
) -> Iterator[list[str]]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    counted = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    known = counted.fit_transform(every[n].text for n in rest)
    unknown = counted.transform(every[n].text for n in asked)
    types = [every[n].type for n in rest]
    for model in (
        LinearSVC(C=0.3, class_weight="balanced"),
        LogisticRegression(C=1, class_weight="balanced", max_iter=200, tol=1e-3),
    ):
        yield list(model.fit(known, types).predict(unknown))


def _right(truth: Sequence[str], told: Sequence[str]) -> float:
    return sum(one == two for one, two in zip(truth, told, strict=True)) / len(truth)
