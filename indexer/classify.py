"""What type of document a page is: by its title first, then by its section heads and wording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from .doctypes import UNCLASSIFIED, TypeEntry, catalogue, type_entry
from .letterhead import is_salutation
from .model import DocumentType
from .rows import Layout, Row, box_of, segments_of, text_of

_TITLE_ROWS = 14
_TITLE_DEPTH = 0.4
_CLOSE = 90.0
_NOT_LETTERS = re.compile(r"[^A-Z& ]+")
_CONTINUED = re.compile(r"\b(?:CONTINUED|CONT'?D|CONT)\b", re.IGNORECASE)
_TRIMMINGS = re.compile(
    r"^(?:REPORT TYPE|DOCUMENT TYPE|TYPE OF REPORT|TITLE|FORM|SUBJECT)\s+|"
    r"\s+(?:PAGE|OF|CONTINUED|CONTD|CONT|FORM|SHEET)\b.*$"
)
LETTER = "51852-2"
_SMALL = frozenset({"of", "and", "for", "to", "the", "or", "in", "by", "from", "&", "with"})


@dataclass(frozen=True, slots=True)
class Classified:
    """A page's type, and whether its title says so."""

    type: DocumentType
    titled: bool


@dataclass(frozen=True, slots=True)
class _Title:
    entries: tuple[TypeEntry, ...]
    """Several where hospitals give one name to different forms."""
    confidence: float
    continued: bool


def classify(layout: Layout) -> Classified:
    """Return the type of a page; ``34109-9`` with low confidence when nothing speaks for one."""
    title = max(_titles(layout), key=lambda found: found.confidence, default=None)
    if title is not None:
        kind = _type(_fitting(title.entries, layout), title.confidence, "title@1")
        return Classified(kind, titled=not title.continued)
    if _is_letter(layout):
        entry = type_entry(LETTER)
        assert entry is not None  # noqa: S101 - the shipped catalogue holds it; a test proves it
        return Classified(_type(entry, 0.9, "salutation@1"), titled=True)
    return Classified(_by_heads(layout), titled=False)


def _fitting(entries: tuple[TypeEntry, ...], layout: Layout) -> TypeEntry:
    """Return the type that the page's heads speak for most, of those that share its title."""
    if len(entries) == 1:
        return entries[0]
    scores = _scores(layout)
    return max(entries, key=lambda entry: scores.get(entry.code, 0.0))


def _is_letter(layout: Layout) -> bool:
    """Say whether the page opens as a letter does, with a salutation on a line of its own."""
    return any(
        box_of(row).y < 0.6 * layout.height and is_salutation(text_of(row)) for row in layout.rows
    )


def _type(entry: TypeEntry, confidence: float, rule: str) -> DocumentType:
    return DocumentType(entry.code, entry.name, round(confidence, 4), rule)


@lru_cache(maxsize=1)
def _title_keys() -> dict[str, tuple[TypeEntry, ...]]:
    keys: dict[str, tuple[TypeEntry, ...]] = {}
    for entry in catalogue():
        for title in map(_plain, entry.titles):
            keys[title] = (*keys.get(title, ()), entry)
    return keys


def _plain(text: str) -> str:
    upper = text.upper().replace("0", "O").replace("1", "I").replace("5", "S").replace("-", " ")
    return " ".join(_NOT_LETTERS.sub("", upper).split())


def _titles(layout: Layout) -> Iterator[_Title]:
    for number, row in enumerate(layout.rows[:_TITLE_ROWS]):
        y = box_of(row).y
        if y > _TITLE_DEPTH * layout.height and number > 5:
            return
        for run in segments_of(row, layout.pitch):
            title = _title_of(run, number, layout)
            if title is not None:
                yield title


def _title_of(run: Row, number: int, layout: Layout) -> _Title | None:
    text = text_of(run)
    if not _is_set_like_a_title(run, text) or _is_tail_of_prose(number, run, layout):
        return None
    plain = _plain(text)
    found = _nearest(plain) or _nearest(_TRIMMINGS.sub("", plain))
    if found is None:
        return None
    entries, closeness = found
    if plain in _heads() and (text.endswith(":") or number > 4 or not text.isupper()):
        return None
    confidence = closeness * _standing(run, number, layout)
    seen = sum(word.confidence for word in run) / len(run)
    confidence *= 0.7 + 0.3 * seen
    return _Title(entries, min(confidence, 0.99), bool(_CONTINUED.search(text)))


@lru_cache(maxsize=8192)
def _nearest(plain: str) -> tuple[tuple[TypeEntry, ...], float] | None:
    """Return the type whose title is this line, and how close it is; short ones exactly."""
    keys = _title_keys()
    if plain in keys:
        return keys[plain], 0.99
    if len(plain) < 8:
        return None
    squeezed = plain.replace(" ", "")
    near = process.extractOne(plain, keys.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE)
    if near is None or squeezed.endswith(("DATE", "TIME", "BY", "DIAGNOSIS")):
        return None
    return keys[near[0]], 0.97 * near[1] / 100


def _is_set_like_a_title(run: Row, text: str) -> bool:
    """Say whether the words are few, capitalised, and end no sentence and open no value."""
    if len(run) > 9 or text.rstrip().endswith((".", ",", ";")) or not text[:1].isalnum():
        return False
    words = [
        word for word in re.findall(r"[A-Za-z][A-Za-z'&]*", text) if word.lower() not in _SMALL
    ]
    return bool(words) and all(word[0].isupper() for word in words)


def _is_tail_of_prose(number: int, run: Row, layout: Layout) -> bool:
    """Say whether the row before runs on into this one, as in "... see the / Operative Report"."""
    if number == 0 or text_of(run).isupper():
        return False
    before, box = layout.rows[number - 1], box_of(run)
    near = box.y - box_of(before).bottom < 1.2 * layout.row_height
    text = text_of(before)
    runs_on = len(before) > 5 and text[-1:].isalpha() and any(w.text.islower() for w in before)
    return near and runs_on


def _standing(run: Row, number: int, layout: Layout) -> float:
    """Return how much a line stands out: high on the page, alone, in capitals, large, centred."""
    text, box = text_of(run), box_of(run)
    score = 0.9 + (0.04 if text.isupper() else 0.0)
    score += 0.03 if len(run) == len(layout.rows[number]) else -0.05
    score += 0.03 if abs(box.x + box.width / 2 - layout.width / 2) < 0.1 * layout.width else 0.0
    score += 0.02 if box.height > 1.25 * layout.row_height else 0.0
    score -= 0.06 if text.rstrip().endswith(":") else 0.0
    return min(score - 0.008 * number, 1.0)


@lru_cache(maxsize=1)
def _heads() -> dict[str, tuple[tuple[str, float], ...]]:
    heads: dict[str, list[tuple[str, float]]] = {}
    for entry in catalogue():
        for head, weight in entry.heads:
            heads.setdefault(_plain(head), []).append((entry.code, weight))
    return {head: tuple(votes) for head, votes in heads.items()}


@lru_cache(maxsize=8192)
def _head_votes(plain: str) -> tuple[tuple[str, float], ...]:
    heads = _heads()
    if plain in heads:
        return heads[plain]
    if len(plain) < 8:
        return ()
    near = process.extractOne(plain, heads.keys(), scorer=fuzz.ratio, score_cutoff=91)
    return heads[near[0]] if near else ()


def _heads_of(row: Row, pitch: float) -> Iterator[str]:
    """Yield the heads of a row: the words to its colon, short capitalised runs, heads of boxes."""
    for n, word in enumerate(row[:6]):
        if word.text.endswith(":"):
            yield _plain(text_of(row[: n + 1]))
            return
    for run in segments_of(row, pitch):
        if len(run) <= 5 and run[0].text[:1].isupper() and not run[-1].text.endswith((".", ",")):
            yield _plain(text_of(run))


def _by_heads(layout: Layout) -> DocumentType:
    return _weighed(_scores(layout))


def _scores(layout: Layout) -> dict[str, float]:
    """Return by type what the heads and the wording of a page say for it."""
    scores: dict[str, float] = {}
    heads = {head for row in layout.rows for head in _heads_of(row, layout.pitch)}
    for head in sorted(heads):
        for code, weight in _head_votes(head):
            scores[code] = scores.get(code, 0.0) + weight
    text = " ".join(text_of(row) for row in layout.rows).lower()
    for entry in catalogue():
        spoken = sum(weight for phrase, weight in entry.phrases if phrase in text)
        if spoken:
            scores[entry.code] = scores.get(entry.code, 0.0) + spoken
    return scores


def _weighed(scores: dict[str, float]) -> DocumentType:
    """Return the leading type; unclassified when it hardly leads or little speaks for it."""
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    unclassified = type_entry(UNCLASSIFIED)
    assert unclassified is not None  # noqa: S101 - the shipped catalogue holds it; a test proves it
    if not ranked or ranked[0][1] < 2.0:
        return _type(unclassified, 0.1, "unclassified@1")
    code, lead = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    confidence = min(0.85, lead / (lead + second + 2.5))
    entry = type_entry(code)
    if entry is None or confidence < 0.35:
        return _type(unclassified, 0.1, "unclassified@1")
    return _type(entry, confidence, "heads@1")
