"""What is done to one source and to one frame, in a worker: survey, capture, read, index.

A frame goes through all its stages in one call, so that it is decoded once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from archive.records import PageRecord, Reading, record_of
from archive.vault import Vault
from capture.encode import encode
from capture.enhance import prepare, turned
from capture.errors import ToolError
from capture.intake import Source, open_source
from capture.model import Digest, FrameRef, FrameState, PageImage, SourceKind
from indexer.read import index_page
from ocr.calibration import calibrated_page
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.model import OcrPage
from ocr.noise import without_noise
from ocr.quality import assessed
from ocr.text_layer import read_text_layer

from .settings import Settings
from .soundness import sound_turn, sound_words

_LIES_WELL = 0.8
"""From this reading confidence on the words themselves say that the page is upright."""
_FEWEST_WORDS = 8
_TURN_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Where the bytes of a source are, and what the technician says they are."""

    path: Path
    digest: Digest
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class SurveyJob:
    """Look at a source: what is it, how many frames has it."""

    source: SourceRef


@dataclass(frozen=True, slots=True)
class PageJob:
    """Carry one frame through all its stages."""

    source: SourceRef
    number: int
    isolated: bool = False
    """Second try: with the engine that runs in a program of its own, the image kept first."""

    @property
    def ref(self) -> FrameRef:
        """The frame."""
        return FrameRef(self.source.digest, self.number)


Job = SurveyJob | PageJob


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a source turned out to be."""

    media: str
    film: bool
    paged: bool
    count: int


@dataclass(frozen=True, slots=True)
class Carried:
    """How far a frame came."""

    page: PageRecord
    reading: Reading | None
    """None for a frame that is not an ordinary page."""
    seconds: dict[str, float] = field(default_factory=dict)


Outcome = Surveyed | Carried
Tell = Callable[[PageRecord], None]


class Conveyor:
    """The stages with their tools in hand. One belongs to one worker."""

    def __init__(self, settings: Settings, vault: Vault | None) -> None:
        self._settings = settings
        self._vault = vault
        self._engines: dict[bool, OcrEngine] = {}
        self._open: tuple[SourceRef, Source] | None = None

    def do(self, job: Job, tell: Tell) -> Outcome:
        """Return the outcome of ``job``; ``tell`` hears of a page image once it is kept.

        Raises SourceError for what cannot be decoded, ToolError when an engine fails.
        """
        return self.survey(job) if isinstance(job, SurveyJob) else self.carry(job, tell)

    def survey(self, job: SurveyJob) -> Surveyed:
        """Return what the source is."""
        source = self._source(job.source)
        return Surveyed(source.media, source.film, source.paged, source.frame_count)

    def carry(self, job: PageJob, tell: Tell) -> Carried:
        """Return the page, its words and its index values."""
        started = time.perf_counter()
        page = prepare(self._source(job.source).frame(job.number), self._settings.capture)
        captured = time.perf_counter()
        if page.state is not FrameState.PAGE:
            seconds = {"capture": captured - started}
            return Carried(record_of(page, self._keep(page)), None, seconds)
        if job.isolated:
            tell(record_of(page, self._keep(page)))
        upright, words = self._read(job, page)
        words = finished(upright, words)
        read = time.perf_counter()
        index = index_page(
            words, width=upright.width, height=upright.height, settings=self._settings.indexer
        )
        indexed = time.perf_counter()
        return Carried(
            record_of(upright, self._keep(upright)),
            Reading(words, index),
            {"capture": captured - started, "ocr": read - captured, "index": indexed - read},
        )

    def close(self) -> None:
        """Let go of engines and files."""
        for engine in self._engines.values():
            engine.close()
        if self._open:
            self._open[1].close()

    def _read(self, job: PageJob, page: PageImage) -> tuple[PageImage, OcrPage]:
        if page.born_digital:
            try:
                return page, sound_words(read_text_layer(job.source.path, page), page)
            except ToolError:
                # Its text cannot be trusted; the picture of the page still can be read.
                return read_upright(self._engine(job.isolated), page)
        return read_upright(self._engine(job.isolated), page)

    def _engine(self, isolated: bool) -> OcrEngine:
        if isolated not in self._engines:
            self._engines[isolated] = open_engine(self._settings.ocr, isolated=isolated)
        return self._engines[isolated]

    def _source(self, ref: SourceRef) -> Source:
        if self._open and self._open[0] == ref:
            return self._open[1]
        if self._open:
            self._open[1].close()
            self._open = None
        source = open_source(ref.path, ref.digest, kind=ref.kind, settings=self._settings.capture)
        self._open = (ref, source)
        return source

    def _keep(self, page: PageImage) -> Digest | None:
        return self._vault.put(encode(page)) if self._vault else None


def read_upright(engine: OcrEngine, page: PageImage) -> tuple[PageImage, OcrPage]:
    """Return the page the way up in which it reads best, and its words.

    The letters themselves are asked only when the words read badly.
    """
    words = sound_words(engine.read(page), page)
    if page.born_digital or _reads_well(words):
        return page, words
    turn = sound_turn(engine.orientation(page))
    if turn.rotation == 0 or turn.confidence < _TURN_CONFIDENCE:
        return page, words
    other = turned(page, turn.rotation, confidence=turn.confidence)
    again = sound_words(engine.read(other), other)
    return (other, again) if _weight(again) > _weight(words) else (page, words)


def finished(page: PageImage, words: OcrPage) -> OcrPage:
    """Return ``words`` of ``page`` judged, with chances as confidences, and without noise."""
    return without_noise(calibrated_page(assessed(page, words)))


def _reads_well(words: OcrPage) -> bool:
    return len(words.words) >= _FEWEST_WORDS and words.confidence >= _LIES_WELL


def _weight(words: OcrPage) -> float:
    return sum(word.confidence**2 * len(word.text) for word in words.words)
