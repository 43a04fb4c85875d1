"""Searches that are asked again and again, and which pages each of them has reported.

For finding cases: what a registry was told once it is not told again, and nothing it was not
told is ever left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, or_, select, update

from capture.errors import ArchiveError, BusyError, SettingsError

from . import schema
from .catalogue import now
from .rights import Rights, among, seen_batches, seen_documents
from .statements import in_parts

_SEARCHES, _PAGES = schema.saved_searches, schema.saved_pages


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that is kept."""

    id: int
    name: str
    query: str
    filters: Mapping[str, str]
    """By the names that search has for them; only those that narrow."""
    to_the_letter: bool
    """Whether similar words are left out."""
    person: str
    created_at: str
    last_run_at: str | None
    runs: int
    pages: int
    """How many it has reported that still match, as far as it was run."""


@dataclass(frozen=True, slots=True)
class Matching:
    """A page that matches, with what its document is and whose."""

    page: str
    state: str
    batch: str
    document: str
    """Empty for a page in no document."""
    mrn: str
    """Empty while it is nobody's."""
    patient: str
    birth_date: str
    type_code: str
    type_name: str
    date: str


@dataclass(frozen=True, slots=True)
class Told:
    """As what a page was reported, and when."""

    document: str
    mrn: str
    at: str


def add(
    connection: Connection,
    name: str,
    query: str,
    filters: Mapping[str, str],
    person: str,
    *,
    to_the_letter: bool = False,
) -> SavedSearch:
    """Keep a search; SettingsError when there is one of this name."""
    taken = select(_SEARCHES.c.id).where(_SEARCHES.c.name == name)
    if connection.execute(taken).first():
        raise SettingsError(
            "a saved search of this name is there already; a changed query gets a name of its own"
        )
    row = {"name": name, "query": query, "filters": dict(filters), "person": person}
    connection.execute(
        insert(_SEARCHES).values(**row, to_the_letter=to_the_letter, created_at=now(), runs=0)
    )
    return saved_named(connection, name)


def saved_searches(connection: Connection) -> list[SavedSearch]:
    """Return every saved search, by name."""
    return [_saved(row) for row in connection.execute(_query().order_by(_SEARCHES.c.name))]


def saved_named(connection: Connection, name: str) -> SavedSearch:
    """Return the saved search; ArchiveError when there is none."""
    row = connection.execute(_query().where(_SEARCHES.c.name == name)).one_or_none()
    if row is None:
        raise ArchiveError(
            "there is no saved search of this name; `chartroom saved list` shows them"
        )
    return _saved(row)


def forget(connection: Connection, search: SavedSearch) -> None:
    """Let a saved search go, with what it has reported."""
    connection.execute(delete(_PAGES).where(_PAGES.c.search_id == search.id))
    connection.execute(delete(_SEARCHES).where(_SEARCHES.c.id == search.id))


def told_before(connection: Connection, search: SavedSearch) -> dict[str, Told]:
    """Return the pages that were reported, by their ids."""
    rows = connection.execute(select(_PAGES).where(_PAGES.c.search_id == search.id))
    return {row.page: Told(row.document, row.mrn, row.reported_at) for row in rows}


def matching_pages(connection: Connection, pages: Sequence[str], rights: Rights) -> list[Matching]:
    """Return those of ``pages`` that are there and may be seen, in order of their documents."""
    seen = _seen(connection, rights)
    found = [
        _matching(row)
        for part in in_parts(pages)
        for row in connection.execute(seen.where(schema.frames.c.page.in_(part)))
    ]
    return [page for _, page in sorted(found, key=lambda one: one[0])]


def keep_told(
    connection: Connection, search: SavedSearch, new: Iterable[Matching], gone: Sequence[str]
) -> None:
    """Note that ``new`` was reported, and that the pages ``gone`` no longer match.

    Raises BusyError when somebody ran the same search meanwhile: then nothing is noted.
    """
    at = now()
    same = (_SEARCHES.c.id == search.id) & (_SEARCHES.c.runs == search.runs)
    run = update(_SEARCHES).where(same).values(runs=search.runs + 1, last_run_at=at)
    if connection.execute(run).rowcount != 1:
        raise BusyError(
            "somebody else ran or forgot this search meanwhile, so nothing was noted; run again"
        )
    rows = [
        {
            "search_id": search.id,
            "page": page.page,
            "document": page.document,
            "mrn": page.mrn,
            "reported_at": at,
        }
        for page in new
    ]
    for part in in_parts([*gone, *(str(row["page"]) for row in rows)]):
        of_search = _PAGES.c.search_id == search.id
        connection.execute(delete(_PAGES).where(of_search, _PAGES.c.page.in_(part)))
    if rows:
        connection.execute(insert(_PAGES), rows)


def _query() -> Select[Any]:
    kept = select(func.count()).where(_PAGES.c.search_id == _SEARCHES.c.id)
    return select(_SEARCHES, kept.correlate(_SEARCHES).scalar_subquery().label("pages"))


def _saved(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        id=row.id,
        name=row.name,
        query=row.query,
        filters=row.filters,
        to_the_letter=row.to_the_letter,
        person=row.person,
        created_at=row.created_at,
        last_run_at=row.last_run_at,
        runs=row.runs,
        pages=row.pages,
    )


def _seen(connection: Connection, rights: Rights) -> Select[Any]:
    """Return the query for pages; one in no document is seen where all patients are."""
    frames, sources, batches = schema.frames, schema.sources, schema.batches
    documents = schema.documents
    loose = [documents.c.id.is_(None)]
    if rights.batches is not None:
        loose.append(sources.c.batch_id.in_(among(seen_batches(connection, rights.batches))))
    filed = and_(documents.c.id.is_not(None), *seen_documents(connection, rights))
    return (
        select(
            frames.c.page,
            frames.c.state,
            frames.c.sequence,
            batches.c.name.label("batch"),
            documents.c.id.label("document"),
            documents.c.mrn,
            documents.c.patient_name,
            documents.c.birth_date,
            documents.c.type_code,
            documents.c.type_name,
            documents.c.service_date,
        )
        .join(sources, sources.c.id == frames.c.source_id)
        .join(batches, batches.c.id == sources.c.batch_id)
        .outerjoin(documents, documents.c.id == frames.c.document_id)
        .where(filed if rights.mrns is not None else or_(and_(*loose), filed))
    )


def _matching(row: Row[Any]) -> tuple[tuple[str, str, str, str, int], Matching]:
    page = Matching(
        page=row.page,
        state=row.state,
        batch=row.batch,
        document=row.document or "",
        mrn=row.mrn or "",
        patient=row.patient_name or "",
        birth_date=row.birth_date or "",
        type_code=row.type_code or "",
        type_name=row.type_name or "",
        date=row.service_date or "",
    )
    return (page.patient, page.mrn, page.date, page.document, row.sequence or 0), page
