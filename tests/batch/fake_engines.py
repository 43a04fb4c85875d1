"""Engines that misbehave on some frames of a source; in place of a real program.

Each reading of a poisoned frame adds its number to the file that FAKE_ENGINE_LOG names.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from capture.errors import ToolError
from capture.model import Box, FrameRef, PageImage
from ocr.engine import OcrEngine, Turn
from ocr.model import OcrPage, Word
from ocr.settings import OcrSettings

MEBIBYTE = 1 << 20
WORDS = "PROGRESS NOTE resting well no pain dressing dry plan discharge tomorrow"
PLANTED = "ZEBEDIAH TESTPERSON 555-01-2345"


Fault = Callable[[PageImage], OcrPage]


def fixed_words(page: PageImage) -> OcrPage:
    words = [Word(word, Box(2 + 16 * n, 5, 14, 10), 0.95) for n, word in enumerate(WORDS.split())]
    return OcrPage(page.frame, "fake 1", tuple(words))


class FakeEngine:
    """Reads the same words on every page; ``faults`` says what it does on which frames."""

    name = "fake 1"

    def __init__(self, faults: Mapping[int, Fault]) -> None:
        self._faults = faults

    def read(self, page: PageImage) -> OcrPage:
        number = page.frame.number
        if number not in self._faults:
            return fixed_words(page)
        if "FAKE_ENGINE_LOG" in os.environ:
            with Path(os.environ["FAKE_ENGINE_LOG"]).open("a", encoding="ascii") as log:
                log.write(f"{number}\n")
        return self._faults[number](page)

    def orientation(self, page: PageImage) -> Turn:
        return Turn(0, 0.0)

    def close(self) -> None:
        """Nothing to let go of."""


def _sleep(page: PageImage) -> OcrPage:
    time.sleep(600)
    return fixed_words(page)


def _exit(page: PageImage) -> OcrPage:
    os._exit(7)


def _segfault(page: PageImage) -> OcrPage:
    ctypes.string_at(0)
    return fixed_words(page)


def _allocate(page: PageImage) -> OcrPage:
    held = []
    while True:
        held.append(bytearray(16 * MEBIBYTE))
        time.sleep(0.005)


def _raise(page: PageImage) -> OcrPage:
    raise RuntimeError(f"cannot read {PLANTED}")


def _complain(page: PageImage) -> OcrPage:
    raise ToolError("the engine gave up; try another")


def _with_word(**changes: object) -> Fault:
    def read(page: PageImage) -> OcrPage:
        words = fixed_words(page)
        spoiled = replace(words.words[0], **changes)  # type: ignore[arg-type]  # nonsense is meant
        return replace(words, words=(spoiled, *words.words[1:]))

    return read


def _other_page(page: PageImage) -> OcrPage:
    return replace(fixed_words(page), frame=FrameRef(page.frame.source, page.frame.number + 1))


def _nothing(page: PageImage) -> OcrPage:
    return None  # type: ignore[return-value]  # as an engine without types might


DEADLY: dict[str, Fault] = {
    "sleeps": _sleep,
    "exits": _exit,
    "crashes": _segfault,
    "allocates": _allocate,
}
GARBAGE: dict[str, Fault] = {
    "raises": _raise,
    "complains": _complain,
    "is not a number": _with_word(confidence=float("nan")),
    "is too sure": _with_word(confidence=42.0),
    "points off the page": _with_word(box=Box(10**6, 5, 10, 10)),
    "halves pixels": _with_word(box=Box(0.5, 5, 10, 10)),  # type: ignore[arg-type]  # nonsense
    "has no letters": _with_word(text=""),
    "has half a character": _with_word(text="\udc80"),
    "has a zero byte": _with_word(text="a\0b"),
    "cannot be sent": _with_word(text=lambda: 0),
    "reads another page": _other_page,
    "says nothing": _nothing,
}


def poisoned(faults: Iterable[Fault]) -> dict[int, Fault]:
    """Put the faults on every other frame, from the second on, so that each has neighbours."""
    return {2 * place: fault for place, fault in enumerate(faults, start=1)}


def good(settings: OcrSettings) -> OcrEngine:
    return FakeEngine({})


def deadly(settings: OcrSettings) -> OcrEngine:
    return FakeEngine(poisoned(DEADLY.values()))


def garbage(settings: OcrSettings) -> OcrEngine:
    return FakeEngine(poisoned(GARBAGE.values()))


def dies_at_start(settings: OcrSettings) -> OcrEngine:
    os._exit(9)


def chatters(settings: OcrSettings) -> OcrEngine:
    print("chatter of a library")
    return FakeEngine({})


ANN = ("0012345", "Testperson", "Ann", "1927-03-04")
"""A patient of the index: number, names and birth date."""


class AnnEngine(FakeEngine):
    """Reads a progress note of ANN on every page."""

    def read(self, page: PageImage) -> OcrPage:
        number, last, first, _ = ANN
        lines = (
            "PROGRESS NOTE",
            f"Patient: {last.upper()}, {first.upper()}",
            f"MRN: {number}",
            "Date of Birth: 03/04/1927",
            "Date of Service: 05/06/1961",
            "Resting well, no pain. Dressing dry and intact.",
        )
        # Together the lines cover the page: what an engine passes over makes a page doubtful.
        step = page.height // len(lines)
        words = [
            Word(word, _cell(page, text, column, line * step, step), 0.95, line=line, block=line)
            for line, text in enumerate(lines)
            for column, word in enumerate(text.split())
        ]
        return OcrPage(page.frame, "fake 1", tuple(words))


def _cell(page: PageImage, text: str, column: int, top: int, step: int) -> Box:
    """Return where a word stands; the last of its line reaches to the edge."""
    left, last = 24 * column, column == len(text.split()) - 1
    return Box(left, top, page.width - left if last else 22, step - 1)


def ann(settings: OcrSettings) -> OcrEngine:
    return AnnEngine({})


class UnsureEngine(AnnEngine):
    """Reads every page with little confidence."""

    def read(self, page: PageImage) -> OcrPage:
        read = super().read(page)
        return replace(read, words=tuple(replace(word, confidence=0.4) for word in read.words))


def unsure(settings: OcrSettings) -> OcrEngine:
    return UnsureEngine({})


class PlantedEngine(AnnEngine):
    """Reads identifiers, and on some pages raises an error that quotes them."""

    def read(self, page: PageImage) -> OcrPage:
        told = "Zebediah Quillfeather MRN 90817263 SSN 999-45-6789"
        if page.frame.number % 3 == 0:
            raise ValueError(told)
        if page.frame.number % 4 == 0:
            raise MemoryError(told)
        words = super().read(page).words
        extra = [Word(word, Box(2, 200, 22, 10), 0.95, line=9) for word in told.split()]
        return OcrPage(page.frame, "fake 1", (*words, *extra))


def planted(settings: OcrSettings) -> OcrEngine:
    return PlantedEngine({})
