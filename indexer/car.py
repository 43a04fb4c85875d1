"""What a row of an old film index (CAR) says of the frames of its roll.

Computer-assisted retrieval (CAR) kept roll, address and patient of each document in a file of
its own. It spares decades of indexing and holds errors: a row is a witness, never the truth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GENERIC = frozenset(
    {"", "ROLL", "R", "REEL", "FILM", "MICROFILM", "NO", "NR", "NUMBER", "FICHE", "CARD", "TAPE"}
)
_NUMBERED = re.compile(r"(?:ROLL|REEL|FILM|FICHE|CARD)(?:\s*NO\.?)?[\s#_.\-]*([A-Z]?)[\s_\-]*(\d+)")
_RUNS = re.compile(r"[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class CarRow:
    """One line of a film index as it was printed there."""

    roll: str
    address: tuple[int, ...]
    """Highest level first; shorter than the addresses of the frames when it stands for all
    that lie under it."""
    mrn: str = ""
    last_name: str = ""
    first_name: str = ""
    document_type: str = ""
    date: str = ""


def roll_key(name: str) -> str:
    """Return what two spellings of one roll have in common: ``42`` of "Roll 0042" and "R-42".

    Letters that are no word for a roll count: ``A42`` is another roll than ``B42``.
    """
    plain = name.upper()
    named = _NUMBERED.search(plain)
    if named:
        return f"{named[1] if named[1] not in _GENERIC else ''}{int(named[2])}"
    runs = (run for run in _RUNS.findall(plain) if run not in _GENERIC)
    return "-".join(str(int(run)) if run.isdigit() else run for run in runs)
