"""Remember what was done, so that a stopped batch goes on where it was.

A key names a piece of work by all that its result hangs on: stage, version, subject and
inputs. When any of them changes the key changes, and the work is done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from . import schema
from .catalogue import now


def work_key(stage: str, version: str, subject: str, inputs: Iterable[str]) -> str:
    """Name a piece of work by all that its result depends on."""
    recipe = [stage, version, subject, *inputs]
    return hashlib.sha256("\n".join(recipe).encode("utf-8", "surrogatepass")).hexdigest()


def is_done(connection: Connection, key: str) -> bool:
    """Tell whether this very work was done."""
    state = connection.execute(select(schema.work.c.state).where(schema.work.c.key == key)).scalar()
    return state == "done"


def done_keys(connection: Connection, stage: str) -> frozenset[str]:
    """Return the keys of all the work that this stage has done."""
    table = schema.work
    found = connection.execute(
        select(table.c.key).where(table.c.stage == stage, table.c.state == "done")
    )
    return frozenset(found.scalars())


def record_work(
    connection: Connection,
    key: str,
    *,
    stage: str,
    version: str,
    subject: str,
    seconds: float = 0.0,
    failure: str = "",
) -> None:
    """Record that the work was done, or why it could not be."""
    row = {
        "stage": stage,
        "version": version,
        "subject": subject,
        "state": "failed" if failure else "done",
        "reason": failure,
        "seconds": seconds,
        "at": now(),
    }
    added = insert(schema.work).values(key=key, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["key"], set_=row))
