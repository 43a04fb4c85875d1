"""Convert generated paper pages with chartroom and with OCRmyPDF, in turns, and score both.

``python -m bench.compare_ocrmypdf --pages 200``: charts of invented patients in five looks, some
pages turned, some backs empty, some pages misfiled, no separator sheets. A look is a batch for
chartroom and one PDF of the same pictures for OCRmyPDF; who goes first changes with each look.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from capture.errors import SettingsError

from . import peer, results
from .chartroom import HELD, chartroom
from .compare_tables import Chunk, failures, tables
from .found import found_frames, paired, read_truth
from .generate import Order, generate
from .program import Ran, run
from .results import Result

NAME = "compare_ocrmypdf"
LOOKS = ("clean", "bitonal", "copy", "fax", "skewed")
SEED = 30517
"""Nothing was tuned on its pages."""
TURNED = 0.12
WORKERS = 2


def measure(seed: int, pages: int, folder: Path, other: peer.Peer) -> list[Chunk]:
    """Return what both made of ``pages`` generated pages; ``folder`` is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    each = -(-pages // len(LOOKS))
    for place, look in enumerate(LOOKS):
        order = Order(seed + place, each, folder / look, ((look, 1.0),), TURNED, separators=0.0)
        generate(order)
    mpi, home = folder / "mpi.csv", folder / "archive"
    join_mpis([folder / look / "mpi.csv" for look in LOOKS], mpi)
    run([chartroom(), "patients", "import", mpi, "--home", home])
    return [
        _measure_look(look, folder / look, home, other, ours_first=place % 2 == 0)
        for place, look in enumerate(LOOKS)
    ]


def join_mpis(parts: Iterable[Path], out: Path) -> None:
    """Write one patient index of several; SettingsError when two share a record number."""
    seen: dict[str, dict[str, str]] = {}
    for part in parts:
        with part.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if seen.setdefault(row["mrn"].lstrip("0"), row) is not row:
                    raise SettingsError("two seeds gave one record number: choose another --seed")
    rows = list(seen.values())
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _measure_look(
    look: str, folder: Path, home: Path, other: peer.Peer, *, ours_first: bool
) -> Chunk:
    truth = read_truth(folder / "truth.jsonl")
    bound = folder / "bound.pdf"
    other.bind(sorted((folder / "scans").iterdir()), bound)
    ours = _convert(look, folder, home, len(truth)) if ours_first else None
    theirs, texts = other.read(bound, folder / "theirs.pdf", len(truth))
    ours = ours or _convert(look, folder, home, len(truth))
    if len(texts) != len(truth):
        raise SettingsError(f"OCRmyPDF gave {len(texts)} pages of {len(truth)} for {look}")
    pairs = paired(look, truth, found_frames(home, look))
    report = json.loads(ours.output.splitlines()[-1])
    return Chunk(tuple(pairs), tuple(texts), ours, theirs, report)


def _convert(look: str, folder: Path, home: Path, frames: int) -> Ran:
    command: list[str | Path] = ["nice", "-n", str(peer.NICENESS), chartroom(), "convert"]
    command += [folder / "scans", "--batch", look, "--home", home]
    command += ["--workers", str(WORKERS), "--expect", str(frames), "--json"]
    return run(command, allowed=(0, HELD))


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and keep its result; return the exit code."""
    parser = results.parser(NAME, __doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    machine = results.machine()
    other = peer.installed(results.OUT / "ocrmypdf")
    chunks = measure(chosen.seed, chosen.pages, results.OUT / NAME, other)
    result = Result(
        NAME,
        f"python -m bench.{NAME} --pages {chosen.pages} --seed {chosen.seed}",
        machine,
        tables(chunks),
        (
            f"OCRmyPDF {other.version} with `{' '.join(peer.FLAGS)} --sidecar`, one PDF a look,"
            " bound from the same pictures without another compression. It lowers its own"
            " priority; chartroom runs with the same.",
        ),
        tuple(failures(chunks)),
    )
    print(results.keep(result, chosen.results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
