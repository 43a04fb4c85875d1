"""Cut the image of a card of film into its title strip and its frames, row by row.

Fiche, jackets and aperture cards alike, without a setting: frames that stand out from the ground
of the card give their size and the lattice they lie on; what touches is parted by that, and
places of the lattice are filled where something lies that did not stand out. To clip a page is
the worst error and to lose one the next, so boxes hold what belongs to them whole, and what is
doubtful is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from capture.model import Box, FilmDoubt, FilmFrame, FilmLayout, FilmSurvey, Pixels

from .cells import (
    CardRow,
    Cell,
    Size,
    in_rows,
    left_over,
    more_solids,
    parted,
    pieces_of,
    rows_of,
    strays,
    strokes_in,
    usual_size,
)
from .ground import Reading, look_span, opened, readings_of
from .ink_marks import strokes_of, torn
from .look import Look, look_at
from .strips import loose_writing, strips_of
from .title import Title, title_of, title_solids
from .writing import by_writing

_NARROWEST = 24
_IN_TITLE = 0.5
_TAKEN = 0.3
_AT_EDGE = 0.006
_MANY_STROKES = 12
_DOUBLE = 1.6
_TORN, _BETTER = 0.03, 0.5
_FEW, _MANY = 3, 4
"""Frames: so few may be rows that touch, if the writing tells of so many times more."""
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
    laid = _best(look_at(card)) if min(height, width) >= _NARROWEST else None
    if laid is None:
        whole = FilmFrame(Box(0, 0, width, height), confidence=0.0, reason="no frames stand out")
        return FilmSurvey(width, height, FilmLayout.SIMPLEX, (whole,))
    return _survey(laid, (width, height))


def _survey(laid: _Laid, size: tuple[int, int]) -> FilmSurvey:
    title = [_title_frame(laid, laid.title, size)] if laid.title else []
    frames = (*title, *_frames(laid, size))
    doubts = tuple(_doubts(laid, size, bool(title)))
    return FilmSurvey(*size, FilmLayout.SIMPLEX, frames, doubts=doubts)


def _best(look: Look) -> _Laid | None:
    """Return the card by what stands out on it, or by its writing where that fits better."""
    laid = _laid(look)
    count = sum(len(row.cells) for row in laid.rows) if laid else 0
    worst = _misfit(laid) if laid else 1.0
    if worst <= _TORN and count > _FEW:
        return laid
    other = laid_by_writing(look)
    if other is None or _misfit(other) > _BETTER * max(worst, _TORN):
        return laid
    many = sum(len(row.cells) for row in other.rows)
    return other if worst > _TORN or many >= _MANY * max(1, count) else laid


def _misfit(laid: _Laid) -> float:
    """Return the share of what is written that no box holds whole, or that shares a double box."""
    cells = [cell for row in laid.rows for cell in row.cells]
    if not cells:
        return 1.0
    boxes = [cell.box for cell in cells]
    double = sum(_is_double(cell.box, laid.size) for cell in cells) / len(cells)
    titled = [laid.title.box] if laid.title else []
    return max(double, torn(strokes_of(laid.look), [*boxes, *titled], laid.size))


def _is_double(box: Box, size: Size) -> bool:
    return max(box.width / size.width, box.height / size.height) > _DOUBLE


def laid_by_writing(look: Look) -> _Laid | None:
    """Return the card as its writing tells; None when that tells nothing."""
    found = by_writing(look)
    if found is None:
        return None
    return _Laid(look, _as_read(found.rows, found.title), found.title, found.size)


def _laid(look: Look) -> _Laid | None:
    readings = readings_of(look)
    if not readings or not readings[0].solids:
        return None
    best = readings[0]
    titles = title_solids(look, best.solids)
    solids = [box for box in best.solids if box not in titles]
    strips = strips_of(look, best, titles)
    cells = strips or pieces_of(look, solids)
    size = usual_size([cell.box for cell in cells])
    if size is None:
        return None
    cells += more_solids(readings, [*cells, *(Cell(box, 1.0, "") for box in titles)], size)
    boxes = [cell.box for cell in cells]
    title = title_of(look, titles, boxes, size.height)
    if strips:
        return _Laid(look, _by_strips(look, strips, title, size), title, size)
    return _filled(look, best, cells, title, size)


def _by_strips(
    look: Look, cells: list[Cell], title: Title | None, size: Size
) -> tuple[CardRow, ...]:
    """Return the rows of a jacket, in which every strip has a lattice of its own."""
    known = [cell for cell in cells if not title or cell.box.overlap(title.box) < _IN_TITLE]
    held = [cell.box for cell in known] + ([title.box] if title else [])
    reason = "writing apart from the frames that stand out"
    known += [Cell(box, 0.3, reason) for box in loose_writing(look, held, size)]
    rows = [
        CardRow(tuple(replace(cell, row=number) for cell in row), None)
        for number, row in enumerate(in_rows(known, size.height), start=1)
    ]
    return _as_read(rows, title)


def _as_read(rows: Sequence[CardRow], title: Title | None) -> tuple[CardRow, ...]:
    """Return rows in the order of reading: from below on a card that lies on its head."""
    if title and title.side == "bottom":
        return tuple(_turned(row) for row in reversed(rows))
    return tuple(rows)


def _filled(
    look: Look, reading: Reading, cells: list[Cell], title: Title | None, size: Size
) -> _Laid:
    """Return the card with what did not stand out on all sides."""
    held = [cell.box for cell in cells] + ([title.box] if title else [])
    content = left_over(look, reading, held)
    rows = rows_of(look, cells, content, size)
    known = [cell.box for row in rows for cell in row.cells] + ([title.box] if title else [])
    rest = left_over(look, reading, known)
    thick = opened(rest & reading.mask, look_span(look))
    loose = [box for box in strays(thick, size) if _is_film(look, reading, box)]
    if loose:
        reason = "lies apart from the rows"
        more = [
            replace(cell, confidence=0.3, reason=reason)
            for box in loose
            for cell in parted(look, box, size)
            if sum(cell.box.shared_area(other) for other in known) < _TAKEN * cell.box.area
        ]
        found = [cell for row in rows for cell in row.cells] + more
        held = [*known, *(cell.box for cell in more)]
        rows = rows_of(look, found, left_over(look, reading, held), size)
    return _Laid(look, _as_read(rows, title), title, size)


def _is_film(look: Look, reading: Reading, box: Box) -> bool:
    """Return whether this is more than a bare edge of the card, or what is seen beside it."""
    height, width = look.shape
    near = max(3, round(_AT_EDGE * max(look.shape)))
    inside = box.x > near and box.y > near
    inside = inside and box.right < width - near and box.bottom < height - near
    outside = reading.beside[box.y : box.bottom, box.x : box.right].mean()
    return (inside and outside < _AT_EDGE) or strokes_in(look, box) >= _MANY_STROKES


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
            if _is_double(cell.box, laid.size):
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
