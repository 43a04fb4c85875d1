"""What waits for a person is all there, with the reason."""

from __future__ import annotations

from archive.archive import Archive
from archive.deliveries import batch_named, frames
from desk.review import waiting_list


def test_every_held_or_quarantined_page_waits_exactly_once(archive: Archive) -> None:
    with archive.catalogue.read() as connection:
        batch = batch_named(connection, "box-17")
        unsettled = [
            frame.page
            for frame in frames(connection, batch)
            if frame.state in ("held", "quarantined")
        ]
        waiting = waiting_list(connection)
    states = ("held", "quarantined")
    shown = [page for entry in waiting if entry.state in states for page in entry.pages]
    assert sorted(shown) == sorted(unsettled)
    assert {entry.state for entry in waiting} <= {*states, "doubtful"}
    assert all(entry.reason for entry in waiting)
