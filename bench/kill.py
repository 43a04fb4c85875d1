"""Kill a conversion at random moments until it is done, then prove that nothing was lost.

    python -m bench.kill --kills 50 --seed 1

Each round is a delivery of its own, converted by the command as a person would give it. The
command is killed (SIGKILL) with its workers, or alone so that they must notice; then it is
given again. At the end the archive must verify, its search index must hold each page once,
and its content must equal that of an archive that was never disturbed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
from PIL import Image, ImageDraw
from sqlalchemy import text

from archive import deliveries
from archive.archive import Archive, open_archive
from archive.findings import every_page
from archive.home import create_home
from archive.verify import verify
from batch.report import report_of
from capture.model import Box, PageImage
from ocr.engine import OcrEngine, Turn
from ocr.model import OcrPage, Word
from ocr.settings import OcrSettings
from search import publish
from search.archive_text import ArchiveText
from search.settings import SearchSettings

from . import results
from .results import Result, Table

NAME = "kill"
ROOT = Path(__file__).parents[1]
COMMAND = "import chartroom; chartroom.main()"
_HELD = 4
_LEAVE_SECONDS = 5.0
"""How long workers may outlive the process that steers."""
FAST = '[ocr]\nengine = "bench.kill:fixed_words"\n[capture]\nbarcodes = false\n'
_MPI = "mrn,last_name,first_name,birth_date\n0012345,Testperson,Ann,1927-03-04\n"
_CONTENT = {
    "sources": "SELECT name, digest, state, reason FROM sources ORDER BY position",
    "frames": "SELECT page, state, reason, document_id, sequence FROM frames ORDER BY page",
    "pages": "SELECT page, image, width, height, rotation FROM pages"
    " JOIN frames ON id = frame_id ORDER BY page",
    "readings": "SELECT page, engine, text FROM readings JOIN frames ON id = frame_id"
    " ORDER BY page",
    "documents": "SELECT id, type_code, state, mrn, service_date, reason FROM documents"
    " ORDER BY id",
    "values": "SELECT v.document_id, page, field, value, rule FROM index_values v"
    " JOIN frames f ON f.id = frame_id ORDER BY 1, 2, 3, 4, 5",
    "sightings": "SELECT name, kind, reason FROM sightings ORDER BY name",
}
"""What two archives of one delivery have in common, whatever befell them."""

Content = dict[str, list[tuple[object, ...]]]


class FixedWords:
    """An engine that costs nothing, so that the time goes into custody."""

    name = "fixed words 1"

    def read(self, page: PageImage) -> OcrPage:
        """Return one of a few notes, which one told by the frame."""
        title = "PROGRESS NOTE" if page.frame.number % 3 == 1 else "continued"
        known = "MRN: 0012345" if int(page.frame.source[:4], 16) % 2 else "MRN: 9999999"
        lines = (title, "Patient: TESTPERSON, ANN", known, "Date of Birth: 03/04/1927", "resting")
        words = [
            Word(word, Box(2 + 24 * column, 4 + 16 * line, 22, 10), 0.95, line=line, block=line)
            for line, told in enumerate(lines)
            for column, word in enumerate(told.split())
        ]
        return OcrPage(page.frame, self.name, tuple(words))

    def orientation(self, page: PageImage) -> Turn:
        """Return that the letters do not tell."""
        return Turn(0, 0.0)

    def close(self) -> None:
        """Nothing to let go of."""


def fixed_words(settings: OcrSettings) -> OcrEngine:
    """Return the engine, as ``ocr.engine = "bench.kill:fixed_words"`` asks for it."""
    return FixedWords()


def deliver(folder: Path, frames: int, chance: random.Random, *, large: bool = False) -> None:
    """Write about ``frames`` frames in files of many and of one page, a ZIP and a broken file."""
    folder.mkdir()
    paged = max(1, frames // 12)
    for number in range(paged):
        _write(folder / f"roll-{number}.tif", chance, 6, large)
    for number in range(frames - 6 * paged - 2):
        _write(folder / "loose" / f"p{number}.tif", chance, 1, large)
    with zipfile.ZipFile(folder / "scans.zip", "w") as pack:
        for number in (1, 2):
            spare = _write(folder / "spare.tif", chance, 1, large)
            pack.write(spare, f"m{number}.tif")
            spare.unlink()
    (folder / "broken.tif").write_bytes(b"II*\0 cut off")
    (folder / "truth.json").write_text("{}")


def _write(path: Path, chance: random.Random, pages: int, large: bool) -> Path:
    path.parent.mkdir(exist_ok=True)
    first, *rest = [draw(chance, large, blank=n == 3) for n in range(pages)]
    form = {"compression": "group4", "dpi": (150, 150)}
    first.save(path, "TIFF", save_all=True, append_images=rest, **form)
    return path


def draw(chance: random.Random, large: bool, *, blank: bool) -> Image.Image:
    """Return a bitonal page of figures; of letter size at 150 dpi when ``large``."""
    size, scale = ((1275, 1650), 5.0) if large else ((200, 260), 1.0)
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    for row in range(0 if blank else 14):
        words = f"note {chance.random():.9f}"
        pen.text((15 * scale, (15 + 16 * row) * scale), words, 0, font_size=10 * scale)
    return image.convert("1")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A folder of scans, and the archive that it goes into."""

    folder: Path
    home: Path

    def start(self) -> subprocess.Popen[bytes]:
        """Start the conversion as a person would, in a session of its own."""
        order = ["convert", str(self.folder), "--home", str(self.home), "--batch", "b"]
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, *order, "--workers", "2", "--json"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def convert(self) -> float:
        """Convert to the end and return the seconds it took."""
        started = time.monotonic()
        running = self.start()
        _, told = running.communicate()
        assert running.returncode in (0, _HELD), told.decode()
        return time.monotonic() - started


@dataclass(frozen=True, slots=True)
class Killed:
    """What one kill was like."""

    alone: bool
    """Only the process that steers was killed; its workers had to notice."""
    lingered: float
    """Seconds until the last worker was gone."""


def kill_once(delivery: Delivery, after: float, *, alone: bool) -> Killed | None:
    """Kill a conversion ``after`` seconds; None when it came to its end before."""
    running = delivery.start()
    try:
        _, told = running.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        crew = psutil.Process(running.pid).children(recursive=True)
        os.kill(running.pid, signal.SIGKILL)
        for worker in [] if alone else crew:
            _kill(worker)
        running.communicate()
        return Killed(alone, _gone(crew))
    assert running.returncode in (0, _HELD), told.decode()
    return None


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def _gone(crew: Sequence[psutil.Process]) -> float:
    started = time.monotonic()
    _, left = psutil.wait_procs(crew, timeout=_LEAVE_SECONDS)
    assert not left, f"{len(left)} workers outlived their master"
    return time.monotonic() - started


def content_of(archive: Archive) -> Content:
    """Return what the catalogue says, without times and row numbers."""
    with archive.catalogue.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(text(query))]
            for name, query in _CONTENT.items()
        }


def differences(home: Path, wanted: Content) -> list[str]:
    """Return all that is not as it must be in the archive at ``home``."""
    with open_archive(home) as archive:
        found = [fault.what for fault in verify(archive).faults]
        content = content_of(archive)
        with archive.catalogue.read() as connection:
            report = report_of(connection, deliveries.batch_named(connection, "b"))
            pages = len(list(every_page(connection)))
        index = publish.status(ArchiveText(archive), archive.home.index, SearchSettings())
    settled = [report.filed, report.held, report.quarantined, report.blank, report.separator,
               report.technical]  # fmt: skip
    if sum(settled) != report.frames or report.unaccounted:
        found.append("the counts do not balance")
    if (index.pages, index.behind) != (pages, 0):
        found.append(f"the index holds {index.pages} of {pages} pages")
    return found + [f"{name} differ" for name in wanted if content[name] != wanted[name]]


def begin(home: Path, mpi: Path, *, real: bool) -> None:
    """Make an archive with one patient in its index."""
    made = create_home(home)
    if not real:
        (made.root / "chartroom.toml").write_text(FAST)
    order = ["patients", "import", str(mpi), "--home", str(home)]
    load = [sys.executable, "-c", COMMAND, *order]
    subprocess.run(load, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def rounds(root: Path, kills: int, frames: int, seed: int, *, real: bool) -> list[Killed]:
    """Kill and resume until ``kills`` were made; raise AssertionError when a round is not right."""
    chance, made = random.Random(seed), list[Killed]()
    (root / "mpi.csv").write_text(_MPI)
    deliver(root / "delivery", frames, chance, large=real)
    begin(root / "calm", root / "mpi.csv", real=real)
    seconds = Delivery(root / "delivery", root / "calm").convert()
    with open_archive(root / "calm") as archive:
        wanted = content_of(archive)
    _tell(f"undisturbed: {len(wanted['frames'])} frames in {seconds:.1f} s")
    number = 0
    while len(made) < kills:
        number += 1
        delivery = Delivery(root / "delivery", root / f"round-{number}")
        begin(delivery.home, root / "mpi.csv", real=real)
        made += _one_round(delivery, chance, seconds, kills - len(made))
        found = differences(delivery.home, wanted)
        assert not found, f"round {number}: {found}"
        _tell(f"round {number}: {len(made)} kills so far, all there, nothing twice")
    return made


def _one_round(
    delivery: Delivery, chance: random.Random, seconds: float, most: int
) -> list[Killed]:
    made: list[Killed] = []
    while len(made) < most:
        # Long enough to get somewhere, so that a round ends.
        after = chance.uniform(0.2, 1.1) * seconds
        killed = kill_once(delivery, after, alone=chance.random() < 0.5)
        if killed is None:
            return made
        made.append(killed)
    delivery.convert()
    return made


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run the rounds and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", action="store_true", help="read with the real engine")
    given = parser.parse_args(arguments)
    machine = results.machine()
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")
        os.environ["PYTHONPATH"] = str(ROOT)
        made = rounds(Path(folder), given.kills, given.frames, given.seed, real=given.real)
    table = _table(made, given.frames)
    print(results.markdown(table))
    real = " --real" if given.real else ""
    command = (
        f"python -m bench.{NAME} --kills {given.kills} --frames {given.frames} "
        f"--seed {given.seed}{real}"
    )
    results.keep(Result(NAME, command, machine, (table,)), given.results)
    return 0


def _table(made: Sequence[Killed], frames: int) -> Table:
    rows = []
    for alone, name in ((False, "with its workers"), (True, "alone")):
        some = [killed.lingered for killed in made if killed.alone is alone]
        rows.append((name, len(some), f"{max(some, default=0.0):.1f}"))
    return Table(
        "Conversions killed (SIGKILL) at random moments and given again",
        ("killed", "times", "longest until its workers were gone, s"),
        tuple(rows),
        note=f"Deliveries of {frames} frames. After each delivery: every frame once, every master "
        "whole, `verify` clean, the index complete, and documents, values and states equal to "
        "those of an archive that was left alone; a run with any difference ends without a result.",
    )


if __name__ == "__main__":
    sys.exit(main())
