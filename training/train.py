"""Train the reader on drawn lines; stop and go on at any time.

``python -m training.train FOLDER --lines 3000000`` goes on from the last checkpoint in FOLDER (or
from ``training/reader.pt``, which the project keeps, or from nothing) until that many lines were
seen. The rate of learning stays level; ``--cool 150000`` then goes down to rest over as many lines
more and writes the weights that are exported. Whoever has more time goes on from those, from a
lower ``--rate`` down to rest again. Shards of lines are read from FOLDER/shards while
``training.shards`` draws them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from .measure import error_rates
from .network import DEVICE, STRIDE, Reader, fastest, shown
from .shards import LINES, Example, read_shard, shard_path
from .text import ALPHABET

RATE = 2e-3
WARM = 500
"""Steps over which the rate rises, also after every start: the optimiser begins anew with weights
that come without its state."""
SEEN_EACH = 3
"""Times that a line is seen about, before its shard leaves."""
AHEAD = 12
"""Shards that are there before the first step."""
WINDOW = 60
"""Shards that are drawn from at a time."""
COLUMNS = 8000
"""Width of all images of a batch together."""
BUCKET = 48
"""Lines of a batch differ in width by less than this."""
SHORT_FIRST = 60_000
"""Lines; until then only short ones are shown, from which a beginner finds the letters sooner."""
SHORT = 200
EVERY = 40_000
"""Lines between two looks at the held-out lines."""
HERE = Path(__file__).parent
KEPT = HERE / "reader.pt"
"""The weights to go on from, cooled down."""
CURVE = HERE / "curve.jsonl"


@dataclass(slots=True)
class Run:
    """What a training is at: its network, its optimiser and how many lines it has seen."""

    network: Reader
    optimiser: torch.optim.Optimizer
    seen: int = 0
    steps: int = 0
    losses: list[float] = field(default_factory=list)


class Pool:
    """The lines at hand, by width; as many shards as the lines seen so far call for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[int, list[Example]] = {}
        self._by_width: dict[int, list[Example]] = {}

    def fill(self, seen: int) -> None:
        """Read shards up to the one due after ``seen`` lines; wait for one that is being drawn."""
        newest = AHEAD + seen // (SEEN_EACH * LINES)
        wanted = range(max(0, newest - WINDOW), newest)
        if self._shards.keys() == set(wanted):
            return
        self._shards = {n: self._shards.get(n) or self._read(n) for n in wanted}
        self._by_width = {}
        for shard in self._shards.values():
            for one in shard:
                self._by_width.setdefault(one.image.shape[1] // BUCKET, []).append(one)

    def batch(self, rng: Random, widest: int) -> list[Example]:
        """Return lines of about one width."""
        buckets = [width for width in self._by_width if width * BUCKET < widest]
        weights = [len(self._by_width[width]) for width in buckets]
        bucket = rng.choices(buckets, weights)[0]
        count = max(6, min(48, COLUMNS // ((bucket + 1) * BUCKET)))
        lines = self._by_width[bucket]
        return rng.sample(lines, min(count, len(lines)))

    def _read(self, number: int) -> list[Example]:
        path = shard_path(self._folder, number)
        while not path.exists():
            time.sleep(2)
        return read_shard(path)


def shaken(rng: Random, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ``image`` a row up or down, with other margins and tones, anew each time."""
    down = rng.randint(-1, 1)
    if down:
        image = np.roll(image, down, axis=0)
        image[0 if down > 0 else -1] = image[1 if down > 0 else -2]
    image = np.pad(image, ((0, 0), (rng.randrange(8), rng.randrange(8))))
    if rng.random() < 0.3:
        noise = np.random.default_rng(rng.randrange(2**32)).standard_normal(image.shape, np.float32)
        louder = image * rng.uniform(0.7, 1.15) + noise * rng.uniform(2, 14)
        image = np.clip(louder, 0, 255).astype(np.uint8)
    return image


def step(run: Run, lines: Sequence[Example], rng: Random, rate: float) -> None:
    """Learn from ``lines`` once."""
    for group in run.optimiser.param_groups:
        group["lr"] = rate
    images = [shaken(rng, one.image) for one in lines]
    labels = torch.from_numpy(np.concatenate([one.labels for one in lines]).astype(np.int64))
    lengths = torch.tensor([len(one.labels) for one in lines])
    columns = torch.tensor([-(-one.shape[1] // STRIDE) for one in images])
    with fastest():
        logits = run.network(shown(images))
    chances = logits.float().log_softmax(2).transpose(0, 1)
    loss = functional.ctc_loss(
        chances, labels.to(DEVICE), columns, lengths, reduction="sum", zero_infinity=True
    ) / max(1, int(lengths.sum()))
    run.optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), 2.0)
    run.optimiser.step()
    run.seen += len(lines)
    run.steps += 1
    run.losses.append(float(loss.detach()))


def rates(run: Run, until: int, cool: int, level: float = RATE) -> Iterator[float]:
    """Yield the rate of each step until ``until`` lines were seen, and over ``cool`` lines more."""
    started = run.steps
    while run.seen < until + cool:
        warm = min(1.0, (run.steps - started + 1) / WARM)
        left = 1.0 - max(0.0, run.seen - until) / max(1, cool)
        yield level * warm * max(0.01, left)


def train(folder: Path, until: int, cool: int, level: float = RATE) -> None:
    """Train until ``until`` lines were seen, then cool down over ``cool`` more, if any."""
    torch.set_num_threads(1)
    run = started(folder)
    pool, noted, since = Pool(folder / "shards"), run.seen, time.monotonic()
    written = folder / ("cooled.pt" if cool else "last.pt")
    if cool:
        until = min(until, run.seen)
    for rate in rates(run, until, cool, level):
        pool.fill(run.seen)
        rng = Random(f"step {run.steps}")
        step(run, pool.batch(rng, SHORT if run.seen < SHORT_FIRST else 1 << 20), rng, rate)
        if run.seen - noted >= EVERY:
            note(run, rate, (run.seen - noted) / (time.monotonic() - since))
            noted, since = run.seen, time.monotonic()
            save(run, written)
    note(run, 0.0, 0.0)
    save(run, written)


def started(folder: Path) -> Run:
    """Return the training in ``folder``, the one that the project keeps, or a new one."""
    torch.manual_seed(0)
    network = Reader(len(ALPHABET)).to(DEVICE, memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, betas=(0.9, 0.99), weight_decay=0.01)
    run = Run(network, optimiser)
    for path in (folder / "last.pt", KEPT):
        if path.exists():
            kept: dict[str, Any] = torch.load(path, map_location=DEVICE, weights_only=True)
            network.load_state_dict(kept["network"])
            if "optimiser" in kept:
                optimiser.load_state_dict(kept["optimiser"])
            run.seen, run.steps = kept["seen"], kept["steps"]
            break
    return run


def save(run: Run, path: Path) -> None:
    """Write all that it takes to go on, whole or not at all."""
    state = {
        "network": run.network.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "seen": run.seen,
        "steps": run.steps,
    }
    pending = path.with_suffix(".part")
    torch.save(state, pending)
    pending.rename(path)


def keep(folder: Path) -> None:
    """Write the cooled weights where the project keeps them, without the state of the optimiser."""
    state = torch.load(folder / "cooled.pt", map_location="cpu", weights_only=True)
    del state["optimiser"]
    # Half the digits are kept: less than one step of training changes.
    state["network"] = {
        name: one.half() if one.is_floating_point() else one
        for name, one in state["network"].items()
    }
    torch.save(state, KEPT)


def note(run: Run, rate: float, speed: float) -> None:
    """Add a line to the curve: error rates on held-out lines, by wear."""
    told = {
        "lines": run.seen,
        "loss": round(float(np.mean(run.losses or [0.0])), 4),
        "rate": rate,
        "lines_per_second": round(speed),
        "errors": error_rates(run.network),
    }
    run.losses.clear()
    with CURVE.open("a", encoding="utf-8") as curve:
        curve.write(json.dumps(told) + "\n")
    print(json.dumps(told), flush=True)


def main(arguments: list[str]) -> None:
    """Train as the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=3_000_000)
    parser.add_argument("--cool", type=int, default=0)
    parser.add_argument("--rate", type=float, default=RATE, help="of learning, before it cools")
    parser.add_argument("--keep", action="store_true", help="keep the cooled weights, and end")
    asked = parser.parse_args(arguments)
    if asked.keep:
        keep(asked.folder)
    else:
        train(asked.folder, asked.lines, asked.cool, asked.rate)


if __name__ == "__main__":
    main(sys.argv[1:])
