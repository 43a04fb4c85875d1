"""The contact sheet of a roll or card in the archive: its account, its film, its frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from archive import film, pages
from archive.archive import Archive
from archive.film import FilmRoll, RollFrame
from archive.records import PageRecord
from batch.film import roll_of, survey_of
from batch.film_differences import Difference as Found
from batch.film_ledger import FilmLedger, ledger_of
from batch.settings import Settings
from capture.encode import decode
from capture.errors import CustodyError, SourceError
from capture.film.address import address_text
from capture.film.pictures import card_picture, stretch_picture, thumbnail
from capture.film.roll import Roll, open_roll
from capture.intake import open_source
from capture.model import FilmSurvey, FrameRef, Pixels, SourceKind
from capture.polarity import make_positive
from capture.ribbon.ribbon import Ribbon
from capture.settings import CaptureSettings

from .contact_sheet import (
    ContactSheet,
    Difference,
    SheetFrame,
    Stretch,
    Witness,
    picture_folder,
    picture_source,
    write_contact_sheet,
)

_THUMBNAIL = 220
_STRETCH = 5.0
"""Widths of the film that one picture shows."""
_AROUND = 0.6
"""Widths of the film that are shown about a difference."""

Told = Callable[[int, int], None]


def write_film_sheet(
    archive: Archive, roll: FilmRoll, settings: Settings, folder: Path, told: Told
) -> list[Path]:
    """Write the contact sheet of a roll or card into ``folder``; return its pages, the first first.

    ``told`` hears how many frames are done, and of how many. Raises ArchiveError when the folder
    cannot be written.
    """
    with archive.catalogue.read() as connection:
        frames = film.film_frames(connection, roll)
        kept = pages.pages_of(connection, [frame.frame for frame in frames])
        ledger = ledger_of(connection, roll, settings.indexer)
        lies = roll_of(connection, archive.vault, roll)
    survey = survey_of(roll, frames)
    at = picture_folder(folder, len(frames))
    look = _Film(roll, lies, settings.capture)
    with closing(look):
        sheet = ContactSheet(
            name=roll.name,
            kind="roll" if roll.kind == "roll" else "card",
            batch=roll.batch,
            frames=tuple(_frames(archive, look, roll, frames, kept, at, told)),
            counts=tuple(asdict(ledger.counts).items()),
            witnesses=tuple(_witnesses(ledger)),
            differences=tuple(_differences(ledger, look, survey, at)),
            facts=tuple(_facts(roll)),
            density=roll.density,
            stretches=tuple(_stretches(look, survey, at)),
        )
    return write_contact_sheet(sheet, folder)


class _Film:
    """The film itself, opened when its first picture is made."""

    def __init__(self, roll: FilmRoll, lies: Roll, settings: CaptureSettings) -> None:
        self._is_roll = roll.kind == "roll"
        self._lies = lies
        self._settings = settings
        self._ribbon: Ribbon | None = None
        self._card: Pixels | None = None

    def frame(self, entry: RollFrame) -> Pixels:
        """Return a frame as it is on the film, made positive; SourceError when it is lost."""
        box = entry.found.box
        if self._is_roll:
            cut = self.ribbon.lines(box.y, box.bottom)[:, box.x : box.right]
        else:
            cut = self.card[box.y : box.bottom, box.x : box.right]
        return make_positive(cut, film=True)[0]

    def stretch(self, survey: FilmSurvey, start: int, stop: int) -> bytes:
        """Return a picture of these lines of a roll, or of the whole card."""
        if self._is_roll:
            return stretch_picture(self.ribbon, survey, start, stop)
        return card_picture(self.card, survey)

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """The lines that each picture of the film shows; one for a card."""
        if not self._is_roll:
            return [(0, 0)]
        each = round(_STRETCH * self.ribbon.width)
        return [
            (start, min(start + each, self.ribbon.length))
            for start in range(0, self.ribbon.length, each)
        ]

    @property
    def ribbon(self) -> Ribbon:
        if self._ribbon is None:
            self._ribbon = open_roll(self._lies, self._settings)
        return self._ribbon

    @property
    def card(self) -> Pixels:
        if self._card is None:
            (strip,) = self._lies.strips
            kind = SourceKind.PAPER
            with open_source(strip.path, strip.source, kind=kind, settings=self._settings) as one:
                self._card = one.decoded(strip.image, keep=False).pixels
        return self._card

    def close(self) -> None:
        """Let go of the file."""
        if self._ribbon is not None:
            self._ribbon.close()


def _frames(
    archive: Archive,
    look: _Film,
    roll: FilmRoll,
    frames: Sequence[RollFrame],
    kept: dict[FrameRef, PageRecord],
    at: Path | None,
    told: Told,
) -> Iterator[SheetFrame]:
    doubts: dict[int, list[str]] = {}
    for doubt in roll.doubts:
        doubts.setdefault(max(1, doubt.after), []).append(f"{doubt.kind}: {doubt.reason}")
    again = {doubt.after + 1 for doubt in roll.doubts if doubt.kind == "repeat"}
    for count, entry in enumerate(frames, start=1):
        found = entry.found
        yield SheetFrame(
            number=entry.position,
            state="repeat" if entry.position in again else entry.frame.state,
            picture=_thumbnail(archive, look, entry, kept.get(entry.frame.ref), at),
            address=address_text(roll.name, found.address) if found.address else "",
            reason=entry.frame.reason,
            doubts=tuple(doubts.get(entry.position, ())),
        )
        told(count, len(frames))


def _thumbnail(
    archive: Archive, look: _Film, entry: RollFrame, page: PageRecord | None, at: Path | None
) -> str:
    """Return the source of a frame's picture: its page image, else the film; empty if lost."""
    try:
        if page is not None and page.image:
            pixels = decode(archive.vault.get(page.image))
        else:
            pixels = look.frame(entry)
    except (CustodyError, SourceError):
        return ""
    content = thumbnail(pixels, _THUMBNAIL, negative=False)
    return picture_source(content, f"frame-{entry.position}", at)


def _witnesses(ledger: FilmLedger) -> Iterator[Witness]:
    for one in ledger.witnesses:
        says = f"{one.expected} {one.unit}, {one.found} found"
        yield Witness(one.witness, says, one.expected == one.found)


def _differences(
    ledger: FilmLedger, look: _Film, survey: FilmSurvey, at: Path | None
) -> Iterator[Difference]:
    for number, one in enumerate(ledger.differences, start=1):
        said = one.explanation
        yield Difference(
            key=one.key,
            sentence=one.sentence,
            after=min(one.frames, default=None),
            blocks=one.blocks,
            explained=f"{said.person}, {said.at[:10]}: {said.text}" if said else "",
            picture=_around(one, look, survey, number, at),
        )


def _around(one: Found, look: _Film, survey: FilmSurvey, number: int, at: Path | None) -> str:
    """Return the source of a picture of the film about a difference; empty if it has no place."""
    if one.box is None or len(look.pieces) == 1:
        return ""
    spare = round(_AROUND * survey.width)
    try:
        content = look.stretch(survey, one.box.y - spare, one.box.bottom + spare)
    except SourceError:
        return ""
    return picture_source(content, f"difference-{number}", at)


def _stretches(look: _Film, survey: FilmSurvey, at: Path | None) -> Iterator[Stretch]:
    for number, (start, stop) in enumerate(look.pieces, start=1):
        try:
            content = look.stretch(survey, start, stop)
        except SourceError as error:
            yield Stretch("", str(error))
            continue
        shown = [
            at
            for at, frame in enumerate(survey.frames, start=1)
            if not stop or start <= frame.box.y < stop
        ]
        caption = f"frames {shown[0]} to {shown[-1]}" if shown else "no frames"
        yield Stretch(picture_source(content, f"film-{number}", at), caption)


def _facts(roll: FilmRoll) -> Iterator[tuple[str, str]]:
    yield "layout", str(roll.layout.value)
    yield "size", f"{roll.width} x {roll.length} pixels"
    if roll.reduction:
        yield "reduction", f"{roll.reduction:g}x"
    if len(roll.parts) > 1:
        yield "files", str(len(roll.parts))
    if roll.deferred:
        yield "uncut", "its frames are read when somebody asks"
