"""The tables of a comparison, and the list of what went wrong in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import tally
from .found import Pair, told
from .peer import Reading
from .results import Table, percent
from .score import character_error_rate

_BAD_READING = 0.15


OURS = "chartroom"


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pages of one look, and what every program made of them."""

    pairs: tuple[Pair, ...]
    readings: Mapping[str, Reading]
    """By the name of the program, ours first; texts in the order of ``pairs``."""

    @property
    def look(self) -> str:
        """What the pages look like."""
        return self.pairs[0].look

    @property
    def report(self) -> dict[str, Any]:
        """The last line of ``convert --json``."""
        told: dict[str, Any] = json.loads(self.readings[OURS].run.output.splitlines()[-1])
        return told


def tables(chunks: Sequence[Chunk]) -> tuple[Table, ...]:
    """Return the tables of a measurement."""
    pairs = [pair for chunk in chunks for pair in chunk.pairs]
    return (
        _speed(chunks),
        _ratio(chunks),
        *_texts(chunks),
        _geometry(chunks),
        _fields(pairs),
        _types(chunks),
        _filing(chunks),
        _account(chunks),
    )


def _looks(chunks: Sequence[Chunk]) -> dict[str, list[Pair]]:
    groups = {chunk.look: list(chunk.pairs) for chunk in chunks}
    return groups | {"all": [pair for chunk in chunks for pair in chunk.pairs]}


def _speed(chunks: Sequence[Chunk]) -> Table:
    frames = sum(len(chunk.pairs) for chunk in chunks)
    rows = []
    for name in chunks[0].readings:
        runs = [chunk.readings[name].run for chunk in chunks]
        seconds, cpu = sum(one.seconds for one in runs), sum(one.cpu_seconds for one in runs)
        peak = max(one.peak_bytes for one in runs) / 2**20
        largest = max(one.largest_bytes for one in runs) / 2**20
        spent = f"{60 * frames / seconds:.1f}", f"{cpu / frames:.2f}"
        rows.append((name, frames, *spent, f"{peak:.0f}", f"{largest:.0f}"))
    columns = (
        "",
        "frames",
        "frames a minute",
        "CPU seconds a frame",
        "peak memory, MiB",
        "of one process",
    )
    note = (
        f"Two workers or jobs each, in turns: {len(chunks)} runs each, the start of the programs"
        " included. Memory: the whole tree of processes, what they share counted once; beside it"
        " the most that any one process of the tree held."
    )
    return Table("Speed and memory", columns, tuple(rows), note)


def _ratio(chunks: Sequence[Chunk]) -> Table:
    others = [name for name in chunks[0].readings if name != OURS]
    groups = {chunk.look: [chunk] for chunk in chunks} | {"all": list(chunks)}
    rows = tuple(
        (look, *(cell for name in others for cell in _times(group, name)))
        for look, group in groups.items()
    )
    columns = ("look", *(f"{what} {name}" for name in others for what in ("time of", "CPU of")))
    note = "Times what chartroom takes for the same frames: over 1.00, chartroom is faster."
    return Table("Beside chartroom", columns, rows, note)


def _times(chunks: Sequence[Chunk], name: str) -> tuple[str, str]:
    ours = [chunk.readings[OURS].run for chunk in chunks]
    theirs = [chunk.readings[name].run for chunk in chunks]
    seconds = sum(one.seconds for one in theirs) / sum(one.seconds for one in ours)
    cpu = sum(one.cpu_seconds for one in theirs) / sum(one.cpu_seconds for one in ours)
    return f"{seconds:.2f}", f"{cpu:.2f}"


_MEASURES: tuple[tuple[str, Callable[[tally.TextScore], float]], ...] = (
    ("CER, median of the pages", lambda score: score.median),
    ("CER, mean of the pages", lambda score: score.mean),
    ("CER that nine pages of ten stay under", lambda score: score.worst_tenth),
    ("Word recall", lambda score: score.recall),
)
_NOTES = {
    _MEASURES[0][0]: "Character error rate (CER) against the reading order of the layout. Looks:"
    " pages that lay upright.",
    _MEASURES[-1][0]: "Whatever the order.",
}


def _texts(chunks: Sequence[Chunk]) -> tuple[Table, ...]:
    scores = {look: _scores(places) for look, places in _places(chunks).items() if places}
    names = tuple(chunks[0].readings)
    return tuple(
        Table(
            title,
            ("look", "pages", *names),
            tuple(
                (look, by_name[OURS].pages, *(percent(figure(by_name[name]), 2) for name in names))
                for look, by_name in scores.items()
            ),
            _NOTES.get(title, ""),
        )
        for title, figure in _MEASURES
    )


def _places(chunks: Sequence[Chunk]) -> dict[str, list[tuple[Chunk, int]]]:
    """Return by group the pages, each as its chunk and its place in it."""
    pages = [
        (chunk, place) for chunk in chunks for place, pair in enumerate(chunk.pairs) if pair.is_page
    ]
    turned = [one for one in pages if _rotation(*one)]
    looks = {
        chunk.look: [one for one in pages if one[0] is chunk and not _rotation(*one)]
        for chunk in chunks
    }
    return looks | {"turned pages of all looks": turned, "all": pages}


def _rotation(chunk: Chunk, place: int) -> int:
    return int(chunk.pairs[place].truth["rotation"])


def _scores(places: Sequence[tuple[Chunk, int]]) -> dict[str, tally.TextScore]:
    return {
        name: tally.text_score(
            [
                (chunk.pairs[place].truth["text"], chunk.readings[name].texts[place])
                for chunk, place in places
            ]
        )
        for name in places[0][0].readings
    }


def _geometry(chunks: Sequence[Chunk]) -> Table:
    rows = []
    for name, pairs in _looks(chunks).items():
        one = tally.geometry_score(pairs)
        rows.append(
            (
                name,
                one.pages,
                percent(one.upright),
                f"{one.turned_found} of {one.turned}",
                f"{one.skew_median:.3f}",
                f"{one.skew_worst_tenth:.3f}",
                one.skewed,
            )
        )
    columns = (
        "look",
        "pages",
        "quarter turn right",
        "of turned pages",
        "skew error, median",
        "90th percentile",
        "off by over 0.5",
    )
    return Table("Rotation and skew (chartroom)", columns, tuple(rows), "Skew in degrees.")


def _fields(pairs: Sequence[Pair]) -> Table:
    scores = tally.field_scores(pairs)
    rows = tuple(
        (
            field,
            one.right + one.missing,
            percent(one.exact),
            one.missing,
            one.wrong,
            percent(one.silently_wrong),
        )
        for field, one in scores.items()
    )
    columns = ("field", "true values", "exact", "absent", "wrong", "silently wrong")
    note = (
        "By page. A value counts when given with a confidence of 0.5 or more; *silently wrong*:"
        " share of those that are not on the page as a value of this field. Case and spaces are"
        " put aside, and hyphens of account numbers."
    )
    return Table("Index values (chartroom)", columns, rows, note)


def _types(chunks: Sequence[Chunk]) -> Table:
    rows = []
    for name, pairs in _looks(chunks).items():
        typed, starts = tally.type_score(pairs), tally.boundaries(pairs)
        rows.append(
            (
                name,
                percent(typed.accuracy),
                typed.wrong,
                typed.unsure,
                f"{starts.f1:.3f}",
                f"{starts.recall:.3f}",
                f"{starts.precision:.3f}",
            )
        )
    columns = ("look", "type right", "wrong", "unsure", "starts, F1", "recall", "precision")
    note = (
        "Type of a page: that of the document it was put into. Starts: where documents begin; there"
        " were no separator sheets."
    )
    return Table("Types and documents (chartroom)", columns, tuple(rows), note)


def _filing(chunks: Sequence[Chunk]) -> Table:
    rows = []
    for name, pairs in _looks(chunks).items():
        one = tally.filed_score(pairs)
        pages, found = one.pages, one.documents
        rows.append(
            (
                name,
                pages.right + pages.wrong + pages.held,
                percent(pages.automatic),
                pages.wrong,
                found.right + found.wrong,
                found.wrong,
                percent(one.upper_bound),
            )
        )
    columns = (
        "look",
        "pages",
        "filed without a person",
        "pages to a wrong patient",
        "documents filed",
        "of them wrong",
        "95 % bound when 0",
    )
    strays = sum(
        pair.is_page and pair.truth["patient"] != pair.truth["chart"]
        for chunk in chunks
        for pair in chunk.pairs
    )
    note = (
        "Every patient is in the patient index, beside more others, families among them. Pages that"
        f" lie in the chart of another patient: {strays}. The bound of the rate of wrong documents"
        " is the rule of three."
    )
    return Table("Whose page it is (chartroom)", columns, tuple(rows), note)


def _account(chunks: Sequence[Chunk]) -> Table:
    states = tally.states([pair for chunk in chunks for pair in chunk.pairs])
    rows = [
        (f"true {true}, found {found}", count) for (true, found), count in sorted(states.items())
    ]
    rows.append(("unaccounted for", sum(abs(chunk.report["unaccounted"]) for chunk in chunks)))
    return Table("Account of the frames (chartroom)", ("frames", "count"), tuple(rows))


def failures(chunks: Sequence[Chunk]) -> Iterator[dict[str, object]]:
    """Yield every frame on which something went wrong, with what."""
    for chunk in chunks:
        others = [one.texts for name, one in chunk.readings.items() if name != OURS]
        for pair, *theirs in zip(chunk.pairs, *others, strict=True):
            wrong = {name: what for name, what in _checks(pair, theirs) if what}
            if wrong:
                yield told(pair) | wrong


def _checks(pair: Pair, theirs: Sequence[str]) -> Iterator[tuple[str, object]]:
    if pair.found is None:
        yield "lost", True
    elif not pair.is_page:
        same = pair.found.state == pair.truth["state"]
        yield "state", None if same else (pair.found.state, pair.found.reason)
    else:
        yield "cer", _misread(pair, theirs)
        yield "geometry", _misturned(pair)
        yield "type", _mistyped(pair)
        yield "starts", _misparted(pair)
        yield "filing", _misfiled(pair)
        yield "wrong values", tally.wrong_values(pair)
        yield "absent values", tally.absent_values(pair)


def _misread(pair: Pair, theirs: Sequence[str]) -> tuple[float, float] | None:
    """Return our error rate and the least of the others when ours is bad."""
    ours = character_error_rate(pair.truth["text"], pair.text)
    beside = min((character_error_rate(pair.truth["text"], read) for read in theirs), default=1.0)
    bad = ours > _BAD_READING or ours > beside + 0.02
    return (round(ours, 3), round(beside, 3)) if bad else None


def _misturned(pair: Pair) -> str:
    assert pair.found
    true, found = pair.truth, pair.found
    if true["rotation"] != found.rotation:
        return f"lay at {true['rotation']}, taken for {found.rotation}"
    off = abs(true["skew"] - found.skew) > 0.5
    return f"skew {true['skew']:.2f}, taken for {found.skew:.2f}" if off else ""


def _mistyped(pair: Pair) -> str:
    assert pair.found
    document = pair.found.document
    shown = f"{pair.truth['type']['name']}: {document.code if document else 'no document'}"
    return "" if tally.type_outcome(pair) == "right" else shown


def _misparted(pair: Pair) -> str:
    assert pair.found
    true, found = pair.truth["boundary"], pair.found.first
    if true == found:
        return ""
    return "not seen" if true else "seen where none is"


def _misfiled(pair: Pair) -> str:
    assert pair.found
    filed = tally.filed_to(pair)
    if filed is None:
        return pair.found.reason or pair.found.state
    return "" if filed == pair.truth["patient"] else "WRONG PATIENT"
