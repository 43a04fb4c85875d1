"""Learn from the pages of an archive how much each identifier is worth there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive import deliveries, pages
from archive.catalogue import Connection
from archive.decisions import decided
from archive.learned import weights_of
from archive.patients import StoredIndex
from indexer.candidates import ranking
from indexer.claims import claims_of
from indexer.comparison import Level
from indexer.fitting import LEAST_PAIRS, fitted, pairs_of
from indexer.model import IndexValue
from indexer.weights import Weights, shipped_weights

MOST_PAGES = 20_000
"""Of an archive with more, the pages taken in last are asked."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the pages of an archive teach of its identifiers."""

    pages: int
    numbered: int
    """Pairs of a page and a patient alike in the record number."""
    named: int
    """Pairs alike in name and birth date."""
    before: Weights
    after: Weights | None
    """None where there were too few pairs to learn from, or it would rank worse."""
    chosen: tuple[int, int] = (0, 0)
    """Documents whose patient, as a person chose, ranks first: before and after."""

    @property
    def lacking(self) -> str:
        """What is missing, in words; empty where there was enough."""
        if self.after is not None:
            return ""
        if self.chosen[1] < self.chosen[0]:
            return (
                f"of the patients whom people chose, {self.chosen[1]} would rank first, and"
                f" {self.chosen[0]} do now"
            )
        return (
            f"{self.numbered} pages with a number of the patient index and {self.named} with a name"
            f" and birth date of it were read; {LEAST_PAIRS} of each are needed"
        )

    def rows(self) -> Iterator[tuple[str, str, float, float]]:
        """Yield identifier, level, and how often it was taken to agree so before and after."""
        for field, levels in self.before.chances.items():
            for level, (m, _) in levels.items():
                yield field, _WORDS[level], m, (self.after or self.before).chances[field][level][0]


_WORDS = {
    Level.SAME: "agrees",
    Level.LIKE: "nearly agrees",
    Level.PARTIAL: "agrees in part",
    Level.KIN: "another given name",
    Level.OTHER: "differs",
}


def learn_weights(connection: Connection) -> Lesson:
    """Return what the pages of the archive teach; nothing is kept."""
    values = list(islice(_values(connection), MOST_PAGES))
    pairs = pairs_of(values, StoredIndex(connection))
    before = weights_of(connection)
    counts = (len(values), len(pairs.numbered), len(pairs.named))
    if not pairs.enough:
        return Lesson(*counts, before, None)
    after = fitted(pairs, shipped_weights(), "site")
    chosen = (chosen_first(connection, before), chosen_first(connection, after))
    return Lesson(*counts, before, after if chosen[1] >= chosen[0] else None, chosen)


def chosen_first(connection: Connection, weights: Weights) -> int:
    """Return of how many documents the patient whom a person chose ranks first."""
    index = StoredIndex(connection)
    ranked = (
        (one.mrn, ranking(claims_of(one.machine), index, weights).weighed)
        for one in decided(connection)
        if one.mrn
    )
    return sum(bool(weighed) and weighed[0].patient.mrn == mrn for mrn, weighed in ranked)


def _values(connection: Connection) -> Iterator[Sequence[IndexValue]]:
    for batch in reversed(deliveries.batches(connection)):
        frames = deliveries.frames(connection, batch)
        for index in pages.indexes_of(connection, frames).values():
            yield index.values
