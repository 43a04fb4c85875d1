"""What each patch code does in a job, as settings and the command line say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .errors import SettingsError
from .model import Barcode

PATCH = "Patch"
"""Symbology of a patch code."""
CODES = ("1", "2", "3", "4", "6", "T")
DOCUMENT, SEPARATOR, BATCH, IGNORE = "document", "separator", "batch", "ignore"
MEANINGS = (DOCUMENT, SEPARATOR, BATCH, IGNORE)
"""``document``: the page starts a document and is kept. ``separator``: a document starts behind
the sheet, which is dropped. ``batch``: the same, and nothing told before holds any longer."""
USUAL = "2=document,3=batch,T=separator"
_DROPPED = frozenset({SEPARATOR, BATCH})


def patch_map(text: str) -> Mapping[str, str]:
    """Return the meaning of every patch code; one that ``text`` does not name is ignored.

    Raises SettingsError, which says what is allowed, for any other code or meaning.
    """
    told: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        code, _, meaning = (word.strip() for word in part.partition("="))
        code, meaning = code.upper(), meaning.lower()
        if code not in CODES or meaning not in MEANINGS:
            raise SettingsError(
                f"a patch code and what it does, such as {USUAL}, is expected; found {part!r}:"
                f" the codes are {', '.join(CODES)}, and one does {' or '.join(MEANINGS)}"
            )
        if told.setdefault(code, meaning) != meaning:
            raise SettingsError(f"patch code {code} is said to do two things; leave one of them")
    return MappingProxyType({code: told.get(code, IGNORE) for code in CODES})


def plain_map(text: str) -> str:
    """Return ``text`` in the one way in which all that mean the same are written."""
    return ",".join(f"{code}={meaning}" for code, meaning in patch_map(text).items())


def drops_sheet(codes: Iterable[Barcode]) -> bool:
    """Return whether all patch codes of a sheet say that it is no page; in doubt it is one."""
    meanings = [code.meaning for code in codes if code.symbology == PATCH]
    return bool(meanings) and all(meaning in _DROPPED for meaning in meanings)
