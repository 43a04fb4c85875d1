"""Sheets of paper that were scanned twice: looked for among the pages of a batch once it is read.

Pages whose words are alike are laid on each other as frames of film are (`capture.film.repeats`),
and pages whose words tell two copies of a form apart are no pair. Both pages stay; they are linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive import deliveries, ledger, pages
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow
from archive.same_sheets import keep_same_sheet
from capture.film.repeats import ONE_SHEET
from capture.model import FrameState
from indexer.likeness import alike_pairs

from .keeping import stop_if_told
from .pool import Pool
from .progress import Progress, Watch
from .repeats import say_otherwise
from .stages import Compared, CompareJob, Look

STAGE = "same sheets"
VERSION = "same-sheets@1"
_IN_A_JOB = 40


@dataclass(frozen=True, slots=True)
class _Paper:
    """A page of paper that was read."""

    frame: FrameRow
    look: Look


_Pair = tuple[_Paper, _Paper]


def find_same_sheets(archive: Archive, batch: Batch, pool: Pool, watch: Watch) -> None:
    """Keep which pages of paper of ``batch`` show one sheet."""
    with archive.catalogue.read() as connection:
        papers = _papers(connection, batch)
        key = ledger.work_key(STAGE, VERSION, batch.name, [one.look.image for one in papers])
        if len(papers) < 2 or ledger.is_done(connection, key):
            return
        pairs = _pairs(connection, papers)
    jobs = {CompareJob(_looks(part)): part for part in _parts(pairs)}
    for job in jobs:
        pool.submit(job)
    for count, ended in enumerate(pool.results(), start=1):
        stop_if_told(ended)
        assert isinstance(ended.job, CompareJob)  # noqa: S101  (all pages were read)
        # A page image that was lost is told by `verify`; the others are looked at all the same.
        if isinstance(ended.outcome, Compared):
            _keep(archive, jobs[ended.job], ended.outcome)
        watch(Progress("comparing", count, len(jobs)))
    with archive.catalogue.write() as connection:
        ledger.record_work(connection, key, stage=STAGE, version=VERSION, subject=batch.name)


def _papers(connection: Connection, batch: Batch) -> list[_Paper]:
    frames = deliveries.frames(connection, batch)
    kept = pages.pages_of(connection, frames)
    return [
        _Paper(frame, Look(page.image, page.dpi))
        for frame in frames
        if (page := kept.get(frame.ref))
        and page.found is FrameState.PAGE
        and page.image
        and not page.film
    ]


def _pairs(connection: Connection, papers: Sequence[_Paper]) -> list[_Pair]:
    texts = pages.texts_of(connection, [one.frame for one in papers])
    read = [one for one in papers if one.frame.ref in texts]
    alike = alike_pairs(texts[one.frame.ref] for one in read)
    return [(read[one], read[other]) for one, other in alike]


def _parts(pairs: Sequence[_Pair]) -> Iterator[Sequence[_Pair]]:
    for start in range(0, len(pairs), _IN_A_JOB):
        yield pairs[start : start + _IN_A_JOB]


def _looks(pairs: Sequence[_Pair]) -> tuple[tuple[Look, Look], ...]:
    return tuple((one.look, other.look) for one, other in pairs)


def _keep(archive: Archive, pairs: Sequence[_Pair], compared: Compared) -> None:
    with archive.catalogue.write() as connection:
        for (one, other), confidence in zip(pairs, compared.confidences, strict=True):
            rows = (one.frame, other.frame)
            if confidence >= ONE_SHEET and not say_otherwise(connection, rows):
                keep_same_sheet(connection, *rows, confidence)
