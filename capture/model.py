"""What capture hands on: frames, and the pages made from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

Digest = NewType("Digest", str)
"""Lower-case hex SHA-256 of exact bytes; the only name bytes have in the vault."""

Pixels = NDArray[np.uint8]
"""``(height, width)`` grey or ``(height, width, 3)`` RGB, ``uint8``; ink is dark."""


@dataclass(frozen=True, slots=True, order=True)
class FrameRef:
    """One exposure on a roll, or one side of a scanned sheet; its identity for ever."""

    source: Digest
    number: int
    """Position in the source, counted from 1 as the film counter does."""

    def __post_init__(self) -> None:
        if self.number < 1:
            raise ValueError(f"frame numbers start at 1, got {self.number}")


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle in pixels, origin top left."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    def __or__(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    @property
    def area(self) -> int:
        """Pixels inside."""
        return self.width * self.height

    def scaled(self, factor: float) -> Box:
        """Return the box on a picture ``factor`` times as large, one pixel at the least."""
        x, y, right, bottom = (
            round(side * factor) for side in (self.x, self.y, self.right, self.bottom)
        )
        return Box(x, y, max(1, right - x), max(1, bottom - y))

    def shared_area(self, other: Box) -> int:
        """Return how many pixels lie in both."""
        across = min(self.right, other.right) - max(self.x, other.x)
        down = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(0, across) * max(0, down)

    def overlap(self, other: Box) -> float:
        """Return the share of the smaller box that lies in both, 0.0 to 1.0."""
        return self.shared_area(other) / max(1, min(self.area, other.area))

    def row_overlap(self, other: Box) -> float:
        """Return the share of the smaller height that both have; 0.0 for one above the other."""
        shared = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(0, shared) / max(1, min(self.height, other.height))

    def as_list(self) -> list[int]:
        """Return ``[x, y, width, height]``, as the JSON contract has it."""
        return [self.x, self.y, self.width, self.height]


Sides = NDArray[np.int64]
"""``(n, 4)``: the first column and row of each of several boxes, and those just past it."""


def sides_of(boxes: Iterable[Box]) -> Sides:
    """Return the sides of ``boxes``, to ask one question of all of them at once."""
    sides = [(box.x, box.y, box.right, box.bottom) for box in boxes]
    return np.array(sides, np.int64).reshape(-1, 4)


def shared_areas(one: Sides, other: Sides) -> NDArray[np.int64]:
    """Return ``(n, m)``: how many pixels lie in both of each pair."""
    start = np.maximum(one[:, None, :2], other[None, :, :2])
    end = np.minimum(one[:, None, 2:], other[None, :, 2:])
    areas: NDArray[np.int64] = np.prod(np.maximum(end - start, 0), axis=2)
    return areas


def areas_of(sides: Sides) -> NDArray[np.int64]:
    """Return how many pixels lie in each box."""
    areas: NDArray[np.int64] = np.prod(sides[:, 2:] - sides[:, :2], axis=1)
    return areas


class SourceKind(StrEnum):
    """What the technician says a delivery is; ``AUTO`` lets the pixels decide."""

    AUTO = "auto"
    PAPER = "paper"
    ROLL = "roll"
    FICHE = "fiche"
    PDF = "pdf"


class FilmLayout(StrEnum):
    """How exposures lie across a roll."""

    SIMPLEX = "simplex"
    """One image across."""
    DUPLEX = "duplex"
    """Front and back side by side, exposed together."""
    DUO = "duo"
    """Down one half of the film, and back up the other."""


@dataclass(frozen=True, slots=True)
class Blip:
    """An image mark beside the frames of a roll, which a reader counts."""

    box: Box
    level: int
    """1 small, 2 medium, 3 large; on film with one size of mark all are 1."""
    channel: str
    """``A`` along the left edge of film that runs down, ``B`` along the right."""


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """Where one exposure lies on a roll or card, and how sure that is."""

    box: Box
    title_strip: bool = False
    confidence: float = 0.5
    reason: str = ""
    """What the box rests on."""
    lane: int = 1
    """Which half of the film, from the left: 2 only on duplex and duo film."""
    row: int = 0
    """Row and column on a card, from 1; 0 on a roll."""
    column: int = 0
    blip: Blip | None = None
    """The mark that belongs to it; of several the highest level."""
    address: tuple[int, ...] = ()
    """What a reader counts up to here by the marks, highest level first: ``(C, B, A)`` on film
    with three levels, ``(n,)`` with one; empty on film without marks."""


@dataclass(frozen=True, slots=True)
class FilmDoubt:
    """A place on a roll or card where the count may be wrong: a proposal for a person."""

    kind: str
    """``hole`` (as wide as a frame), ``double`` (twice as wide as its neighbours), ``splice``,
    ``cut off`` (by the end of the scan), ``unmarked`` (no mark where others have one),
    ``bare mark`` (a mark without a frame), ``jump`` (an address out of turn), ``repeat`` (the
    same picture again), ``short row`` or ``title`` (a card against its title strip)."""
    box: Box
    after: int
    """Number of the frame before it; 0 at the start."""
    reason: str


@dataclass(frozen=True, slots=True)
class FilmSurvey:
    """What stands on a roll or card, in pixels of its image with the film running down."""

    width: int
    length: int
    layout: FilmLayout
    frames: tuple[FilmFrame, ...]
    """In the order in which they were exposed; frames count from 1 in this order."""
    blips: tuple[Blip, ...] = ()
    doubts: tuple[FilmDoubt, ...] = ()
    density: tuple[int, ...] = ()
    """Tone along the film, 0 to 255, one value for every ``density_step`` lines."""
    density_step: int = 1


class FrameState(StrEnum):
    """What capture found a frame to be."""

    PAGE = "page"
    BLANK = "blank"
    SEPARATOR = "separator"
    TECHNICAL = "technical"
    QUARANTINED = "quarantined"


class Polarity(StrEnum):
    """How ink lay on the frame as found."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done to a frame, or weighed and left, with its figure."""

    name: str
    """A word of the recipe: ``invert``, ``resample``, ``rotate``, ``crop``, ``deskew`` ..."""
    applied: bool
    confidence: float
    value: float | None = None
    """Degrees for ``rotate`` and ``deskew``, else what the reason says."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode read on a page."""

    symbology: str
    text: str
    box: Box
    meaning: str = ""
    """What the job says that a patch code does (`capture.patch_map`); empty for a barcode."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame as it was found in its source, before any step of the recipe."""

    ref: FrameRef
    pixels: Pixels
    box: Box
    """Where it lies in the image of its source."""
    dpi: tuple[float, float] | None
    """Across and down; None when the source does not say or says nonsense."""
    bitonal: bool = False
    film: bool = False
    born_digital: bool = False
    """The source holds the page's own text, which is read instead of the picture."""
    title_strip: bool = False
    """The strip above the rows of a fiche, which names the card and is no page."""
    cut: Step | None = None
    """How it was cut from a strip or card, and how sure that is; None when it was not."""
    reduction: Step | None = None
    """How small its page stands on the film, and what that rests on; None for paper."""


@dataclass(frozen=True, slots=True, eq=False)
class PageImage:
    """A frame fit to read: upright, straight, dark ink on light, square pixels."""

    frame: FrameRef
    state: FrameState
    pixels: Pixels
    box: Box
    """Where the frame lies in the image of its source."""
    dpi: int
    """True resolution where the source tells, else the estimate of the ``dpi`` step."""
    film: bool
    polarity: Polarity
    rotation: int
    """How it lay as found: turned clockwise by 0, 90, 180 or 270; undone here."""
    rotation_confidence: float
    skew: float
    """Degrees it was off level as found, positive when text ran downhill to the right."""
    skew_confidence: float
    steps: tuple[Step, ...]
    bitonal: bool = False
    born_digital: bool = False
    barcodes: tuple[Barcode, ...] = ()
    reason: str = ""
    """Why it is not an ordinary page; empty for one."""

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.pixels.shape[0])
