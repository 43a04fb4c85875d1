"""The families of cards that the cutter is built on and measured by."""

from __future__ import annotations

from dataclasses import dataclass

from .roll import NEGATIVE, POSITIVE, Span, Tones

DARK, CLEAR = (5, 14), (180, 215)


@dataclass(frozen=True, slots=True)
class Family:
    """How cards of one kind were made and what became of them; lengths in widths of a page."""

    name: str
    easy: bool
    rows: int
    columns: int
    ground: Tones
    """Tone of film or mount between the frames."""
    paper: Tones = NEGATIVE[0]
    ink: Tones = NEGATIVE[1]
    aspect: float = 11 / 8.5
    gaps: tuple[float, float] = (0.06, 0.08)
    """Across and down."""
    near: int | None = None
    """Paper lies this many grey levels from the ground instead of at its own tone."""
    title: str = "top"
    """``top``, ``left``, ``bottom`` (the card lies on its head) or ``none``."""
    title_height: float = 0.8
    """Of the height of a page."""
    printed: bool = True
    """The title stands dark on a light strip, else light on the ground itself."""
    short: float = 0.15
    """Share of rows that lack frames at one end or both."""
    missing: float = 0.0
    """Share of places inside a row that were never exposed."""
    touch: float = 0.0
    """Share of frames that lie against the one before."""
    drift: float = 0.0
    """Rows begin this far sideways at most, in widths of a page."""
    jitter: float = 0.004
    degrees: Span = (-0.3, 0.3)
    """Of the card on the glass."""
    crooked: float = 0.0
    """Degrees, at most, of a single frame, or of a strip in a jacket."""
    polarities: float = 0.0
    """Share of rows (strips in a jacket) that are of the other polarity."""
    blank: float = 0.0
    uneven: bool = False
    tapes: int = 0
    dust: float = 0.5
    """Specks for every frame."""
    scratches: int = 2
    across: float = 0.04
    """Drift of density over the card, as a share."""
    grain: float = 3.0
    border: Span = (0.15, 0.5)
    surround: Tones | None = (0, 6)
    """Tone of what is scanned beside the card; None when the scan ends with it."""
    corner: bool = True
    """One corner is cut off, and there are notches."""
    jacket: bool = False
    aperture: bool = False


SPREAD = 8.5 / 11
"""Aspect of a page that lies."""
_WIDE_GAPS = (0.08, 0.35)
FAMILIES = (
    Family("98 frames, clear gaps", True, 7, 14, CLEAR),
    Family("98 frames, dark gaps", True, 7, 14, DARK, drift=0.2, missing=0.02),
    Family("98 frames, positive", True, 7, 14, DARK, paper=POSITIVE[0], ink=POSITIVE[1]),
    Family(
        "60 frames, tapes", True, 5, 12, CLEAR, gaps=_WIDE_GAPS, tapes=3, drift=0.1, missing=0.02
    ),
    Family(
        "60 frames, crooked card", True, 5, 12, DARK, gaps=_WIDE_GAPS, degrees=(-2.0, 2.0),
        blank=0.1,
    ),
    Family("COM 48x, clear gaps", True, 15, 18, CLEAR, aspect=SPREAD, short=0.1),
    Family("COM 42x, dark gaps", True, 13, 16, DARK, aspect=SPREAD),
    Family("jacket, dark strips", True, 5, 12, CLEAR, jacket=True, crooked=0.3, printed=True),
    Family("aperture card", True, 1, 1, (150, 190), aperture=True, short=0.0, gaps=(0.1, 0.1)),
    Family("98 frames, some touch", False, 7, 14, CLEAR, touch=0.2, drift=0.2),
    Family("98 frames, rows touch", False, 7, 14, DARK, gaps=(0.05, 0.0), near=30),
    Family("98 frames, all touch across", False, 7, 14, DARK, gaps=(0.0, 0.08)),
    Family(
        "60 frames, touch, title left", False, 5, 12, CLEAR, gaps=_WIDE_GAPS, touch=0.3,
        title="left",
    ),
    Family(
        "60 frames, on its head", False, 5, 12, DARK, gaps=_WIDE_GAPS, title="bottom", uneven=True,
        touch=0.1, missing=0.03,
    ),
    Family(
        "98 frames, worn", False, 7, 14, DARK, touch=0.1, drift=0.2, tapes=3,
        polarities=0.3, uneven=True, blank=0.05, degrees=(-2.0, 2.0), dust=4, scratches=12,
        across=0.12, missing=0.03, grain=4.0, short=0.3,
    ),
    Family("COM 48x, some touch", False, 15, 18, CLEAR, aspect=SPREAD, touch=0.15, missing=0.02),
    Family(
        "COM 48x, faint edges", False, 15, 18, (24, 40), aspect=SPREAD, near=8, printed=False,
        grain=2.0,
    ),
    Family(
        "jacket, mixed strips", False, 4, 12, CLEAR, jacket=True, crooked=0.8, polarities=0.4,
        touch=0.15, tapes=2, uneven=True, degrees=(-1.0, 1.0),
    ),
    Family(
        "no title, light surround", False, 7, 14, DARK, title="none", short=0.4,
        surround=(235, 252), degrees=(-1.5, 1.5), touch=0.1,
    ),
)  # fmt: skip

SHADES = (
    Family("12 frames, paper as ground", False, 3, 4, DARK, near=0, printed=False),
    Family("12 frames, a shade lighter", False, 3, 4, DARK, near=4, printed=False, drift=0.1),
    Family("60 frames, paper as ground", False, 5, 12, (8, 20), near=0, gaps=_WIDE_GAPS),
    Family(
        "60 frames, a shade lighter", False, 5, 12, (8, 20), near=3, gaps=(0.1, 0.15), drift=0.15,
        missing=0.03, degrees=(-1.0, 1.0),
    ),
    Family("98 frames, a shade lighter", False, 7, 14, DARK, near=6, blank=0.04, drift=0.1),
    Family("98 frames, paper as ground", False, 7, 14, DARK, near=0, short=0.3),
    Family(
        "98 frames, positive, a shade darker", False, 7, 14, (215, 235), near=-5,
        ink=POSITIVE[1], grain=2.0,
    ),
    Family(
        "28 frames, positive, paper as ground", False, 4, 7, (215, 235), near=0, ink=POSITIVE[1]
    ),
    Family("84 frames, all touch", False, 7, 12, DARK, gaps=(0.0, 0.0), jitter=0.0, short=0.1),
    Family("20 frames, all touch", False, 4, 5, CLEAR, gaps=(0.0, 0.0), jitter=0.002, short=0.3),
)  # fmt: skip
"""Families whose paper has (nearly) the tone of the ground, or that have no ground between."""

HELD_OUT = (
    Family(
        "72 frames, brown mount", False, 6, 12, (70, 95), gaps=(0.09, 0.12), title_height=0.55,
        drift=0.12, touch=0.08, degrees=(-1.2, 1.2), surround=(120, 160),
    ),
    Family(
        "208 frames, positive, clear gaps", False, 13, 16, (246, 252), *POSITIVE, aspect=SPREAD,
        gaps=(0.05, 0.05), touch=0.1, missing=0.02, surround=(60, 90), across=0.03,
    ),
    Family(
        "legal pages, short rows", False, 5, 14, (8, 20), aspect=14 / 8.5, gaps=(0.04, 0.06),
        short=0.6, drift=0.18, touch=0.2, tapes=2, title="left", title_height=0.6,
    ),
    Family(
        "325 frames, printed on the film", False, 13, 25, DARK, aspect=SPREAD, gaps=(0.045, 0.06),
        printed=False, title_height=0.9, degrees=(-0.8, 0.8), touch=0.05,
    ),
    Family(
        "no surround, uneven, on its head", False, 8, 11, (190, 225), uneven=True, surround=None,
        degrees=(0.0, 0.0), title="bottom", touch=0.12, missing=0.04, dust=2, scratches=6,
    ),
    Family(
        "jacket of three channels", False, 3, 10, (150, 175), jacket=True, crooked=0.5,
        polarities=0.2, touch=0.1, surround=(200, 240), degrees=(-0.6, 0.6),
    ),
    Family(
        "all touch both ways", False, 7, 12, (8, 16), gaps=(0.0, 0.0), short=0.2, jitter=0.0
    ),
    Family(
        "72 frames, paper as ground", False, 6, 12, (10, 22), near=0, gaps=(0.08, 0.1), drift=0.1
    ),
    Family(
        "30 frames, two levels lighter", False, 5, 6, (10, 22), near=2, printed=False, short=0.3,
        gaps=(0.05, 0.06), missing=0.05, degrees=(-0.8, 0.8),
    ),
    Family(
        "50 frames, positive, a shade darker", False, 5, 10, (205, 225), near=-7, ink=POSITIVE[1],
        blank=0.05, title_height=0.6, gaps=(0.07, 0.05),
    ),
)  # fmt: skip
"""Families made of other figures, which the cutter was not built on."""
