"""Diagnoses and procedures as printed under their heads, and the codes printed with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capture.model import Box
from ocr.model import Word

from .doctypes import section_head_keys
from .heads import Standing, head_key, standing_of
from .misread_label import cost, shape_key
from .rows import Layout, Row, box_of, segments_of, text_of

_NUMBERING = re.compile(r"^[(\[]?(?:\d{1,2}|[A-Ha-h])[.):]$")
_NEW_HEAD = re.compile(r"^[A-Z][A-Z &/'\-]{3,40}:|^[A-Z][a-z]+(?: [A-Za-z]+){0,3}:(?!\d)")
_ICD9 = re.compile(
    r"(?<![\w.\-/])(?:V\d{2}(?:\.\d{1,2})?|E\d{3}(?:\.\d)?|\d{3}\.\d{1,2})(?![\w/\-])(?!\s*(?:mg|mm|cm|ml|kg|lb|%))"
)
_ICD10 = re.compile(r"(?<![\w.])[A-TV-Z]\d[\dAB]\.[\dA-Z]{1,4}(?!\w)")
_NOTHING = re.compile(
    r"^(?:none(?: \w+)?|no (?:operation|procedures?)|n\W?a|nil|not applicable|unknown|deferred"
    r"|[\W_]*)$",
    re.IGNORECASE,
)
_SAME = re.compile(r"^(?:the )?same(?: as .*)?$", re.IGNORECASE)
_NARRATIVE = re.compile(
    r"\b(?:was|were|is|are|has been|had been|underwent|tolerated)\b|"
    r"^(?:Through|Under|After|With|The patient|Following)\b"
)
_SENTENCES = re.compile(r"[a-z]{3}\. [A-Z]")
_STATES = re.compile(r"^(?:[Mm]y|[Oo]ur|[Tt]he) (?:impression|diagnosis) (?:is|was)$")
_SENTENCE_ENDS = re.compile(r"[a-z]{3}\.$")
_CLOSE_COMMA = re.compile(r",(?=[A-Za-z])")
_LINKS = frozenset({"and", "of", "with", "the", "to", "in", "or"})
_CONSENTED = re.compile(r"^(?:perform|performed|operation|procedure):$")
_COLUMN = 2.5
"""Characters of space that part columns rather than words."""
_ONE_LETTER = 0.8
"""One letter lost, or taken for one like it."""
_MOST_LINES = 6
_MOST_WORDS = 30
_MOST_LEAD = 6
_MOST_OF_AN_IMPRESSION = 12


@dataclass(frozen=True, slots=True)
class HeadedLine:
    """A diagnosis or a procedure under its head."""

    field: str
    value: str
    words: Row
    """As it was read."""
    evidence: Row
    """All words that it rests on; more than ``words`` where it says "same"."""
    strength: float
    rule: str


@dataclass(frozen=True, slots=True)
class _Head:
    """A head, what stands beside it, and the column under it."""

    standing: Standing
    row: int
    beside: Row
    left: float
    right: float


def printed_codes(text: str) -> tuple[str, ...]:
    """Return the ICD-9-CM and ICD-10-CM codes printed in ``text``, left to right."""
    # V45.81 is a code of both books: it stands once.
    found = {m.start(): m.group() for rule in (_ICD9, _ICD10) for m in rule.finditer(text)}
    return tuple(code for _, code in sorted(found.items()))


def headed_lines(layout: Layout, *, impressions: bool = True) -> tuple[HeadedLine, ...]:
    """Return what stands beside or under heads of diagnoses and procedures, the surest first.

    "Same" is the preoperative diagnosis of the page. Running prose, "none" and its like name
    nothing. ``impressions`` is off for reports whose impression is a finding.
    """
    lines = [
        (head.standing, words)
        for head in _heads(layout)
        if impressions or head.standing.name != "impression"
        for words in _lines_of(layout, head)
    ]
    lines += [(_STATED, words) for words in _stated(layout)]
    before = [words for standing, words in lines if standing.name == "preoperative"]
    named = (line for pair in lines for line in _named(*pair, before))
    return tuple(sorted(named, key=lambda line: (line.field, -line.strength)))


def _heads(layout: Layout) -> Iterator[_Head]:
    for number, row in enumerate(layout.rows):
        segments = [
            run
            for run in segments_of(row, layout.pitch, _COLUMN)
            if any(character.isalnum() for character in text_of(run))
        ]
        for n, run in enumerate(segments):
            head = _head_of(layout, number, run, segments[n + 1 :])
            if head is not None:
                yield head
        consent = _consented(row)
        if consent:
            left = float(box_of(row).x)
            yield _Head(_CONSENT, number, row[consent:], left, float(layout.width))


def _stated(layout: Layout) -> Iterator[Row]:
    """Yield the rest of each sentence such as "My impression is acute appendicitis."."""
    for number, row in enumerate(layout.rows):
        for start in range(len(row) - 3):
            if not _STATES.match(text_of(row[start : start + 3])):
                continue
            below = layout.rows[number + 1] if number + 1 < len(layout.rows) else ()
            yield _sentence((*row[start + 3 :], *below))


def _sentence(words: Row) -> Row:
    """Return ``words`` up to the end of a sentence; none where it has no end."""
    stops = (n + 1 for n, word in enumerate(words) if _SENTENCE_ENDS.search(word.text))
    return words[: next(stops, 0)]


_STATED = Standing("impression", "diagnosis", 0.75)
_CONSENT = Standing("consented", "procedure", 0.92)


def _consented(row: Row) -> int:
    """Return where the operation of "... authorize Dr. B to perform: ..." starts; 0 for none."""
    text = text_of(row).lower()
    if len(row) < 5 or not ("authorize" in text or "consent" in text or "following" in text):
        return 0
    stops = (n + 1 for n, word in enumerate(row) if _CONSENTED.match(word.text.lower()))
    return next(stops, 0)


def _head_of(layout: Layout, number: int, run: Row, others: Sequence[Row]) -> _Head | None:
    found = _opening(run)
    if found is None:
        return None
    standing, stop = found
    beside = run[stop:]
    marked = run[stop - 1].text.endswith(":")
    if marked and not beside:
        beside = tuple(word for other in _until_label(others) for word in other)
    right = float(layout.width)
    if others and not beside:
        right = others[0][0].box.x - layout.pitch
    return _Head(standing, number, _without_numbering(beside), float(run[0].box.x), right)


def _until_label(segments: Sequence[Row]) -> Iterator[Row]:
    for run in segments:
        if any(word.text.endswith(":") for word in run[:4]):
            return
        yield run


def _opening(run: Row) -> tuple[Standing, int] | None:
    """Return the standing of the head that ``run`` starts with and where the head stops."""
    text = ""
    for stop in range(1, min(5, len(run)) + 1):
        text += run[stop - 1].text
        marked = run[stop - 1].text.endswith(":")
        if not marked and stop != len(run):
            continue
        standing = standing_of(head_key(text))
        if standing and run[0].text[:1].isupper():
            return standing, stop
        if marked:
            return None
    return None


def _without_numbering(words: Row) -> Row:
    start = 0
    while start < len(words) and (
        _NUMBERING.match(words[start].text) or words[start].text in ":-•*"
    ):
        start += 1
    return words[start:]


def _lines_of(layout: Layout, head: _Head) -> Iterator[Row]:
    """Yield what stands beside the head, then numbered lines or the one line under it.

    A line that goes on in small letters is one line with the one before it.
    """
    line = head.beside
    above = box_of(layout.rows[head.row])
    for row in layout.rows[head.row + 1 : head.row + 1 + _MOST_LINES]:
        words = tuple(word for word in row if _in_column(word, head, layout.pitch))
        if not words or _ends(layout, above, words, bare=not line):
            break
        numbered = bool(_NUMBERING.match(words[0].text))
        if numbered and head.standing is _CONSENT:
            break  # the terms of the form
        if not line or numbered:
            yield from (line,) if line else ()
            line = _without_numbering(words)
        elif _goes_on(line, words):
            line = (*line, *words)
        else:
            break
        above = box_of(words)
    if line:
        yield line


def _in_column(word: Word, head: _Head, pitch: float) -> bool:
    return head.left - 3 * pitch <= word.box.x < head.right


def _ends(layout: Layout, above: Box, words: Row, *, bare: bool) -> bool:
    """Say whether the line is too far off, or opens a section of its own."""
    if box_of(words).y - above.bottom > 2.2 * layout.row_height or _opening(words):
        return True
    text = text_of(words)
    if not _NEW_HEAD.match(text):
        return False
    # Right under a head, words before a colon may name a specimen: "Appendix: Acute appendicitis".
    return not bare or head_key(text.partition(":")[0]) in section_head_keys()


def _goes_on(line: Row, words: Row) -> bool:
    if line[-1].text.endswith("."):
        return False
    open_end = line[-1].text.endswith((",", "-")) or line[-1].text.lower() in _LINKS
    return words[0].text[:1].islower() or open_end


def _named(standing: Standing, words: Row, before: Sequence[Row]) -> Iterator[HeadedLine]:
    text = text_of(words).strip(" .;,:")
    if standing.field == "diagnosis" and (_SAME.match(text) or _is_nearly(words, "SAME")):
        yield from (_same(standing, words, named) for named in before)
        return
    if not _is_name(standing, text, len(words)):
        return
    kept = _without_lead(words) if standing.field == "diagnosis" else words
    value = _CLOSE_COMMA.sub(", ", text_of(kept)).strip(" .;,:")
    rule = f"{standing.name}-{standing.field}@1"
    yield HeadedLine(standing.field, value, kept, kept, standing.strength, rule)


def _is_nearly(words: Row, printed: str) -> bool:
    return len(words) == 1 and cost(shape_key(words[0].text), printed) <= _ONE_LETTER


def _same(standing: Standing, words: Row, named: Row) -> HeadedLine:
    value, evidence = text_of(named).strip(" .;,:"), (*named, *words)
    rule = f"same-{standing.field}@1"
    return HeadedLine(standing.field, value, words, evidence, standing.strength, rule)


def _is_name(standing: Standing, text: str, words: int) -> bool:
    """Say whether ``text`` names something: not "none", no page of prose, no narrative."""
    if _NOTHING.match(text) or cost(shape_key(text), "NONE") <= _ONE_LETTER:
        return False
    if words > _MOST_WORDS or sum(map(str.isalpha, text)) < 3:
        return False
    if standing.name == "impression":
        return words <= _MOST_OF_AN_IMPRESSION and not _NARRATIVE.search(text)
    if standing.field == "diagnosis":
        return True
    sentences = words > _MOST_OF_AN_IMPRESSION and _SENTENCES.search(text)
    return not (sentences or _NARRATIVE.search(text))


def _without_lead(words: Row) -> Row:
    """Drop the specimen or axis that a diagnosis is said of: "Appendix: Acute appendicitis"."""
    for n, word in enumerate(words[:_MOST_LEAD]):
        if word.text.endswith(":") and n + 1 < len(words):
            return words[n + 1 :]
    return words


def line_quality(words: Row) -> float:
    """Return the share of the line's characters that are letters, digits or common marks."""
    text = text_of(words)
    plain = sum(c.isalnum() or c in " .,;:()/-'%&+#" for c in text)
    return plain / len(text) if text else 0.0
