"""An archive, opened: its folder, its catalogue and its vault together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.doctypes import use_catalogue
from indexer.type_rules import CATALOGUE

from .catalogue import Catalogue, open_catalogue
from .home import Home, create_home, open_home
from .vault import Vault


@dataclass(frozen=True, slots=True)
class Archive:
    """What every command on an archive works with."""

    home: Home
    catalogue: Catalogue
    vault: Vault


@contextmanager
def open_archive(root: Path, *, create: bool = False) -> Iterator[Archive]:
    """Open the archive at ``root``, made first when ``create`` says so and there is none.

    Raises ArchiveError when it is not there, not ours, or written by a newer chartroom.
    """
    home = create_home(root) if create else open_home(root)
    use_catalogue(home.root / CATALOGUE)
    with open_catalogue(home) as catalogue:
        yield Archive(home, catalogue, Vault(home.vault))
