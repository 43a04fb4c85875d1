"""Pages that show one sheet are linked both ways, and none is lost by it."""

from archive.archive import Archive
from archive.deliveries import batch_named, frames
from archive.same_sheets import keep_same_sheet, same_sheets
from tests.archive.filed import deliver


def test_a_link_is_seen_from_both_pages_and_by_nobody_else(archive: Archive) -> None:
    one, two, three, *_ = deliver(archive).frames
    with archive.catalogue.write() as connection:
        keep_same_sheet(connection, two, one, 0.9)
        keep_same_sheet(connection, two, one, 0.95)
    with archive.catalogue.read() as connection:
        found = same_sheets(connection, [one.page, two.page, three.page])
        assert found == {one.page: (two.page,), two.page: (one.page,)}
        assert same_sheets(connection, [two.page]) == {two.page: (one.page,)}


def test_linking_moves_no_page(archive: Archive) -> None:
    before = deliver(archive).frames
    with archive.catalogue.write() as connection:
        keep_same_sheet(connection, before[1], before[0], 0.9)
    with archive.catalogue.read() as connection:
        assert frames(connection, batch_named(connection, "box-7")) == before
