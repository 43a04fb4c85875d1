"""What stands on the film of a delivery: its rolls and cards, and the frames of each source.

The strips of one roll may come as several files that overlap. They are taken as one roll only
where their pixels prove it; a frame then belongs to the file that holds the most of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from capture.card.fiche import survey_card
from capture.errors import SourceError
from capture.model import Box, FilmDoubt, FilmFrame, FilmSurvey, FrameRef, Pixels, SourceKind
from capture.ribbon.joined import JoinedRibbon, Joint, joints
from capture.ribbon.ribbon import Ribbon, open_ribbon
from capture.ribbon.stored import LostLinesError
from capture.settings import CaptureSettings
from capture.source import Place, Source

from .address import Counting, addressed, jumps
from .frames import survey_roll
from .reduction import TrueSize, true_dpi
from .roll import Roll, Strip, open_strips

_LEAST_SURE = 0.75
"""Most frames clear on all sides: else only the technician can tell film from a long sheet."""

_TWO_FRAMES = 2.0
"""Length over width from which an image that is told to be of a roll may be more than one frame."""

Watch = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Film:
    """A roll or card that was found, and which frames of which sources are its own."""

    kind: SourceKind
    """``ROLL`` or ``FICHE``."""
    roll: Roll
    """The strips it is made of; the one image of a card."""
    survey: FilmSurvey
    frames: tuple[FrameRef, ...]
    """The frames of ``survey``, as they are known for ever."""
    size: TrueSize
    """Resolution and reduction of most of its frames."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A roll or card before its frames are numbered."""

    kind: SourceKind
    roll: Roll
    survey: FilmSurvey
    owners: tuple[Strip, ...]
    """The strip that each frame belongs to."""
    size: TrueSize

    def places(self) -> Iterator[tuple[Strip, Place]]:
        roll = self.roll if self.kind is SourceKind.ROLL else None
        usual = usual_size(self.survey.frames)
        for part, strip in zip(self.survey.frames, self.owners, strict=True):
            yield strip, Place(strip.image, part, roll, film=True, usual=usual)


class _Watched:
    """A ribbon that tells whenever lines of it were read, and goes on where some are lost."""

    def __init__(self, ribbon: Ribbon, watch: Watch) -> None:
        self.width = ribbon.width
        self.length = ribbon.length
        self.lying = ribbon.lying
        self.dpi = ribbon.dpi
        self.close = ribbon.close
        self.lost: set[tuple[int, int]] = set()
        """First line, and the first line after, of what cannot be read."""
        self._ribbon = ribbon
        self._watch = watch

    def lines(self, start: int, stop: int) -> Pixels:
        """Return grey lines, even ones in place of those that are lost."""
        self._watch()
        try:
            return self._ribbon.lines(start, stop)
        except LostLinesError as lost:
            first, last = max(start, lost.start), min(stop, lost.stop)
            if first >= last or (lost.start <= 0 and lost.stop >= self.length):
                raise
            self.lost.add((lost.start, min(lost.stop, self.length)))
            before = self.lines(start, first) if first > start else None
            tone = int(np.median(before[-1])) if before is not None else 0
            bare = np.full((last - first, self.width), tone, np.uint8)
            after = self.lines(last, stop) if last < stop else None
            return np.vstack([part for part in (before, bare, after) if part is not None])

    def doubts(self, frames: Sequence[FilmFrame]) -> Iterator[FilmDoubt]:
        """Yield what was lost, as places where the count may be wrong."""
        for start, stop in sorted(self.lost):
            box = Box(0, start, self.width, stop - start)
            after = sum(frame.box.bottom <= start for frame in frames)
            yield FilmDoubt(
                "hole", box, after, "lines of the scan cannot be read; copy or scan it again"
            )


def usual_size(frames: Sequence[FilmFrame]) -> tuple[int, int] | None:
    """Return width and height of most frames; None for none."""
    boxes = [frame.box for frame in frames if not frame.title_strip]
    if not boxes:
        return None
    across, along = ([box.width for box in boxes], [box.height for box in boxes])
    return round(median(across)), round(median(along))


def is_strip(source: Source, settings: CaptureSettings) -> bool:
    """Return whether ``source``, told to be a roll, is one long image as a strip of film is."""
    return source.images.count == 1 and _is_long(source.images.size(1), SourceKind.ROLL, settings)


def joint_of(before: Source, after: Source, settings: CaptureSettings) -> Joint | None:
    """Return how the strip ``after`` lies against the end of ``before``; a seam if nothing shows.

    None for strips that cannot be joined: one lies across, the other down. Raises SourceError
    when one of them cannot be read.
    """
    with ExitStack() as stack:
        opened = [
            stack.enter_context(closing(open_ribbon(one.path, settings))) for one in (before, after)
        ]
        if opened[0].lying != opened[1].lying:
            return None
        (joint,) = joints(opened)
    return joint


def survey_film(
    sources: Sequence[Source],
    kind: SourceKind,
    settings: CaptureSettings,
    known: Sequence[Joint] = (),
    watch: Watch = lambda: None,
) -> tuple[Film, ...]:
    """Set the places of ``sources`` and return the film that stands on them.

    Several sources are the strips of one roll, joined as ``known`` says. With ``AUTO`` a long
    image is cut only where its frames are clear. ``watch`` is called again and again while a
    long roll is looked through. Raises SourceError when a strip of several cannot be read.
    """
    if len(sources) > 1:
        strips = tuple(Strip(one.path, one.digest) for one in sources)
        found = [_surveyed_roll(strips, known, settings, watch)]
    else:
        found = list(_on_images(sources[0], kind, settings, watch))
    _set_places(sources, kind, found)
    return tuple(_numbered(sources, found))


def _on_images(
    source: Source, kind: SourceKind, settings: CaptureSettings, watch: Watch
) -> Iterator[_Found]:
    for image in range(1, source.images.count + 1):
        strip = Strip(source.path, source.digest, image)
        try:
            found = _on_image(source, strip, kind, settings, watch)
        except SourceError:
            continue  # told when the frame is asked for
        if found is not None:
            yield found


def _on_image(
    source: Source, strip: Strip, kind: SourceKind, settings: CaptureSettings, watch: Watch
) -> _Found | None:
    """Return the film on one image; None for a picture of one page."""
    if kind is SourceKind.FICHE:
        card = source.decoded(strip.image, keep=True)
        survey = survey_card(card.pixels)
        size = _true_size(card.dpi, survey, settings)
        return _Found(kind, Roll((strip,)), survey, (strip,) * len(survey.frames), size)
    if not _is_long(source.images.size(strip.image), kind, settings):
        return None
    found = _surveyed_roll((strip,), (), settings, watch)
    if len(found.survey.frames) < 2 or (kind is SourceKind.AUTO and _doubtful(found.survey)):
        return None
    return found


def _surveyed_roll(
    strips: tuple[Strip, ...], known: Sequence[Joint], settings: CaptureSettings, watch: Watch
) -> _Found:
    with ExitStack() as stack:
        ribbons = [stack.enter_context(closing(ribbon)) for ribbon in open_strips(strips, settings)]
        joined = JoinedRibbon(ribbons, known)
        # A lone strip is asked itself: joining would copy its lines.
        watched = _Watched(joined if known else ribbons[0], watch)
        survey = _with_addresses(survey_roll(watched), settings)
        owners = tuple(
            strips[joined.part_of(frame.box.y, frame.box.bottom)[0]] for frame in survey.frames
        )
    doubts = (*survey.doubts, *watched.doubts(survey.frames), *_seams(joined, known, survey))
    roll = Roll(strips, joined.starts, joined.lefts)
    size = _true_size(joined.dpi, survey, settings)
    return _Found(SourceKind.ROLL, roll, replace(survey, doubts=doubts), owners, size)


def _true_size(
    dpi: tuple[float, float] | None, survey: FilmSurvey, settings: CaptureSettings
) -> TrueSize:
    width, height = usual_size(survey.frames) or (survey.width, survey.length)
    return true_dpi(max(dpi) if dpi else None, settings.reduction or None, width, height)


def _with_addresses(survey: FilmSurvey, settings: CaptureSettings) -> FilmSurvey:
    """Return a roll with what a reader's counter shows at each frame, by the marks of it."""
    counting = Counting(
        levels=settings.mark_levels,
        small_with_medium=settings.medium_counts_small,
        medium_with_large=settings.large_counts_medium,
        channel=settings.mark_channel,
    )
    frames = addressed(_beside_marks(survey), counting, survey.blips)
    return replace(survey, frames=frames, doubts=(*survey.doubts, *jumps(frames, counting)))


def _beside_marks(survey: FilmSurvey) -> tuple[FilmFrame, ...]:
    """Return the frames without the marks beside them, which wide boxes of faint film hold."""
    found = []
    for frame in survey.frames:
        box, middle = frame.box, frame.box.x + frame.box.width / 2
        inside = [blip.box for blip in survey.blips if blip.box.shared_area(box)]
        left = max([box.x, *(mark.right for mark in inside if mark.right < middle)])
        right = min([box.right, *(mark.x for mark in inside if mark.x > middle)])
        found.append(replace(frame, box=Box(left, box.y, right - left, box.height)))
    return tuple(found)


def _seams(joined: JoinedRibbon, known: Sequence[Joint], survey: FilmSurvey) -> Iterator[FilmDoubt]:
    """Yield the places where strips were joined although they do not overlap."""
    for start, joint in zip(joined.starts[1:], known, strict=True):
        if not joint.proven:
            after = sum(frame.box.bottom <= start for frame in survey.frames)
            box = Box(0, max(0, start - joined.width // 2), joined.width, joined.width)
            yield FilmDoubt("cut off", box, after, joint.reason)


def _set_places(sources: Sequence[Source], kind: SourceKind, found: Sequence[_Found]) -> None:
    """Give each source the places of its frames; images without film are a frame each."""
    on_strip: dict[Strip, list[Place]] = defaultdict(list)
    for film in found:
        for strip in film.roll.strips:
            on_strip[strip] = []
        for strip, place in film.places():
            on_strip[strip].append(place)
    whole_is_film = kind in (SourceKind.ROLL, SourceKind.FICHE)
    for source in sources:
        images = range(1, source.images.count + 1)
        strips = [Strip(source.path, source.digest, image) for image in images]
        source.places = [
            place
            for strip in strips
            for place in on_strip.get(strip, [Place(strip.image, film=whole_is_film)])
        ]


def _numbered(sources: Sequence[Source], found: Sequence[_Found]) -> Iterator[Film]:
    refs = {
        (source.digest, place): FrameRef(source.digest, number)
        for source in sources
        for number, place in enumerate(source.places, start=1)
    }
    for film in found:
        frames = tuple(refs[strip.source, place] for strip, place in film.places())
        yield Film(film.kind, film.roll, film.survey, frames, film.size)


def _is_long(size: tuple[int, int], kind: SourceKind, settings: CaptureSettings) -> bool:
    """Return whether an image is long enough to be several frames one after the other."""
    length, width = max(size), min(size)
    if kind is SourceKind.ROLL:
        return length >= _TWO_FRAMES * width
    return length >= settings.strip_length and length >= settings.strip_aspect * width


def _doubtful(survey: FilmSurvey) -> bool:
    """Return whether this may as well be a long sheet of paper as a strip of film."""
    return median(part.confidence for part in survey.frames) < _LEAST_SURE
