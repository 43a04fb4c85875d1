"""The tracks of image marks that reading is built on, and those held out for the figures."""

from __future__ import annotations

from .blip_track import KODAK, Track, Wear

MILD = Wear(faded=0.03, grown=0.03, half=0.02, scratched=0.02, dusty=0.05)
HEAVY = Wear(faded=0.1, faintest=0.2, half=0.06, grown=0.08, scratched=0.08, dusty=0.2, drift=0.08)
_BOTH = ((0.9, 0.9), (1.3, 1.4), (1.9, 2.1))
_SMALLEST = ((0.8, 0.8), (0.8, 1.25), (0.8, 2.0))
TRACKS = (
    Track("one level, left"),
    Track("one level, right, worn", channels="B", wear=MILD),
    Track("two levels", KODAK[:2], at="top", mark_at="top", wear=MILD),
    Track("three levels", KODAK, at="top", mark_at="top", wear=MILD, presets=2),
    Track("three levels, heavily worn", KODAK, at="top", mark_at="top", wear=HEAVY),
    Track("larger both ways", _BOTH, wear=HEAVY),
    Track("both edges", KODAK, channels="AB", at="end", mark_at="end", wear=MILD),
    Track("pages left, documents right", KODAK, channels="A|B", at="top", wear=MILD),
    Track("a frame later", KODAK, at="top", mark_at="top", offset=1.15, wear=MILD),
    Track("a frame and a half before", KODAK[:2], at="centre", offset=-1.6, wear=MILD),
    Track("smallest", _SMALLEST, wear=MILD, small_with_medium=True),
    Track("print along the edge", KODAK, wear=MILD, print_along=True, punched=4, fog=True),
    Track("sprocket holes", KODAK, wear=MILD, holes=7.62),
    Track("evenly spaced", KODAK, at="top", mark_at="top", wear=MILD, even=True),
    Track("evenly spaced, a frame later", KODAK, "B", offset=1.1, wear=MILD, even=True),
    Track("no marks", print_along=True, punched=6, fog=True, holes=7.62, none=True),
    Track("marks left out", KODAK, wear=MILD, missing=3, presets=1),
    Track("marks too many", KODAK, wear=MILD, extra=3),
    Track("both, worn", KODAK, wear=HEAVY, missing=2, extra=2, medium_with_large=True),
)
HELD_OUT = (
    Track("held out: two levels right", ((1.1, 1.2), (1.1, 1.9)), "B", 0.4, "end", wear=MILD),
    Track(
        "held out: three levels, larger",
        ((1.6, 1.1), (1.6, 1.6), (1.6, 2.5)),
        at="end",
        mark_at="centre",
        offset=0.1,
        wear=Wear(0.07, 0.25, 0.05, 0.06, 0.1, 0.06, 0.15, -0.1),
        missing=3,
        extra=1,
        presets=1,
    ),
    Track(
        "held out: wider both ways, both edges",
        ((0.8, 1.0), (1.2, 1.5), (1.8, 2.3)),
        "AB",
        offset=-0.2,
        wear=HEAVY,
        small_with_medium=True,
        print_along=True,
        punched=3,
    ),
    Track(
        "held out: two frames later",
        KODAK,
        "B",
        at="top",
        offset=2.05,
        wear=Wear(faded=0.05, grown=0.05, half=0.04, scratched=0.05, dusty=0.1, drift=0.12),
        missing=2,
    ),
    Track(
        "held out: pages right, holes left",
        ((1.0, 0.9), (1.0, 1.4)),
        "A",
        wear=Wear(faded=0.06, grown=0.1, growth=0.18, scratched=0.05, dusty=0.1),
        holes=7.62,
        fog=True,
        extra=2,
    ),
)
