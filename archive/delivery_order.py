"""The order of the sources of a batch: that of the delivery, whenever each of them came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, update

from . import deliveries, schema
from .deliveries import Batch, Source


def put_in_order(connection: Connection, batch: Batch, names: Sequence[bytes]) -> None:
    """Move sources that came late to where the delivery, listed by ``names``, has them.

    A file that was still being copied comes in after its neighbours; left there, its page
    would be put to another document. Sources that are not listed stay behind those they follow.
    """
    places = {name: place for place, name in enumerate(names)}
    if len(places) < len(names):
        return  # one name twice does not tell which is meant
    before = deliveries.sources(connection, batch)
    table = schema.sources
    for old, source in zip(before, _in_delivery_order(before, places), strict=True):
        if source.position != old.position:
            connection.execute(
                update(table).where(table.c.id == source.id).values(position=old.position)
            )


def _in_delivery_order(before: Sequence[Source], places: Mapping[bytes, int]) -> list[Source]:
    """Return the sources, each listed one with what follows it, and a ZIP with its members."""
    blocks: dict[int, list[Source]] = {-1: []}
    block_of: dict[int, int] = {}
    last = -1
    for source in before:
        if source.container_id is None:
            last = places.get(source.name, last)
        block = block_of.get(source.container_id or 0, last)
        block_of[source.id] = block
        blocks.setdefault(block, []).append(source)
    return [source for block in sorted(blocks) for source in blocks[block]]
