"""What is done to one source and to one frame, in a worker: survey, capture, read, index.

A frame goes through all its stages in one call, so that it is decoded once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from archive.records import PageRecord, Reading, record_of
from archive.vault import Vault
from capture.encode import decode, encode
from capture.enhance import prepare, turned
from capture.errors import ToolError
from capture.film.repeats import Print, Repeat, is_repeat, print_of, repeats
from capture.film.survey import Film, is_strip, joint_of, survey_film
from capture.intake import may_be_film, open_source
from capture.model import Digest, Frame, FrameRef, FrameState, PageImage, SourceKind
from capture.ribbon.joined import Joint
from capture.source import Place, Source
from indexer.read import index_page
from indexer.separator_sheet import is_sheet_by_words
from indexer.technical import technical_reason
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.model import OcrPage
from ocr.noise import without_noise
from ocr.quality import assessed

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
class JoinJob:
    """Look whether one strip of film goes on where another ends."""

    before: SourceRef
    after: SourceRef


@dataclass(frozen=True, slots=True)
class SurveyJob:
    """Look at a source: what is it, which frames has it. Several are strips of one roll."""

    sources: tuple[SourceRef, ...]
    joints: tuple[Joint, ...] = ()
    """How each strip lies against the one before it."""


@dataclass(frozen=True, slots=True)
class PageJob:
    """Carry one frame through all its stages."""

    source: SourceRef
    number: int
    place: Place | None = None
    """Where it lies in its source; None for the image of its own number."""
    isolated: bool = False
    """Second try: with the engine that runs in a program of its own, the image kept first."""

    @property
    def ref(self) -> FrameRef:
        """The frame."""
        return FrameRef(self.source.digest, self.number)


@dataclass(frozen=True, slots=True)
class RepeatJob:
    """Look for sheets that were filmed again among the pages of a roll."""

    roll: int
    images: tuple[tuple[int, Digest], ...]
    """Position on the roll and image of each page, in order."""
    dpi: float
    """Of most pages."""


@dataclass(frozen=True, slots=True)
class Look:
    """A page image and its resolution."""

    image: Digest
    dpi: int


@dataclass(frozen=True, slots=True)
class CompareJob:
    """Look which pages of paper, whose words are alike, show one sheet."""

    pairs: tuple[tuple[Look, Look], ...]


Job = JoinJob | SurveyJob | PageJob | RepeatJob | CompareJob


@dataclass(frozen=True, slots=True)
class Joined:
    """How two strips lie together; no joint when neither proves that the roll goes on."""

    joint: Joint | None


@dataclass(frozen=True, slots=True)
class SurveyedSource:
    """What a source turned out to be."""

    media: str
    film: bool
    places: tuple[Place, ...]
    """Where each of its frames lies, from the first."""

    @property
    def paged(self) -> bool:
        """Whether one file holds several pages, through which a document may run."""
        return len(self.places) > 1


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What the sources of a survey turned out to be, in their order, and the film on them."""

    sources: tuple[SurveyedSource, ...]
    films: tuple[Film, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeated:
    """The frames of a roll that show a sheet again, by position."""

    found: tuple[Repeat, ...]


@dataclass(frozen=True, slots=True)
class Alive:
    """A long job is still getting on."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How far a frame came."""

    page: PageRecord
    reading: Reading | None
    """None for a frame that is not an ordinary page."""
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """How sure it is of each pair that both show one sheet, in their order."""

    confidences: tuple[float, ...]


Outcome = Joined | Surveyed | Carried | Repeated | Compared
Tell = Callable[[PageRecord | Alive], None]


class Conveyor:
    """The stages with their tools in hand. One belongs to one worker."""

    def __init__(self, settings: Settings, vault: Vault | None) -> None:
        self._settings = settings
        self._vault = vault
        self._types = settings.types.opened()
        self._engines: dict[bool, OcrEngine] = {}
        self._open: tuple[SourceRef, Source] | None = None

    def do(self, job: Job, tell: Tell) -> Outcome:
        """Return the outcome of ``job``.

        ``tell`` hears of a page image once it is kept, and that a long survey is getting on.
        Raises SourceError for what cannot be decoded, ToolError when an engine fails.
        """
        if isinstance(job, JoinJob):
            return self.join(job)
        if isinstance(job, RepeatJob):
            return self.look_for_repeats(job, tell)
        if isinstance(job, CompareJob):
            return self.compare(job, tell)
        return self.survey(job, tell) if isinstance(job, SurveyJob) else self.carry(job, tell)

    def join(self, job: JoinJob) -> Joined:
        """Return how two strips lie together."""
        with self._opened(job.before) as before, self._opened(job.after) as after:
            strips = all(is_strip(one, self._settings.capture) for one in (before, after))
            return Joined(joint_of(before, after, self._settings.capture) if strips else None)

    def survey(self, job: SurveyJob, tell: Tell) -> Surveyed:
        """Return what the sources are."""
        kind = job.sources[0].kind
        with ExitStack() as stack:
            sources = [stack.enter_context(self._opened(ref)) for ref in job.sources]
            films: tuple[Film, ...] = ()
            if all(may_be_film(source, kind) for source in sources):
                heard = partial(tell, Alive())
                films = survey_film(sources, kind, self._settings.capture, job.joints, heard)
            found = (SurveyedSource(one.media, one.film, tuple(one.places)) for one in sources)
            return Surveyed(tuple(found), films)

    def look_for_repeats(self, job: RepeatJob, tell: Tell) -> Repeated:
        """Return which pages of a roll show a sheet again."""
        prints = (print_of(decode(content), job.dpi) for content in self._images_of(job, tell))
        positions = [position for position, _ in job.images]
        return Repeated(
            tuple(
                Repeat(positions[one.frame - 1], positions[one.of - 1], one.confidence)
                for one in repeats(prints)
            )
        )

    def compare(self, job: CompareJob, tell: Tell) -> Compared:
        """Return how sure it is that the pages of each pair show one sheet."""
        found = []
        for one, other in job.pairs:
            tell(Alive())
            found.append(is_repeat(self._print_of(one), self._print_of(other)))
        return Compared(tuple(found))

    def _print_of(self, look: Look) -> Print:
        assert self._vault is not None  # noqa: S101  (only an archive has kept pages)
        return print_of(decode(self._vault.get(look.image)), float(look.dpi))

    def _images_of(self, job: RepeatJob, tell: Tell) -> Iterator[bytes]:
        for _, image in job.images:
            tell(Alive())
            assert self._vault is not None  # noqa: S101  (only an archive has rolls)
            yield self._vault.get(image)

    def carry(self, job: PageJob, tell: Tell) -> Carried:
        """Return the page, its words and its index values."""
        started = time.perf_counter()
        page = prepare(self._frame(job), self._settings.capture)
        captured = time.perf_counter()
        if page.state is not FrameState.PAGE and not _is_title(job):
            seconds = {"capture": captured - started}
            return Carried(record_of(page, self._keep(page)), None, seconds)
        if job.isolated:
            tell(record_of(page, self._keep(page)))
        upright, words = self._read(job, page)
        words = finished(upright, words)
        read = time.perf_counter()
        index = index_page(
            words,
            width=upright.width,
            height=upright.height,
            settings=self._settings.indexer,
            types=self._types,
        )
        told = technical_reason(words) if page.film and page.state is FrameState.PAGE else ""
        if told:
            upright = replace(upright, state=FrameState.TECHNICAL, reason=told)
        elif upright.state is FrameState.PAGE and is_sheet_by_words(
            words, page.barcodes, page.steps
        ):
            told = "a separator sheet by its words: its code could not be read"
            upright = replace(upright, state=FrameState.SEPARATOR, reason=told)
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
            # The libraries take long to load, and most batches hold no such page.
            from ocr.text_layer import read_text_layer

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

    def _frame(self, job: PageJob) -> Frame:
        source = self._source(job.source)
        return source.frame_at(job.number, job.place) if job.place else source.frame(job.number)

    def _source(self, ref: SourceRef) -> Source:
        if self._open and self._open[0] == ref:
            return self._open[1]
        if self._open:
            self._open[1].close()
            self._open = None
        source = self._opened(ref)
        self._open = (ref, source)
        return source

    def _opened(self, ref: SourceRef) -> Source:
        """Return the source, not cut: its film was, or will be, surveyed apart."""
        return open_source(
            ref.path, ref.digest, kind=SourceKind.PAPER, settings=self._settings.capture
        )

    def _keep(self, page: PageImage) -> Digest | None:
        return self._vault.put(encode(page)) if self._vault else None


def _is_title(job: PageJob) -> bool:
    """Return whether a frame is the title strip of a card: no page, yet it bears witness."""
    return job.place is not None and job.place.part is not None and job.place.part.title_strip


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
    return without_noise(assessed(page, words))


def _reads_well(words: OcrPage) -> bool:
    return len(words.words) >= _FEWEST_WORDS and words.confidence >= _LIES_WELL


def _weight(words: OcrPage) -> float:
    return sum(word.confidence**2 * len(word.text) for word in words.words)
