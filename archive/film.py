"""Rolls and cards of film: what a survey found on each, and what stands against its count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from capture.errors import ArchiveError, SettingsError
from capture.model import (
    Blip,
    FilmDoubt,
    FilmFrame,
    FilmLayout,
    FilmSurvey,
    FrameRef,
)
from indexer.car import roll_key

from . import deliveries, schema
from .deliveries import Batch, FrameRow
from .film_rows import blip_of, blip_row, doubt_of, doubt_row, film_frame_of, frame_row
from .statements import in_parts


@dataclass(frozen=True, slots=True)
class FilmPart:
    """One file of a roll, and where it lies in the roll's coordinates."""

    source_id: int
    image: int = 1
    """Which image of the file, from 1."""
    start: int = 0
    """Line of the roll where the file begins."""
    shift: int = 0
    """Columns by which it lies to the right."""


@dataclass(frozen=True, slots=True)
class FilmRoll:
    """A roll or card as its survey found it."""

    id: int
    batch: str
    name: str
    kind: str
    """``roll`` or ``fiche``."""
    layout: FilmLayout
    width: int
    length: int
    reduction: float | None
    deferred: bool
    """Taken in without reading its frames: they are read when somebody asks."""
    blips: tuple[Blip, ...]
    doubts: tuple[FilmDoubt, ...]
    density: tuple[int, ...]
    density_step: int
    parts: tuple[FilmPart, ...]


@dataclass(frozen=True, slots=True)
class RollFrame:
    """One frame of a roll: where it lies, and what became of it."""

    position: int
    """From 1, in the order of exposure."""
    found: FilmFrame
    frame: FrameRow


def keep_survey(
    connection: Connection,
    batch: Batch,
    name: str,
    *,
    kind: str,
    parts: Sequence[FilmPart],
    survey: FilmSurvey,
    refs: Sequence[FrameRef],
    reduction: float | None = None,
    deferred: bool = False,
) -> FilmRoll:
    """Keep what stands on a roll, in place of an earlier survey; return the roll.

    ``refs`` names each frame of the survey in its order: they are in the catalogue already.
    Witnesses and explanations of the roll stay.
    """
    row = {
        "roll_key": roll_key(name),
        "kind": kind,
        "layout": survey.layout.value,
        "width": int(survey.width),
        "length": int(survey.length),
        "reduction": reduction,
        "deferred": deferred,
        "blips": [blip_row(blip) for blip in survey.blips],
        "doubts": [doubt_row(doubt) for doubt in survey.doubts],
        "density": [int(tone) for tone in survey.density],
        "density_step": int(survey.density_step),
    }
    added = upsert(schema.rolls).values(batch_id=batch.id, name=name, **row)
    connection.execute(added.on_conflict_do_update(index_elements=["batch_id", "name"], set_=row))
    roll_id = _id_of(connection, batch, name)
    _replace_parts(connection, roll_id, parts)
    _replace_frames(connection, roll_id, survey.frames, refs)
    return _roll_with(connection, roll_id)


def add_doubts(connection: Connection, roll: FilmRoll, doubts: Iterable[FilmDoubt]) -> FilmRoll:
    """Keep doubts that came up after the survey, such as repeats, each once."""
    table = schema.rolls
    every = dict.fromkeys((*roll.doubts, *doubts))
    rows = [doubt_row(doubt) for doubt in every]
    connection.execute(update(table).where(table.c.id == roll.id).values(doubts=rows))
    return _roll_with(connection, roll.id)


def set_deferred(connection: Connection, roll: FilmRoll, deferred: bool) -> None:
    """Say whether the frames of a roll wait until somebody asks for them."""
    table = schema.rolls
    connection.execute(update(table).where(table.c.id == roll.id).values(deferred=deferred))


def rolls(connection: Connection, batch: Batch | None = None) -> list[FilmRoll]:
    """Return the rolls and cards of ``batch``, or all, in the order of delivery."""
    table, batches = schema.rolls, schema.batches
    query = (
        select(table, batches.c.name.label("batch"))
        .join(batches, batches.c.id == table.c.batch_id)
        .order_by(table.c.batch_id, table.c.id)
    )
    if batch is not None:
        query = query.where(table.c.batch_id == batch.id)
    parts = _parts(connection)
    return [_roll(row, parts.get(row.id, ())) for row in connection.execute(query)]


def roll_named(connection: Connection, name: str, batch: Batch | None = None) -> FilmRoll:
    """Return the roll that people call ``name``: exactly, else whatever its case, else by number.

    Raises ArchiveError when there is none, SettingsError when there are several.
    """
    found = rolls_like(rolls(connection, batch), name)
    if not found:
        raise ArchiveError(f"there is no roll {name!r}; `chartroom film show` lists them")
    if len(found) > 1:
        known = ", ".join(sorted({f"{roll.name} of batch {roll.batch}" for roll in found}))
        raise SettingsError(f"{name!r} may be any of {known}; name it in full, or add --batch")
    return found[0]


def rolls_like(among: Sequence[FilmRoll], name: str) -> list[FilmRoll]:
    """Return the rolls that ``name`` means, by the closest kind of likeness that any has."""
    for likeness in (str, str.casefold, roll_key):
        meant = likeness(name)
        found = [roll for roll in among if meant and likeness(roll.name) == meant]
        if found:
            return found
    return []


def film_frames(connection: Connection, roll: FilmRoll) -> list[RollFrame]:
    """Return the frames of a roll in the order of exposure, each with its state."""
    table = schema.roll_frames
    rows = connection.execute(
        select(table).where(table.c.roll_id == roll.id).order_by(table.c.position)
    ).all()
    frames = deliveries.frames_with(connection, [row.frame_id for row in rows])
    return [RollFrame(row.position, film_frame_of(row), frames[row.frame_id]) for row in rows]


def rolls_of_sources(connection: Connection, sources: Sequence[int]) -> list[FilmRoll]:
    """Return the rolls and cards that stand in files, given by their row ids, in order."""
    table = schema.roll_parts
    found: set[int] = set()
    for part in in_parts(sources):
        found |= set(
            connection.execute(
                select(table.c.roll_id).where(table.c.source_id.in_(part)).distinct()
            ).scalars()
        )
    return [_roll_with(connection, roll_id) for roll_id in sorted(found)]


def joined_sources(connection: Connection, batch: Batch) -> dict[int, int]:
    """Return the roll of each source whose roll came in several files."""
    parts, table = schema.roll_parts, schema.rolls
    rows = connection.execute(
        select(parts.c.roll_id, parts.c.source_id)
        .join(table, table.c.id == parts.c.roll_id)
        .where(table.c.batch_id == batch.id)
    ).all()
    sources: dict[int, set[int]] = {}
    for row in rows:
        sources.setdefault(row.roll_id, set()).add(row.source_id)
    return {row.source_id: row.roll_id for row in rows if len(sources[row.roll_id]) > 1}


def _id_of(connection: Connection, batch: Batch, name: str) -> int:
    table = schema.rolls
    found = connection.execute(
        select(table.c.id).where(table.c.batch_id == batch.id, table.c.name == name)
    )
    return int(found.scalar_one())


def _roll_with(connection: Connection, roll_id: int) -> FilmRoll:
    table, batches = schema.rolls, schema.batches
    row = connection.execute(
        select(table, batches.c.name.label("batch"))
        .join(batches, batches.c.id == table.c.batch_id)
        .where(table.c.id == roll_id)
    ).one()
    return _roll(row, _parts(connection, roll_id).get(roll_id, ()))


def _replace_parts(connection: Connection, roll_id: int, parts: Sequence[FilmPart]) -> None:
    table = schema.roll_parts
    connection.execute(delete(table).where(table.c.roll_id == roll_id))
    rows = [
        {"roll_id": roll_id, "position": position, **asdict(part)}
        for position, part in enumerate(parts, start=1)
    ]
    if rows:
        connection.execute(insert(table), rows)


def _replace_frames(
    connection: Connection, roll_id: int, found: Sequence[FilmFrame], refs: Sequence[FrameRef]
) -> None:
    table = schema.roll_frames
    connection.execute(delete(table).where(table.c.roll_id == roll_id))
    ids = _frame_ids(connection, {ref.source for ref in refs})
    rows = [
        {"roll_id": roll_id, "position": position, "frame_id": ids[ref], **frame_row(frame)}
        for position, (frame, ref) in enumerate(zip(found, refs, strict=True), start=1)
    ]
    if rows:
        connection.execute(insert(table), rows)


def _frame_ids(connection: Connection, digests: Iterable[str]) -> Mapping[FrameRef, int]:
    frames, sources = schema.frames, schema.sources
    rows = connection.execute(
        select(frames.c.id, frames.c.number, sources.c.digest)
        .join(sources, sources.c.id == frames.c.source_id)
        .where(sources.c.digest.in_(list(digests)))
    )
    return {FrameRef(row.digest, row.number): row.id for row in rows}


def _parts(connection: Connection, roll_id: int | None = None) -> dict[int, tuple[FilmPart, ...]]:
    table = schema.roll_parts
    query = select(table).order_by(table.c.roll_id, table.c.position)
    if roll_id is not None:
        query = query.where(table.c.roll_id == roll_id)
    found: dict[int, tuple[FilmPart, ...]] = {}
    for row in connection.execute(query):
        part = FilmPart(row.source_id, row.image, row.start, row.shift)
        found[row.roll_id] = (*found.get(row.roll_id, ()), part)
    return found


def _roll(row: Row[Any], parts: tuple[FilmPart, ...]) -> FilmRoll:
    return FilmRoll(
        id=row.id,
        batch=row.batch,
        name=row.name,
        kind=row.kind,
        layout=FilmLayout(row.layout),
        width=row.width,
        length=row.length,
        reduction=row.reduction,
        deferred=row.deferred,
        blips=tuple(blip_of(blip) for blip in row.blips),
        doubts=tuple(doubt_of(doubt) for doubt in row.doubts),
        density=tuple(row.density),
        density_step=row.density_step,
        parts=parts,
    )
