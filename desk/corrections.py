"""Values that a person puts right: each must have the form that its field has."""

from __future__ import annotations

import re
from datetime import date

from capture.errors import SettingsError
from indexer.model import FIELDS

CORRECTABLE = tuple(field for field in FIELDS if field not in ("mrn", "page_of", "signature"))
"""Fields that a person may correct; whose a document is has an option of its own."""

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_LONGEST = 200


def corrected_value(field: str, text: str) -> str:
    """Return ``text`` in the normal form of ``field``; SettingsError names the field, not it."""
    if field == "mrn":
        raise SettingsError("whose a document is, is said with --mrn, not with --value")
    if field not in CORRECTABLE:
        raise SettingsError(f"there is no field {field!r}; these are: {', '.join(CORRECTABLE)}")
    plain = " ".join(text.split())
    if not plain or len(plain) > _LONGEST or not plain.isprintable():
        raise SettingsError(f"--value {field} needs one line of at most {_LONGEST} letters")
    return _FORMS.get(field, str)(plain) if not field.endswith("_date") else _date(field, plain)


def _date(field: str, text: str) -> str:
    whole = text + "-01-01"[3 * text.count("-") :]
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(whole)
            return text
    except ValueError:
        pass
    raise SettingsError(f"--value {field} needs a date of the form 1961-03-04, 1961-03 or 1961")


def _name(text: str) -> str:
    last, comma, given = text.partition(",")
    if not comma or not last.strip() or not given.strip():
        raise SettingsError("--value patient_name needs the form 'LAST, FIRST MIDDLE'")
    return f"{last.strip()}, {given.strip()}".upper()


def _sex(text: str) -> str:
    if text[0].upper() not in "MF":
        raise SettingsError("--value sex needs M or F")
    return text[0].upper()


def _ssn(text: str) -> str:
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) != 9:
        raise SettingsError("--value ssn needs nine digits")
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


_FORMS = {"patient_name": _name, "sex": _sex, "ssn": _ssn}
