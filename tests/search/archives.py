"""An archive in memory, as search sees one, and the trees and pages to try it with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from ocr.codec import PlacedWord
from search import tree
from search.model import Change, Entry


def placed_words(text: str) -> list[PlacedWord]:
    """Return the words of ``text`` as if read, with a box of 10 by 20 pixels a letter."""
    return [
        PlacedWord(word, column * 100, row * 30, 10 * len(word), 20)
        for row, line in enumerate(text.split("\n"))
        for column, word in enumerate(line.split())
    ]


@dataclass
class MemoryArchive:
    """The pages of an archive and the changes that made them."""

    archive_id: str = "archive-1"
    pages: dict[str, Entry] = field(default_factory=dict)
    log: list[Change] = field(default_factory=list)

    def put(self, *entries: Entry) -> None:
        self.pages |= {entry.page_id: entry for entry in entries}
        self._note(entry.page_id for entry in entries)

    def drop(self, *page_ids: str) -> None:
        for page_id in page_ids:
            del self.pages[page_id]
        self._note(page_ids)

    def _note(self, page_ids: Iterable[str]) -> None:
        for page_id in page_ids:
            self.log.append(Change(len(self.log) + 1, page_id))

    def last_seq(self) -> int:
        return len(self.log)

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        return self.log[after : after + limit]

    def all_page_ids(self) -> Iterator[str]:
        return iter(sorted(self.pages))

    def entries(self, page_ids: Sequence[str]) -> Mapping[str, Entry]:
        return {page_id: self.pages[page_id] for page_id in page_ids if page_id in self.pages}

    def words(self, page_ids: Sequence[str]) -> Mapping[str, Sequence[PlacedWord]]:
        return {page_id: placed_words(self.pages[page_id].text) for page_id in page_ids}


WORDS = (
    "chest", "cheat", "chset", "pain", "pains", "paint", "follow", "up", "follow-up", "followup",
    "07-22-48", "072248", "O'Brien", "obrien", "98.6", "Café", "cafe", "x-ray", "x", "ray", "the",
    "of", "pneu-\nmonia", "pneumonia", "3/4/61", "discharge", "summary",
)  # fmt: skip
DATES = ("", "1961", "1961-03", "1961-03-05", "1963-12-31", "1965-02", "not a date")

some_text = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)

entries = st.builds(
    Entry,
    page_id=st.sampled_from([f"page-{number}" for number in range(8)]),
    batch=st.sampled_from(("", "Box 3", "box 30", "batch-1")),
    mrn=st.sampled_from(("", "07-22-48", "072249", "0012345")),
    patient_name=some_text,
    other_names=st.lists(some_text, max_size=2).map(tuple),
    birth_date=st.sampled_from(DATES),
    type_code=st.sampled_from(("", "18842-5")),
    type_name=st.sampled_from(("", "Discharge summary")),
    date=st.sampled_from(DATES),
    diagnosis=some_text,
    state=st.sampled_from(("filed", "held")),
    roll=st.sampled_from(("", "roll-0042.tif")),
    frame=st.none() | st.integers(1, 20),
    text=some_text,
)

corpora = st.lists(entries, max_size=8, unique_by=lambda entry: entry.page_id)

text_fields = st.sampled_from(("", "", "", "name", "diagnosis", "type", "roll", "mrn", "batch"))
patterns = st.sampled_from(("pa*", "*ain?", "c?est", "07-2*", "0722*", "o'b*", "9?.6", "box*", "*"))
dates = st.sampled_from(("1961", "1961-03", "1962", "1963-12-31", "1965"))
frames = st.integers(0, 20).map(str)


def between(field_name: str, bounds: st.SearchStrategy[str]) -> st.SearchStrategy[tree.Between]:
    def ordered(pair: tuple[str, str]) -> tree.Between:
        key = int if field_name == "frame" else str
        low, high = sorted(pair, key=key)
        return tree.Between(low, high, field_name)

    closed = st.tuples(bounds, bounds).map(ordered)
    above = bounds.map(lambda bound: tree.Between(bound, "", field_name))
    below = bounds.map(lambda bound: tree.Between("", bound, field_name))
    return closed | above | below


leaves: st.SearchStrategy[tree.Tree] = st.one_of(
    st.builds(tree.Word, st.sampled_from(WORDS), text_fields),
    st.builds(tree.Phrase, some_text, text_fields),
    st.builds(tree.Wildcard, patterns, text_fields),
    st.builds(tree.Fuzzy, st.sampled_from(WORDS), st.integers(1, 2), text_fields),
    between("date", dates),
    between("dob", dates),
    between("frame", frames),
)

trees: st.SearchStrategy[tree.Tree] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(tree.conjunction),
        st.lists(inner, min_size=2, max_size=3).map(tree.disjunction),
        inner.map(tree.negation),
    ),
    max_leaves=6,
)


def temporary_folder() -> TemporaryDirectory[str]:
    """Return a folder for an index that is gone at the end.

    tantivy looks at a folder from a thread of its own just after it is opened, and may make its
    lock file there while the folder is being removed.
    """
    return TemporaryDirectory(ignore_cleanup_errors=True)


def put(path: Path, content: bytes) -> None:
    """Put other bytes at ``path`` as a damaged disk would show them to whoever opens it next.

    A new file under the old name: to cut short a file that a reader has mapped into memory
    would end the process, tests and all.
    """
    draft = path.with_name(f"{path.name}.harmed")
    draft.write_bytes(content)
    draft.replace(path)
