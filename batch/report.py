"""The account of a batch: every frame in one state, and what the sum says."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from archive import deliveries, documents, pages
from archive.catalogue import Connection
from archive.deliveries import Batch

from .film import deferred_frames
from .legibility import told


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file or frame that a person should look at, with the reason."""

    name: str
    frame: int | None
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The numbers of a batch; the frames of all states add up to ``frames``."""

    batch: str
    sources: int
    frames: int
    filed: int
    held: int
    quarantined: int
    blank: int
    separator: int
    technical: int
    expected: int
    """Frames that were announced; what was found where nobody said."""
    unaccounted: int
    """Announced or delivered frames without a final state; below 0 for a surplus."""
    documents: int
    seconds: float
    """Time spent converting, over all runs of the batch."""
    pages_per_minute: float

    @property
    def complete(self) -> bool:
        """Whether every frame is filed, blank, a separator or technical, as expected."""
        return not (self.held or self.quarantined or self.unaccounted)

    def as_json(self) -> dict[str, object]:
        """Return the line of ``convert --json``."""
        return asdict(self)


def report_of(connection: Connection, batch: Batch) -> BatchReport:
    """Return the account of ``batch`` as the catalogue has it now."""
    states = deliveries.count_states(connection, batch)
    found = sum(states.values())
    waiting = sum(
        source.state == "arrived" for source in deliveries.sources(connection, batch)
    ) + sum(sighting.kind == "refused" for sighting in deliveries.sightings(connection, batch))
    expected = batch.expected if batch.expected is not None else found + waiting
    settled = found - states.pop("pending")
    return BatchReport(
        batch=batch.name,
        sources=sum(
            source.state != "container" for source in deliveries.sources(connection, batch)
        ),
        frames=found,
        **states,
        expected=expected,
        unaccounted=expected - settled,
        documents=documents.count_documents(connection, batch),
        seconds=round(batch.seconds, 2),
        pages_per_minute=round(60 * settled / batch.seconds, 1) if batch.seconds else 0.0,
    )


def troubles_of(connection: Connection, batch: Batch) -> list[Trouble]:
    """Return what needs a person in ``batch``, in the order of delivery.

    A filed page whose text is doubtful is among them, as ``doubtful``; it stays filed. Frames of
    film that waits uncut are not: nobody has looked at them yet.
    """
    waiting = deferred_frames(connection, batch)
    sources = {source.id: source for source in deliveries.sources(connection, batch)}
    frames = deliveries.frames(connection, batch)
    found = [
        Trouble(sources[frame.source_id].shown, frame.ref.number, frame.state, frame.reason)
        for frame in frames
        if frame.state in ("held", "quarantined", "pending") and frame.ref not in waiting
    ]
    filed = [frame for frame in frames if frame.state == "filed"]
    unfit = pages.unfit_pages(connection, filed)
    found += [
        Trouble(
            sources[frame.source_id].shown,
            frame.ref.number,
            "doubtful",
            told(frame.ref, unfit[frame.ref]),
        )
        for frame in filed
        if frame.ref in unfit
    ]
    refused = [
        Trouble(sighting.shown, None, sighting.kind, sighting.reason)
        for sighting in deliveries.sightings(connection, batch)
        if sighting.kind == "refused"
    ]
    return found + refused
