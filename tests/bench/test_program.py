"""A program's run is measured with all that it starts."""

from __future__ import annotations

import sys

import pytest

from bench.program import run
from capture.errors import ToolError


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_errors_and_time_are_kept() -> None:
    ran = run(python("import sys, time; print('read'); sys.stderr.write('note'); time.sleep(0.3)"))
    assert (ran.code, ran.output, ran.errors) == (0, "read\n", "note")
    assert 0.3 <= ran.seconds < 10


def test_a_failure_tells_which_program_and_its_last_words() -> None:
    with pytest.raises(ToolError, match="ended with 3: no paper"):
        run(python("import sys; sys.stderr.write('no paper'); sys.exit(3)"))
    assert run(python("import sys; sys.exit(4)"), allowed=(0, 4)).code == 4


def test_memory_and_work_of_a_child_count() -> None:
    child = "held = bytearray(80_000_000); sum(range(4_000_000)); import time; time.sleep(0.5)"
    ran = run(python(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"))
    assert ran.peak_bytes > ran.largest_bytes > 80_000_000
    assert ran.cpu_seconds > 0.05
