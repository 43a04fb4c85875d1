"""What a site may set about reading and matching."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from capture.errors import SettingsError

from .code_lists import code_list

CHECK_DIGITS = ("", "m10", "m11", "iso7064", "luhn")


def _this_year() -> int:
    return date.today().year


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """How this site numbers its patients, and which years its charts can come from."""

    check_digit: str = ""
    """Scheme of the last digit of a record number; empty when the site uses none."""
    mrn_min_digits: int = 5
    """Fewest digits of a record number."""
    mrn_max_digits: int = 10
    """Most digits of a record number."""
    oldest_year: int = 1900
    """No chart of this site is older; decides the century of a two-digit year."""
    newest_year: int = field(default_factory=_this_year)
    """No chart of this site is newer."""
    low_confidence: float = 0.5
    """An identifier read with less than this proves nothing and holds its document."""
    margin: float = 12.0
    """Bits by which a patient must lead the next, and whoever the index does not have."""
    icd9_list: str = ""
    """File of the ICD-9-CM codes as published (text or xlsx), against which codes are checked."""
    icd10_list: str = ""
    """File of the ICD-10-CM codes as published (text), against which codes are checked."""

    def __post_init__(self) -> None:
        if self.check_digit not in CHECK_DIGITS:
            raise SettingsError(
                f"indexer.check_digit is one of {CHECK_DIGITS}, not {self.check_digit!r}"
            )
        if not 1 <= self.mrn_min_digits <= self.mrn_max_digits:
            raise SettingsError(
                "indexer.mrn_min_digits must be at least 1 and not above mrn_max_digits"
            )
        for path in filter(None, (self.icd9_list, self.icd10_list)):
            code_list(path)


DEFAULT_SETTINGS = IndexSettings()
