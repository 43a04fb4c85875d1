"""What a site types its pages by, if not by what comes with the program."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .doctypes import catalogue, use_catalogue
from .text_model import SHIPPED, TextModel, shipped_model, stored_model

MODEL = "types.npz"
CATALOGUE = "doctypes.toml"
"""Names of the files of a site, in the folder of its archive."""


@dataclass(frozen=True, slots=True)
class TypeRules:
    """A catalogue laid over the shipped one, and a model in place of the shipped one."""

    catalogue: Path | None = None
    catalogue_digest: str = ""
    """SHA-256 of its bytes; empty for none."""
    model: Path | None = None
    model_digest: str = ""

    @property
    def version(self) -> str:
        """Name them by their bytes, wherever the archive stands."""
        return f"{self.catalogue_digest[:16]}/{(self.model_digest or _shipped_digest())[:16]}"

    def opened(self) -> TextModel:
        """Return the model, and use the catalogue in this process from now on.

        SettingsError or ArchiveError says what in which file cannot be used.
        """
        use_catalogue(self.catalogue)
        catalogue()
        return stored_model(self.model, self.model_digest) if self.model else shipped_model()


def rules_in(folder: Path) -> TypeRules:
    """Return what is in the folder of an archive."""
    catalogue, model = folder / CATALOGUE, folder / MODEL
    return TypeRules(
        catalogue if catalogue.exists() else None,
        _digest(catalogue) if catalogue.exists() else "",
        model if model.exists() else None,
        _digest(model) if model.exists() else "",
    )


@cache
def _shipped_digest() -> str:
    return _digest(SHIPPED)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
