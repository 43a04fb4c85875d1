"""How likely it is that a page begins a document rather than going on with the one before.

The evidence between two pages in a row is weighed by a logistic model. Its weights are kept as
data and are fitted by ``python -m bench.fit_boundaries``.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz

from .doctypes import UNCLASSIFIED
from .identity import Tie
from .model import PageIndex
from .numbering import Number, number_of

WEIGHTS = Path(__file__).with_name("boundaries.toml")

_HEAD = frozenset(
    {"mrn", "patient_name", "birth_date", "sex", "account", "ssn", "admission_date", "attending"}
)
"""Fields of the head that a first page has and a page that goes on has seldom."""
_CLOSING = frozenset({"signature", "signed_date", "dictated_date", "transcribed_date"})
"""Fields that stand where a document ends."""
_UNPRINTED = "car-index"
_ALIKE_FOOT = 75.0
_FULL = 800.0
"""Thousandths of the height that the text of a full page reaches."""
_PITCH_APART, _LEFT_APART, _LEADING_APART = 0.03, 8.0, 0.12


@dataclass(frozen=True, slots=True)
class Gap:
    """Two pages in a row, and what assembly knows of the document before and the page behind."""

    before: tuple[PageIndex, ...]
    """Pages of the document before, of which there is one at least."""
    reached: Number
    """Where the numbers of the document before stand."""
    page: PageIndex
    tie: Tie
    """What the identifiers of the document and of the page say of each other."""
    behind: PageIndex | None = None
    """The page after ``page``, unless a sheet or the end of a file parts them."""
    blank: bool = False
    """An empty side lies between."""
    sheeted: bool = False
    """Documents of this run have separator sheets between them; none is between these pages."""


Evidence = Mapping[str, float]


def evidence_of(gap: Gap) -> Evidence:
    """Return what speaks for and against a new document, by name; 0.0 is left out."""
    found = {
        "always": 1.0,
        "documents have sheets between them": gap.sheeted,
        **_by_number(gap),
        **_by_title(gap),
        **_by_identity(gap),
        **_by_foot(gap),
        **_by_sentence(gap),
        **_by_setting(gap),
        **_by_day(gap),
    }
    return {name: float(weight) for name, weight in found.items() if weight}


def probability_of_start(evidence: Evidence) -> float:
    """Return the probability, 0.0 to 1.0, that a page with this evidence begins a document."""
    weights = fitted_weights()
    total = sum(weights.get(name, 0.0) * strength for name, strength in evidence.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=1)
def fitted_weights() -> Mapping[str, float]:
    """Return the weight of each piece of evidence."""
    with WEIGHTS.open("rb") as file:
        rows = tomllib.load(file)["weights"]
    return {name: float(weight) for name, weight in rows.items()}


def _by_number(gap: Gap) -> dict[str, float]:
    own, last = number_of(gap.page), gap.reached
    worded = any(value.field == "page_of" for value in gap.page.values)
    place = len(gap.before) + 1
    follows = own.goes_on(last) or (not last.at and own.at == place)
    complete = bool(last.total) and last.at >= last.total
    behind = number_of(gap.behind) if gap.behind else Number()
    return {
        "number is 1": worded and own.at == 1,
        "number is 1 of 1": worded and own.at == 1 == own.total,
        "number follows, with the count": follows and bool(own.total),
        "number follows": follows and worded and not own.total,
        "number alone follows": follows and not worded,
        "number skips": bool(last.at) and own.at > last.at + 1 and own.counts_like(last),
        "number stands twice": own.at == last.at > 0 and own.counts_like(last) and worded,
        "number goes back": 1 < own.at < last.at,
        "number follows nothing": own.at > 1 and not follows and not last.at,
        "counts other pages": bool(own.total and last.total) and not own.counts_like(last),
        "document was complete": complete,
        "document was complete, page without number": complete and not own.at,
        "document wants pages": bool(last.total) and last.at < last.total,
        "document is numbered, page is not": bool(last.at) and not own.at,
        "page behind is the second": not own.at and behind.at == 2,
        "page behind is the next but one": not own.at and last.at > 0 and behind.at == last.at + 2,
    }


def _by_title(gap: Gap) -> dict[str, float]:
    kinds = {one.type.code for one in gap.before} - {UNCLASSIFIED}
    told = gap.page.type.code != UNCLASSIFIED and not gap.page.titled
    same = gap.page.type.code in kinds
    return {
        "title": gap.page.titled,
        "sure title": gap.page.titled and gap.page.type.confidence >= 0.9,
        "title of the same type": gap.page.titled and same,
        "letterhead": any(value.rule.startswith("letterhead") for value in gap.page.values),
        "says that it goes on": gap.page.traits.continued,
        "says that the next goes on": gap.before[-1].traits.goes_on,
        "heads of the same type": told and same,
        "heads of another type": told and not same and bool(kinds),
    }


def _by_identity(gap: Gap) -> dict[str, float]:
    head, first = _printed_head(gap.page), _printed_head(gap.before[0])
    return {
        "same patient": gap.tie is Tie.SAME,
        "identifiers differ in part": gap.tie is Tie.MIXED,
        "fields of a head": len(head) / 4,
        "no field of a head": not head,
        "as many fields as the first page": len(head) >= max(2, len(first)),
    }


def _printed_head(page: PageIndex) -> frozenset[str]:
    """Return the fields of a head that stand on the page itself, not in an index of the film."""
    printed = (value for value in page.values if not value.rule.startswith(_UNPRINTED))
    return frozenset(value.field for value in printed) & _HEAD


def _by_foot(gap: Gap) -> dict[str, float]:
    one, two = gap.before[-1].traits.foot, gap.page.traits.foot
    both = bool(one) and bool(two)
    alike = both and fuzz.ratio(one, two) >= _ALIKE_FOOT
    return {
        "same small print at the foot": alike,
        "other small print at the foot": both and not alike,
        "small print on one of two": bool(one) != bool(two),
    }


def _by_sentence(gap: Gap) -> dict[str, float]:
    last, own = gap.before[-1], gap.page
    closed = any(value.field in _CLOSING for value in last.values)
    closes = any(value.field in _CLOSING for value in own.values)
    return {
        "sentence goes on": last.traits.ends_open and own.traits.opens_small,
        "opens with a small letter": own.traits.opens_small,
        "ends in a sentence": last.traits.ends_open,
        "page before is full": last.traits.end >= _FULL,
        "page before ends early": 0 < last.traits.end < _FULL / 2,
        "page before was signed": closed,
        "page is signed": closes,
        "page is signed, page before not": closes and not closed,
        "empty side between": gap.blank,
    }


def _by_setting(gap: Gap) -> dict[str, float]:
    one, two = gap.before[-1].traits, gap.page.traits
    measured = min(one.pitch, two.pitch) > 0
    pitch = measured and abs(one.pitch / two.pitch - 1) <= _PITCH_APART
    left = measured and abs(one.left - two.left) <= _LEFT_APART
    spaced = min(one.leading, two.leading) > 0
    leading = spaced and abs(one.leading / two.leading - 1) <= _LEADING_APART
    return {
        "letters were not measured": not measured,
        "other width of letters": measured and not pitch,
        "other left margin": measured and not left,
        "other distance of lines": spaced and not leading,
        "set alike in all": pitch and left and leading,
    }


def _by_day(gap: Gap) -> dict[str, float]:
    known = _days(gap.before)
    own = _days((gap.page,))
    return {
        "same day": bool(known & own),
        "another day": bool(known) and bool(own) and not known & own,
    }


def _days(pages: Sequence[PageIndex]) -> frozenset[str]:
    return frozenset(_service_dates(pages))


def _service_dates(pages: Sequence[PageIndex]) -> Iterable[str]:
    return (v.value for page in pages for v in page.values if v.field == "service_date")
