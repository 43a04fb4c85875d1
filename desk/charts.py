"""One patient's documents as a chart is read, and the pages of any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.catalogue import Connection
from archive.documents import DocumentRow, best_value, documents_of_patient, values_of
from archive.pages import count_unreliable
from archive.patients import StoredIndex
from archive.same_sheets import same_sheets
from capture.errors import ArchiveError
from indexer.doctypes import ChartOrder, chart_order
from indexer.model import Patient


@dataclass(frozen=True, slots=True)
class Chart:
    """All filed documents of one patient, in chart order."""

    patient: Patient
    documents: tuple[DocumentRow, ...]
    same_sheets: Mapping[str, tuple[str, ...]]
    """The other pages that show the sheet of a page, for pages that were scanned twice."""
    unreliable: int
    """Pages whose text is not to be relied on: read badly, by hand, or not at all."""

    def same_as(self, row: DocumentRow) -> dict[str, list[str]]:
        """Return the pages of a document whose sheet other pages show too, with those."""
        kept = self.same_sheets
        return {page: list(kept[page]) for page in row.pages if page in kept}


def chart_of(connection: Connection, mrn: str, order: ChartOrder = ChartOrder.SOURCE) -> Chart:
    """Return the chart under a record number or an old one; ArchiveError when nobody has it."""
    plain = mrn.replace("-", "").replace(" ", "")
    patient = StoredIndex(connection).by_mrn(mrn) or StoredIndex(connection).by_mrn(plain)
    if patient is None:
        raise ArchiveError(
            "no patient has this record number; check it, or load the patients with "
            "`chartroom patients import`"
        )
    # A merge of numbers leaves documents under the numbers they were filed to.
    numbers = dict.fromkeys((patient.mrn, *patient.other_mrns))
    filed = [row for number in numbers for row in documents_of_patient(connection, number)]
    began = _encounters(connection, filed) if order is ChartOrder.ENCOUNTER else {}
    filed.sort(
        key=lambda row: chart_order(
            row.type_code, row.service_date or "", order=order, encounter=began.get(row.id, "")
        )
    )
    pages = [page for row in filed for page in row.pages]
    return Chart(
        patient,
        tuple(filed),
        same_sheets(connection, pages),
        count_unreliable(connection, pages),
    )


@dataclass(frozen=True, slots=True)
class _Visit:
    """What a document says of the stay or visit that it is of; empty where it says nothing."""

    account: str
    admitted: str
    discharged: str
    day: str

    @property
    def began(self) -> str:
        """The day of admission, else the document's own."""
        return self.admitted or self.day


def _encounters(connection: Connection, rows: Sequence[DocumentRow]) -> dict[str, str]:
    """Return the day on which the encounter of each document began, by the document's id."""
    visits = {row.id: _visit(connection, row) for row in rows}
    return {name: _beginning(visit, list(visits.values())) for name, visit in visits.items()}


def _visit(connection: Connection, row: DocumentRow) -> _Visit:
    told = values_of(connection, row)
    fields = ("account", "admission_date", "discharge_date")
    account, admitted, discharged = (best_value(told, field) or "" for field in fields)
    return _Visit(account, admitted, discharged, row.service_date or "")


def _beginning(visit: _Visit, all_visits: Sequence[_Visit]) -> str:
    """Return when the encounter began: told by its account, else by a stay that holds its day."""
    same = [one.began for one in all_visits if visit.account and one.account == visit.account]
    if any(same):
        return min(filter(None, same))
    stays = [
        one.admitted
        for one in all_visits
        if one.admitted and visit.day and one.admitted <= visit.day <= one.discharged
    ]
    return visit.admitted or max(stays, default=visit.day)
