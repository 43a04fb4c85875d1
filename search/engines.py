"""From the word in the settings to the engine."""

from __future__ import annotations

from .engine import SearchEngine
from .settings import EngineName


def engine_named(name: EngineName) -> SearchEngine:
    """Return the engine that the settings name."""
    # Imported when asked for: Whoosh takes a quarter of a second that most runs do not owe.
    if name == "whoosh":
        from .whoosh_engine import WhooshEngine

        return WhooshEngine()
    from .tantivy_engine import TantivyEngine

    return TantivyEngine()
