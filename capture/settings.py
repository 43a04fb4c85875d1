"""The settings of capture, and the reader of one table of ``chartroom.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Literal, TypeVar, get_args, get_origin, get_type_hints

from .errors import SettingsError
from .patch_map import USUAL, patch_map

Section = TypeVar("Section")

_STEEPEST = 45.0
"""Degrees of skew; beyond them a page rather lies turned by a quarter."""
_WORDS = {int: "a whole number", float: "a number", str: "a text in quotes", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """The ``[capture]`` table: limits on what is decoded, and how pages are made."""

    max_samples: int = 400_000_000
    """Declared width x height x bands of one image; more is refused before decoding."""
    max_frames: int = 20_000
    """Images in one source; the longest film roll (215 ft, 50x) holds fewer."""
    max_zip_members: int = 50_000
    """Members of one ZIP."""
    max_member_bytes: int = 4_000_000_000
    """Unpacked bytes of one member of a ZIP."""
    max_zip_ratio: int = 200
    """Unpacked bytes per packed byte of a whole ZIP that unpacks to over a gigabyte."""
    pdf_dpi: int = 300
    """Resolution at which a PDF page of mixed content is drawn."""
    born_digital_dpi: int = 200
    """Resolution at which a born-digital PDF page is drawn."""
    strip_aspect: float = 3.2
    """Length over width from which ``AUTO`` looks for several frames in one image."""
    strip_length: int = 3_000
    """Pixels of length below which ``AUTO`` takes no image for a strip of film."""
    reduction: float = 0.0
    """Reduction at which film was taken, such as 24; 0 lets its files and frames tell."""
    mark_levels: int = 0
    """Numbers in an address on film, 1 to 3; 0 for as many as there are sizes of marks."""
    mark_channel: str = ""
    """``A`` or ``B`` where only the marks along the left or right edge of film are counted."""
    medium_counts_small: bool = False
    """A medium mark is counted as the first small one too: ``C.B.1``, not ``C.B.0``."""
    large_counts_medium: bool = False
    """A large mark is counted as the first medium one too."""
    deskew_limit_degrees: float = 15.0
    """Steepest skew that is looked for, either way."""
    deskew_confidence: float = 0.5
    """Least confidence (0.0 to 1.0) at which a page is turned level."""
    barcodes: bool = True
    """Whether barcodes (Code 39, Code 128, QR) and patch codes are read."""
    patch_codes: str = USUAL
    """What patch codes (1, 2, 3, 4, 6, T) do: ``document`` (the page starts one), ``separator``
    (one starts behind the sheet, which is dropped), ``batch`` (the same, and nothing told before
    holds any longer) or ``ignore``; one that is not named does nothing."""

    def __post_init__(self) -> None:
        limit = self.deskew_limit_degrees
        if not 0 <= limit <= _STEEPEST:
            raise SettingsError(
                f"[capture] deskew_limit_degrees is from 0 to {_STEEPEST:g}, found {limit:g}:"
                " a page turned further lies on its side, which is found without it"
            )
        patch_map(self.patch_codes)


def load_section(table: Mapping[str, object], cls: type[Section], section: str) -> Section:
    """Return a ``cls`` filled from one TOML table; what the table leaves out keeps its default.

    Raises:
        SettingsError: a key is unknown or its value has the wrong type.
    """
    hints = get_type_hints(cls)
    known = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # a TypeVar cannot say "dataclass"
    values = {}
    for key, value in table.items():
        if key not in known:
            raise SettingsError(_unknown(section, key, known))
        values[key] = _as_type(value, hints[key], f"[{section}] {key}")
    return cls(**values)


def _unknown(section: str, key: str, known: list[str]) -> str:
    nearest = get_close_matches(key, known, n=1, cutoff=0.0)
    return (
        f"[{section}] has no setting {key!r}; did you mean {nearest[0]!r}?"
        if nearest
        else (f"[{section}] has no settings, found {key!r}; remove it")
    )


def _as_type(value: object, wanted: object, name: str) -> object:
    if get_origin(wanted) is tuple:
        return _as_tuple(value, get_args(wanted)[0], name)
    if get_origin(wanted) is Literal:
        return _as_choice(value, get_args(wanted), name)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    # bool is an int to Python, but "max_frames = true" is a mistake.
    if type(value) is not wanted:
        raise SettingsError(f"{name} must be {_wanted(wanted)}, found {value!r}")
    return value


def _as_tuple(value: object, member: object, name: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise SettingsError(f"{name} must be a list, each {_wanted(member)}; found {value!r}")
    return tuple(_as_type(one, member, name) for one in value)


def _as_choice(value: object, choices: tuple[object, ...], name: str) -> object:
    if value not in choices:
        known = ", ".join(str(choice) for choice in choices)
        raise SettingsError(f"{name} is one of {known}; found {value!r}")
    return value


def _wanted(kind: object) -> str:
    return next((words for known, words in _WORDS.items() if known is kind), str(kind))
