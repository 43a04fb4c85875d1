"""From pairs of true and found frames to the figures that are published."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from indexer.doctypes import UNCLASSIFIED

from . import score
from .found import Pair

SURE = 0.5
"""A value or type given with less confidence is no assertion."""
SIGNATURE = "signature"
"""Is no text of a page, so the truth of charts lacks it; `bench.page_quality` measures it."""
UNMARKED = frozenset({SIGNATURE, "diagnosis_code", "procedure_code"})
"""Fields that the truth of charts lacks; `bench.values` measures codes."""


@dataclass(frozen=True, slots=True)
class TextScore:
    """How well the pages of a group were read."""

    pages: int
    median: float
    """Of the character error rates of the pages."""
    mean: float
    worst_tenth: float
    """The rate that nine pages of ten stay under."""
    recall: float
    """Share of all words of the group that were read."""


def text_score(texts: Sequence[tuple[str, str]]) -> TextScore:
    """Return how pages given as (truth, read) were read; ValueError for none."""
    rates = [score.character_error_rate(*pair) for pair in texts]
    words = reduce(add, (score.word_match(*pair) for pair in texts))
    return TextScore(
        len(rates),
        score.percentile(rates, 50),
        score.mean(rates),
        score.percentile(rates, 90),
        words.recall,
    )


@dataclass(frozen=True, slots=True)
class GeometryScore:
    """How well pages were set upright and straight."""

    pages: int
    upright: float
    """Share whose quarter turn was found."""
    turned: int
    """Pages that lay turned."""
    turned_found: int
    skew_median: float
    """Degrees, on pages whose quarter turn was found."""
    skew_worst_tenth: float
    skewed: int
    """Pages that are still askew by more than half a degree."""


def geometry_score(pairs: Iterable[Pair]) -> GeometryScore:
    """Return how well the pages among ``pairs`` were straightened; ValueError for none."""
    turns, errors = [], []
    for pair in _read(pairs):
        assert pair.found
        turns.append((pair.truth["rotation"], pair.found.rotation))
        if turns[-1][0] == turns[-1][1]:
            errors.append(score.skew_error(pair.truth["skew"], pair.found.skew))
    turned = [true == found for true, found in turns if true]
    return GeometryScore(
        pages=len(turns),
        upright=score.rotation_accuracy(turns),
        turned=len(turned),
        turned_found=sum(turned),
        skew_median=score.percentile(errors, 50),
        skew_worst_tenth=score.percentile(errors, 90),
        skewed=sum(error > 0.5 for error in errors),
    )


def field_scores(pairs: Iterable[Pair]) -> dict[str, score.FieldScore]:
    """Return by field how the values that were asserted on pages agree with the true ones."""
    totals: dict[str, score.FieldScore] = {}
    for pair in pairs:
        if not pair.is_page:
            continue
        true, found = _true_values(pair), _asserted_values(pair)
        for field in true.keys() | found.keys():
            one = score.field_score(true[field], found[field])
            totals[field] = totals.get(field, score.FieldScore(0, 0, 0)) + one
    return dict(sorted(totals.items()))


@dataclass(frozen=True, slots=True)
class TypeScore:
    """How pages were typed, by the document that they were put into."""

    right: int
    wrong: int
    unsure: int
    """Unclassified, or typed with little confidence."""

    @property
    def accuracy(self) -> float:
        """Share of all pages that are typed right."""
        pages = self.right + self.wrong + self.unsure
        return self.right / pages if pages else 1.0

    @property
    def silently_wrong(self) -> float:
        """Share of the typed pages that are typed wrong."""
        typed = self.right + self.wrong
        return self.wrong / typed if typed else 0.0


def type_score(pairs: Iterable[Pair]) -> TypeScore:
    """Return how the pages among ``pairs`` were typed."""
    outcomes = Counter(type_outcome(pair) for pair in pairs if pair.is_page)
    return TypeScore(outcomes["right"], outcomes["wrong"], outcomes["unsure"])


def type_outcome(pair: Pair) -> str:
    """Return ``right``, ``wrong`` or ``unsure``."""
    document = pair.found.document if pair.found else None
    if not document or document.code == UNCLASSIFIED or document.type_confidence < SURE:
        return "unsure"
    return "right" if document.code == pair.truth["type"]["code"] else "wrong"


@dataclass(frozen=True, slots=True)
class FiledScore:
    """Where pages went whose patients are in the patient index."""

    pages: score.FilingScore
    documents: score.FilingScore
    """A document with a page of another patient is wrong."""

    @property
    def upper_bound(self) -> float:
        """Return what the rate of wrong documents stays under, in 95 of 100 cases like this.

        None wrong among n gives 3/n at most 1 (rule of three, Hanley and Lippman-Hand 1983);
        nan when some are wrong or none is filed.
        """
        filed = self.documents.right + self.documents.wrong
        return min(1.0, 3 / filed) if filed and not self.documents.wrong else float("nan")


def filed_score(pairs: Iterable[Pair]) -> FiledScore:
    """Return where the pages and the documents among ``pairs`` were filed."""
    pages = [pair for pair in pairs if pair.is_page]
    by_document: dict[str, list[Pair]] = defaultdict(list)
    for pair in pages:
        if pair.found and pair.found.document:
            by_document[pair.found.document.id].append(pair)
    return FiledScore(
        score.filing_score((str(pair.truth["patient"]), filed_to(pair)) for pair in pages),
        score.filing_score(map(_document_filing, by_document.values())),
    )


def filed_to(pair: Pair) -> str | None:
    """Return the record number that a page was filed to, None when it was not."""
    document = pair.found.document if pair.found else None
    return document.mrn if document else None


def boundaries(pairs: Sequence[Pair]) -> score.Match:
    """Return how starts of documents agree; ``pairs`` in the order of delivery."""
    places = [(place, pair) for place, pair in enumerate(pairs) if pair.is_page]
    truth = [place for place, pair in places if pair.truth["boundary"]]
    found = [place for place, pair in places if pair.found and pair.found.first]
    return score.boundary_match(truth, found)


def states(pairs: Iterable[Pair]) -> Counter[tuple[str, str]]:
    """Return how often frames of a true state were found in each state."""
    return Counter(
        (pair.truth["state"], pair.found.state if pair.found else "lost") for pair in pairs
    )


def wrong_values(pair: Pair) -> list[tuple[str, str, str]]:
    """Return field, what was asserted though not true, and what is true."""
    true, found = _true_values(pair), _asserted_values(pair)
    return [
        (field, value, " | ".join(sorted(true[field])))
        for field in sorted(found)
        for value in sorted(found[field] - true[field])
    ]


def absent_values(pair: Pair) -> list[tuple[str, str]]:
    """Return field and printed form of what stands on a page and was not asserted."""
    found = _asserted_values(pair)
    return [
        (value["field"], value["raw"])
        for value in pair.truth["values"]
        if plain(value["field"], value["value"]) not in found[value["field"]]
    ]


def _read(pairs: Iterable[Pair]) -> Iterable[Pair]:
    return (p for p in pairs if p.is_page and p.found and p.found.state in {"filed", "held"})


def _document_filing(pages: Sequence[Pair]) -> tuple[str, str | None]:
    filed = filed_to(pages[0])
    owners = {str(pair.truth["patient"]) for pair in pages}
    strangers = owners - {filed}
    return (strangers or owners).pop(), filed


def _true_values(pair: Pair) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for value in pair.truth["values"]:
        values[value["field"]].add(plain(value["field"], value["value"]))
    return values


def _asserted_values(pair: Pair) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for field, value, confidence in pair.found.values if pair.found else ():
        if confidence >= SURE and field not in UNMARKED:
            values[field].add(plain(field, value))
    return values


def plain(field: str, value: str) -> str:
    """Return a value as it is compared: without case and spacing, accounts without hyphens."""
    # Hyphens of an account number are a habit of who printed it, not a part of it.
    bare = value.replace("-", "") if field == "account" else value
    return score.squeezed(bare).casefold()
