"""Cut the image of a card of film into its title strip and its frames, row by row.

Fiche, jackets and aperture cards alike, without a setting: frames that stand out from the ground
of the card give their size and the lattice they lie on; what touches is parted by that, and
places of the lattice are filled where something lies that did not stand out. To clip a page is
the worst error and to lose one the next, so boxes hold what belongs to them whole, and what is
doubtful is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from .card_cells import (
    CardRow,
    Cell,
    Size,
    left_over,
    more_solids,
    parted,
    pieces_of,
    rows_of,
    strays,
    usual_size,
)
from .card_ground import Reading, readings_of
from .card_look import Look, look_at
from .card_title import Title, title_of, title_solids
from .model import Box, FilmDoubt, FilmFrame, FilmLayout, FilmSurvey, Pixels

_NARROWEST = 24
_DOUBLE = 1.6
_SHORT = 0.75
"""Frames of a row over those of most rows."""


@dataclass(frozen=True, slots=True, eq=False)
class _Laid:
    """A card as read: rows in the order of reading, in pixels of the look."""

    look: Look
    rows: tuple[CardRow, ...]
    title: Title | None
    size: Size


def find_card_frames(card: Pixels) -> tuple[FilmFrame, ...]:
    """Return the frames of a card: the title strip if there is one, then row by row.

    One frame of the whole card when no frames stand out.
    """
    return survey_card(card).frames


def survey_card(card: Pixels) -> FilmSurvey:
    """Return what stands on a card (grey or RGB), in pixels of its image, and what is doubtful.

    A card that lies on its head, its title below, is read from its own top. Doubts are ``hole``,
    ``short row`` and ``double``.
    """
    height, width = card.shape[:2]
    laid = _laid(card) if min(height, width) >= _NARROWEST else None
    if laid is None:
        whole = FilmFrame(Box(0, 0, width, height), confidence=0.0, reason="no frames stand out")
        return FilmSurvey(width, height, FilmLayout.SIMPLEX, (whole,))
    size = width, height
    title = [_title_frame(laid, laid.title, size)] if laid.title else []
    frames = (*title, *_frames(laid, size))
    doubts = tuple(_doubts(laid, size, bool(title)))
    return FilmSurvey(width, height, FilmLayout.SIMPLEX, frames, doubts=doubts)


def _laid(card: Pixels) -> _Laid | None:
    look = look_at(card)
    readings = readings_of(look)
    if not readings or not readings[0].solids:
        return None
    best = readings[0]
    titles = title_solids(look, best.solids)
    solids = [box for box in best.solids if box not in titles]
    cells = pieces_of(look, solids)
    size = usual_size([cell.box for cell in cells])
    if size is None:
        return None
    cells += more_solids(readings, [*cells, *(Cell(box, 1.0, "") for box in titles)], size)
    boxes = [cell.box for cell in cells]
    title = title_of(look, titles, boxes, size.height)
    return _filled(look, best, cells, title, size)


def _filled(
    look: Look, reading: Reading, cells: list[Cell], title: Title | None, size: Size
) -> _Laid:
    """Return the card with what did not stand out on all sides."""
    held = [cell.box for cell in cells] + ([title.box] if title else [])
    content = left_over(look, reading.mask, held)
    rows = rows_of(look, cells, content, size)
    known = [cell.box for row in rows for cell in row.cells] + ([title.box] if title else [])
    rest = left_over(look, reading.mask, known)
    loose = [box for box in strays(rest & reading.mask, size) if not _reaches(box, look)]
    if loose:
        reason = "lies apart from the rows"
        more = [
            replace(cell, confidence=0.3, reason=reason)
            for box in loose
            for cell in parted(look, box, size)
            if all(cell.box.overlap(other) < 0.5 for other in known)
        ]
        rows = rows_of(
            look,
            [*cells, *more],
            left_over(look, reading.mask, [*known, *(cell.box for cell in more)]),
            size,
        )
    if title and title.side == "bottom":
        rows = [_turned(row) for row in rows[::-1]]
    return _Laid(look, tuple(rows), title, size)


def _reaches(box: Box, look: Look) -> bool:
    """Return whether this runs out of the scan: the edge of the card, or what is beside it."""
    height, width = look.shape
    edges = (box.x <= 2, box.y <= 2, box.right >= width - 2, box.bottom >= height - 2)
    return any(edges)


def _turned(row: CardRow) -> CardRow:
    return replace(row, cells=row.cells[::-1])


def _title_frame(laid: _Laid, title: Title, size: tuple[int, int]) -> FilmFrame:
    where = "above" if title.side in ("top", "bottom") else "beside"
    reason = f"large letters {where} the frames"
    return FilmFrame(laid.look.on_card(title.box, size), True, 0.8, reason)


def _frames(laid: _Laid, size: tuple[int, int]) -> Iterator[FilmFrame]:
    for number, row in enumerate(laid.rows, start=1):
        columns = _columns(laid, row)
        for cell, column in zip(row.cells, columns, strict=True):
            box = laid.look.on_card(cell.box, size)
            yield FilmFrame(
                box, False, round(cell.confidence, 3), cell.reason, row=number, column=column
            )


def _columns(laid: _Laid, row: CardRow) -> list[int]:
    """Return the columns of a row, from 1: by its lattice where it has one."""
    if row.lattice is None:
        return list(range(1, len(row.cells) + 1))
    starts = [one.lattice.start(one.cells[0].column) for one in laid.rows if one.lattice]
    places = [round((cell.box.x - min(starts)) / row.lattice.pitch) for cell in row.cells]
    if laid.title and laid.title.side == "bottom":
        last = max(
            round((one.cells[0].box.x - min(_ends(laid))) / row.lattice.pitch)
            for one in laid.rows
            if one.lattice
        )
        places = [
            last - round((cell.box.x - min(_ends(laid))) / row.lattice.pitch) for cell in row.cells
        ]
    columns: list[int] = []
    for place in places:
        columns.append(max(place + 1, columns[-1] + 1 if columns else 1))
    return columns


def _ends(laid: _Laid) -> list[int]:
    return [min(cell.box.x for cell in row.cells) for row in laid.rows if row.lattice]


def _doubts(laid: _Laid, size: tuple[int, int], titled: bool) -> Iterator[FilmDoubt]:
    number = int(titled)
    usual = int(np.median([len(row.cells) for row in laid.rows])) if laid.rows else 0
    for at, row in enumerate(laid.rows):
        last = at == len(laid.rows) - 1
        if row.lattice and not last and len(row.cells) < _SHORT * usual:
            yield _short_row(laid, row, size, number + len(row.cells), usual)
        before: Cell | None = None
        for cell in row.cells:
            if before is not None and row.lattice:
                yield from _holes(laid, row.lattice.pitch, (before, cell), size, number)
            if max(cell.box.width / laid.size.width, cell.box.height / laid.size.height) > _DOUBLE:
                box = laid.look.on_card(cell.box, size)
                yield FilmDoubt("double", box, number, "about twice as large as its neighbours")
            before = cell
            number += 1


def _holes(
    laid: _Laid, pitch: float, pair: tuple[Cell, Cell], size: tuple[int, int], number: int
) -> Iterator[FilmDoubt]:
    left, right = sorted((cell.box for cell in pair), key=lambda box: box.x)
    space = right.x - left.right
    if space < 0.8 * laid.size.width:
        return
    count = max(1, round(space / pitch))
    for n in range(count):
        x = left.right + round((n + 0.5) * space / count - laid.size.width / 2)
        box = Box(max(0, x), left.y, round(laid.size.width), left.height)
        reason = "unexposed film as wide as a frame between two frames"
        yield FilmDoubt("hole", laid.look.on_card(box, size), number, reason)


def _short_row(
    laid: _Laid, row: CardRow, size: tuple[int, int], after: int, usual: int
) -> FilmDoubt:
    box = row.cells[0].box
    for cell in row.cells[1:]:
        box |= cell.box
    reason = f"{len(row.cells)} frames where most rows have {usual}"
    return FilmDoubt("short row", laid.look.on_card(box, size), after, reason)
