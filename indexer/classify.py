"""What type of document a page is: its title and its wording, each a witness, heard together.

The title names a type with a confidence of its own; a linear model of wording says how likely
each type is from all other words of the page. The odds of the two are multiplied, and what comes
of it was set so that of pages given with confidence c about c are right (``bench.types``).
"""

from __future__ import annotations

from dataclasses import dataclass

from .doctypes import UNCLASSIFIED, TypeEntry, type_entry
from .letterhead import is_salutation
from .model import DocumentType
from .rows import Layout, box_of, text_of
from .text_features import Wording, wording_of
from .text_model import TextModel, shipped_model
from .titles import Title, titles_of

LETTER = "51852-2"
_SALUTATION = 0.93
_SALUTATION_DEPTH = 0.6
_DOUBT = 0.02
"""What each type is likely whatever the wording: a model that is sure may still be wrong."""
_WORDING = 0.5
"""How much wording counts beside a title."""
_LEAST = 0.35
"""A type that is less likely than this is not named."""
_NOTHING_SPEAKS = 0.1


@dataclass(frozen=True, slots=True)
class Classified:
    """A page's type, and whether its title says so."""

    type: DocumentType
    titled: bool


@dataclass(frozen=True, slots=True)
class Named:
    """What a page calls itself."""

    entries: tuple[TypeEntry, ...]
    """Several where hospitals give one name to different forms."""
    confidence: float
    rule: str
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What speaks for the type of a page, whatever model is asked."""

    named: Named | None
    wording: Wording
    """Of all words but those of its title."""


def classify(layout: Layout, model: TextModel | None = None) -> Classified:
    """Return the type of a page; ``34109-9`` with low confidence when nothing speaks for one."""
    return decided(witnesses(layout), model or shipped_model())


def witnesses(layout: Layout) -> Witnesses:
    """Return what the title and the words of a page are."""
    title = max(titles_of(layout), key=lambda found: found.confidence, default=None)
    return Witnesses(_named(layout, title), wording_of(layout, (title.run,) if title else ()))


def decided(heard: Witnesses, model: TextModel) -> Classified:
    """Return the type that the witnesses agree on most, wording as ``model`` understands it."""
    shares = zip(model.codes, model.likelihoods(heard.wording), strict=True)
    likely = {code: float(share) for code, share in shares if type_entry(code) is not None}
    if heard.named is None:
        return Classified(_by_wording(likely), titled=False)
    return Classified(_by_both(heard.named, likely), titled=not heard.named.continued)


def _named(layout: Layout, title: Title | None) -> Named | None:
    if title is not None:
        return Named(title.entries, title.confidence, "title", title.continued)
    letter = type_entry(LETTER)
    if letter is not None and _is_letter(layout):
        return Named((letter,), _SALUTATION, "salutation")
    return None


def _is_letter(layout: Layout) -> bool:
    """Say whether the page opens as a letter does, with a salutation on a line of its own."""
    return any(
        box_of(row).y < _SALUTATION_DEPTH * layout.height and is_salutation(text_of(row))
        for row in layout.rows
    )


def _by_both(named: Named, likely: dict[str, float]) -> DocumentType:
    """Weigh the type that the page names against the likeliest other one."""
    entry = max(named.entries, key=lambda one: likely.get(one.code, 0.0))
    rival, share = _likeliest({c: p for c, p in likely.items() if c != entry.code})
    # Of a type that the model never learned wording can say nothing.
    own = likely.get(entry.code, share)
    ratio = (own + _DOUBT) / (share + _DOUBT)
    odds = named.confidence / (1 - named.confidence) * ratio**_WORDING
    confidence = odds / (1 + odds)
    agreed = "+text" if ratio > 1 else ""
    if confidence >= 0.5 or rival is None or named.rule != "title":
        return _type(entry, max(confidence, 0.5), f"{named.rule}{agreed}@2")
    return _type(rival, min(1 - confidence, share), "text@1")


def _by_wording(likely: dict[str, float]) -> DocumentType:
    best, share = _likeliest(likely)
    if best is None or share < _LEAST:
        unclassified = type_entry(UNCLASSIFIED)
        assert unclassified is not None  # noqa: S101 - no catalogue is without it
        return _type(unclassified, _NOTHING_SPEAKS, "unclassified@1")
    return _type(best, share, "text@1")


def _likeliest(likely: dict[str, float]) -> tuple[TypeEntry | None, float]:
    code = max(sorted(likely), key=lambda one: likely[one], default="")
    return type_entry(code), likely.get(code, 0.0)


def _type(entry: TypeEntry, confidence: float, rule: str) -> DocumentType:
    return DocumentType(entry.code, entry.name, round(min(confidence, 0.999), 4), rule)
