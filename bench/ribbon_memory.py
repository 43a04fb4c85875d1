"""Measure reading of very long film: ``python -m bench.ribbon_memory``.

One roll of ``--gigapixels`` is written in each form of file, piece by piece, into a temporary
folder, and read from one end to the other in a program of its own under the limits of a worker:
once in windows as frames are cut, once shrunk as frames are looked for. Lines at places all over
the roll are compared with those that were written. Beside it Pillow decodes as much as
``--whole`` says at once, as ordinary pages are decoded.

The film is 48 different exposures of invented charts with grain, repeated to the length.
"""

from __future__ import annotations

import json
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from PIL import Image

from capture.model import Pixels
from capture.ribbon.ribbon import Ribbon, open_ribbon, shrunk
from capture.settings import CaptureSettings

from . import results
from .film_frames import pages_of
from .results import Result, Table

NAME = "ribbon_memory"
SEED = 1000
WIDTH, SHOTS = 1500, 48
STRIP, TILE = 64, 256
WINDOW, LOOK = 2000, 240
_ADDRESSES = 4 << 30
"""Bytes of addresses a worker may have (batch.worker)."""
_PAGE_DPI = 160
_NONE, _JPEG, _DEFLATE = 1, 7, 8

Write = Callable[[Path, Pixels, int], None]


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file."""

    name: str
    ending: str
    write: Write
    """Writes a roll that is the given film so many times over."""


def film(seed: int = SEED) -> Pixels:
    """Return exposures on dark film with grain; its length is a multiple of a tile's."""
    rng = np.random.default_rng(seed)
    pages = pages_of(seed, SHOTS, _PAGE_DPI)
    parts = []
    for page in pages:
        high = -(-(page.shape[0] + 60) // TILE) * TILE
        shot = np.full((high, WIDTH), 10.0)
        shot[40 : 40 + page.shape[0], 70 : 70 + page.shape[1]] = 210 - page * 0.7
        grain = rng.normal(0, 3, shot.shape)
        parts.append(np.clip(np.rint(shot + grain), 0, 255).astype(np.uint8))
    return np.concatenate(parts)


def write_bigtiff(
    path: Path,
    size: tuple[int, int],
    packing: int,
    chunk: tuple[int, int],
    chunks: Iterable[bytes],
    *,
    tiled: bool = False,
) -> None:
    """Write a grey BigTIFF of two or more ``chunks``, each ``chunk`` wide and high."""
    starts, sizes = [], []
    with path.open("wb") as out:
        out.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0))
        for content in chunks:
            starts.append(out.tell())
            sizes.append(len(content))
            out.write(content)
        tables = [out.tell(), out.tell() + 8 * len(starts)]
        out.write(np.array(starts, "<u8").tobytes() + np.array(sizes, "<u8").tobytes())
        directory = out.tell()
        tags = {256: size[0], 257: size[1], 258: 8, 259: packing, 262: 1, 277: 1}
        tags |= {322: chunk[0], 323: chunk[1]} if tiled else {278: chunk[1]}
        entries = [struct.pack("<HHQQ", number, 16, 1, value) for number, value in tags.items()]
        for number, table in zip((324, 325) if tiled else (273, 279), tables, strict=True):
            entries.append(struct.pack("<HHQQ", number, 16, len(starts), table))
        entries.sort(key=lambda entry: struct.unpack("<H", entry[:2]))
        out.write(struct.pack("<Q", len(entries)) + b"".join(entries) + bytes(8))
        out.seek(8)
        out.write(struct.pack("<Q", directory))


def _strips(
    path: Path, shots: Pixels, times: int, *, packing: int, pack: Callable[[Pixels], bytes]
) -> None:
    chunks = [pack(shots[top : top + STRIP]) for top in range(0, len(shots), STRIP)]
    size = (WIDTH, times * len(shots))
    repeated = islice(cycle(chunks), times * len(chunks))
    write_bigtiff(path, size, packing, (WIDTH, STRIP), repeated)


def _tiles(path: Path, shots: Pixels, times: int) -> None:
    chunks = []
    across = -(-WIDTH // TILE) * TILE
    wide = np.pad(shots, ((0, 0), (0, across - WIDTH)))
    for top in range(0, len(shots), TILE):
        for left in range(0, across, TILE):
            chunks.append(zlib.compress(wide[top : top + TILE, left : left + TILE].tobytes(), 1))
    repeated = islice(cycle(chunks), times * len(chunks))
    size = (WIDTH, times * len(shots))
    write_bigtiff(path, size, _DEFLATE, (TILE, TILE), repeated, tiled=True)


def _across(path: Path, shots: Pixels, times: int) -> None:
    rows = np.ascontiguousarray(shots.T)
    size = (times * len(shots), WIDTH)
    write_bigtiff(path, size, _NONE, (size[0], 1), (row.tobytes() * times for row in rows))


def _png(path: Path, shots: Pixels, times: int) -> None:
    """Write a PNG whose rows are differences; each exposure is packed once."""
    before = np.pad(shots[:, :-1], ((0, 0), (1, 0)))
    rows = np.pad(shots - before, ((0, 0), (1, 0)), constant_values=1).tobytes()
    packer = zlib.compressobj(1, wbits=-15)
    packed = packer.compress(rows) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    with path.open("wb") as out:
        head = struct.pack(">IIBBBBB", WIDTH, times * len(shots), 8, 0, 0, 0, 0)
        out.write(b"\x89PNG\r\n\x1a\n")
        _chunk(out.write, b"IHDR", head)
        _chunk(out.write, b"IDAT", b"\x78\x01")
        for _ in range(times):
            check = zlib.adler32(rows, check)
            for top in range(0, len(packed), 1 << 16):
                _chunk(out.write, b"IDAT", packed[top : top + (1 << 16)])
        _chunk(out.write, b"IDAT", b"\x03\x00" + struct.pack(">I", check))
        _chunk(out.write, b"IEND", b"")


def _chunk(write: Callable[[bytes], object], kind: bytes, content: bytes) -> None:
    check = zlib.crc32(content, zlib.crc32(kind))
    write(struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check))


def _as_jpeg(strip: Pixels) -> bytes:
    out = BytesIO()
    Image.fromarray(strip).save(out, "JPEG", quality=85)
    return out.getvalue()


def _plain(strip: Pixels) -> bytes:
    return strip.tobytes()


def _deflated(strip: Pixels) -> bytes:
    return zlib.compress(strip.tobytes(), 1)


FORMS = (
    Form("BigTIFF, strips, not packed", "tif", partial(_strips, packing=_NONE, pack=_plain)),
    Form("BigTIFF, strips, deflate", "tif", partial(_strips, packing=_DEFLATE, pack=_deflated)),
    Form("BigTIFF, strips, JPEG", "tif", partial(_strips, packing=_JPEG, pack=_as_jpeg)),
    Form("BigTIFF, tiles, deflate", "tif", _tiles),
    Form("BigTIFF, film across, not packed", "tif", _across),
    Form("PNG", "png", _png),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a program took."""

    pixels: int
    seconds: float
    peak_mb: float


def read_windows(ribbon: Ribbon) -> int:
    """Read a ribbon in windows that overlap a little, as frames are cut; return the pixels."""
    return sum(
        ribbon.lines(top, top + WINDOW + WINDOW // 10).size
        for top in range(0, ribbon.length, WINDOW)
    )


def read_shrunk(ribbon: Ribbon) -> int:
    """Read a ribbon shrunk, as frames are looked for; return the pixels of the film."""
    lines = sum(len(piece) for _, piece in shrunk(ribbon, LOOK))
    return lines and ribbon.width * ribbon.length


def read_whole(path: Path) -> int:
    """Decode a file at once, as a page is decoded; return the pixels."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as image:
        return int(np.asarray(image).size)


def _child(way: str, path: Path) -> None:
    """Read in this program, and print what it took."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    started = time.process_time()
    if way == "whole":
        pixels = read_whole(path)
    else:
        with closing(open_ribbon(path, CaptureSettings())) as ribbon:
            pixels = read_windows(ribbon) if way == "windows" else read_shrunk(ribbon)
    print(json.dumps([pixels, time.process_time() - started, _peak_mb()]))


def _peak_mb() -> float:
    """Return the most memory this program has held."""
    # The peak that getrusage tells begins with that of the program which started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def cost(way: str, path: Path) -> Cost:
    """Return what reading ``path`` takes in a program of its own."""
    command = [sys.executable, "-m", f"bench.{NAME}", "--read", way, str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    if told.stderr:
        raise ValueError("reading wrote to standard error")
    return Cost(*json.loads(told.stdout))


def differing(path: Path, shots: Pixels, lossy: bool) -> int:
    """Return at how many of 40 places all over the roll lines are not those that were written."""
    rng = np.random.default_rng(3)
    wrong = 0
    with closing(open_ribbon(path, CaptureSettings())) as ribbon:
        for start in sorted(rng.integers(0, ribbon.length - 100, 40).tolist()):
            found = ribbon.lines(start, start + 100).astype(np.int16)
            meant = shots[np.arange(start, start + 100) % len(shots)]
            wrong += bool(np.abs(found - meant).max() > (60 if lossy else 0))
    return wrong


def measured(form: Form, shots: Pixels, pixels: int, folder: Path) -> tuple[results.Cell, ...]:
    """Return the row of one form."""
    path = folder / f"roll.{form.ending}"
    form.write(path, shots, max(1, round(pixels / shots.size)))
    size = path.stat().st_size / 1e9
    wrong = differing(path, shots, "JPEG" in form.name)
    read, look = cost("windows", path), cost("shrunk", path)
    path.unlink()
    return (
        form.name,
        f"{look.pixels / 1e9:.2f}",
        f"{size:.1f}",
        round(max(read.peak_mb, look.peak_mb)),
        f"{1e9 * read.seconds / read.pixels:.1f}",
        f"{1e9 * look.seconds / look.pixels:.1f}",
        wrong,
    )


def whole_row(shots: Pixels, pixels: int, folder: Path) -> tuple[results.Cell, ...]:
    """Return the row of a smaller roll that Pillow decodes at once."""
    path = folder / "roll.tif"
    FORMS[1].write(path, shots, max(1, round(pixels / shots.size)))
    size, found = path.stat().st_size / 1e9, cost("whole", path)
    path.unlink()
    seconds = f"{1e9 * found.seconds / found.pixels:.1f}"
    name = "Pillow, at once: BigTIFF, strips, deflate"
    return (
        name,
        f"{found.pixels / 1e9:.2f}",
        f"{size:.1f}",
        round(found.peak_mb),
        seconds,
        "-",
        "-",
    )


def _result(rows: Sequence[tuple[results.Cell, ...]], command: str, on: results.Machine) -> Result:
    columns = (
        "file", "gigapixels", "GB", "peak memory, MB", "CPU-s a gigapixel, windows",
        "the same, shrunk", "places that differ, of 40",
    )  # fmt: skip
    table = Table(f"A roll of film, {WIDTH:,} pixels across", columns, tuple(rows))
    told = (
        f"Peak memory is that of the whole program, of which Python and its libraries take about"
        f" 80 MB. Windows are of {WINDOW:,} lines and overlap by a tenth; shrunk is to {LOOK}"
        " across. The bar is 500 MB.",
    )
    return Result(NAME, command, on, (table,), told)


def main(arguments: list[str] | None = None) -> int:
    """Measure every form and keep the result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--gigapixels", type=float, default=5.0, help="of each roll")
    parser.add_argument("--whole", type=float, default=0.5, help="gigapixels decoded at once")
    parser.add_argument("--read", nargs=2, metavar=("WAY", "PATH"), help="read only, in here")
    given = parser.parse_args(arguments)
    if given.read:
        _child(given.read[0], Path(given.read[1]))
        return 0
    on, shots = results.machine(), film()
    with tempfile.TemporaryDirectory(prefix="chartroom-roll-") as made:
        folder, pixels = Path(made), round(given.gigapixels * 1e9)
        rows = [measured(form, shots, pixels, folder) for form in FORMS]
        rows.append(whole_row(shots, round(given.whole * 1e9), folder))
    result = _result(rows, f"python -m bench.{NAME} --gigapixels {given.gigapixels:g}", on)
    print(results.markdown(result.tables[0]))
    results.keep(result, given.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
