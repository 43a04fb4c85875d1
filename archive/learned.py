"""What a site taught the program: the weights by which its pages find their patients."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from indexer.weights import Weights, read_weights, shipped_weights, written

from . import schema
from .catalogue import now

_WEIGHTS = "weights of identifiers"


def weights_of(connection: Connection) -> Weights:
    """Return the weights that the site taught, else those that come with chartroom."""
    table = schema.learned
    content = connection.execute(
        select(table.c.content).where(table.c.subject == _WEIGHTS)
    ).scalar()
    return read_weights(content, f"the catalogue, at {_WEIGHTS}") if content else shipped_weights()


def keep_weights(connection: Connection, weights: Weights) -> None:
    """Keep ``weights`` in place of those that were in use."""
    row = {"content": written(weights), "at": now()}
    added = upsert(schema.learned).values(subject=_WEIGHTS, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["subject"], set_=row))
