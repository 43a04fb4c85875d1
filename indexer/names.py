"""Names of people: read from words, brought to one form, compared with a patient's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from .model import Patient

NAMES = Path(__file__).with_name("names.toml")

_SUFFIXES = {
    "JR": "JR", "SR": "SR", "II": "II", "III": "III", "IV": "IV", "JUNIOR": "JR", "SENIOR": "SR",
    "2ND": "II", "3RD": "III", "11": "II", "111": "III", "LL": "II", "LLL": "III", "JK": "JR",
    "1I": "II", "I1": "II", "1II": "III", "II1": "III", "I1I": "III", "5R": "SR",
}  # fmt: skip
_TO_LETTERS = str.maketrans("015826|!", "OISBZGII")
_LIKE_MD = frozenset({"MO", "HD", "ND", "WD", "MB", "MP", "ID"})
_GROWN_MD = re.compile(r"^([A-Z])MD$")
_INITIALS = re.compile(r"(?<=^[A-Za-z][.])(?=[A-Za-z][.,]*$)|(?<=^[A-Za-z]-[.])(?=[A-Za-z][.,]*$)")
_NAME_WORD = re.compile(r"^[A-Za-zÀ-ÿ](?:[A-Za-zÀ-ÿ'\u2019`\-.]*[A-Za-zÀ-ÿ.])?$")
_STOPPED = re.compile(r"^[^a-z.]{3,}\.$")
_CONFUSED = (("RN", "M"), ("CL", "D"), ("VV", "W"), ("0", "O"), ("1", "I"), ("L", "I"), ("5", "S"),
             ("8", "B"), ("6", "G"), ("2", "Z"), ("Q", "O"))  # fmt: skip


@lru_cache(maxsize=1)
def _table() -> dict[str, list[str]]:
    with NAMES.open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=8)
def _words(kind: str) -> frozenset[str]:
    return frozenset(_table()[kind])


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in upper case, without points."""

    last: str
    first: str = ""
    middle: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        """Return ``LAST, FIRST MIDDLE SUFFIX``."""
        given = " ".join(part for part in (self.first, self.middle, self.suffix) if part)
        return f"{self.last}, {given}" if given else self.last


@dataclass(frozen=True, slots=True)
class NameReading:
    """A name read from the words at the start of a row."""

    name: Name
    words: int
    """How many words it takes."""
    quality: float


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    comma: bool
    quality: float


def read_name(texts: Sequence[str], *, surname_may_stand_alone: bool = False) -> NameReading | None:
    """Return the person's name that ``texts`` start with; None when they start with none.

    ``surname_may_stand_alone`` accepts "Dr. Mockridge" for physicians.
    """
    parts: list[_Part] = []
    used = 0
    for text in texts[:8]:
        part = _part_of(text, len(parts))
        if part is None:
            break
        used += 1
        ends = _is_credential(part.text, parts) or (
            surname_may_stand_alone and _is_like_degree(part.text, parts)
        )
        if ends:
            break
        grown = _GROWN_MD.match(part.text) if surname_may_stand_alone and len(parts) > 1 else None
        if grown:
            parts.append(_Part(grown[1], False, 0.9 * part.quality))
            break
        if part.text:
            parts.append(part)
    name = _arranged(parts)
    if name is None or not _plausible(name, surname_may_stand_alone):
        return None
    quality = 1.0 if any(part.comma for part in parts[:-1]) else 0.95
    for part in parts:
        quality *= part.quality
    return NameReading(name, used, quality)


def _is_credential(text: str, before: Sequence[_Part]) -> bool:
    return bool(before) and text in _words("credentials")


def is_degree(text: str) -> bool:
    """Say whether ``text`` is what follows the name of a physician or nurse."""
    return "".join(filter(str.isalpha, text.upper())) in _words("credentials")


def _is_like_degree(text: str, before: Sequence[_Part]) -> bool:
    """Say whether ``text`` stands where a physician's M.D. stands, and looks like it."""
    if len(before) < 2 or not before[-1].comma:
        return False
    return text in _LIKE_MD or (len(before) > 2 and text == "M")


def _part_of(text: str, position: int) -> _Part | None:
    bare = text.strip('()[]{}"*:;_~ ')
    comma = bare.endswith(",") or text.endswith(";")
    bare = bare.rstrip(",")
    suffix = _SUFFIXES.get(bare.rstrip(".").upper())
    if suffix and position >= 2:
        return _Part(suffix, comma, 1.0 if bare.isalpha() else 0.9)
    if "," in bare:
        return None
    mended, quality = _mended(bare)
    # A comma after a surname in capitals is often read as a point.
    stop_as_comma = position == 0 and _STOPPED.match(mended) is not None
    word = mended.rstrip(".-\u2014\u2013")
    if not word or not _NAME_WORD.match(word):
        return None
    plain = word.replace(".", "").replace("\u2019", "'").replace("`", "'").upper()
    if plain in _words("never"):
        return None
    if plain in _words("styles") and position == 0:
        return _Part("", comma, 1.0)
    return _Part(plain, comma or stop_as_comma, quality * (0.9 if stop_as_comma else 1.0))


def _mended(text: str) -> tuple[str, float]:
    """Return ``text`` with digits among letters read as the letters they look like."""
    digits = sum(character.isdigit() or character in "|!" for character in text)
    letters = sum(character.isalpha() for character in text)
    if not digits or letters < 2 or digits > letters / 2:
        return text, 1.0
    return text.translate(_TO_LETTERS), 0.8**digits


def _split_glued(texts: Sequence[str]) -> Iterator[str]:
    """Part "TESTPERSON,ALMA" and "J.P." between names, and join the O' of "O' BRIEN"."""
    held = ""
    for text in texts:
        if text.upper() in ("O'", "O\u2019"):
            held = text
            continue
        for piece in re.split(r"(?<=,)(?=[A-Za-z])", held + text):
            parts = [piece] if is_degree(piece) else _INITIALS.split(piece)
            yield from (part for part in parts if part)
        held = ""


def _arranged(parts: Sequence[_Part]) -> Name | None:
    texts = [part.text for part in parts]
    comma = next((n for n, part in enumerate(parts[:-1]) if part.comma), None)
    suffix = ""
    if comma is not None and parts[comma + 1].text in _SUFFIXES and len(parts) == comma + 2:
        comma = None  # "Alma Testperson, Jr."
    elif comma is not None and texts[comma] in _SUFFIXES and comma > 0:
        suffix = texts[comma]  # "TESTPERSON JR, ALMA"
        texts = texts[:comma] + texts[comma + 1 :]
        comma -= 1
    if len(texts) > 1 and texts[-1] in _SUFFIXES:
        suffix = texts.pop()
    if not texts:
        return None
    if comma is not None and comma < len(texts) - 1:
        return _named(texts[: comma + 1], texts[comma + 1 :], suffix)
    start = _surname_start(texts)
    return _named(texts[start:], texts[:start], suffix)


def _surname_start(texts: Sequence[str]) -> int:
    start = len(texts) - 1
    while start > 1 and texts[start - 1] in _words("particles"):
        start -= 1
    return start


def _named(last: Sequence[str], given: Sequence[str], suffix: str) -> Name | None:
    if len(last) > 3 or len(given) > 3:
        return None
    surname = " ".join(last)
    for particle in ("O' ", "MC ", "O "):
        if surname.startswith(particle) and len(surname) > 4:
            surname = {"O' ": "O'", "MC ": "MC", "O ": "O'"}[particle] + surname[len(particle) :]
    return Name(surname, given[0] if given else "", " ".join(given[1:]), suffix)


def _plausible(name: Name, alone: bool) -> bool:
    if len(name.last) < 2 or (
        len(name.last) > 3 and not any(vowel in name.last for vowel in "AEIOUYÄÖÜ")
    ):
        return False
    return bool(name.first) or alone


def parse_name(text: str) -> Name | None:
    """Return the name that ``text`` holds, in either order; None when it holds none."""
    texts = list(_split_glued(text.split()))
    reading = read_name(texts, surname_may_stand_alone=True)
    return reading.name if reading else None


def name_words(words: Sequence[str]) -> list[str]:
    """Return the word of each name part with glued commas kept to the left part."""
    return list(_split_glued(words))


class Agreement(IntEnum):
    """How well a name that was read fits a patient's."""

    CONFLICT = 0
    """Surname or given name is another."""
    SURNAME = 1
    """Surname agrees, the given name is missing or an initial."""
    NEAR = 2
    """Both agree but for letters that may have been misread."""
    AGREE = 3
    """Surname agrees and the given name is the same, a short form or the middle name."""


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_table()["short_forms"]):
        for name in group:
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _full_form(one: str, other: str) -> bool:
    """Say whether one of the two is a short form of the other."""
    nicknames = _nicknames()
    return bool(nicknames.get(one, frozenset()) & nicknames.get(other, frozenset()))


@lru_cache(maxsize=16384)
def confusable(text: str) -> str:
    """Return ``text`` with letters that are read for one another folded together."""
    folded = re.sub(r"[^A-Z0-9]", "", text.upper())
    for read, meant in _CONFUSED:
        folded = folded.replace(read, meant)
    return folded


def letters_apart(one: str, other: str) -> int:
    """Return the edits (Damerau) between two names after folding what is misread."""
    return OSA.distance(confusable(one), confusable(other))


def _tolerance(name: str) -> int:
    letters = len(confusable(name))
    return 0 if letters < 4 else 1 if letters < 8 else 2


def compare_names(read: Name, patient: Patient) -> Agreement:
    """Return the best agreement of ``read`` with any name the patient is known by."""
    known = [(patient.last_name, patient.first_name)]
    known += [(last, first or patient.first_name) for last, first in patient.other_names]
    best = max(_compare(read, last, first, patient.middle_name) for last, first in known)
    if best is Agreement.CONFLICT:
        best = max(_compare_turned(read, last, first) for last, first in known)
    if best > Agreement.SURNAME and suffixes_conflict(read.suffix, patient.suffix):
        return Agreement.CONFLICT
    return best


def suffixes_conflict(one: str, other: str) -> bool:
    """Say whether two printed suffixes name different persons; a missing one does not."""
    first = _SUFFIXES.get(one.upper().rstrip("."), one.upper().rstrip("."))
    second = _SUFFIXES.get(other.upper().rstrip("."), other.upper().rstrip("."))
    return bool(first and second and first != second)


def _compare_turned(read: Name, last: str, first: str) -> Agreement:
    """Compare a name printed surname first without its comma; never more than NEAR."""
    parts = [part for part in (read.first, read.middle, read.last) if part]
    if len(parts) < 2 or _is_common_order(parts, first):
        return Agreement.CONFLICT
    turned = Name(parts[0], parts[1])
    return min(_compare(turned, last, first, ""), Agreement.NEAR)


def _is_common_order(parts: Sequence[str], first: str) -> bool:
    return confusable(parts[0]) == confusable(first)


def _compare(read: Name, last: str, first: str, middle: str) -> Agreement:
    surname = letters_apart(read.last, last)
    if surname > _tolerance(last):
        return Agreement.CONFLICT
    given = _compare_given(read, first.upper(), middle.upper())
    if surname and given is Agreement.AGREE:
        return Agreement.NEAR if surname > 1 or len(last) < 6 else Agreement.AGREE
    return given


def _compare_given(read: Name, first: str, middle: str) -> Agreement:
    if not read.first:
        return Agreement.SURNAME
    if confusable(read.first) == confusable(first) or _full_form(read.first, first):
        return Agreement.AGREE if not _middles_differ(read.middle, middle) else Agreement.NEAR
    if len(read.first) == 1 or len(first) == 1:
        return Agreement.SURNAME if read.first[:1] == first[:1] else Agreement.CONFLICT
    if middle and len(middle) > 2 and confusable(read.first) == confusable(middle):
        return Agreement.AGREE
    if letters_apart(read.first, first) <= max(1, _tolerance(first)) and len(first) >= 3:
        return Agreement.NEAR
    return Agreement.CONFLICT


def _middles_differ(one: str, other: str) -> bool:
    """Say whether two middle names cannot be the same; a missing one can."""
    if not one or not other:
        return False
    if len(one) == 1 or len(other) == 1:
        return confusable(one[0]) != confusable(other[0])
    return letters_apart(one, other) > 1
