"""How far a run is, for whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, for whoever watches it."""

    step: str
    """``taking in``, ``surveying``, ``reading`` or ``filing``."""
    done: int
    total: int


Watch = Callable[[Progress], None]
