"""Which words that were read are right: pages with exact truth, each word beside its box.

Truth is laid on the page image by the affine map on which most words that were read alike agree
(RANSAC), so that no step of capture is believed. A word is right when a true word of the very
same signs overlaps its box by half of the smaller one; curly quotes and dashes count as straight
ones. Spaces are not judged: true words that were read as one, or one that was read in pieces,
are right when their signs are. Where too few words agree on a map, and for truth without boxes,
a word is right while the truth has one of its kind left, the surest first.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from batch.stages import read_upright
from capture.enhance import prepare
from capture.errors import SourceError, ToolError
from capture.intake import open_source
from capture.model import Box, Digest, Frame, FrameState, PageImage, SourceKind
from capture.settings import CaptureSettings
from ocr.decoding import PLAIN
from ocr.engine import OcrEngine
from ocr.model import Word
from ocr.ticks import SIGNS
from ocr.tsv import clean_word

from .capture_speed import frame_of
from .charts import chart, house, suits
from .conditions import CONDITIONS
from .degrade import RECIPES, Scan, resample
from .delivery import Leaf, leaves, shoot
from .falling import FALLING
from .film import worn_frame
from .film_reading import everyday_wear
from .people import people
from .render import render

GROUPS = ("paper", "film", "spoiled paper", "real forms", "real pages")
PAPER = tuple(sorted(set(RECIPES) - {"plain", "film"}))
SPOILED = tuple(sorted(set(FALLING) - {"cut off"}))
DATA = Path(__file__).parent.parent.parent / "shared" / "data"
_STRAIGHT = PLAIN | {ord("\N{MINUS SIGN}"): "-"}
_LONG_ENOUGH = 3
"""Signs of a word that may tell where the page lies."""
_FEWEST = 6
_AGREED = 0.5
_OVERLAP = 0.5
_DPI = 200


@dataclass(frozen=True, slots=True)
class TrueWord:
    """A word that stands on a page, and where."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Scored:
    """One page as it was read, and which of its words are right."""

    group: str
    look: str
    words: tuple[Word, ...]
    right: tuple[bool, ...]


def same_signs(text: str) -> str:
    """Return a word as it is compared: clean, quotes and dashes straight."""
    return clean_word(text.translate(_STRAIGHT))


def right_words(read: Sequence[Word], truth: Sequence[TrueWord]) -> tuple[bool, ...]:
    """Return which words of ``read`` the truth bears out where they stand."""
    onto = placement(read, truth)
    if onto is None:
        return right_in_any_order(read, [word.text for word in truth])
    seen = [TrueWord(same_signs(word.text), word.box) for word in read]
    told = [TrueWord(same_signs(word.text), moved(word.box, onto)) for word in truth]
    right = {at for at, word in enumerate(seen) if _stands_in(told, word)}
    right |= {at for at, word in enumerate(seen) if _signs(told, _inside(told, word)) == word.text}
    for word in told:
        pieces = _inside(seen, word)
        if _signs(seen, pieces) == word.text:
            right |= set(pieces)
    return tuple(at in right for at in range(len(read)))


def _stands_in(told: Sequence[TrueWord], word: TrueWord) -> bool:
    return any(word.text == one.text and word.box.overlap(one.box) >= _OVERLAP for one in told)


def _inside(words: Sequence[TrueWord], whole: TrueWord) -> list[int]:
    """Return which of ``words`` lie in the box of ``whole``, from left to right."""
    found = [
        at
        for at, one in enumerate(words)
        if one.box.shared_area(whole.box) > _OVERLAP * one.box.area
    ]
    return sorted(found, key=lambda at: words[at].box.x)


def _signs(words: Sequence[TrueWord], chosen: Iterable[int]) -> str:
    return "".join(words[at].text for at in chosen)


def right_in_any_order(read: Sequence[Word], truth: Iterable[str]) -> tuple[bool, ...]:
    """Return which words of ``read`` stand in ``truth``, each true word used once."""
    left = Counter(map(same_signs, truth))
    right = [False] * len(read)
    for at in sorted(range(len(read)), key=lambda at: -read[at].confidence):
        text = same_signs(read[at].text)
        right[at] = left[text] > 0
        left[text] -= right[at]
    return tuple(right)


def placement(read: Sequence[Word], truth: Sequence[TrueWord]) -> NDArray[np.float64] | None:
    """Return the affine map from truth to page, None when too few words agree on one."""
    seen, told = _singles(read), _singles(truth)
    shared = sorted(seen.keys() & told.keys())
    if len(shared) < _FEWEST:
        return None
    near = float(np.median([seen[text].height for text in shared]))
    here = np.array([_middle(told[text]) for text in shared])
    there = np.array([_middle(seen[text]) for text in shared])
    cv2.setRNGSeed(1)
    onto, agreeing = cv2.estimateAffine2D(here, there, ransacReprojThreshold=near)
    agreed = 0 if onto is None else int(agreeing.sum())
    if agreed < max(_FEWEST, _AGREED * len(shared)):
        return None
    return np.asarray(onto, dtype=np.float64)


def _singles(words: Sequence[Word | TrueWord]) -> dict[str, Box]:
    """Return where those words stand that are on the page once."""
    texts = [same_signs(word.text) for word in words]
    counts = Counter(texts)
    pairs = zip(texts, words, strict=True)
    return {t: word.box for t, word in pairs if counts[t] == 1 and len(t) >= _LONG_ENOUGH}


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def moved(box: Box, onto: NDArray[np.float64]) -> Box:
    """Return where the page has a box of the truth, by the map of `placement`."""
    corners = np.array([(x, y, 1) for x in (box.x, box.right) for y in (box.y, box.bottom)])
    places = corners @ onto.T
    (left, top), (right, bottom) = places.min(axis=0), places.max(axis=0)
    return Box(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)


def sheets(seed: int, *, development: bool) -> Iterator[Leaf]:
    """Yield some pages of each chart; for ``development`` without what is held out."""
    able = (person for person in people(seed) if any(suits(c, person) for c in CONDITIONS))
    for number, person in enumerate(able):
        rng = Random(f"{seed} calibration {number}")
        where = house(rng, development=development)
        yield from list(leaves(chart(person, rng, f"w{number}", where)))[number % 3 :: 3]


def generated(engine: OcrEngine, seed: int, each: int, *, development: bool) -> Iterator[Scored]:
    """Yield ``each`` pages of every look of paper, four times as many of film, as read."""
    supply = sheets(seed, development=development)
    for look in PAPER:
        for number, leaf in enumerate(islice(supply, each)):
            scan = shoot(leaf, look, Random(f"{seed} {look} {number}")).scan
            yield from _scored(engine, "paper", look, leaf, scanned(scan))
    for number, leaf in enumerate(islice(supply, 4 * each)):
        name = f"{seed} film {number}"
        scan = worn_frame(Scan(render(leaf.sheet)), everyday_wear(Random(name)), name)
        yield from _scored(engine, "film", "everyday", leaf, scan)
    for look in SPOILED:
        for number, leaf in enumerate(islice(supply, max(1, each // 2))):
            scan = FALLING[look](Scan(render(leaf.sheet)), Random(f"{seed} {look} {number}"))
            yield from _scored(engine, "spoiled paper", look, leaf, scan)


def scanned(scan: Scan) -> Scan:
    """Return a page as a scanner for paper gives it."""
    return scan if scan.bitonal else resample(scan, _DPI, _DPI)


def _scored(engine: OcrEngine, group: str, look: str, leaf: Leaf, scan: Scan) -> Iterator[Scored]:
    words = _words(engine, frame_of(scan, colour=False))
    if words:
        truth = [TrueWord(run.text, run.box) for run in leaf.sheet.runs]
        yield Scored(group, look, words, right_words(words, truth))


def _words(engine: OcrEngine, frame: Frame) -> tuple[Word, ...]:
    """Return the print read on a frame; nothing on a blank one, or one that was given up."""
    page = prepare(frame, CaptureSettings())
    return _words_of_page(engine, page) if page.state is FrameState.PAGE else ()


def _words_of_page(engine: OcrEngine, page: PageImage) -> tuple[Word, ...]:
    try:
        words = read_upright(engine, page)[1].words
    except ToolError:
        return ()
    return tuple(word for word in words if word.text not in SIGNS.values())


def real(engine: OcrEngine, data: Path, limit: int) -> Iterator[Scored]:
    """Yield real forms, whose truth has boxes, and real pages, whose truth has none."""
    for path in sorted((data / "forms").glob("*.json"))[:limit]:
        if words := _words_of_file(engine, path.with_suffix(".png")):
            yield Scored("real forms", "forms", words, right_words(words, form_truth(path)))
    for path in sorted((data / "ocr").glob("*.gt.txt"))[:limit]:
        name = path.name.removesuffix(".gt.txt")
        (scan,) = (one for one in path.parent.glob(f"{name}.*") if one.suffix in {".png", ".tif"})
        truth = path.read_text(encoding="utf-8").split()
        if words := _words_of_file(engine, scan):
            yield Scored("real pages", "pages", words, right_in_any_order(words, truth))


def form_truth(path: Path) -> list[TrueWord]:
    """Return the words of a form of the FUNSD collection."""
    told = json.loads(path.read_text(encoding="utf-8"))
    words = (word for part in told["form"] for word in part["words"])
    return [
        TrueWord(text, Box(left, top, right - left, bottom - top))
        for word in words
        for (left, top, right, bottom) in [word["box"]]
        if (text := word["text"].strip())
    ]


def page_of_file(path: Path) -> PageImage | None:
    """Return the first frame of a file fit to read; None when it is no page."""
    digest = Digest(hashlib.sha256(path.read_bytes()).hexdigest())
    try:
        source = open_source(path, digest, kind=SourceKind.AUTO, settings=CaptureSettings())
        page = prepare(source.frame(1), CaptureSettings())
    except SourceError:
        return None
    return page if page.state is FrameState.PAGE else None


def _words_of_file(engine: OcrEngine, path: Path) -> tuple[Word, ...]:
    page = page_of_file(path)
    return _words_of_page(engine, page) if page else ()


def keep(path: Path, pages: Iterable[Scored]) -> None:
    """Keep pages, one a line, each as soon as it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for page in pages:
            out.write(json.dumps(_row(page), separators=(",", ":")) + "\n")
            out.flush()


def _row(page: Scored) -> list[object]:
    words = [
        [word.text, *word.box.as_list(), word.confidence, word.line, word.block, right]
        for word, right in zip(page.words, page.right, strict=True)
    ]
    return [page.group, page.look, words]


def kept(path: Path) -> list[Scored]:
    """Return the pages that `keep` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [_page(*json.loads(line)) for line in lines]


def _page(group: str, look: str, rows: list[list[object]]) -> Scored:
    words = tuple(
        Word(row[0], Box(*row[1:5]), *row[5:8])  # type: ignore[arg-type]  # JSON has no types
        for row in rows
    )
    return Scored(group, look, words, tuple(bool(row[8]) for row in rows))
