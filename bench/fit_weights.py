"""Make the shipped weights of identifiers again: ``python -m bench.fit_weights``.

Charts for development, read with 0 to 8 % wrong characters, beside a patient index that lacks
a fifth of their patients: what `indexer.fitting` learns from them stands in
``indexer/weights.toml``.
"""

from __future__ import annotations

import sys

from indexer.fitting import Levels, Pairs, fitted, pairs_of
from indexer.read import index_page
from indexer.weights import WEIGHTS, shipped_weights, written

from .boxes_of_charts import BoxOrder, chart_boxes
from .roster import Roster
from .sheet import HEIGHT, WIDTH

_NOISES = (0.0, 0.01, 0.02, 0.04, 0.08)
_SEED, _CHARTS = 7000, 40


def main() -> int:
    """Write the weights with the comment that stands above them; return 0."""
    numbered: list[Levels] = []
    named: list[Levels] = []
    for number, noise in enumerate(_NOISES):
        order = BoxOrder(_SEED + number, _CHARTS, noise, development=True)
        for box in chart_boxes(order):
            pages = [shown.page for shown in box.frames if shown.page is not None]
            values = [index_page(page, width=WIDTH, height=HEIGHT).values for page in pages]
            found = pairs_of(values, Roster(box.patients))
            numbered += found.numbered
            named += found.named
    pairs = Pairs(tuple(numbered), tuple(named))
    comment = [line for line in WEIGHTS.read_text().splitlines() if line.startswith("#")]
    text = written(fitted(pairs, shipped_weights(), shipped_weights().version))
    WEIGHTS.write_text("\n".join(comment) + "\n\n" + text)
    print(f"{len(numbered)} pairs alike in the number, {len(named)} in name and birth date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
