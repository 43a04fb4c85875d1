"""Read the same pages from every odd but legal form of file: ``python -m bench.odd_formats``.

Generated pages are written in each form of `bench.odd_files` and read by capture and ocr, in
process. The error rate of a form is compared with that of the plainest file of the same pixels:
8-bit PNG with its resolution; for a fax its rows are repeated until pixels are square. A form
fails when its mean rate is higher by more than 1 % or when a page of it cannot be read. The files
of a run are compared with their bytes before: reading must not touch them.

Seed 30517 is for reporting; build on others.
"""

from __future__ import annotations

import hashlib
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np

from batch.stages import finished, read_upright
from capture.enhance import prepare
from capture.errors import SourceError
from capture.intake import open_source
from capture.members import members
from capture.model import Digest, PageImage
from capture.settings import CaptureSettings
from ocr.engine import OcrEngine
from ocr.engines import open_engine
from ocr.settings import OcrSettings

from . import results
from .capture_speed import pages as leaves
from .degrade import bitonal, resample
from .delivery import Leaf, record, shoot
from .odd_containers import DPI, Page
from .odd_files import FORMS, Form, plain
from .results import Result, Table, percent
from .score import character_error_rate, mean

NAME = "odd_formats"
SEED = 30517
CLOSE = 0.01
_FAX = {"fine": (204, 196), "fax": (204, 98)}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A page in the pixels that forms hold, and what stands on it."""

    truth: str
    held: Mapping[str, Page]
    """By the names of `Form.of`."""


@dataclass(slots=True)
class Reader:
    """Reads files as the conveyor would; the same page image is read once."""

    engine: OcrEngine
    _known: dict[bytes, str] = field(default_factory=dict)

    def text(self, path: Path) -> str:
        """Return the words of all frames; SourceError when one cannot be decoded."""
        with open_source(path, Digest("0" * 64)) as source:
            frames = map(source.frame, range(1, source.frame_count + 1))
            return "\n".join(self._words(prepare(frame, CaptureSettings())) for frame in frames)

    def _words(self, page: PageImage) -> str:
        shape = repr((page.pixels.shape, page.dpi, page.film, page.bitonal))
        key = hashlib.sha256(shape.encode() + page.pixels.tobytes()).digest()
        if key not in self._known:
            self._known[key] = finished(*read_upright(self.engine, page)).text
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the pages read in one form, beside the plain file of the same pixels."""

    form: str
    rates: tuple[float, ...]
    plain: tuple[float, ...]
    reason: str = ""
    """Why a page could not be read."""

    @property
    def apart(self) -> float:
        """By how much the mean error rate is higher than that of the plain files."""
        return mean(self.rates) - mean(self.plain) if self.rates else 1.0

    @property
    def alike(self) -> bool:
        """It reads at least as well as the plain file does."""
        return not self.reason and self.apart <= CLOSE


def samples(seed: int, count: int) -> list[Sample]:
    """Return pages of invented charts, grey at 200 dpi, black and white, and as a fax."""
    rng = Random(f"{seed} odd formats")
    return [_sample(leaf, rng) for leaf in itertools.islice(leaves(seed), count)]


def _sample(leaf: Leaf, rng: Random) -> Sample:
    shot = shoot(leaf, "clean", rng)
    grey = resample(shot.scan, DPI, DPI)
    held = {"grey": Page(grey.pixels), "bits": Page(bitonal(grey).pixels)}
    for name, dpi in _FAX.items():
        held[name] = Page(bitonal(resample(shot.scan, *dpi)).pixels, dpi)
    return Sample(record("page", 1, shot)["text"], held)


def plainest(page: Page) -> bytes:
    """Return the page in the plainest file, its pixels made square by repeating rows."""
    times = round(page.dpi[0] / page.dpi[1])
    rows = np.repeat(page.grey, times, axis=0)
    return plain(Page(rows, (page.dpi[0], page.dpi[1] * times)))


def measured(
    forms: Mapping[str, Form], pages: Iterable[Sample], reader: Reader, folder: Path
) -> Iterator[Outcome]:
    """Yield how the pages read in each form."""
    pages = list(pages)
    usual = {of: _rates(plainest, of, pages, reader, folder) for of in pages[0].held}
    for name, form in forms.items():
        try:
            rates = _rates(form.write, form.of, pages, reader, folder)
        except SourceError as error:
            yield Outcome(name, (), usual[form.of], str(error))
        else:
            yield Outcome(name, rates, usual[form.of])


def _rates(
    write: Callable[[Page], bytes], of: str, pages: Iterable[Sample], reader: Reader, folder: Path
) -> tuple[float, ...]:
    return tuple(
        character_error_rate(page.truth, _read(write(page.held[of]), reader, folder))
        for page in pages
    )


def _read(content: bytes, reader: Reader, folder: Path) -> str:
    path = folder / "page"
    path.write_bytes(content)
    text = "\n".join(reader.text(one) for one in unpacked(path))
    if path.read_bytes() != content:
        raise AssertionError("reading changed the file")
    return text


def unpacked(path: Path) -> Iterator[Path]:
    """Yield the file, or beside it the members of a ZIP."""
    if not path.read_bytes().startswith(b"PK"):
        yield path
        return
    for number, member in enumerate(members(path, CaptureSettings())):
        part = path.with_name(f"member {number}")
        with member.open() as stream:
            part.write_bytes(stream.read())
        yield part


def table(outcomes: Iterable[Outcome]) -> Table:
    """Return the outcomes as they are published."""
    rows = [_row(one) for one in outcomes]
    failed = sum(row[-1] != "yes" for row in rows)
    columns = ("form", "CER", "plain file", "most that a page is worse", "reads alike")
    title = f"{len(rows)} forms, {failed} of them not read alike"
    note = "Reads alike: the mean CER is at most 1 % above that of the plain file."
    return Table(title, columns, tuple(rows), note)


def _row(one: Outcome) -> tuple[str, ...]:
    if one.reason:
        return (one.form, "-", percent(mean(one.plain), 2), "-", f"no: {one.reason}")
    worst = max(rate - usual for rate, usual in zip(one.rates, one.plain, strict=True))
    shown = (percent(share, 2) for share in (mean(one.rates), mean(one.plain), worst))
    return (one.form, *shown, "yes" if one.alike else "no")


def main(arguments: list[str] | None = None) -> int:
    """Read every form and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=3)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="forms whose name contains this")
    chosen = parser.parse_args(arguments)
    machine = results.machine()
    engine = open_engine(OcrSettings())
    forms = {name: form for name, form in FORMS.items() if chosen.only in name}
    with tempfile.TemporaryDirectory() as folder:
        pages = samples(chosen.seed, chosen.pages)
        outcomes = list(measured(forms, pages, Reader(engine), Path(folder)))
    engine.close()
    told = table(outcomes)
    print(results.markdown(told))
    command = f"python -m bench.{NAME} --pages {chosen.pages} --seed {chosen.seed}"
    results.keep(Result(NAME, command, machine, (told,)), chosen.results)
    return 0 if all(one.alike for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
