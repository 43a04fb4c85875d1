"""The archive as a folder: where everything is, whose it is, and who holds it now."""

from __future__ import annotations

import fcntl
import json
import os
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from capture.errors import ArchiveError, BusyError, SettingsError

from .durable import DRAFT, disk_errors, write_durably

FORMAT = 1
SENTINEL = "archive.json"
SETTINGS = "chartroom.toml"
SECTIONS = ("capture", "ocr", "indexer", "batch", "search", "desk")

_OF_A_BEGINNING = ("vault", "index", SETTINGS, "doctypes.toml", "synonyms.toml", "lost+found")
"""What a new archive may find in its folder: a disk just made, or a beginning that was cut off."""

_FIRST_SETTINGS = """\
# Settings of this archive. Every key has a default; docs/settings.md lists them all.
# An unknown key is an error that names the nearest right one.

[ocr]
# language = "eng"

[batch]
# workers = 2
"""


@dataclass(frozen=True, slots=True)
class Home:
    """An archive that was found to be one of ours."""

    root: Path
    id: str
    """Made at birth; search indexes and backups carry it, so that they cannot be mixed up."""

    @property
    def catalogue(self) -> Path:
        """The SQLite file."""
        return self.root / "catalogue.db"

    @property
    def vault(self) -> Path:
        """The folder of masters and derivatives."""
        return self.root / "vault"

    @property
    def index(self) -> Path:
        """The folder of search indexes, which can be made again."""
        return self.root / "index"

    def section(self, name: str) -> Mapping[str, object]:
        """Return the table ``name`` of the settings file, empty when it has none.

        Raises SettingsError when the file is no TOML or holds a section we do not know.
        """
        return read_settings(self.root / SETTINGS).get(name, {})


def read_settings(path: Path) -> Mapping[str, Mapping[str, object]]:
    """Return the tables of a settings file; SettingsError names what is wrong in it."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name} is not valid TOML: {error}; mend that line") from error
    for name, table in tables.items():
        if name not in SECTIONS or not isinstance(table, dict):
            raise SettingsError(
                f"{path.name}: there is no section [{name}]; the sections are "
                + ", ".join(f"[{section}]" for section in SECTIONS)
            )
    return tables


def create_home(root: Path) -> Home:
    """Make a new archive at ``root``, or return the one that is there.

    Raises ArchiveError when ``root`` holds anything else, or is the empty place
    where an archive was before: a disk that is not mounted must not be written beside.
    """
    if (root / SENTINEL).exists():
        return open_home(root)
    _refuse_foreign(root)
    with disk_errors(f"a new archive at {root}"):
        for folder in (root, root / "vault", root / "index"):
            folder.mkdir(parents=True, exist_ok=True)
        home = Home(root, uuid.uuid4().hex)
        if not (root / SETTINGS).exists():
            write_durably(root / SETTINGS, _FIRST_SETTINGS.encode())
        # Last, so that a folder with a sentinel is a whole archive.
        sentinel = {"format": FORMAT, "id": home.id}
        write_durably(root / SENTINEL, json.dumps(sentinel).encode())
    _remember(home)
    return home


def open_home(root: Path) -> Home:
    """Return the archive at ``root``; ArchiveError when there is none or it is too new."""
    try:
        sentinel = json.loads((root / SENTINEL).read_text(encoding="utf-8"))
        form, archive_id = sentinel["format"], sentinel["id"]
    except OSError as error:
        raise ArchiveError(
            f"no archive at {root} ({error.strerror}): mount it, or name it with --home "
            "or CHARTROOM_HOME; `chartroom convert` makes a new one"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(
            f"{root / SENTINEL} is damaged; restore it from the backup of this archive"
        ) from error
    if form != FORMAT:
        raise ArchiveError(
            f"the archive at {root} has format {form}, this chartroom knows {FORMAT}; "
            "use the chartroom that wrote it, or a newer one"
        )
    return Home(root, archive_id)


@contextmanager
def sole_writer(home: Home) -> Iterator[None]:
    """Hold the archive for one conversion; BusyError when another one holds it.

    The lock belongs to the open file, so it ends with the process however that ends.
    """
    path = home.root / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ArchiveError(
            f"cannot write in the archive at {home.root}: {error.strerror}; check its permissions"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BusyError(
            f"another chartroom is writing to {home.root}; run again when it is done"
        ) from error
    finally:
        os.close(handle)


def _refuse_foreign(root: Path) -> None:
    if not root.exists():
        return
    if not root.is_dir():
        raise ArchiveError(f"{root} is a file, not a folder; choose another --home")
    with disk_errors(f"a new archive at {root}"):
        held = [entry for entry in root.iterdir() if not entry.name.startswith(DRAFT)]
        kept = any((root / "vault").glob("*"))
    if kept or any(entry.name not in _OF_A_BEGINNING for entry in held):
        raise ArchiveError(
            f"{root} is not empty and no archive (no {SENTINEL} in it); choose another --home"
        )
    if str(root.resolve()) in _known() and not held:
        raise ArchiveError(
            f"an archive was at {root} and the folder is now empty: mount its disk; to start "
            "a new archive there, remove the empty folder first"
        )


def _register() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "chartroom" / "archives.json"


def _known() -> dict[str, str]:
    try:
        known = json.loads(_register().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _remember(home: Home) -> None:
    """Note where this user's archives are; without the note only a safeguard is weaker."""
    try:
        _register().parent.mkdir(parents=True, exist_ok=True)
        known = {**_known(), str(home.root.resolve()): home.id}
        write_durably(_register(), json.dumps(known, indent=1).encode())
    except OSError:
        return
