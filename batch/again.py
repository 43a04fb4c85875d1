"""What waits is filed again by the patients and rules of now, without reading anything anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive import audit, deliveries
from archive.archive import Archive
from archive.catalogue import Connection
from archive.deliveries import Batch
from indexer.settings import IndexSettings

from .assembly import assemble_around, runs_with


@dataclass(frozen=True, slots=True)
class Again:
    """What filing again came to."""

    waited: int
    """Held frames that were looked at."""
    filed: int
    """Of those, how many are filed now."""

    def __add__(self, other: Again) -> Again:
        """Return both together."""
        return Again(self.waited + other.waited, self.filed + other.filed)


def file_again(
    archive: Archive,
    batches: list[Batch],
    settings: IndexSettings,
    *,
    whole: bool = False,
    watch: Callable[[int, int], None] = lambda *_: None,
) -> Again:
    """Match the held documents of ``batches`` with the patients of now, released ones too.

    Documents beside them that the rules of now part in another way are made anew; ``whole``
    looks for such also where nothing is held. Each run of pages is one transaction. What people
    decided stays decided.
    """
    done = Again(0, 0)
    for count, batch in enumerate(batches, start=1):
        for source_ids in _runs(archive, batch, whole=whole):
            with archive.catalogue.write() as connection:
                done += _run_again(connection, batch, source_ids, settings)
        watch(count, len(batches))
    return done


def _runs(archive: Archive, batch: Batch, *, whole: bool) -> list[list[int]]:
    with archive.catalogue.read() as connection:
        asked = [f for f in deliveries.frames(connection, batch) if whole or _waits(f)]
        found = runs_with(connection, batch, asked)
        return [[source.id for source in run.sources] for run, _ in found]


def _waits(frame: deliveries.FrameRow) -> bool:
    return frame.state == "held" and frame.document_id is not None


def _run_again(
    connection: Connection, batch: Batch, source_ids: list[int], settings: IndexSettings
) -> Again:
    frames = deliveries.frames_of_sources(connection, source_ids)
    held = [frame for frame in frames if _waits(frame)]
    assemble_around(connection, batch, held, settings, beside=frames)
    now = deliveries.frames_with(connection, [frame.id for frame in held]).values()
    filed = sum(frame.state == "filed" for frame in now)
    if filed:
        audit.record(connection, "filed again", batch.name, actor=audit.this_person(), frames=filed)
    return Again(len(held), filed)
