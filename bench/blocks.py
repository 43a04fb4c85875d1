"""What a document says, before it is laid out: blocks of text with marked values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Text that shows an index value."""

    text: str
    field: str
    value: str
    """Normal form, as the index should hold it."""


Parts = tuple[str | Span, ...]
"""A run of text; pieces join without a space unless one is written."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or a line of its own."""

    parts: Parts
    bold: bool = False
    scale: float = 1.0
    align: str = "left"
    indent: float = 0.0
    """In ems."""
    printed: bool = False
    """Part of the printed form, not of what was typed on it."""
    face: str = ""
    """Another face than that of the document, such as a hand."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One labelled value of a form."""

    label: str
    parts: Parts
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of labelled values, labels above or to the left of them."""

    rows: tuple[tuple[Cell, ...], ...]
    above: bool = False
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head row."""

    head: tuple[str, ...]
    rows: tuple[tuple[Parts, ...], ...]
    weights: tuple[float, ...]
    ruled: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Two columns, read one after the other; never broken over pages."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Checks:
    """Tick boxes in a row."""

    choices: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature: a scribble over a line with the name under it."""

    parts: Parts
    seed: int
    signed: bool = True


@dataclass(frozen=True, slots=True)
class Trace:
    """A strip of electrocardiogram on its grid."""

    leads: tuple[str, ...]
    rate: int
    seed: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty height in lines."""

    lines: float = 1.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""

    weight: int = 3


Block = Text | Grid | Table | Columns | Checks | Sign | Trace | Gap | Rule


@dataclass(frozen=True, slots=True)
class Style:
    """How a form looks."""

    face: str
    size: int
    """Pixels per em at 300 dpi: 12 point is 50."""
    label_face: str
    leading: float = 1.25
    margin: int = 225
    double: bool = False
    """Typed with open lines."""


@dataclass(frozen=True, slots=True)
class Form:
    """A whole document ready for layout."""

    style: Style
    blocks: tuple[Block, ...]
    head: tuple[Text, ...] = ()
    """Letterhead, on the first page."""
    head_align: str = "center"
    corner: tuple[Parts, ...] = ()
    """The addressograph block, on the first page, or on every page of a form."""
    corner_place: str = "right"
    """``right`` (top right), ``left`` (top left) or ``foot`` (bottom left)."""
    corner_boxed: bool = False
    corner_everywhere: bool = False
    title: str = ""
    title_align: str = "center"
    running: Parts = ()
    """Running head of the second and later pages."""
    numbering: str = ""
    """``of``, ``colon``, ``slash``, ``plain``, ``dash`` or empty."""
    numbering_first: bool = False
    """The first page carries its number too."""
    numbering_foot: bool = False
    foot: str = ""
    """Form number and the like, at the foot of every page."""
