"""What indexing hands on: index values with their evidence, types, documents, filings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from capture.model import Barcode, Box, FrameRef, FrameState

FIELDS = (
    "mrn",
    "account",
    "patient_name",
    "birth_date",
    "sex",
    "ssn",
    "admission_date",
    "discharge_date",
    "service_date",
    "dictated_date",
    "transcribed_date",
    "signed_date",
    "attending",
    "referring",
    "facility",
    "diagnosis",
    "procedure",
    "page_of",
    "signature",
    "diagnosis_code",
    "procedure_code",
)
"""Every field of the contract."""


@dataclass(frozen=True, slots=True)
class IndexValue:
    """One index field with the evidence that a reviewer needs to trust it."""

    field: str
    value: str
    """Normal form: dates ISO 8601 (partial ones stay partial), names ``LAST, FIRST MIDDLE``."""
    raw: str
    """As it was read."""
    frame: FrameRef
    box: Box
    confidence: float
    rule: str
    """``rule@version`` or ``person:NAME`` that made it."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type of document with how sure we are."""

    code: str
    """LOINC code, or a local code where LOINC has none."""
    name: str
    confidence: float
    rule: str


@dataclass(frozen=True, slots=True)
class PageTraits:
    """How a page is set, begins and ends: by this pages of one document are known.

    Lengths are thousandths of the width or height of the page, 0 where nothing was measured.
    """

    pitch: float = 0.0
    """Width of a character."""
    letter: float = 0.0
    """Height of a word."""
    leading: float = 0.0
    """From line to line."""
    left: float = 0.0
    """Where most lines begin."""
    end: float = 0.0
    """Where the last line above the foot ends, from the top."""
    foot: str = ""
    """Letters and figures of the small print at the foot, such as a form number."""
    number: int = 0
    """A page number that stands alone, without a word before it."""
    continued: bool = False
    """Its first lines say that it goes on with another page."""
    goes_on: bool = False
    """Its last line says that the next page goes on with it."""
    opens_small: bool = False
    """Its text begins with a small letter, in the middle of a sentence."""
    ends_open: bool = False
    """Its last line is full and ends no sentence."""


@dataclass(frozen=True, slots=True)
class PageIndex:
    """What one page says of itself."""

    frame: FrameRef
    type: DocumentType
    values: tuple[IndexValue, ...]
    titled: bool = False
    """The page carries the title of its type: a first page, unless its number says otherwise."""
    traits: PageTraits = PageTraits()


@dataclass(frozen=True, slots=True)
class SequencePage:
    """One page in the order in which it was scanned, as assembly sees it."""

    frame: FrameRef
    state: FrameState
    index: PageIndex | None
    """None for blank, separator, technical and quarantined frames, and pages that failed."""
    barcodes: tuple[Barcode, ...] = ()
    starts_source: bool = False
    """First frame of a file of several pages: a document never crosses into it."""
    joins_previous: bool = False
    """A person says that it goes on with the page before it."""


@dataclass(frozen=True, slots=True)
class Document:
    """Pages that belong together, in order."""

    frames: tuple[FrameRef, ...]
    type: DocumentType
    values: tuple[IndexValue, ...]
    boundary_confidence: float
    """The probability that it starts and ends where we say, and holds all that lies between."""
    doubts: tuple[str, ...] = ()
    """What keeps it from being filed whoever the patient is, in words without identifiers."""


@dataclass(frozen=True, slots=True)
class Patient:
    """One person of the master patient index (MPI)."""

    mrn: str
    last_name: str
    first_name: str
    birth_date: str
    """ISO 8601."""
    middle_name: str = ""
    suffix: str = ""
    sex: str = ""
    ssn: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    other_mrns: tuple[str, ...] = ()
    other_names: tuple[tuple[str, str], ...] = field(default=())
    """Pairs of last and first name."""


class PatientNumbers(Protocol):
    """Leads from a record number to its patient."""

    def by_mrn(self, mrn: str) -> Patient | None:
        """Return the patient with this number or alias, digits and leading zeros exact."""
        ...


class MasterPatientIndex(PatientNumbers, Protocol):
    """What matching asks of the MPI; the archive answers, a test may too."""

    def size(self) -> int:
        """Return how many patients it has."""
        ...

    def by_numbers(self, numbers: Collection[str]) -> tuple[Patient, ...]:
        """Return the patients with any of these numbers, old ones included."""
        ...

    def by_ssn(self, ssn: str) -> tuple[Patient, ...]:
        """Return the patients with this social security number, written alike."""
        ...

    def by_birth_date(self, birth_date: str) -> tuple[Patient, ...]:
        """Return the patients born on this day (ISO 8601)."""
        ...

    def by_name(self, last_name: str, first_name: str) -> tuple[Patient, ...]:
        """Return patients with this surname or alias whose given name has the same first letter.

        Case, spaces and marks do not matter; the same given name comes first, and of a very
        common name not all are returned.
        """
        ...

    def namesakes(self, last_name: str, first_name: str) -> int:
        """Return how many bear this surname and given name."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient that a document might belong to."""

    mrn: str
    score: float
    """0.0 to 1.0: how likely, of all patients and those that the index does not have."""
    reason: str
    """What agrees and what does not, in words without identifiers."""


class FilingState(StrEnum):
    """The machine's verdict on a document."""

    FILED = "filed"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Filing:
    """Whose document it is, or why a person must say."""

    state: FilingState
    mrn: str | None
    confidence: float
    rule: str
    reason: str
    """In words without identifiers."""
    candidates: tuple[Candidate, ...] = ()
