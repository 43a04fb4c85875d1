"""Headings of an index as people look them up: neither case nor punctuation splits one."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_WITHIN = re.compile("['`\u00b4\u2018\u2019]")
"""Signs inside of a name, as in O'BRIEN, that do not part it."""


@lru_cache(maxsize=65536)
def heading_words(text: str) -> str:
    """Return the words of a heading in small letters, without accents, one space between."""
    plain = unicodedata.normalize("NFKD", _WITHIN.sub("", text)).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(letters))


@lru_cache(maxsize=65536)
def heading_key(text: str | None) -> str:
    """Return what all ways of writing a heading have in common; empty where it has no letter."""
    return heading_words(text or "").replace(" ", "")


def is_called(heading: str, asked: str) -> bool:
    """Say whether ``heading`` begins as was asked, or has all words that were, in any order."""
    wanted = heading_words(asked).split()
    if not wanted:
        return False
    begins = heading_key(heading).startswith(heading_key(asked))
    return begins or set(wanted) <= set(heading_words(heading).split())
