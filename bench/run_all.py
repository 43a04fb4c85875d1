"""Make every figure of docs/benchmarks.md: ``python -m bench.run_all [--quick]``.

A quick run prints its figures and leaves the page as it is.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Protocol

from capture.errors import ChartroomError

from . import (
    angled,
    binarize,
    boundaries,
    calibration,
    compare_ocrmypdf,
    convert_speed,
    deciding,
    fiche_frames,
    film_blips,
    film_frames,
    film_reading,
    geometry,
    identity,
    ink_kept,
    kill,
    line_reader,
    linkage,
    odd_formats,
    page_quality,
    real_pages,
    report,
    results,
    ribbon_memory,
    same_sheets,
    search_kill,
    search_recall,
    search_scale,
    separators,
    strip_joints,
    technical_frames,
    ticks,
    types,
    values,
    whole_roll,
)


class Measurement(Protocol):
    """A module that makes one result."""

    NAME: str

    def main(self, arguments: list[str] | None = None) -> int:
        """Measure, keep the result, return the exit code."""
        ...


QUICK: tuple[tuple[Measurement, list[str]], ...] = (
    (compare_ocrmypdf, ["--pages", "20"]),
    (convert_speed, ["--pages", "4"]),
    (real_pages, ["--limit", "12"]),
    (line_reader, ["--each", "1", "--limit", "4"]),
    (identity, ["--charts", "12"]),
    (linkage, ["--patients", "5000", "--pages", "200"]),
    (search_scale, ["--pages", "2000", "--compared", "2000", "--each", "5"]),
    (search_recall, ["--pages", "1000", "--known", "20"]),
    (search_kill, ["--pages", "1000", "--kills", "5", "--longest", "4"]),
    (film_frames, ["--rolls", "1", "--frames", "20"]),
    (film_blips, ["--rolls", "1", "--frames", "30"]),
    (fiche_frames, ["--cards", "1"]),
    (ribbon_memory, ["--gigapixels", "0.1", "--whole", "0.1"]),
    (strip_joints, ["--films", "2"]),
    (technical_frames, ["--each", "2", "--pages", "8"]),
    (whole_roll, ["--pages", "24", "--wrong", "1"]),
    (film_reading, ["--each", "0", "--everyday", "6"]),
    (geometry, ["--pages", "1", "--looks", "1", "--turns", "1"]),
    (ink_kept, ["--pages", "1"]),
    (binarize, ["--pages", "1", "--looks", "clean", "--forms", "30"]),
    (odd_formats, ["--pages", "1"]),
    (boundaries, ["--charts", "2"]),
    (same_sheets, ["--pages", "2"]),
    (ticks, ["--pages", "1", "--charts", "9", "--read", "2"]),
    (values, ["--charts", "8", "--noise", "0", "0.04"]),
    (angled, ["--pages", "1"]),
    (types, ["--charts", "2", "--each", "1", "--splits", "1"]),
    (page_quality, ["--pages", "1", "--by-hand", "5", "--limit", "3"]),
    (calibration, ["--each", "1", "--limit", "2"]),
    (deciding, ["--charts", "10", "--decisions", "10"]),
    (separators, ["--sheets", "72", "--pages", "16"]),
    (kill, ["--kills", "4", "--frames", "60"]),
)
"""Every measurement, with what makes it short."""


def measured(one: Measurement, arguments: list[str], folder: Path) -> int:
    """Run one measurement; return its exit code, that of the error when it cannot be made."""
    started = time.perf_counter()
    print(f"{one.NAME} ...", file=sys.stderr)
    try:
        code = one.main([*arguments, "--results", str(folder)])
    except ChartroomError as error:
        # The others need not wait for what is missing or refused here.
        results.skipped(one.NAME, f"python -m bench.{one.NAME}", str(error), folder)
        print(error, file=sys.stderr)
        code = error.exit_code
    print(f"  {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return code


def main(arguments: list[str] | None = None) -> int:
    """Run every measurement and show the figures; return the first exit code that is not 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.run_all", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer pages: minutes, not an hour")
    quick = parser.parse_args(arguments).quick
    folder = results.OUT / "quick" if quick else results.FOLDER
    codes = [measured(one, few if quick else [], folder) for one, few in QUICK]
    if quick:
        print("\n\n".join(report.results_of(folder).values()))
    else:
        report.main()
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main())
