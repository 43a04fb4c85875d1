"""Results of measurements: tables with the command and the machine that made them."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

OUT = Path(__file__).parent / "out"
FOLDER = OUT / "results"

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a result."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """What it was measured on."""

    cores: int
    memory_gib: float
    python: str
    load_before: float
    """Programs that ran or waited to, on average over the last minute."""
    load_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """One measurement."""

    name: str
    command: str
    machine: Machine
    tables: tuple[Table, ...]
    told: tuple[str, ...] = ()
    """What a reader must know of how it was measured."""
    failures: tuple[dict[str, object], ...] = field(default=())
    """Single cases that went wrong, for who mends them."""


def parser(name: str, described: str | None) -> argparse.ArgumentParser:
    """Return the command line that every measurement has."""
    made = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=described)
    made.add_argument("--results", type=Path, default=FOLDER, help="folder of the result")
    return made


def machine() -> Machine:
    """Return what this is, before a measurement."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return Machine(cores, round(memory, 1), platform.python_version(), round(os.getloadavg()[0], 1))


def keep(result: Result, folder: Path) -> Path:
    """Write a result for the report and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    told = asdict(result) | {"made": datetime.now(UTC).strftime("%Y-%m-%d")}
    told["machine"]["load_after"] = round(os.getloadavg()[0], 1)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def skipped(name: str, command: str, why: str, folder: Path) -> Path:
    """Write that a measurement was not made, and why."""
    return keep(Result(name, command, machine(), (), (f"Not measured: {why}",)), folder)


def percent(share: float, places: int = 1) -> str:
    """Return a share for people."""
    return "-" if share != share else f"{100 * share:.{places}f} %"


def markdown(table: Table) -> str:
    """Return a table as Markdown."""
    lines = [f"**{table.title}**", ""]
    if table.note:
        lines += [table.note, ""]
    lines += [_row(table.columns), _row(["---"] * len(table.columns))]
    lines += [_row(row) for row in table.rows]
    return "\n".join(lines)


def _row(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
