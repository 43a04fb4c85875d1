"""Names of people: read from words and brought to one form."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

NAMES = Path(__file__).with_name("names.toml")

SUFFIXES = {
    "JR": "JR", "SR": "SR", "II": "II", "III": "III", "IV": "IV", "JUNIOR": "JR", "SENIOR": "SR",
    "2ND": "II", "3RD": "III", "11": "II", "111": "III", "LL": "II", "LLL": "III", "JK": "JR",
    "SK": "SR", "1I": "II", "I1": "II", "1II": "III", "II1": "III", "I1I": "III", "5R": "SR",
}  # fmt: skip
_TO_LETTERS = str.maketrans("015826|!", "OISBZGII")
_LIKE_MD = frozenset({"MO", "HD", "ND", "WD", "MB", "MP", "ID"})
_GROWN_MD = re.compile(r"^([A-Z])MD$")
_INITIALS = re.compile(r"(?<=^[A-Za-z][.])(?=[A-Za-z][.,]*$)|(?<=^[A-Za-z]-[.])(?=[A-Za-z][.,]*$)")
_NAME_WORD = re.compile(r"^[A-Za-zÀ-ÿ](?:[A-Za-zÀ-ÿ'\u2019`\-.]*[A-Za-zÀ-ÿ.])?$")
_STOPPED = re.compile(r"^[^a-z.]{3,}\.$")


@lru_cache(maxsize=1)
def name_table() -> dict[str, list[str]]:
    """Return the words of names.toml by their kind."""
    with NAMES.open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=8)
def _words(kind: str) -> frozenset[str]:
    return frozenset(name_table()[kind])


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
    suffix = SUFFIXES.get(bare.rstrip(".").upper())
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
    if comma is not None and parts[comma + 1].text in SUFFIXES and len(parts) == comma + 2:
        comma = None  # "Alma Testperson, Jr."
    elif comma is not None and texts[comma] in SUFFIXES and comma > 0:
        suffix = texts[comma]  # "TESTPERSON JR, ALMA"
        texts = texts[:comma] + texts[comma + 1 :]
        comma -= 1
    if len(texts) > 1 and texts[-1] in SUFFIXES:
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
