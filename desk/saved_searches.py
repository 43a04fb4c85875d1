"""Finding cases for a registry: one search, run again and again, tells what is new.

A run has three steps: what is new is worked out, then it is written out, then it is noted as
told. Whatever breaks before the last step is told again by the next run: a case may be told
twice, but is never lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import groupby

from archive import saved_searches
from archive.archive import Archive
from archive.catalogue import Connection
from archive.rights import ALL, Rights
from archive.saved_searches import Matching, SavedSearch, Told
from capture.errors import ArchiveError, SettingsError
from search import publish
from search.archive_text import ArchiveText
from search.model import Filters, Kinship
from search.publish import OpenIndex
from search.query import parse
from search.service import NOTHING_ASKED, Manner, every_page
from search.settings import SearchSettings

from .rights import rights_of

COLUMNS = (
    "change",
    "document",
    "mrn",
    "patient_name",
    "birth_date",
    "type_code",
    "type_name",
    "date",
    "state",
    "batch",
    "pages",
    "new_pages",
    "told_at",
    "match",
)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Case:
    """A document that matches, or no longer does."""

    change: str
    """``new``; ``more`` pages of one that was told before; ``refiled`` to another patient than it
    was told of, or to one at last; ``known``; ``gone``."""
    document: str
    """Id of the document, or of a page that is in none."""
    mrn: str
    patient: str
    birth_date: str
    type_code: str
    type_name: str
    date: str
    state: str
    batch: str
    pages: tuple[str, ...]
    """All that match."""
    new_pages: tuple[str, ...]
    told_at: str
    """When it was told first; empty for a new one."""
    match: str = Kinship.EXACT
    """Whether a page of it holds what was asked to the letter, or all hold similar words."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a saved search finds now, beside what it told before."""

    search: SavedSearch
    cases: tuple[Case, ...]
    """All that match, known ones too, and those that are gone."""
    to_note: tuple[Matching, ...]
    gone_pages: tuple[str, ...]
    notes: tuple[str, ...]
    """What was not understood or not looked at."""

    def shown(self, *, everything: bool) -> tuple[Case, ...]:
        """Return what there is to tell."""
        return tuple(case for case in self.cases if everything or case.change != "known")

    def count(self, *changes: str) -> int:
        """Return how many documents changed so."""
        return sum(case.change in changes for case in self.cases)


def save(
    connection: Connection,
    name: str,
    query: str,
    filters: Filters,
    person: str,
    *,
    to_the_letter: bool = False,
) -> tuple[SavedSearch, tuple[str, ...]]:
    """Keep a search, and return it with what was not understood of it.

    Raises SettingsError for a name that is taken or none, and for a search that asks nothing.
    """
    narrowing = {key: value for key, value in asdict(filters).items() if value}
    parsed = parse(query)
    if parsed.tree is None and not narrowing:
        raise SettingsError(NOTHING_ASKED)
    kept = saved_searches.add(
        connection, _plain_name(name), query, narrowing, person, to_the_letter=to_the_letter
    )
    return kept, parsed.notes


def run(archive: Archive, name: str, settings: SearchSettings, manner: Manner | None = None) -> Run:
    """Return what a saved search finds; nothing is noted yet.

    What holds the words in a similar spelling or by another name is a case as well, unless the
    search was kept to the letter, and says so.

    Raises ArchiveError when there is no such search, or no index that is fit to be asked.
    """
    source, manner = ArchiveText(archive), manner or Manner()
    with archive.catalogue.read() as connection:
        search = saved_searches.saved_named(connection, name)
    filters = _filters(search.filters)
    with publish.opened(archive.home.index, settings, source.archive_id) as index:
        literal = replace(manner, to_the_letter=True)
        exact = pages = every_page(index, search.query, filters, manner=literal)
        if not (search.to_the_letter or manner.to_the_letter):
            pages = every_page(index, search.query, filters, manner=manner)
        notes = tuple(_notes(source, index, search.query))
    rights = rights_of(manner.access)
    with archive.catalogue.read() as connection:
        # Read again: what was told meanwhile must not be told as new.
        search = saved_searches.saved_named(connection, name)
        found = saved_searches.matching_pages(connection, pages, rights)
        before = saved_searches.told_before(connection, search)
        gone = _gone_pages(connection, found, before, rights)
    cases = (*_cases(found, before, frozenset(exact)), *_gone_cases(gone, found, before))
    to_note = tuple(page for page in found if _is_new(page, before))
    return Run(search, cases, to_note, tuple(gone), notes)


def note(connection: Connection, done: Run) -> None:
    """Note what a run told, once that is written out where it cannot be lost.

    Raises BusyError when somebody else noted a run of this search meanwhile.
    """
    saved_searches.keep_told(connection, done.search, done.to_note, done.gone_pages)


def every_search(connection: Connection) -> list[SavedSearch]:
    """Return every saved search, by name."""
    return saved_searches.saved_searches(connection)


def forget(connection: Connection, name: str) -> SavedSearch:
    """Let a saved search go, and return what it was; ArchiveError when there is none."""
    search = saved_searches.saved_named(connection, name)
    saved_searches.forget(connection, search)
    return search


def count_words(done: Run) -> str:
    """Return in words what a run found."""
    matching = len(done.cases) - done.count("gone")
    return (
        f"{done.count('new')} new documents, {done.count('more')} with more pages, "
        f"{done.count('refiled')} filed otherwise; {matching} match in all; "
        f"{done.count('gone')} told before no longer match"
    )


def case_row(case: Case) -> tuple[object, ...]:
    """Return the row of a case in a table with ``COLUMNS``."""
    told = asdict(case) | {
        "patient_name": case.patient,
        "pages": len(case.pages),
        "new_pages": " ".join(case.new_pages),
    }
    return tuple(told[column] for column in COLUMNS)


def _plain_name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or not plain.isprintable() or len(plain) > _LONGEST_NAME:
        raise SettingsError(f"a saved search needs a name of at most {_LONGEST_NAME} letters")
    return plain


def _filters(kept: Mapping[str, str]) -> Filters:
    if not set(kept) <= {field.name for field in fields(Filters)}:
        # Left out, a filter would widen the answer.
        raise ArchiveError("another version of chartroom saved this search: save it anew")
    return Filters(**kept)


def _notes(source: ArchiveText, index: OpenIndex, query: str) -> Iterator[str]:
    yield from parse(query).notes
    behind = max(source.last_seq() - index.applied, 0)
    if behind:
        yield f"the index has yet to see {behind} changes"


def _is_new(page: Matching, before: Mapping[str, Told]) -> bool:
    """Say whether a page was not told, or not as this patient's."""
    return page.page not in before or before[page.page].mrn != page.mrn


def _gone_pages(
    connection: Connection, found: Sequence[Matching], before: Mapping[str, Told], rights: Rights
) -> list[str]:
    """Return the pages that were told and match no more, as far as the person may see them."""
    matching = {page.page for page in found}
    gone = [page for page in before if page not in matching]
    if rights == ALL:
        return gone
    # A page that is hidden from this person matches for others, and its absence tells nothing.
    return [page.page for page in saved_searches.matching_pages(connection, gone, rights)]


def _cases(
    found: Sequence[Matching], before: Mapping[str, Told], exact: frozenset[str]
) -> Iterator[Case]:
    for name, group in groupby(found, key=lambda page: page.document or page.page):
        pages = list(group)
        new = [page for page in pages if _is_new(page, before)]
        told = [before[page.page].at for page in pages if page.page in before]
        case = _case(_change(new, told, before), name, pages, new, min(told, default=""))
        literal = any(page.page in exact for page in pages)
        yield case if literal else replace(case, match=Kinship.SIMILAR)


def _change(new: Sequence[Matching], told: Sequence[str], before: Mapping[str, Told]) -> str:
    if not new:
        return "known"
    if not told:
        return "new"
    return "refiled" if any(page.page in before for page in new) else "more"


def _case(
    change: str, name: str, pages: Sequence[Matching], new: Sequence[Matching], told_at: str
) -> Case:
    first = pages[0]
    return Case(
        change=change,
        document=name,
        mrn=first.mrn,
        patient=first.patient,
        birth_date=first.birth_date,
        type_code=first.type_code,
        type_name=first.type_name,
        date=first.date,
        state=first.state,
        batch=first.batch,
        pages=tuple(page.page for page in pages),
        new_pages=tuple(page.page for page in new),
        told_at=told_at,
    )


def _gone_cases(
    gone: Sequence[str], found: Sequence[Matching], before: Mapping[str, Told]
) -> Iterator[Case]:
    """Yield the documents of which nothing matches any more, as they were told."""
    still = {before[page.page].document for page in found if page.page in before}
    still |= {page.document for page in found}
    by_name: dict[str, list[str]] = {}
    for page in gone:
        if not before[page].document or before[page].document not in still:
            by_name.setdefault(before[page].document or page, []).append(page)
    for name, pages in sorted(by_name.items()):
        told = before[pages[0]]
        yield Case(
            change="gone", document=name, mrn=told.mrn, patient="", birth_date="", type_code="",
            type_name="", date="", state="", batch="", pages=(), new_pages=(), told_at=told.at,
        )  # fmt: skip
