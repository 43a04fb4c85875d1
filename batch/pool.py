"""Workers that may hang, crash or grow: each is watched, stopped alone and replaced."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.records import PageRecord
from capture.errors import ToolError

from .settings import Settings
from .stages import Alive, Job, Outcome
from .worker import Failed, Ready, work

log = logging.getLogger(__name__)

# Read once when a worker's libraries load: threads cost Tesseract 2.6 times the time.
_ONE_THREAD = {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_LOOK_SECONDS = 0.5
_FALSE_STARTS = 3


@dataclass(frozen=True, slots=True)
class Done:
    """A job that came to its end, good or bad."""

    job: Job
    outcome: Outcome | Failed
    page: PageRecord | None = None
    """The page image that was kept before the job failed."""


class _Hand:
    """One worker process, its pipe and what it is at."""

    def __init__(self, settings: Settings, vault_root: Path | None) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, far_end = context.Pipe()
        self.process: BaseProcess = context.Process(
            target=work, args=(far_end, settings, vault_root), daemon=True
        )
        with _interrupts_held():
            self.process.start()
        far_end.close()
        self.ready = False
        self.job: Job | None = None
        self.page: PageRecord | None = None
        self.since = 0.0

    def begin(self, job: Job) -> None:
        """Hand it a job."""
        self.job, self.page, self.since = job, None, time.monotonic()
        self.pipe.send(job)

    def start(self) -> None:
        """Note that it has its tools; only from here on its time counts for the job."""
        self.ready, self.since = True, time.monotonic()

    def stop(self) -> None:
        """End the process and all that it started, whatever state it is in."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Pool:
    """A crew of workers; a context manager that leaves none behind."""

    def __init__(self, settings: Settings, vault_root: Path | None, *, workers: int) -> None:
        self._settings = settings
        self._vault_root = vault_root
        self._workers = workers
        self._waiting: deque[Job] = deque()
        self._hands: list[_Hand] = []
        self._false_starts = 0

    def submit(self, job: Job, *, next_up: bool = False) -> None:
        """Put a job at the end of the queue, or at its head."""
        if next_up:
            self._waiting.appendleft(job)
        else:
            self._waiting.append(job)

    def results(self) -> Iterator[Done]:
        """Yield each job as it ends, until none is left; more may be submitted meanwhile.

        Raises ToolError when workers keep dying before they have done anything.
        """
        while self._waiting or any(hand.job for hand in self._hands):
            self._hand_out()
            yield from self._collect()

    def _hand_out(self) -> None:
        idle = [hand for hand in self._hands if hand.job is None]
        while self._waiting and (idle or len(self._hands) < self._workers):
            hand = idle.pop() if idle else self._hire()
            job = self._waiting.popleft()
            try:
                hand.begin(job)
            except OSError:
                # It died while it had nothing to do; the job is not to blame.
                self._take_back(hand, job)

    def _collect(self) -> Iterator[Done]:
        busy = {hand.pipe: hand for hand in self._hands if hand.job}
        for pipe in wait(list(busy), timeout=_LOOK_SECONDS):
            assert isinstance(pipe, Connection)  # noqa: S101  (wait yields what it was given)
            yield from self._hear(busy[pipe])
        for hand in [hand for hand in self._hands if hand.job]:
            if time.monotonic() - hand.since > self._limit:
                yield from self._lost(hand, f"it took longer than {self._limit:.0f} seconds")
            elif _resident_mb(hand.process.pid) > self._settings.ocr.memory_mb:
                yield from self._lost(hand, "it needs more memory than a page may have")

    def _hear(self, hand: _Hand) -> Iterator[Done]:
        try:
            message = hand.pipe.recv()
        except (EOFError, OSError):
            hand.process.join(1.0)
            yield from self._lost(hand, _death(hand.process.exitcode))
            return
        if isinstance(message, Ready):
            self._false_starts = 0
            hand.start()
            return
        if isinstance(message, Alive):
            hand.since = time.monotonic()
            return
        if isinstance(message, PageRecord):
            hand.page = message
            return
        job, page = hand.job, hand.page
        assert job is not None  # noqa: S101  (an idle worker says nothing)
        hand.job = None
        yield Done(job, message, page)

    def _lost(self, hand: _Hand, reason: str) -> Iterator[Done]:
        job, page = hand.job, hand.page
        assert job is not None  # noqa: S101  (only a busy worker is lost over a job)
        if not hand.ready:
            self._take_back(hand, job)
            return
        log.warning("a worker was stopped: %s", reason)
        self._dismiss(hand)
        yield Done(job, Failed(reason, again=True), page)

    def _take_back(self, hand: _Hand, job: Job) -> None:
        self._waiting.appendleft(job)
        self._dismiss(hand)
        self._false_starts += not hand.ready
        if self._false_starts >= _FALSE_STARTS:
            raise ToolError(
                f"{_FALSE_STARTS} workers in a row ended before they began "
                f"({_death(hand.process.exitcode)}); run `chartroom doctor`"
            )

    @property
    def _limit(self) -> float:
        return self._settings.ocr.page_seconds + self._settings.batch.grace_seconds

    def _hire(self) -> _Hand:
        before = {name: os.environ.get(name) for name in _ONE_THREAD}
        os.environ.update(_ONE_THREAD)
        try:
            hand = _Hand(self._settings, self._vault_root)
        finally:
            _restore(before)
        self._hands.append(hand)
        return hand

    def _dismiss(self, hand: _Hand) -> None:
        self._hands.remove(hand)
        hand.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hand in list(self._hands):
            self._dismiss(hand)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep an interrupt from a worker that cannot yet ignore it; the mask is inherited."""
    # The first start of a worker starts the tracker too, which would lift the mask.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _restore(environment: dict[str, str | None]) -> None:
    for name, value in environment.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _death(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"it crashed its worker ({signal.Signals(-exitcode).name})"
    return f"it ended its worker (exit {exitcode})"


def _resident_mb(pid: int | None) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
