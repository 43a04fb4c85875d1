"""A master patient index in memory, as matching asks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from archive.patients import name_key
from indexer.model import Patient

_MOST = 300


class Roster:
    """Patients found by number, birth date, name and social security number."""

    def __init__(self, patients: Iterable[Patient]) -> None:
        self.patients = tuple(patients)
        self._numbers: dict[str, dict[str, Patient]] = defaultdict(dict)
        self._births: dict[str, list[Patient]] = defaultdict(list)
        self._names: dict[tuple[str, str], dict[str, Patient]] = defaultdict(dict)
        self._ssns: dict[str, list[Patient]] = defaultdict(list)
        self._namesakes: dict[tuple[str, str], set[str]] = defaultdict(set)
        for patient in self.patients:
            self._add(patient)

    def _add(self, patient: Patient) -> None:
        for number in (patient.mrn, *patient.other_mrns):
            self._numbers[number][patient.mrn] = patient
        self._births[patient.birth_date].append(patient)
        for last, first in ((patient.last_name, patient.first_name), *patient.other_names):
            self._names[name_key(last), name_key(first)[:1]][patient.mrn] = patient
            self._namesakes[name_key(last), name_key(first)].add(patient.mrn)
        if patient.ssn:
            self._ssns[patient.ssn].append(patient)

    def size(self) -> int:
        """Return how many patients there are."""
        return len(self.patients)

    def by_mrn(self, mrn: str) -> Patient | None:
        """Return the patient with this number or old number, unless it led to several."""
        found = list(self._numbers.get(mrn, {}).values())
        return found[0] if len(found) == 1 else None

    def by_numbers(self, numbers: Collection[str]) -> tuple[Patient, ...]:
        """Return the patients with any of these numbers."""
        found = (patient for one in numbers for patient in self._numbers.get(one, {}).values())
        return tuple({patient.mrn: patient for patient in found}.values())

    def by_ssn(self, ssn: str) -> tuple[Patient, ...]:
        """Return the patients with this social security number."""
        return tuple(self._ssns.get(ssn, ()))

    def by_birth_date(self, birth_date: str) -> tuple[Patient, ...]:
        """Return the patients born on this day."""
        return tuple(self._births.get(birth_date, ()))

    def by_name(self, last_name: str, first_name: str) -> tuple[Patient, ...]:
        """Return patients with this surname whose given name has the same first letter."""
        found = self._names.get((name_key(last_name), name_key(first_name)[:1]), {})
        same = name_key(first_name)
        ordered = sorted(found.values(), key=lambda p: (name_key(p.first_name) != same, p.mrn))
        return tuple(ordered[:_MOST])

    def namesakes(self, last_name: str, first_name: str) -> int:
        """Return how many bear this surname and given name."""
        return len(self._namesakes.get((name_key(last_name), name_key(first_name)), ()))
