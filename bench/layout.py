"""Lay the blocks of a document out on sheets, top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from . import fonts
from .blocks import (
    Block,
    Cell,
    Checks,
    Columns,
    Form,
    Gap,
    Grid,
    Parts,
    Rule,
    Sign,
    Table,
    Text,
    Trace,
)
from .drawing import box_strokes, heartbeat, scribble
from .setter import Setter, Token, wrap
from .sheet import Sheet, Stroke


def lay_out(form: Form) -> tuple[Sheet, ...]:
    """Return the sheets of a document."""
    first = _set(form, 0)
    counted = form.numbering in {"of", "colon", "slash"}
    return _set(form, len(first)) if counted else first


def _set(form: Form, pages: int) -> tuple[Sheet, ...]:
    setter = Setter(form, pages)
    setter.new_sheet()
    for block in form.blocks:
        place(setter, block)
    setter.finish_sheet()
    return setter.sheets()


def place(setter: Setter, block: Block) -> None:
    """Set one block where the pen stands."""
    if isinstance(block, Text):
        setter.put_text(block)
    elif isinstance(block, Gap):
        setter.y += setter.step(block.lines)
    else:
        _place_form(setter, block)
    setter.block += 1


def _place_form(
    setter: Setter, block: Grid | Table | Columns | Checks | Sign | Trace | Rule
) -> None:
    match block:
        case Grid():
            _set_grid(setter, block)
        case Table():
            _set_table(setter, block)
        case Columns():
            _set_columns(setter, block)
        case Checks():
            _set_checks(setter, block)
        case Sign():
            _set_sign(setter, block)
        case Trace():
            _set_trace(setter, block)
        case Rule():
            _set_rule(setter, block)


def _set_rule(setter: Setter, rule: Rule) -> None:
    setter.y += 14
    setter.stroke(Stroke(((setter.left, setter.y), (setter.right, setter.y)), rule.weight))
    setter.y += 18


def _set_grid(setter: Setter, grid: Grid) -> None:
    for row in grid.rows:
        if grid.above:
            _row_above(setter, row, grid.boxed)
        else:
            _row_beside(setter, row, grid.boxed)


def _edges(setter: Setter, weights: Sequence[float]) -> list[float]:
    width, whole = setter.right - setter.left, sum(weights)
    edges = [setter.left]
    for weight in weights:
        edges.append(edges[-1] + width * weight / whole)
    return edges


def _frame_row(setter: Setter, edges: Sequence[float], top: float, bottom: float) -> None:
    for left, right in pairwise(edges):
        setter.stroke(*box_strokes(left, top, right - left, bottom - top))


def _row_above(setter: Setter, row: Sequence[Cell], boxed: bool) -> None:
    style, edges = setter.style, _edges(setter, [cell.weight for cell in row])
    label_size = 30
    columns = [
        wrap(setter.tokens(cell.parts), style.face, style.size, edges[i + 1] - edges[i] - 40)
        for i, cell in enumerate(row)
    ]
    deep = max(1, *map(len, columns))
    height = label_size * 1.5 + deep * style.size * 1.15 + 22
    setter.room(height)
    top = setter.y
    setter.y += 8
    for edge, cell in zip(edges, row, strict=False):
        words = setter.tokens((cell.label,))
        setter.put_line(words, edge + 14, style.label_face, label_size, printed=True)
    setter.line += 1
    setter.y = top + label_size * 1.5 + 4
    _lines_across(setter, columns, [edge + 20 for edge in edges], style.size * 1.15)
    setter.y = top + height
    if boxed:
        _frame_row(setter, edges, top, setter.y)


def _lines_across(
    setter: Setter,
    columns: Sequence[list[list[Token]]],
    lefts: Sequence[float],
    step: float,
    face: str = "",
    printed: bool = False,
) -> None:
    for depth in range(max(map(len, columns), default=0)):
        for left, column in zip(lefts, columns, strict=False):
            if depth < len(column):
                words = column[depth]
                setter.put_line(
                    words, left, face or setter.style.face, setter.style.size, printed=printed
                )
        setter.line += 1
        setter.y += step


def _row_beside(setter: Setter, row: Sequence[Cell], boxed: bool) -> None:
    style, edges = setter.style, _edges(setter, [cell.weight for cell in row])
    height = setter.step() + (18 if boxed else 0)
    setter.room(height * 2)
    top = setter.y
    setter.y += 9 if boxed else 0
    pad = 14 if boxed else 0
    label_size = round(style.size * 0.9)
    columns, lefts = [], []
    for i, cell in enumerate(row):
        label = setter.tokens((cell.label,))
        end = setter.put_line(label, edges[i] + pad, style.label_face, label_size, printed=True)
        lefts.append(end + style.size * 0.6)
        width = edges[i + 1] - lefts[-1] - 16
        columns.append(wrap(setter.tokens(cell.parts), style.face, style.size, width))
    deep = max(1, *map(len, columns))
    _lines_across(setter, columns, lefts, setter.step())
    setter.y = top + height + (deep - 1) * setter.step()
    if boxed:
        _frame_row(setter, edges, top, setter.y)


def _set_table(setter: Setter, table: Table) -> None:
    setter.room(setter.step() * 4)
    _table_row(setter, table, tuple((word,) for word in table.head), head=True)
    if not table.ruled:
        _set_rule(setter, Rule(2))
    for row in table.rows:
        before = len(setter.canvases)
        setter.room(setter.step() * 2)
        if len(setter.canvases) > before:
            _table_row(setter, table, tuple((word,) for word in table.head), head=True)
        _table_row(setter, table, row, head=False)


def _table_row(setter: Setter, table: Table, row: Sequence[Parts], *, head: bool) -> None:
    style, edges = setter.style, _edges(setter, table.weights)
    face = f"{style.label_face}-bold" if head else style.face
    columns = [
        wrap(setter.tokens(parts), face, style.size, edges[i + 1] - edges[i] - 28)
        for i, parts in enumerate(row)
    ]
    top, pad = setter.y, 10 if table.ruled else 0
    setter.y += pad
    _lines_across(setter, columns, [edge + 14 for edge in edges], setter.step(0.92), face, head)
    setter.y += pad
    if table.ruled:
        _frame_row(setter, edges, top, setter.y)


def _set_columns(setter: Setter, columns: Columns) -> None:
    setter.room(setter.step() * 14)
    top, left, right, sheet = setter.y, setter.left, setter.right, len(setter.canvases)
    middle = (left + right) / 2
    bottoms = []
    for blocks, (start, end) in (
        (columns.left, (left, middle - 40)),
        (columns.right, (middle + 40, right)),
    ):
        setter.y, setter.left, setter.right = top, start, end
        for block in blocks:
            place(setter, block)
        bottoms.append(setter.y)
        assert len(setter.canvases) == sheet, "columns are never broken over pages"
    setter.left, setter.right, setter.y = left, right, max(bottoms)


def _set_checks(setter: Setter, checks: Checks) -> None:
    style, side = setter.style, round(setter.style.size * 0.7)
    setter.room(setter.step())
    x = setter.left
    for label, ticked in checks.choices:
        words = setter.tokens((label,))
        width = fonts.advance(style.label_face, style.size, label) + side * 3
        if x + width > setter.right:
            x, setter.line, setter.y = setter.left, setter.line + 1, setter.y + setter.step()
        top = setter.y + style.size * 0.25
        setter.stroke(*box_strokes(x, top, side, side))
        if ticked:
            setter.stroke(*_cross(x, top, side))
        setter.put_line(words, x + side * 1.5, style.label_face, style.size, printed=True)
        x += width
    setter.line += 1
    setter.y += setter.step()


def _cross(x: float, y: float, side: float) -> tuple[Stroke, ...]:
    ends = (
        ((x - 4, y - 6), (x + side + 6, y + side + 4)),
        ((x + side + 4, y - 8), (x - 6, y + side)),
    )
    return tuple(Stroke(pair, 5, printed=False) for pair in ends)


def _set_sign(setter: Setter, sign: Sign) -> None:
    style = setter.style
    setter.room(setter.step() * 4)
    top = setter.y
    if sign.signed:
        setter.stroke(scribble(Random(sign.seed), setter.left + 40, top + style.size * 1.4))
    setter.y = top + style.size * 2
    setter.stroke(Stroke(((setter.left, setter.y), (setter.left + 900, setter.y)), 2))
    setter.y += 6
    setter.put_text(Text(sign.parts))


def _set_trace(setter: Setter, trace: Trace) -> None:
    height = 330
    for index, lead in enumerate(trace.leads):
        setter.room(height + 20)
        rng = Random(f"{trace.seed} {index}")
        words = setter.tokens((lead,))
        setter.put_line(words, setter.left + 10, setter.style.label_face, 34, printed=True)
        setter.line += 1
        setter.stroke(
            *heartbeat(rng, trace.rate, setter.left, setter.y + 50, setter.right - setter.left)
        )
        setter.y += height
