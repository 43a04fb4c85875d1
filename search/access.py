"""What a person may see, as a clause of every query, in force before the engine looks.

A page that is filtered out after the search would still be counted, still push others off the
first screen, and tell by its absence that it is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from .nodes import AllParts, AnyOf, Constant, Node, Without
from .text import identifier, label, term


@dataclass(frozen=True, slots=True)
class Access:
    """The pages that one person may see; the default is all of them."""

    batches: frozenset[str] | None = None
    """Names of the only batches to be seen; None for all."""
    mrns: frozenset[str] | None = None
    """Record numbers of the only patients to be seen; None for all."""
    hidden_mrns: frozenset[str] = frozenset()
    """Record numbers of patients whose charts are sealed, the old ones too. A held document has
    none, and is not hidden by it."""
    hidden_types: frozenset[str] = frozenset()
    """LOINC codes of types of document that are kept apart, such as psychotherapy notes."""


EVERYTHING = Access()


def clause(access: Access) -> Node | None:
    """Return what every page found must match; None when everything may be seen."""
    parts: list[Node] = []
    if access.batches is not None:
        parts.append(_any("batch", {label(name) for name in access.batches}))
    if access.mrns is not None:
        parts.append(_any("mrn", {identifier(mrn) for mrn in access.mrns}))
    if access.hidden_mrns:
        parts.append(Without(_any("mrn", {identifier(mrn) for mrn in access.hidden_mrns})))
    if access.hidden_types:
        parts.append(Without(_any("type_code", {term(code) for code in access.hidden_types})))
    return Constant(AllParts(tuple(parts))) if parts else None


def _any(field: str, terms: set[str]) -> AnyOf:
    return AnyOf(field, tuple(sorted(terms - {""})))
