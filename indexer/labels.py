"""Find the labels of a page."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from .dates import read_date
from .misread_label import cost, is_like_sex, nearest, shape_key
from .rows import Layout, Row, gap_before, text_of

LABELS = Path(__file__).with_name("labels.toml")

_LETTERS = re.compile(r"[^A-Z#]")
_FOLD = str.maketrans("01580", "OISBO")
_MOST_WORDS = 6
_MARK = re.compile(r"[:#=]$|^[:#=]$")
COLUMN = 2.5
"""Characters of space that part columns rather than words."""
_FUZZY_FROM = 7
"""Shorter labels are taken as written: one letter makes AGE of PAGE."""


_LIKE_NO = frozenset({"HO", "MO", "NQ", "NG"})
_WEAK_COST = 0.8
"""An ordinary word is a label with one letter lost or taken for one like it, no more."""
_SEXES = frozenset({"M", "F", "MALE", "FEMALE"})
_DATE, _DOS = "DATE", "DOS"
_PAGE_FOLLOWS = re.compile(r"^\d{1,2}(?: of |/)\d{1,2}(?: |$)")
_OF_A_PAGE = frozenset({"page_of"})
_OF_A_SEX = frozenset({"sex"})
_OF_A_NUMBER = frozenset({"mrn", "account"})
_OF_A_DATE = frozenset(
    {"birth_date", "admission_date", "discharge_date", "service_date", "dictated_date",
     "transcribed_date", "signed_date"}
)  # fmt: skip
_NEARLY = 0.86
"""Strength of a label with a single letter taken for one like it."""
_SHAPED_FROM = 3
"""Letters of the shortest label that is known by the shapes of its letters."""
_QUALIFIES = 3
"""Letters of the shortest word that says of what a date is."""
_MANY_DIGITS = 5
_NEARLY_MARK = re.compile(r"[A-Z]{3}[.;',]$")
_DATED_FROM = 3
"""One or two letters before a date are a list, or initials."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label found on a page."""

    field: str
    row: int
    start: int
    stop: int
    strength: float
    """1.0 as written; less when a letter differs or the word is an ordinary one."""


@dataclass(frozen=True, slots=True)
class _Entry:
    field: str
    key: str
    weak: bool


@lru_cache(maxsize=1)
def _entries() -> dict[str, _Entry]:
    with LABELS.open("rb") as file:
        table = tomllib.load(file)
    found: dict[str, _Entry] = {}
    for field, kinds in table.items():
        for weak in (False, True):
            for text in kinds.get("weak" if weak else "strong", []):
                key = _key(text)
                found.setdefault(key, _Entry(field, key, weak))
    return found


def _key(text: str) -> str:
    return _LETTERS.sub("", text.upper().translate(_FOLD))


def _shortened(key: str) -> Iterator[str]:
    yield key
    for n in range(len(key)):
        yield key[:n] + key[n + 1 :]


@lru_cache(maxsize=1)
def _neighbours() -> dict[str, tuple[_Entry, ...]]:
    """Entries by their key with any one letter dropped: finds one misread letter fast."""
    near: dict[str, list[_Entry]] = {}
    for key, entry in _entries().items():
        if len(key) >= _FUZZY_FROM:
            for short in _shortened(key):
                near.setdefault(short, []).append(entry)
    return {short: tuple(entries) for short, entries in near.items()}


@lru_cache(maxsize=65536)
def _nearly(key: str) -> _Entry | None:
    """Return the one entry that ``key`` misses by a single letter."""
    if not _FUZZY_FROM - 1 <= len(key) <= _longest() + 1:
        return None
    near = {e.key: e for short in _shortened(key) for e in _neighbours().get(short, ())}
    close = {e.field: e for e in near.values() if Levenshtein.distance(key, e.key) <= 1}
    return next(iter(close.values())) if len(close) == 1 else None


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(map(len, _entries()))


@lru_cache(maxsize=1)
def _shapes() -> tuple[dict[str, _Entry], dict[str, str]]:
    """Entries by the shapes of their letters, and the field of each."""
    found: dict[str, _Entry] = {}
    for entry in _entries().values():
        if len(entry.key) >= _SHAPED_FROM:
            found.setdefault(shape_key(entry.key), entry)
    return found, {key: entry.field for key, entry in found.items()}


@lru_cache(maxsize=65536)
def _misread(shape: str) -> tuple[_Entry, float] | None:
    """Return the one entry that ``shape`` can be a misreading of, and how much is wrong."""
    entries, fields = _shapes()
    if shape not in entries and is_like_sex(shape):
        return entries["SEX"], 1.0
    near = nearest(shape, fields.keys(), fields)
    if near is None:
        return None
    entry = entries[near[0]]
    if entry.weak and (near[1] > _WEAK_COST or entry.field in _OF_A_NUMBER):
        return None
    return entry, near[1]


def find_labels(layout: Layout) -> tuple[Label, ...]:
    """Return the labels of the page in reading order, the longest where several fit."""
    return tuple(
        label for n, row in enumerate(layout.rows) for label in _row_labels(n, row, layout.pitch)
    )


def _row_labels(number: int, row: Row, pitch: float) -> Iterator[Label]:
    at = 0
    while at < len(row):
        label = _label_at(number, row, at, pitch)
        if label is None:
            at += 1
            continue
        yield label
        at = label.stop


def _label_at(number: int, row: Row, start: int, pitch: float) -> Label | None:
    best: Label | None = None
    length = 0
    key = ""
    if not _may_open(row, start, pitch):
        return None
    for stop in range(start + 1, min(start + _MOST_WORDS, len(row)) + 1):
        if stop > start + 1 and _broken(row, stop - 1, pitch):
            break
        key += _key(row[stop - 1].text)
        found = _named(row, start, stop, key, pitch)
        # Misread words after a label are more of it only where they make a longer one.
        if found and (best is None or found[0].key == key or len(found[0].key) > length + 1):
            entry, strength = found
            best, length = Label(entry.field, number, start, stop, strength), len(entry.key)
    return best


def _may_open(row: Row, start: int, pitch: float) -> bool:
    """Say whether a label may start here: small letters need a mark or a column of their own."""
    text = row[start].text
    if not any(character.isalpha() for character in text):
        return False
    if not text[:1].islower() or (start and gap_before(row, start) > COLUMN * pitch):
        return True
    marked = any(_MARK.search(word.text) for word in row[start : start + _MOST_WORDS + 1])
    stops = range(start + 1, min(start + _MOST_WORDS, len(row)))
    if marked or any(_is_column(row, stop, pitch) for stop in stops):
        return True
    return _PAGE_FOLLOWS.match(text_of(row[start + 1 : start + 4])) is not None


def _is_column(row: Row, stop: int, pitch: float) -> bool:
    """Say whether the words before ``stop`` end a column that another one follows."""
    return stop < len(row) and gap_before(row, stop) > 2 * COLUMN * pitch


def _broken(row: Row, n: int, pitch: float) -> bool:
    """A label ends at a colon or a wide gap, and holds no long digits."""
    digits = sum(character.isdigit() for character in row[n].text)
    bare = digits and not any(character.isalpha() for character in row[n].text)
    return bool(
        row[n - 1].text.endswith(":") or gap_before(row, n) > 3 * pitch or digits > 2 or bare
    )


def _named(row: Row, start: int, stop: int, key: str, pitch: float) -> tuple[_Entry, float] | None:
    """Return the entry that the words are, as written or misread, and how strongly."""
    exact = _entries().get(key) or _with_number(key)
    if key == _DOS and any(map(str.isdigit, row[start].text)):
        return None  # DO5 is a date of birth as well as one of service
    marked = _is_marked(row, stop)
    plain = exact is not None and not exact.weak and not row[start].text[:1].islower()
    plain = plain or (exact is not None and _bears_itself_out(exact, row, start, stop, pitch))
    may_stand = start > 0 or not row[start].text[:1].islower() or _is_column(row, stop, pitch)
    alone = marked or (may_stand and _stands_alone(row, start, stop, pitch))
    if exact is not None and exact.key == "AGE" and _fields_that_follow(row, stop) == _OF_A_PAGE:
        return _entries()["PAGE"], 0.86
    if exact is not None and exact.key == _DATE and _is_qualified(row, start, pitch):
        return None
    if exact is not None:
        strength = (0.95 if exact.weak else 1.0) * (1.0 if marked or plain else 0.95)
        return (exact, strength) if plain or alone else None
    if alone or _is_nearly_marked(row, start, stop):
        return _one_letter_off(row, start, stop, key, marked=marked) or _by_shape(row, start, stop)
    return _borne_out(row, start, stop, pitch)


def _one_letter_off(
    row: Row, start: int, stop: int, key: str, *, marked: bool
) -> tuple[_Entry, float] | None:
    entry = _nearly(key)
    if entry is None or _names_a_part(entry, row, start, stop):
        return None
    return entry, 0.92 * (0.95 if entry.weak else 1.0) * (1.0 if marked else 0.95)


def _by_shape(row: Row, start: int, stop: int) -> tuple[_Entry, float] | None:
    """Return the entry that the words are a misreading of, unless a part of them is nearer one."""
    found = _misread(_shape(row, start, stop))
    if found is None:
        return None
    entry, wrong = found
    for later in range(start + 1, stop):
        if row[later].text[:1].islower():
            continue  # no label starts there
        written = _entries().get(_key("".join(word.text for word in row[later:stop])))
        near = _misread(_shape(row, later, stop))
        if near and near[1] < wrong and near[0].field == entry.field:
            return None
        if written and not written.weak:
            return None
    return entry, 0.92 - 0.12 * min(wrong, 1.5)


def _shape(row: Row, start: int, stop: int) -> str:
    return shape_key("".join(word.text for word in row[start:stop]))


def _borne_out(row: Row, start: int, stop: int, pitch: float) -> tuple[_Entry, float] | None:
    """Return the label in capitals that a misread word is, told by the value right after it."""
    fields = _fields_that_follow(row, stop)
    opens = start == 0 or gap_before(row, start) > COLUMN * pitch
    if not fields or not (opens or row[start].text[:1].isupper() or fields == _OF_A_PAGE):
        return None
    if "mrn" in fields and start and gap_before(row, start) < pitch:
        return None
    if fields == _OF_A_PAGE:
        shape = _shape(row, start, stop)
        like_page = len(shape) > 2 and cost(shape, "PAGE") <= 1.0
        return (_entries()["PAGE"], 0.8) if like_page else None
    found = _by_shape(row, start, stop)
    if found is None or found[0].field not in fields:
        return None
    nearly = found[1] >= _NEARLY and fields == _OF_A_DATE and row[start].text.isupper()
    return found if nearly or not found[0].weak else None


def _fields_that_follow(row: Row, stop: int) -> frozenset[str]:
    """Return the fields whose labels may stand before the word at ``stop``."""
    if stop >= len(row):
        return frozenset()
    text = row[stop].text.strip(".,;:")
    if text.upper() in _SEXES:
        return _OF_A_SEX
    if text[:1].isdigit() and sum(map(str.isdigit, text)) >= _MANY_DIGITS and "/" not in text:
        dated = read_date(text, labelled=False) is not None
        return _OF_A_DATE if dated else _OF_A_NUMBER
    if _PAGE_FOLLOWS.match(text_of(row[stop : stop + 3])):
        return _OF_A_PAGE
    if not text[:1].isalnum():
        return frozenset()
    after = read_date(text_of(row[stop : stop + 3]), labelled=False)
    return _OF_A_DATE if after else frozenset()


def _is_nearly_marked(row: Row, start: int, stop: int) -> bool:
    """Say whether capitals end in what a colon is misread for."""
    last = row[stop - 1].text
    if not _NEARLY_MARK.search(last):
        return False
    return all(word.text.upper() == word.text for word in row[start:stop])


def _with_number(key: str) -> _Entry | None:
    """Return the entry that ends in No. where ``key`` ends in what No. is misread for."""
    return _entries().get(key[:-2] + "NO") if key[-2:] in _LIKE_NO else None


def _bears_itself_out(entry: _Entry, row: Row, start: int, stop: int, pitch: float) -> bool:
    """Say whether a weak label in capitals stands right before its value: "ADM 1-29-11"."""
    if not all(word.text.isupper() for word in row[start:stop]):
        return False
    if entry.field == "mrn":
        opens = start == 0 or gap_before(row, start) > COLUMN * pitch
        return opens and "mrn" in _fields_that_follow(row, stop)
    if not entry.field.endswith("_date") or len(entry.key) < _DATED_FROM:
        return False
    return read_date(text_of(row[stop : stop + 3]), labelled=False) is not None


def is_word_date(text: str) -> bool:
    """Say whether ``text`` is the word "date", as written or with one letter misread."""
    if not text[:1].isupper() and not text[:1].isdigit():
        return False
    key = shape_key(text)
    return key == _DATE or (len(key) in (3, 4, 5) and cost(key, _DATE) <= _WEAK_COST)


def _is_qualified(row: Row, start: int, pitch: float) -> bool:
    """Say whether the word before "date" says which: a birth date is no date of service."""
    before = row[start - 1].text if start else ""
    if sum(map(str.isalpha, before)) < _QUALIFIES or before.endswith(":"):
        return False
    return before.upper() not in _SEXES and gap_before(row, start) < 1.7 * pitch


def _names_a_part(entry: _Entry, row: Row, start: int, stop: int) -> bool:
    """Say whether the words but the first are that label as written, as in "F Account No"."""
    part = _entries().get(_key("".join(word.text for word in row[start + 1 : stop])))
    return part is not None and part.field == entry.field


def _is_marked(row: Row, stop: int) -> bool:
    if _MARK.search(row[stop - 1].text):
        return True
    return stop < len(row) and _MARK.match(row[stop].text) is not None


def _stands_alone(row: Row, start: int, stop: int, pitch: float) -> bool:
    left = start == 0 or gap_before(row, start) > COLUMN * pitch
    return left and (stop == len(row) or gap_before(row, stop) > 1.7 * pitch)
