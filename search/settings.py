"""How a site wants its search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from capture.errors import SettingsError

EngineName = Literal["tantivy", "whoosh"]
Spelling = Literal["auto", "off"]


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """The engine and the size of its writes; SettingsError for one we do not know."""

    engine: EngineName = "tantivy"
    """``tantivy``, or ``whoosh`` for a small archive where that is preferred."""
    spelling: Spelling = "auto"
    """``auto``: similar spellings and other names follow what is found; ``off``: to the letter."""
    batch_pages: int = 1000
    """Pages of one commit: a larger one is faster, and loses more work when it is cut short."""

    def __post_init__(self) -> None:
        if self.engine not in get_args(EngineName):
            raise SettingsError(f"search.engine is tantivy or whoosh, not {self.engine!r}")
        if self.spelling not in get_args(Spelling):
            raise SettingsError(f"search.spelling is auto or off, not {self.spelling!r}")
        if self.batch_pages < 1:
            raise SettingsError("search.batch_pages starts at 1")
