"""Run a program and know what it cost: time, processor time, peak memory of its whole tree."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import psutil  # type: ignore[import-untyped]  # it ships no types

from capture.errors import ToolError

_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of a program gave and cost."""

    code: int
    output: str
    errors: str
    seconds: float
    cpu_seconds: float
    """Of the program and all that it started and waited for."""
    peak_bytes: int
    """Largest sum over the tree; pages that processes share count once."""
    largest_bytes: int = 0
    """Most that any one process of the tree held."""


def run(
    command: Sequence[str | Path],
    *,
    allowed: Sequence[int] = (0,),
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Return what ``command`` gave and cost; ToolError when it ends with another code."""
    words = [str(word) for word in command]
    before, started = _cpu_seconds(), time.perf_counter()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = psutil.Popen(
            words, stdout=output, stderr=errors, env={**os.environ, **(environment or {})}
        )
        peak, largest = _watch(process)
        seconds = time.perf_counter() - started
        told = [_content(stream) for stream in (output, errors)]
    if process.returncode not in allowed:
        raise ToolError(f"{Path(words[0]).name} ended with {process.returncode}: {told[1][-600:]}")
    cpu_seconds = _cpu_seconds() - before
    return Ran(process.returncode, told[0], told[1], seconds, cpu_seconds, peak, largest)


def _content(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(process: psutil.Popen) -> tuple[int, int]:
    peak = largest = 0
    while process.poll() is None:
        held = _tree_bytes(process)
        peak, largest = max(peak, sum(held)), max(largest, *held)
        time.sleep(_PAUSE)
    return peak, largest


def _tree_bytes(process: psutil.Popen) -> list[int]:
    try:
        tree = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return [0]
    return list(map(_own_bytes, tree))


def _own_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # it ended between listing and asking
