"""Measure what was read and filed against what is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from ocr.ticks import SIGNS

_TICKS = frozenset(SIGNS.values())
_EDGES = ".,;:!?()[]{}\"'*_|-"


@dataclass(frozen=True, slots=True)
class Match:
    """How two collections agree."""

    hits: int
    wanted: int
    found: int

    @property
    def recall(self) -> float:
        """Share of what is true that was found; 1.0 when nothing was wanted."""
        return self.hits / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        """Share of what was found that is true; 1.0 when nothing was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of recall and precision."""
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0

    def __add__(self, other: Match) -> Match:
        """Return both measured as one."""
        return Match(self.hits + other.hits, self.wanted + other.wanted, self.found + other.found)


@dataclass(frozen=True, slots=True)
class FieldScore:
    """How the values of one field came out."""

    right: int
    wrong: int
    """Asserted, and not true: the silent errors."""
    missing: int

    @property
    def exact(self) -> float:
        """Share of true values found exactly; 1.0 when there were none."""
        wanted = self.right + self.missing
        return self.right / wanted if wanted else 1.0

    @property
    def silently_wrong(self) -> float:
        """Share of asserted values that are not true; 0.0 when none was asserted."""
        asserted = self.right + self.wrong
        return self.wrong / asserted if asserted else 0.0

    def __add__(self, other: FieldScore) -> FieldScore:
        """Return both measured as one."""
        return FieldScore(
            self.right + other.right, self.wrong + other.wrong, self.missing + other.missing
        )


@dataclass(frozen=True, slots=True)
class FilingScore:
    """Where documents went."""

    right: int
    wrong: int
    """Filed to a patient they are not about."""
    held: int

    @property
    def wrong_rate(self) -> float:
        """Share of filed documents that lie with the wrong patient; 0.0 when none was filed."""
        filed = self.right + self.wrong
        return self.wrong / filed if filed else 0.0

    @property
    def automatic(self) -> float:
        """Share of documents filed without a person; 0.0 when there were none."""
        documents = self.right + self.wrong + self.held
        return (self.right + self.wrong) / documents if documents else 0.0


def squeezed(text: str) -> str:
    """Return text with every run of white space as one space, signs of tick boxes left out.

    Who writes a page off leaves them out as well, and a program that sees them is not to lose.
    """
    return " ".join(word for word in text.split() if word not in _TICKS)


def character_error_rate(truth: str, read: str) -> float:
    """Return edits per character of truth, white space squeezed; may exceed 1.0.

    An empty truth gives 0.0 for an empty reading and 1.0 for any other.
    """
    wanted, got = squeezed(truth), squeezed(read)
    if not wanted:
        return 1.0 if got else 0.0
    return Levenshtein.distance(wanted, got) / len(wanted)


def words_of(text: str) -> Counter[str]:
    """Return the words of a text, case and outer punctuation put aside, with how often."""
    bare = (word.strip(_EDGES).casefold() for word in text.split())
    return Counter(word for word in bare if word)


def word_match(truth: str, read: str) -> Match:
    """Return how the words of two texts agree, whatever their order."""
    wanted, found = words_of(truth), words_of(read)
    return Match((wanted & found).total(), wanted.total(), found.total())


def skew_error(truth: float, found: float) -> float:
    """Return the degrees between two angles."""
    return abs(truth - found)


def rotation_accuracy(pairs: Iterable[tuple[int, int]]) -> float:
    """Return the share of (true, found) quarter turns that agree; 1.0 for no pages."""
    agreed = [true % 360 == found % 360 for true, found in pairs]
    return sum(agreed) / len(agreed) if agreed else 1.0


def field_score(truth: Collection[str], found: Collection[str]) -> FieldScore:
    """Return how the values found for one field of a page or document agree with the true ones.

    Values are sets: a name that stands three times on a page counts once.
    """
    wanted, got = set(truth), set(found)
    return FieldScore(len(wanted & got), len(got - wanted), len(wanted - got))


def boundary_match(truth: Collection[int], found: Collection[int]) -> Match:
    """Return how the frames at which documents start agree."""
    wanted, got = set(truth), set(found)
    return Match(len(wanted & got), len(wanted), len(got))


def filing_score(pairs: Iterable[tuple[str, str | None]]) -> FilingScore:
    """Return how documents were filed, given (true MRN, filed MRN or None when held)."""
    outcome = Counter(_outcome(true, filed) for true, filed in pairs)
    return FilingScore(outcome["right"], outcome["wrong"], outcome["held"])


def _outcome(true: str, filed: str | None) -> str:
    if filed is None:
        return "held"
    return "right" if filed == true else "wrong"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the percentile by linear interpolation; ValueError for no values."""
    if not values:
        raise ValueError("no percentile of no values")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def mean(values: Sequence[float]) -> float:
    """Return the arithmetic mean; ValueError for no values."""
    if not values:
        raise ValueError("no mean of no values")
    return sum(values) / len(values)
