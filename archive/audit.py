"""Who did what and when, each row sealed with the one before it.

``hash = SHA-256(previous || canonical JSON of the row)``: a row that is altered, removed or
slipped in breaks every seal after it. The row is written in the transaction of the action
that it records. Details hold counts, states and rules, never a patient's name or number.
"""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Mapping

from sqlalchemy import Connection, insert, select

from . import schema
from .catalogue import now

FIRST = "0" * 64


def record(
    connection: Connection,
    action: str,
    subject: str,
    *,
    actor: str = "chartroom",
    **detail: str | int | float | None,
) -> None:
    """Add one sealed row about ``subject``, which is a batch, source or document id."""
    table = schema.audit
    previous = connection.execute(
        select(table.c.hash).order_by(table.c.seq.desc()).limit(1)
    ).scalar()
    row = {"at": now(), "actor": actor, "action": action, "subject": subject, "detail": detail}
    sealed = _seal(previous or FIRST, row)
    connection.execute(insert(table).values(**row, previous=previous or FIRST, hash=sealed))


def broken_seals(connection: Connection) -> list[int]:
    """Return the number of every row whose seal does not fit; empty when the chain is whole."""
    broken, previous = [], FIRST
    for row in connection.execute(select(schema.audit).order_by(schema.audit.c.seq)):
        told = {
            "at": row.at,
            "actor": row.actor,
            "action": row.action,
            "subject": row.subject,
            "detail": row.detail,
        }
        if row.previous != previous or row.hash != _seal(previous, told):
            broken.append(row.seq)
        previous = row.hash
    return broken


def this_person() -> str:
    """Return the login name of whoever gave the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _seal(previous: str, row: Mapping[str, object]) -> str:
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256((previous + canonical).encode()).hexdigest()
