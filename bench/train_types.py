"""Make ``indexer/text_model.npz`` again: ``python -m bench.train_types``.

It is trained on text that this project invented, and on nothing else: generated charts and short
texts of every type, read with errors. Seeds are fixed, so that the file is always the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from pathlib import Path

from indexer.classify import witnesses
from indexer.text_features import Wording
from indexer.text_fitting import Fitting, fitted
from indexer.text_model import SHIPPED

from .typed_pages import chart_pages, composed_pages

HOW = Fitting(most_features=12_000, looseness=3.0)
_NOISES = (0.0, 0.02, 0.05, 0.1)
_CHARTS, _EACH = 45, 40
_FIRST_SEED = 1000


def training_pages() -> Iterator[tuple[Wording, str]]:
    """Yield what each page says that the model is trained on, and its type."""
    with ProcessPoolExecutor(len(_NOISES)) as pool:
        for part in pool.map(_part, range(len(_NOISES))):
            yield from part


def _part(number: int) -> list[tuple[Wording, str]]:
    seed, noise = _FIRST_SEED + number, _NOISES[number]
    pages = chain(
        chart_pages(seed, _CHARTS, noise, development=True),
        composed_pages(seed, _EACH, noise, development=True),
    )
    return [(witnesses(page.layout).wording, page.code) for page in pages]


def main(arguments: list[str] | None = None) -> int:
    """Train the model and write it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.train_types", description=__doc__)
    parser.add_argument("--out", type=Path, default=SHIPPED, help="file of the model")
    out = parser.parse_args(arguments).out
    pages = list(training_pages())
    print(f"{len(pages)} pages", file=sys.stderr)
    model = fitted([wording for wording, _ in pages], [code for _, code in pages], HOW)
    out.write_bytes(model.as_bytes())
    print(f"{out.name}: {len(model.codes)} types, {out.stat().st_size} bytes", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
