"""The tables of a comparison, and the list of what went wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import tally
from .found import Pair, told
from .program import Ran
from .results import Table, percent
from .score import character_error_rate

_BAD_READING = 0.15


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pages of one look, and what both made of them."""

    pairs: tuple[Pair, ...]
    theirs: tuple[str, ...]
    """Text of each frame by OCRmyPDF, in the order of ``pairs``."""
    our_run: Ran
    their_run: Ran
    report: dict[str, Any]
    """Last line of ``convert --json``."""


def tables(chunks: Sequence[Chunk]) -> tuple[Table, ...]:
    """Return the tables of a measurement."""
    pairs = [pair for chunk in chunks for pair in chunk.pairs]
    return (
        _speed(chunks),
        _text(chunks),
        _geometry(chunks),
        _fields(pairs),
        _types(chunks),
        _filing(chunks),
        _account(chunks),
    )


def _looks(chunks: Sequence[Chunk]) -> dict[str, list[Pair]]:
    groups = {chunk.pairs[0].look: list(chunk.pairs) for chunk in chunks}
    return groups | {"all": [pair for chunk in chunks for pair in chunk.pairs]}


def _speed(chunks: Sequence[Chunk]) -> Table:
    frames = sum(len(chunk.pairs) for chunk in chunks)
    rows = []
    for name, runs in (
        ("chartroom", [chunk.our_run for chunk in chunks]),
        ("OCRmyPDF", [chunk.their_run for chunk in chunks]),
    ):
        seconds, cpu = sum(one.seconds for one in runs), sum(one.cpu_seconds for one in runs)
        peak = max(one.peak_bytes for one in runs) / 2**20
        rows.append(
            (name, frames, f"{60 * frames / seconds:.1f}", f"{cpu / frames:.2f}", f"{peak:.0f}")
        )
    columns = ("", "frames", "frames a minute", "CPU seconds a frame", "peak memory, MiB")
    note = (
        f"Two workers or jobs each, in turns: {len(chunks)} runs each, the start of the programs"
        " included. Memory: the whole tree of processes, what they share counted once."
    )
    return Table("Speed and memory", columns, tuple(rows), note)


def _texts(chunk: Chunk, *, turned: bool | None = None) -> Iterator[tuple[str, str, str]]:
    for pair, theirs in zip(chunk.pairs, chunk.theirs, strict=True):
        if pair.is_page and turned in {None, pair.truth["rotation"] != 0}:
            yield pair.truth["text"], pair.text, theirs


def _text(chunks: Sequence[Chunk]) -> Table:
    groups = {chunk.pairs[0].look: list(_texts(chunk, turned=False)) for chunk in chunks}
    groups["turned pages of all looks"] = [
        one for chunk in chunks for one in _texts(chunk, turned=True)
    ]
    groups["all"] = [one for chunk in chunks for one in _texts(chunk)]
    rows = tuple(_text_row(name, texts) for name, texts in groups.items() if texts)
    columns = (
        "look",
        "pages",
        "CER median",
        "theirs",
        "CER mean",
        "theirs",
        "CER 90th percentile",
        "theirs",
        "word recall",
        "theirs",
    )
    note = (
        "Character error rate (CER) against the reading order of the layout; word recall"
        " whatever the order. Looks: pages that lay upright."
    )
    return Table("Text", columns, rows, note)


def _text_row(name: str, texts: Sequence[tuple[str, str, str]]) -> tuple[str | int, ...]:
    ours = tally.text_score([(truth, read) for truth, read, _ in texts])
    theirs = tally.text_score([(truth, read) for truth, _, read in texts])
    figures = [
        percent(share, 2)
        for pair in (
            (ours.median, theirs.median),
            (ours.mean, theirs.mean),
            (ours.worst_tenth, theirs.worst_tenth),
            (ours.recall, theirs.recall),
        )
        for share in pair
    ]
    return (name, len(texts), *figures)


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
        for pair, theirs in zip(chunk.pairs, chunk.theirs, strict=True):
            wrong = {name: what for name, what in _checks(pair, theirs) if what}
            if wrong:
                yield told(pair) | wrong


def _checks(pair: Pair, theirs: str) -> Iterator[tuple[str, object]]:
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


def _misread(pair: Pair, theirs: str) -> tuple[float, float] | None:
    ours = character_error_rate(pair.truth["text"], pair.text)
    beside = character_error_rate(pair.truth["text"], theirs)
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
