"""Count the threes of letters of our own text: ``python -m bench.letter_triples``.

Composed charts of seeds that nothing is reported on, and the prose of the project's own pages.
Each word counts once for a doubling of its number, so that a form's words do not rule.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ocr.plausibility import TRIPLES, bare, count_triples

from .falling import sheets_of
from .people import MEN, WOMEN

_SEEDS = range(900, 904)
_SHEETS = 60
_ROOT = Path(__file__).parent.parent


def words_of_ours() -> Iterator[str]:
    """Yield every word of text that the project composes or holds."""
    for seed in _SEEDS:
        for sheet in islice(sheets_of(seed), _SHEETS):
            yield from (run.text for run in sheet.runs)
    for page in sorted([*_ROOT.glob("*.md"), *_ROOT.glob("docs/*.md")]):
        yield from re.findall(r"[A-Za-z']+", page.read_text(encoding="utf-8"))
    for name in (*MEN, *WOMEN):
        yield from str(name).split()


def main() -> int:
    """Write the table; return the exit code."""
    found = Counter(filter(None, map(bare, words_of_ours())))
    weighed = (word for word, count in found.items() for _ in range(1 + round(math.log2(count))))
    counts = count_triples(weighed)
    TRIPLES.write_text(
        json.dumps(dict(sorted(counts.items())), separators=(",", ":")) + "\n", encoding="utf-8"
    )
    print(f"{len(counts)} triples of {len(found)} words")
    return 0


if __name__ == "__main__":
    sys.exit(main())
