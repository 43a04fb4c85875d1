"""Which files of a delivery may be strips of one roll, and what the rolls are called.

Names only say which files to look at together; that they are one roll, their pixels must prove.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from archive.deliveries import Source
from capture.ribbon.joined import Joint, JointKind

Pair = tuple[Source, Source]
_NUMBER = re.compile(rb"[\s._-]*\d+$")
_ENDS = " ._-"


def neighbours(sources: Sequence[Source]) -> list[Pair]:
    """Return files next to one another in one folder whose names differ by a number at the end."""
    return [(one, two) for one, two in pairwise(sources) if _series(one) == _series(two)]


def rolls(
    sources: Sequence[Source], joints: Mapping[tuple[int, int], Joint | None]
) -> Iterator[tuple[tuple[Source, ...], tuple[Joint, ...]]]:
    """Yield sources that are one roll together, with their joints; most stand alone.

    ``joints`` are known by the row numbers of the two sources. Where an overlap proves that files
    of a series are strips of one roll, the others of it are as well, though nothing shows how
    they join: the survey doubts such a place.
    """
    proven = {
        _series(source)
        for source in sources
        for (_, after), joint in joints.items()
        if after == source.id and joint is not None and joint.proven
    }
    together: list[Source] = []
    between: list[Joint] = []
    for source in sources:
        joint = joints.get((together[-1].id, source.id)) if together else None
        if joint is not None and joint.kind is JointKind.SEAM and _series(source) not in proven:
            joint = None
        if together and joint is None:
            yield tuple(together), tuple(between)
            together, between = [], []
        if joint is not None:
            between.append(joint)
        together.append(source)
    if together:
        yield tuple(together), tuple(between)


def roll_name(names: Sequence[bytes], image: int | None = None) -> str:
    """Return what people call the roll or card in files of these delivered names.

    That is the file's name without its ending; of several files what their names begin with
    alike, or else their folder. ``image`` tells apart those of one file.
    """
    paths = [PurePosixPath(os.fsdecode(name)) for name in names]
    if len(paths) == 1:
        plain = paths[0].stem
    else:
        alike = "".join(_alike([path.stem for path in paths]))
        plain = alike.rstrip("0123456789").rstrip(_ENDS) or paths[0].parent.name or paths[0].stem
    return f"{plain}#{image}" if image is not None else plain


def _alike(stems: Sequence[str]) -> Iterator[str]:
    """Yield the letters with which all of ``stems`` begin."""
    for letters in zip(*stems, strict=False):
        if len(set(letters)) > 1:
            return
        yield letters[0]


def _series(source: Source) -> tuple[int, bytes, bytes]:
    folder, _, own = source.name.rpartition(b"/")
    stem, _, _ = own.rpartition(b".")
    return source.container_id or 0, folder, _NUMBER.sub(b"", stem or own)
