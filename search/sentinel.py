"""The file that says which index is in use, and how far it has come."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "index.json"


@dataclass(frozen=True, slots=True)
class Sentinel:
    """What a folder's index is and how far it has come."""

    schema: int
    archive: str
    engine: str
    folder: str
    """Name of the folder beside the sentinel that holds the engine's files."""
    applied: int
    """Number of the latest change that the index has seen."""

    def fits(self, schema: int, archive: str, engine: str) -> bool:
        """Whether the index can go on being used for this archive."""
        return (self.schema, self.archive, self.engine) == (schema, archive, engine)


def read_sentinel(home: Path) -> Sentinel | None:
    """Return the sentinel of the index folder ``home``, None when none can be read."""
    try:
        written = json.loads((home / _NAME).read_bytes())
        return Sentinel(
            schema=int(written["schema"]),
            archive=str(written["archive"]),
            engine=str(written["engine"]),
            folder=Path(written["folder"]).name,
            applied=int(written["applied"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_sentinel(home: Path, sentinel: Sentinel) -> None:
    """Put ``sentinel`` in place of any earlier one, durably and at once."""
    draft = home / f"{_NAME}.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(sentinel), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(home / _NAME)
    sync_folder(home)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
