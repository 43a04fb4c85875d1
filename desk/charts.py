"""One patient's documents as a chart is read, and the pages of any of them."""

from __future__ import annotations

from dataclasses import dataclass

from archive.catalogue import Connection
from archive.documents import DocumentRow, documents_of_patient
from archive.patients import StoredIndex
from capture.errors import ArchiveError
from indexer.doctypes import chart_order
from indexer.model import Patient


@dataclass(frozen=True, slots=True)
class Chart:
    """All filed documents of one patient, in chart order."""

    patient: Patient
    documents: tuple[DocumentRow, ...]


def chart_of(connection: Connection, mrn: str) -> Chart:
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
    filed.sort(key=lambda row: chart_order(row.type_code, row.service_date or ""))
    return Chart(patient, tuple(filed))
