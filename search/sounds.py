"""Names that sound alike: keys for the index, and whether two words of names may be one.

A word of a name is first spelt plainly: letters that clerks wrote for one another by ear
(*Thompson*, *Tomson*; *Phillips*, *Filips*; *Schwartz*, *Swartz*; *Carl*, *Karl*) become the
same. Its keys are the Soundex (Russell 1918) and the Metaphone (Philips 1990) of that, marked
``sx`` and ``mp`` so that neither meets the other. They belong in an index field of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import jellyfish
from rapidfuzz.distance import JaroWinkler

from .text import chains, fold

SOUNDEX, METAPHONE = "sx", "mp"
"""What the keys of either kind begin with."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
"""Latin letters that are more than a letter with an accent."""

_PLAIN = tuple(
    (re.compile(spelt), plain)
    for spelt, plain in (
        (r"^mac(?=\w{3})", "mc"),  # MacDonald, McDonald
        (r"^s(?:ch|zch|h)(?=[mnlrw])", "s"),  # Schwartz, Schneider, Shnyder
        (r"^(?:tsch|tch|cz)(?=[aeiouy])", "ch"),  # Czerny, Cherny
        (r"^th(?=om)", "t"),  # Thompson, Tomson
        (r"(?<=m)p(?=[st])", ""),  # Simpson, Simson; Hampton, Hamton
        (r"ph|^pf", "f"),  # Phillips, Filips
        (r"^[kgp]n", "n"),  # Knowles, Noles
        (r"^wr|^rh", "r"),  # Wright, Rhodes
        (r"dg(?=e)", "g"),  # Rodgers, Rogers
        (r"^geo?(?=f)", "je"),  # Geoffrey, Jeffrey
        (r"(?<=[aeiouy])gh(?=t|$|s$)", ""),  # Wright, Leigh
        (r"(?<=\w\w)(?:ey|ie|ee)$", "y"),  # Kelley, Kelly
        (r"[ae][iy](?=\w)", "ei"),  # Meyer, Maier; Haynes, Haines
        (r"tz|z|^x(?=[aeiouy])", "s"),  # Zimmerman, Schultz
        (r"ck|c(?![eiyh])", "k"),  # Carl, Karl
        (r"^[yj](?=[bcdfghklmnprstvw])", "i"),  # Yvonne, Ivonne
    )
)
"""Spellings of one sound, most of them at the beginning, and the plain one; in this order."""

_PARTICLES = frozenset({
    "d", "da", "de", "del", "den", "der", "di", "du", "fitz", "la", "le", "les", "mac", "mc",
    "o", "st", "ten", "ter", "van", "vander", "von",
})  # fmt: skip
"""Beginnings of a surname that some write apart from it."""
_NEVER_ALONE = frozenset({"mc", "fitz", "st"})
"""Particles that are no name; their own key would find every name torn behind them."""
_ALIKE = 0.8
"""Jaro-Winkler similarity of the plain spellings. Of the pairs of names in the tests, those that
are one name lie above, and most that share a key by chance below."""


def keys(text: str) -> tuple[str, ...]:
    """Return the sound keys of the words of a name, as terms of letters and digits.

    A word written with hyphens or apostrophes has the keys of its parts and of the whole, and
    *Mc Donald* those of *McDonald* as well. An initial has none, nor has a word with a digit or
    a letter that is not Latin.
    """
    return tuple(dict.fromkeys(key for word in _words(text) for key in _word_keys(word)))


def alike(one: str, other: str) -> bool:
    """Whether two words of names share a key and are not too differently spelt."""
    first, second = _whole(one), _whole(other)
    if not set(_word_keys(first)) & set(_word_keys(second)):
        return False
    short, long = sorted((_plain(first), _plain(second)), key=len)
    if long.startswith(short) and len(long) - len(short) > 1:  # Peters, Peterson
        return False
    return bool(JaroWinkler.similarity(short, long) >= _ALIKE)


def _words(text: str) -> Iterator[str]:
    found = chains(text)
    for chain in found:
        yield from dict.fromkeys((*chain.atoms, chain.joined))
    yield from _with_particles([chain.joined for chain in found])


def _with_particles(words: list[str]) -> Iterator[str]:
    run = ""
    for word, after in pairwise([*words, ""]):
        run = run + word if word in _PARTICLES else ""
        if run and after and after not in _PARTICLES:
            yield run + after


def _whole(text: str) -> str:
    return "".join(chain.joined for chain in chains(text))


@lru_cache(maxsize=16384)
def _word_keys(word: str) -> tuple[str, ...]:
    plain = _plain(word)
    if len(plain) < 2 or word in _NEVER_ALONE:
        return ()
    soundex, metaphone = jellyfish.soundex(plain).lower(), jellyfish.metaphone(plain).lower()
    found = [] if soundex.endswith("000") else [SOUNDEX + soundex]
    return (*found, *([METAPHONE + metaphone] if metaphone.isalnum() else []))


def _plain(word: str) -> str:
    """Return ``word`` in plain spelling, empty when it has a sign that is no Latin letter."""
    letters = fold(word).translate(_LETTERS)
    if not (letters.isascii() and letters.isalpha()):
        return ""
    for spelt, plain in _PLAIN:
        letters = spelt.sub(plain, letters)
    return letters
