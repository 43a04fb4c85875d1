"""The title strip of a card as a witness: how many frames, which card of how many, and whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archive import film, film_account, pages
from archive.catalogue import Connection
from archive.film import FilmRoll, RollFrame
from archive.film_account import Witness
from archive.patients import StoredIndex
from capture.model import FrameRef
from indexer.car_values import RowPatient, Word, said_by_page
from indexer.model import PageIndex
from indexer.settings import IndexSettings
from indexer.title_strip import CardTitle, title_of

from .film_differences import Difference

_NO_TITLE = CardTitle(())


def keep_titles(connection: Connection, rolls: Sequence[FilmRoll], settings: IndexSettings) -> None:
    """Keep what the title strips of cards say, those that were read."""
    for card in (roll for roll in rolls if roll.kind == "fiche"):
        witness = _witness(read_title(connection, film.film_frames(connection, card), settings))
        if witness:
            film_account.keep_witness(connection, card, witness)


def read_title(
    connection: Connection, frames: Sequence[RollFrame], settings: IndexSettings
) -> CardTitle:
    """Return what stands on the title strip among ``frames``; nothing where none was read."""
    strips = (entry.frame for entry in frames if entry.found.title_strip)
    words = (pages.words_of(connection, strip) for strip in strips)
    read = next((one for one in words if one is not None), None)
    return title_of(read, settings) if read else _NO_TITLE


def differences_of_title(
    connection: Connection,
    frames: Sequence[RollFrame],
    own: Mapping[FrameRef, PageIndex],
    settings: IndexSettings,
) -> list[Difference]:
    """Return the frames that name another patient than the title strip of their card.

    A few of them may be in the wrong jacket, and keep the card; where most do, the card holds
    many patients and its title names but one.
    """
    mpi = StoredIndex(connection)
    title = read_title(connection, frames, settings)
    said = {value.field: value.value for value in title.values}
    number, name = said.get("mrn", ""), said.get("patient_name", "")
    if not number and not name:
        return []
    told = RowPatient(number, name, mpi.by_mrn(number) if number else None)
    words = {
        entry.position: said_by_page(own[entry.frame.ref].values, told, mpi, settings)
        for entry in frames
        if entry.frame.ref in own and not entry.found.title_strip
    }
    others = [position for position, word in words.items() if word is Word.DIFFERS]
    if not others:
        return []
    some = "1 frame names" if len(others) == 1 else f"{len(others)} frames name"
    return [
        Difference(
            key="title-patient",
            kind="title",
            sentence=f"{some} another patient than the title strip",
            basis=" ".join(map(str, others)),
            blocks=2 * len(others) <= len(words),
            frames=tuple(others),
        )
    ]


def _witness(title: CardTitle) -> Witness | None:
    if not title.frames and not (title.part and title.of):
        return None
    said = {value.field: value.value for value in title.values}
    series = said.get("mrn") or said.get("patient_name") or ""
    return Witness("title", title.frames or None, title.part or None, title.of or None, series)
