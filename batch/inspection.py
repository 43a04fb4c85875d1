"""Look at files as the conveyor would, without an archive."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from capture.errors import SourceError
from capture.members import Member, members
from capture.model import Digest, FrameRef, SourceKind
from capture.sniff import HEAD_BYTES
from indexer.model import PageIndex
from indexer.read import index_page, page_from_text, text_size
from ocr.codec import quality_row
from ocr.model import OcrPage

from .intake import delivered_files, in_page_order, is_sidecar, is_zip
from .pool import Done, Pool
from .settings import Settings
from .stages import Carried, PageJob, SourceRef, Surveyed, SurveyJob
from .worker import Failed


@dataclass(frozen=True, slots=True)
class Inspected:
    """One frame as the conveyor sees it, or why it cannot be seen."""

    source: str
    frame: int
    carried: Carried | None
    reason: str = ""
    text_index: tuple[OcrPage, PageIndex] | None = None
    """For a text file that was taken as one page."""

    def as_json(self) -> dict[str, object]:
        """Return the line of ``inspect --json``."""
        told: dict[str, object] = {"source": self.source, "frame": self.frame}
        if self.text_index is not None:
            return told | {"state": "page"} | _read(*self.text_index)
        if self.carried is None:
            return told | {"state": "quarantined", "reason": self.reason}
        page = self.carried.page
        told |= {
            "box": page.box.as_list(),
            "state": page.found.value,
            "film": page.film,
            "polarity": page.polarity.value,
            "rotation": page.rotation,
            "skew": round(page.skew, 3),
            "skew_confidence": round(page.skew_confidence, 3),
            "width": page.width,
            "height": page.height,
            "dpi": page.dpi,
            "steps": [step.name for step in page.steps if step.applied],
        }
        if page.reason:
            told["reason"] = page.reason
        if page.barcodes:
            told["barcodes"] = [code.text for code in page.barcodes]
        if self.carried.reading is not None:
            told |= _read(self.carried.reading.ocr, self.carried.reading.index)
        return told | {"seconds": {k: round(v, 3) for k, v in self.carried.seconds.items()}}


def inspect_files(
    paths: Iterable[Path], settings: Settings, *, kind: SourceKind, workers: int
) -> Iterator[Inspected]:
    """Yield what each frame of the files is, in their order; nothing is kept."""
    with Pool(settings, None, workers=workers) as pool, _unpacked(settings) as unpack:
        for file in delivered_files(paths):
            name = os.fsdecode(file.name)
            if name.lower().endswith(".txt"):
                yield _text_file(file.path, name, settings)
                continue
            try:
                if not file.asked_for and is_sidecar(file.name, _head(file.path)):
                    continue
                parts = list(unpack(file.path, name))
            except (SourceError, OSError) as error:
                yield Inspected(name, 1, None, _plainly(error))
                continue
            for part, shown in parts:
                if isinstance(part, Path):
                    yield from _inspect_source(pool, part, shown, kind)
                else:
                    yield Inspected(shown, 1, None, str(part))


def _head(path: Path) -> bytes:
    if not path.is_file():
        raise SourceError("it is no file, or a folder that may not be looked into")
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


def _plainly(error: SourceError | OSError) -> str:
    return f"it cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)


def _inspect_source(pool: Pool, path: Path, name: str, kind: SourceKind) -> Iterator[Inspected]:
    try:
        with path.open("rb") as stream:
            digest = Digest(hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as error:
        yield Inspected(name, 1, None, f"it cannot be read: {error.strerror}")
        return
    source = SourceRef(path, digest, kind)
    pool.submit(SurveyJob((source,)))
    (surveyed,) = pool.results()
    if not isinstance(surveyed.outcome, Surveyed):
        yield Inspected(name, 1, None, _reason(surveyed))
        return
    (found,) = surveyed.outcome.sources
    for number, place in enumerate(found.places, start=1):
        pool.submit(PageJob(source, number, place))
    yield from _in_order(name, _with_retries(pool))


def _with_retries(pool: Pool) -> Iterator[tuple[int, Done]]:
    for done in pool.results():
        job = done.job
        if not isinstance(job, PageJob):
            continue
        if isinstance(done.outcome, Failed) and done.outcome.again and not job.isolated:
            pool.submit(replace(job, isolated=True), next_up=True)
            continue
        yield job.number, done


def _in_order(name: str, results: Iterable[tuple[int, Done]]) -> Iterator[Inspected]:
    early: dict[int, Done] = {}
    wanted = 1
    for number, done in results:
        early[number] = done
        while wanted in early:
            yield _inspected(name, wanted, early.pop(wanted))
            wanted += 1


def _inspected(name: str, number: int, done: Done) -> Inspected:
    if isinstance(done.outcome, Carried):
        return Inspected(name, number, done.outcome)
    return Inspected(name, number, None, _reason(done))


def _reason(done: Done) -> str:
    return done.outcome.reason if isinstance(done.outcome, Failed) else "it was not read"


def _text_file(path: Path, name: str, settings: Settings) -> Inspected:
    try:
        content = path.read_bytes()
    except OSError as error:
        return Inspected(name, 1, None, f"it cannot be read: {error.strerror}")
    text = content.decode("utf-8", "replace")
    words = page_from_text(text, FrameRef(Digest(hashlib.sha256(content).hexdigest()), 1))
    width, height = text_size(text)
    index = index_page(words, width=width, height=height, settings=settings.indexer)
    return Inspected(name, 1, None, text_index=(words, index))


def _read(words: OcrPage, index: PageIndex) -> dict[str, object]:
    return {
        "engine": words.engine,
        "confidence": round(words.confidence, 4),
        "text": words.text,
        "words": [
            {"text": w.text, "box": w.box.as_list(), "confidence": round(w.confidence, 4)}
            for w in words.words
        ],
        **_seen(words),
        "type": {
            "code": index.type.code,
            "name": index.type.name,
            "confidence": round(index.type.confidence, 4),
        },
        "values": [
            {
                "field": value.field,
                "value": value.value,
                "raw": value.raw,
                "box": value.box.as_list(),
                "confidence": round(value.confidence, 4),
                "rule": value.rule,
            }
            for value in index.values
        ],
    }


def _seen(words: OcrPage) -> dict[str, object]:
    """Return what was seen on the page beside its words; nothing for one without a picture."""
    if words.quality is None:
        return {}
    return {
        "handwriting": [box.as_list() for box in words.handwriting],
        "mostly_handwritten": words.mostly_handwritten,
        "unread_words": words.unread,
        "quality": quality_row(words.quality),
    }


class _Unpacker:
    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._count = 0

    def __call__(self, path: Path, name: str) -> Iterator[tuple[Path | SourceError, str]]:
        """Yield the file itself, or for a ZIP a copy of each member under a number.

        A member that cannot be unpacked yields the reason instead.
        """
        if not is_zip(_head(path)):
            yield path, name
            return
        for _, member in in_page_order(members(path, self._settings.capture)):
            shown = f"{name}!{os.fsdecode(member.name)}"
            try:
                copy = self._copied(member)
            except SourceError as error:
                yield error, shown
                continue
            if copy is not None:
                yield copy, shown

    def _copied(self, member: Member) -> Path | None:
        self._count += 1
        copy = self._folder / str(self._count)
        with member.open() as source, copy.open("wb") as target:
            if is_sidecar(member.name, source.read(HEAD_BYTES)):
                return None
            source.seek(0)
            shutil.copyfileobj(source, target)
        return copy


@contextmanager
def _unpacked(settings: Settings) -> Iterator[_Unpacker]:
    with tempfile.TemporaryDirectory(prefix="chartroom-") as folder:
        yield _Unpacker(Path(folder), settings)
