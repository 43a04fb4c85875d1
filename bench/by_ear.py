"""Names as a person writes them who has only heard them."""

from __future__ import annotations

import re
from random import Random

_HEARD = tuple(
    (re.compile(spelt), other)
    for spelt, other in (
        (r"ph", "f"), (r"^f", "ph"), (r"ck", "k"), (r"(?<=[aeiou])k(?=[aeiou])", "ck"),
        (r"^c(?=[aou])", "k"), (r"^k(?=[aou])", "c"), (r"z", "s"),
        (r"(?<=[aeiou])s(?=[aeiou])", "z"),
        (r"([lmnrst])\1", r"\1"), (r"(?<=[aeiou])([lmnrt])(?=[aeiou])", r"\1\1"),
        (r"(?<=[aeiou])([ln])$", r"\1\1"), (r"ey$", "y"), (r"(?<=[a-z])y$", "ie"), (r"y", "i"),
        (r"(?<!^)er", "ur"), (r"(?<!^)ur", "er"), (r"(?<!^)or(?=[a-z])", "er"), (r"ei", "ie"),
        (r"ie", "ei"), (r"au", "aw"), (r"th", "t"), (r"sk", "sc"), (r"ks", "x"), (r"gh", "g"),
        (r"^in", "en"), (r"(?<!^)en(?=[a-z])", "an"), (r"ow$", "oe"), (r"gate$", "gait"),
    )
)  # fmt: skip
"""What is heard alike, each way that a clerk may write it; by judgement, after no other table."""


def heard(name: str, rng: Random) -> str:
    """Return a name in small letters as it may be written by ear; itself where nothing fits."""
    spelt = [found for one, other in _HEARD if (found := one.sub(other, name, count=1)) != name]
    return rng.choice(spelt) if spelt else name
