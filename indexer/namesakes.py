"""Whether the pages of a document name another patient of the index than it is filed to.

Asked when a person says whose a document is: a person's word files it against any rule, but a
page that names somebody else by number, or by name and birth date, is shown to them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from capture.model import FrameRef

from .model import IndexValue, MasterPatientIndex, Patient
from .name_agreement import Agreement, compare_names
from .names import parse_name


@dataclass(frozen=True, slots=True)
class OtherNamed:
    """A page that names somebody else of the patient index."""

    frame: FrameRef
    patient: Patient
    by: str
    """Which identifiers name them."""

    @property
    def words(self) -> str:
        """Where and how, without identifiers."""
        frame = f"frame {self.frame.number}"
        return f"{frame} names another patient than the one whom a person chose, by {self.by}"


def others_named(
    values: Iterable[IndexValue], patient: Patient, mpi: MasterPatientIndex
) -> Iterator[OtherNamed]:
    """Yield who else than ``patient`` is named by the ``values`` of each frame."""
    read = sorted(values, key=lambda value: value.frame)
    for frame, group in groupby(read, key=lambda value: value.frame):
        said = list(group)
        found = {
            other.mrn: OtherNamed(frame, other, "record number") for other in _numbered(said, mpi)
        }
        for other in _better_named(said, patient, mpi):
            found.setdefault(other.mrn, OtherNamed(frame, other, "name and birth date"))
        found.pop(patient.mrn, None)
        yield from found.values()


def _numbered(said: Iterable[IndexValue], mpi: MasterPatientIndex) -> Iterator[Patient]:
    for value in said:
        found = mpi.by_mrn(value.value) if value.field == "mrn" else None
        if found is not None:
            yield found


def _better_named(
    said: Sequence[IndexValue], patient: Patient, mpi: MasterPatientIndex
) -> Iterator[Patient]:
    """Yield who fits name and birth date better than ``patient``: twins share the date."""
    births = sorted({value.value for value in said if value.field == "birth_date"})
    names = [value.value for value in said if value.field == "patient_name"]
    least = max(_fit(names, births, patient), Agreement.SURNAME)
    for birth in births:
        for other in mpi.by_birth_date(birth):
            if _fit(names, births, other) > least:
                yield other


def _fit(names: Iterable[str], births: Sequence[str], patient: Patient) -> Agreement:
    if patient.birth_date not in births:
        return Agreement.CONFLICT
    read = filter(None, map(parse_name, names))
    return max((compare_names(name, patient) for name in read), default=Agreement.CONFLICT)
