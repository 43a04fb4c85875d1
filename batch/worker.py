"""One worker process: takes jobs from a pipe, does them, tells how they went.

It lives in a process group of its own, so that stopping it also stops the programs that
it started, and an interrupt at the terminal reaches only the process that steers.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import resource
import signal
import sys
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from archive.records import PageRecord
from archive.vault import Vault
from capture.errors import ArchiveError, BusyError, ChartroomError, SourceError

from .settings import Settings
from .stages import Alive, Conveyor, Job, Outcome

log = logging.getLogger(__name__)

_ADDRESS_SPACE_EXTRA = 3 << 30
"""Libraries reserve addresses that they never fill; the limit is on top of those."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a job has no outcome, in words without identifiers."""

    reason: str
    again: bool = False
    """The fault may lie in the worker or its engine: worth one more try."""
    stop: ArchiveError | BusyError | None = None
    """No other job will do better: the disk is full, the archive is gone."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker has its tools; what fails from here on is the fault of a job."""


Message = Ready | Alive | PageRecord | Outcome | Failed


def work(pipe: Connection, settings: Settings, vault_root: Path | None) -> None:
    """Do jobs from ``pipe`` until it closes."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    # Standard output is for results; what a library prints there is no result.
    os.dup2(2, 1)
    _limit_memory(settings.ocr.memory_mb)
    conveyor = Conveyor(settings, Vault(vault_root) if vault_root else None)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send(Ready())
        while True:
            pipe.send(_attempt(conveyor, pipe.recv(), pipe))


def _attempt(conveyor: Conveyor, job: Job, pipe: Connection) -> Message:
    try:
        return conveyor.do(job, pipe.send)
    except (ArchiveError, BusyError) as error:
        return Failed(str(error), stop=error)
    except ChartroomError as error:
        # Bytes that cannot be decoded stay so; an engine that failed may have a better day.
        return Failed(str(error), again=not isinstance(error, SourceError))
    except MemoryError:
        return Failed("it needs more memory than a page may have", again=True)
    except Exception as error:
        # One page must not stop a batch. The text of a foreign error may quote the page, so
        # only its kind and place are told.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        log.error("unexpected %s", where)
        return Failed(f"unexpected {where}; please report it", again=True)


def _end_with_parent() -> None:
    """End when the process that steers is killed, even in the middle of a page that hangs."""
    if sys.platform == "linux":
        set_death_signal = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL)


def _limit_memory(memory_mb: int) -> None:
    limit = (memory_mb << 20) + _ADDRESS_SPACE_EXTRA
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    # A crash is told by its signal; a core dump would hold a patient's page.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
