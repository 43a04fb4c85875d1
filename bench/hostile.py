"""Convert a folder of hostile files beside good ones, and see that each is accounted for.

    python -m bench.hostile

Every file must end filed, held, quarantined, passed over or refused with a reason; the good
ones are read; no process holds more than a gigabyte; the command ends with 4 and no trace.
"""

from __future__ import annotations

import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import psutil  # type: ignore[import-untyped]  # it ships no types
from PIL import Image
from sqlalchemy import text

from archive.archive import open_archive
from archive.deliveries import shown
from archive.home import create_home

from .kill import COMMAND, FAST, ROOT, draw

GOOD = 10
_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one file."""

    name: str
    state: str
    frames: str
    """How many frames it gave, by state."""
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the conversion of the folder came to."""

    code: int
    log: str
    seconds: float
    most_bytes: int
    """The most that any one of its processes held."""
    fates: tuple[Fate, ...]
    report: dict[str, int]


def hostile_files() -> dict[bytes, bytes]:
    """Return the hostile files by name."""
    page = _saved("TIFF", compression="group4")
    pdf = _pdf()
    return {
        b"zero.tif": b"",
        b"zero.pdf": b"",
        b"zero.jpg": b"",
        b"one-byte.tif": b"I",
        b"header-only.tif": b"II*\0",
        **{b"cut-%d.tif" % at: page[: len(page) * at // 100] for at in (30, 60, 95)},
        b"cut.jpg": _saved("JPEG")[:-700],
        b"cut.png": _saved("PNG")[:-700],
        b"cut.jp2": _saved("JPEG2000")[:-900],
        b"cut.pdf": pdf[: len(pdf) // 2],
        b"cut.zip": _zip({"p.tif": page})[:-30],
        b"really-a-jpeg.tif": _saved("JPEG"),
        b"really-a-pdf.jpg": pdf,
        b"really-text.tif": b"not a scan at all\n" * 20,
        b"really-a-program.png": b"\x7fELF" + bytes(200),
        b"really-html.pdf": b"<html><body>503</body></html>",
        b"garbage.tif": b"II*\0" + random.Random(1).randbytes(4000),
        b"garbage.jpg": b"\xff\xd8\xff\xe0" + random.Random(2).randbytes(4000),
        b"garbage.pdf": b"%PDF-1.7\n" + random.Random(3).randbytes(4000),
        b"garbage.bin": random.Random(4).randbytes(4000),
        b"zeros.tif": bytes(4000),
        b"bomb-900-megapixels.tif": _tiff(30_000, 30_000),
        b"bomb-huge-side.tif": _tiff(4_000_000_000, 2),
        b"bomb-no-size.tif": _tiff(0, 0),
        b"bomb.png": _png(60_000, 60_000),
        b"loop.tif": _tiff(8, 8, after=8),
        b"million-frames.tif": _chain(200_000),
        b"million-pages.pdf": _counting(),
        b"loop.pdf": _looping(),
        b"locked.pdf": _locked(pdf),
        b"no-pages.pdf": _empty_pdf(),
        b"bomb.zip": _zip({f"{n}.tif": bytes(120_000_000) for n in range(9)}),
        b"nested.zip": _zip({"inner.zip": _zip({"p.tif": page})}),
        b"empty.zip": _zip({}),
        b"escape.zip": _zip({"../../escape.tif": _saved("TIFF", seed=77)}),
        b"new\nline.tif": _saved("TIFF", seed=78),
        b"-rf.tif": _saved("TIFF", seed=79),
        b"\xff\xfe.tif": _saved("TIFF", seed=80),
        b"x" * 251 + b".tif": _saved("TIFF", seed=81),
        b"=cmd()|.tif": _saved("TIFF", seed=82),
        b"notes.txt": b"beside the scans",
        b".DS_Store": b"litter",
    }


def write_folder(folder: Path) -> None:
    """Write the hostile files and ``GOOD`` good ones, and some things that are no files."""
    folder.mkdir()
    for name, content in hostile_files().items():
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(content)
    for number in range(GOOD):
        draw(random.Random(number), large=False, blank=False).save(
            folder / f"good-{number}.tif", compression="group4", dpi=(150, 150)
        )
    os.mkfifo(folder / "pipe.tif")
    (folder / "dangling.tif").symlink_to("nowhere")
    (folder / "loop").symlink_to(folder)


def convert(folder: Path, home: Path, *, settings: str = FAST) -> Outcome:
    """Convert the folder with the command, and watch the memory of its processes."""
    (create_home(home).root / "chartroom.toml").write_text(settings)
    order = ["convert", str(folder), "--home", str(home), "--workers", "2", "--json"]
    started = time.monotonic()
    running = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *order],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    most = [0]
    watcher = threading.Thread(target=_watch, args=(running.pid, most))
    watcher.start()
    told, log = running.communicate()
    watcher.join()
    lines = told.decode().splitlines()
    return Outcome(
        code=running.returncode,
        log=log.decode("utf-8", "replace"),
        seconds=time.monotonic() - started,
        most_bytes=most[0],
        fates=tuple(fates(home)),
        report=json.loads(lines[-1]) if lines else {},
    )


def _watch(pid: int, most: list[int]) -> None:
    while True:
        try:
            root = psutil.Process(pid)
            family = [root, *root.children(recursive=True)]
            most[0] = max(most[0], *(process.memory_info().rss for process in family))
            if root.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            if not psutil.pid_exists(pid):
                return
        time.sleep(0.02)


def fates(home: Path) -> list[Fate]:
    """Return what became of each delivered file and member, by name."""
    with open_archive(home) as archive, archive.catalogue.read() as connection:
        sources = connection.execute(
            text(
                "SELECT s.name, s.state, coalesce(nullif(s.reason, ''), max(f.reason), '') AS why,"
                " coalesce(group_concat(DISTINCT f.state), '') AS states, count(f.id) AS frames"
                " FROM sources s LEFT JOIN frames f ON f.source_id = s.id GROUP BY s.id"
            )
        )
        found = [Fate(shown(r.name), r.state, f"{r.frames} {r.states}", r.why) for r in sources]
        seen = connection.execute(text("SELECT name, kind, reason FROM sightings"))
        found += [Fate(shown(row.name), row.kind, "0", row.reason) for row in seen]
    return sorted(found, key=lambda fate: fate.name)


def faults(outcome: Outcome, folder: Path) -> list[str]:
    """Return what is not as it must be."""
    fate_of = {fate.name: fate for fate in outcome.fates}
    lost = {shown(os.fsencode(path.name)) for path in folder.iterdir()} - set(fate_of)
    found = [f"no account of {name}" for name in sorted(lost)]
    for fate in outcome.fates:
        set_aside = fate.state in ("quarantined", "refused", "passed over")
        if set_aside and not fate.reason:
            found.append(f"{fate.name} is {fate.state} without a reason")
        if fate.name.startswith("good-") and fate.frames not in ("1 held", "1 filed"):
            found.append(f"{fate.name} was not read: {fate.frames}")
    if outcome.code != 4:
        found.append(f"exit code {outcome.code}")
    if "Traceback" in outcome.log:
        found.append("a trace on stderr")
    if outcome.most_bytes > _MOST_BYTES:
        found.append(f"a process held {outcome.most_bytes >> 20} MiB")
    return found


def _saved(form: str, *, seed: int = 1, **options: object) -> bytes:
    out = io.BytesIO()
    image = draw(random.Random(seed), large=False, blank=False)
    image.convert("1" if form in ("TIFF", "PNG") else "L").save(out, form, **options)
    return out.getvalue()


def _tiff(width: int, height: int, *, after: int = 0) -> bytes:
    """Return a bitonal TIFF that claims this size; ``after`` is where its chain goes on."""
    tags = [(256, width), (257, height), (258, 1), (259, 1), (262, 0), (273, 200), (277, 1),
            (278, height), (279, 8)]  # fmt: skip
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    ifd = struct.pack("<H", len(tags)) + body + struct.pack("<I", after)
    return (b"II*\0" + struct.pack("<I", 8) + ifd).ljust(400, b"\0")


def _chain(length: int) -> bytes:
    """Return a TIFF whose directories, with one tag each, follow one another."""
    size = 2 + 12 + 4
    parts = [
        struct.pack("<HHHIII", 1, 256, 4, 1, 8, 8 + size * (n + 1) if n < length - 1 else 0)
        for n in range(length)
    ]
    return b"II*\0" + struct.pack("<I", 8) + b"".join(parts)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        seal = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + seal

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return out.getvalue()


def _pdf() -> bytes:
    out = io.BytesIO()
    Image.new("L", (400, 500), 255).save(out, "PDF")
    return out.getvalue()


def _changed(change: Callable[[pikepdf.Pdf], object], **how: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        pdf.save(out, **how)  # type: ignore[arg-type]  # options of the format
    return out.getvalue()


def _locked(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return out.getvalue()


def _counting() -> bytes:
    content = _changed(lambda pdf: None)
    return content.replace(b"/Count 1", b"/Count 999999999")


def _looping() -> bytes:
    def loop(pdf: pikepdf.Pdf) -> None:
        pages = pdf.Root.Pages
        pages.Kids.append(pages)

    return _changed(loop)


def _empty_pdf() -> bytes:
    return _changed(lambda pdf: pdf.pages.__delitem__(0))


def main() -> None:
    """Convert the folder and print a table; exit 1 when something is not as it must be."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as root:
        os.environ["XDG_STATE_HOME"] = str(Path(root) / "state")
        folder = Path(root) / "delivery"
        write_folder(folder)
        outcome = convert(folder, Path(root) / "archive")
        wrong = faults(outcome, folder)
    for fate in outcome.fates:
        print(f"{fate.name[:32]:<33}{fate.state:<13}{fate.frames:<16}{fate.reason[:90]}")
    held = outcome.most_bytes >> 20
    print(f"{outcome.seconds:.1f} seconds, at most {held} MiB in one process, {outcome.report}")
    for fault in wrong:
        print(f"WRONG: {fault}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
