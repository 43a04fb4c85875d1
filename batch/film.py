"""Film on its way through a batch: what a survey found is kept, and handed to the readers again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, groupby

from archive import deliveries, film
from archive.catalogue import Connection
from archive.deliveries import Batch, FrameRow, Source
from archive.film import FilmPart, FilmRoll, RollFrame
from archive.vault import Vault
from capture.film.roll import Roll, Strip
from capture.film.survey import Film, usual_size
from capture.model import FilmSurvey, FrameRef, SourceKind
from capture.source import Place

from .stages import Surveyed
from .strips import roll_name


def keep_surveyed(
    connection: Connection,
    batch: Batch,
    sources: Sequence[Source],
    surveyed: Surveyed,
    *,
    deferred: bool,
) -> None:
    """Keep what ``sources`` turned out to be, their frames, and the rolls and cards on them."""
    for source, found in zip(sources, surveyed.sources, strict=True):
        deliveries.survey_source(
            connection,
            source,
            media=found.media,
            film=found.film,
            paged=found.paged,
            count=len(found.places),
        )
    by_digest = {source.digest: source for source in sources}
    for one in surveyed.films:
        together = [by_digest[strip.source] for strip in one.roll.strips]
        film.keep_survey(
            connection,
            batch,
            _free_name(connection, batch, together, one, surveyed.films),
            kind="roll" if one.kind is SourceKind.ROLL else "fiche",
            parts=[*_parts(together, one.roll)],
            survey=one.survey,
            refs=one.frames,
            reduction=one.size.reduction,
            deferred=deferred,
        )


def places_of(
    connection: Connection, vault: Vault, batch: Batch, frames: Sequence[FrameRow]
) -> dict[FrameRef, Place]:
    """Return where each of ``frames`` lies that is on film; they are all that the batch has."""
    sources = {source.id: source for source in deliveries.sources(connection, batch)}
    found: dict[FrameRef, Place] = {}
    cut: set[tuple[int, int]] = set()
    for roll in film.rolls(connection, batch):
        cut |= {(part.source_id, part.image) for part in roll.parts}
        found |= dict(_on_roll(connection, vault, sources, roll))
    for source_id, group in groupby(frames, key=lambda frame: frame.source_id):
        if sources[source_id].film:
            # Images that were not cut are a frame each, in their order.
            images = (image for image in count(1) if (source_id, image) not in cut)
            whole = [frame.ref for frame in group if frame.ref not in found]
            found |= {ref: Place(next(images), film=True) for ref in whole}
    return found


def deferred_frames(connection: Connection, batch: Batch) -> frozenset[FrameRef]:
    """Return the frames of film that waits uncut until somebody asks for one."""
    return frozenset(
        frame.frame.ref
        for roll in film.rolls(connection, batch)
        if roll.deferred
        for frame in film.film_frames(connection, roll)
    )


def roll_of(connection: Connection, vault: Vault, roll: FilmRoll) -> Roll:
    """Return where the film of a roll or card lies."""
    batch = deliveries.batch_named(connection, roll.batch)
    sources = {source.id: source for source in deliveries.sources(connection, batch)}
    return _roll(vault, [sources[part.source_id] for part in roll.parts], roll.parts)


def survey_of(roll: FilmRoll, frames: Sequence[RollFrame]) -> FilmSurvey:
    """Return what the survey of a roll or card found, as it is kept."""
    return FilmSurvey(
        width=roll.width,
        length=roll.length,
        layout=roll.layout,
        frames=tuple(frame.found for frame in frames),
        blips=roll.blips,
        doubts=roll.doubts,
        density=roll.density,
        density_step=roll.density_step,
    )


def _on_roll(
    connection: Connection, vault: Vault, sources: Mapping[int, Source], roll: FilmRoll
) -> Iterator[tuple[FrameRef, Place]]:
    """Yield the frames of a roll or card with their places."""
    frames = film.film_frames(connection, roll)
    usual = usual_size([frame.found for frame in frames])
    together = [sources[part.source_id] for part in roll.parts]
    images = {source.digest: part.image for source, part in zip(together, roll.parts, strict=True)}
    whole = _roll(vault, together, roll.parts) if roll.kind == "roll" else None
    for frame in frames:
        ref = frame.frame.ref
        yield ref, Place(images[ref.source], frame.found, whole, film=True, usual=usual)


def _roll(vault: Vault, together: Sequence[Source], parts: Sequence[FilmPart]) -> Roll:
    strips = tuple(
        Strip(vault.path(source.digest), source.digest, part.image)
        for source, part in zip(together, parts, strict=True)
    )
    return Roll(strips, tuple(part.start for part in parts), tuple(part.shift for part in parts))


def _free_name(
    connection: Connection,
    batch: Batch,
    together: Sequence[Source],
    one: Film,
    every: Sequence[Film],
) -> str:
    """Return what people call a roll or card; several of one file or one name are numbered."""
    images = {strip.image for film in every for strip in film.roll.strips}
    image = one.roll.strips[0].image if len(images) > 1 else None
    plain = roll_name([source.name for source in together], image)
    first = together[0].id, one.roll.strips[0].image
    taken = {
        roll.name: (roll.parts[0].source_id, roll.parts[0].image)
        for roll in film.rolls(connection, batch)
    }
    names = (plain if number == 1 else f"{plain} ({number})" for number in count(1))
    return next(name for name in names if taken.get(name, first) == first)


def _parts(together: Sequence[Source], roll: Roll) -> Iterator[FilmPart]:
    """Yield the files of a roll and where each lies on it."""
    for source, strip, start, left in zip(
        together, roll.strips, roll.starts, roll.lefts, strict=True
    ):
        yield FilmPart(source.id, strip.image, start, left)
