"""Small things that SQL statements of several modules need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Key = TypeVar("Key", int, str)

_MOST = 500


def in_parts(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Yield ``keys`` in parts that fit the limit on parameters of one SQL statement."""
    for start in range(0, len(keys), _MOST):
        yield keys[start : start + _MOST]
