"""What the invented patients suffer from, read from ``conditions.toml`` beside this file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Operation:
    """A procedure with the sentences that describe it."""

    name: str
    steps: tuple[str, ...]
    specimen: str = ""
    microscopy: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A diagnosis with what goes with it."""

    name: str
    icd9: str
    service: str
    complaint: str
    history: tuple[str, ...]
    exam: tuple[str, ...]
    study: str
    findings: tuple[str, ...]
    impression: str
    drugs: tuple[str, ...]
    course: tuple[str, ...]
    operation: Operation | None = None
    sex: str = ""
    """``M`` or ``F`` where only one sex has it."""
    youngest: int = 3
    oldest: int = 88


def _condition(table: dict[str, Any]) -> Condition:
    fields = _frozen(table)
    if operation := fields.pop("operation", None):
        fields["operation"] = Operation(**_frozen(operation))
    return Condition(**fields)


def _frozen(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}


def _read() -> tuple[Condition, ...]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(map(_condition, tomllib.loads(text)["condition"]))


CONDITIONS = _read()
"""Every condition."""
