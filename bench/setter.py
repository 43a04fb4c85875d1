"""The pen: sets words and lines on sheets and begins a new sheet where one is full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from . import fonts
from .blocks import Form, Parts, Span, Style, Text
from .drawing import box_strokes
from .sheet import HEIGHT, WIDTH, Mark, Run, Sheet, Stroke, bounds

_WORD = re.compile(r"(\s*)(\S+)")
_CORNER_SIZE, _CORNER_WIDTH = 38, 820
FOOT = 190
"""Height kept free for the foot of the page, in pixels."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word still without a place."""

    text: str
    mark: int
    lead: int = 1
    """Spaces before it; typists part what belongs apart by several."""


@dataclass(slots=True)
class Canvas:
    """One sheet being filled."""

    runs: list[Run] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)


@dataclass(slots=True)
class Setter:
    """Places blocks; begins a new sheet where one is full."""

    form: Form
    pages: int
    """How many sheets there will be, for "Page 1 of 3"; 0 while that is not yet known."""
    canvases: list[Canvas] = field(default_factory=list)
    marks: list[Span] = field(default_factory=list)
    y: float = 0.0
    left: float = 0.0
    right: float = 0.0
    line: int = 0
    block: int = 0

    @property
    def style(self) -> Style:
        """How the form looks."""
        return self.form.style

    @property
    def floor(self) -> float:
        """The lowest place where text may stand."""
        return HEIGHT - self.style.margin - FOOT / 2

    def step(self, scale: float = 1.0) -> float:
        """Return the height of a line."""
        open_lines = 1.7 if self.style.double else 1.0
        return self.style.size * self.style.leading * scale * open_lines

    def room(self, height: float) -> None:
        """Begin a new sheet unless ``height`` still fits on this one."""
        if self.y + height > self.floor:
            self.new_sheet()

    def new_sheet(self) -> None:
        """Begin a sheet with its heads; finish the one before with its foot."""
        if self.canvases:
            self.finish_sheet()
        self.canvases.append(Canvas())
        self.left, self.right = self.style.margin, WIDTH - self.style.margin
        self.y = self.style.margin
        self._heads()

    def finish_sheet(self) -> None:
        """Set what stands at the foot."""
        first = len(self.canvases) == 1
        if (
            self.form.corner
            and self.form.corner_place == "foot"
            and (first or self.form.corner_everywhere)
        ):
            self.y = HEIGHT - self.style.margin - len(self.form.corner) * _CORNER_SIZE * 1.3 - 40
            self._corner(self.style.margin)
        self._foot(first)

    def tokens(self, parts: Parts) -> list[Token]:
        """Return the words of ``parts``, each with the mark it belongs to."""
        words: list[Token] = []
        spaces = 1
        for part in parts:
            text, mark = self._marked(part)
            for match in _WORD.finditer(text):
                lead, word = match.groups()
                spaces = len(lead) or spaces
                if spaces == 0 and words:
                    before = words[-1]
                    words[-1] = Token(before.text + word, max(before.mark, mark), before.lead)
                else:
                    words.append(Token(word, mark, spaces))
                spaces = 0
            spaces = spaces + len(text) - len(text.rstrip())
        return words

    def put_line(
        self, words: Iterable[Token], x: float, face: str, size: int, *, printed: bool = False
    ) -> float:
        """Set one line at the pen's height without moving it; return where it ends."""
        space = fonts.advance(face, size, " ")
        baseline = self.y + size * 0.95
        for index, word in enumerate(words):
            x += space * (word.lead if index else 0)
            run = Run(word.text, x, baseline, face, size, self.line, self.block, printed, word.mark)
            self.canvases[-1].runs.append(run)
            x += fonts.advance(face, size, word.text)
        return x

    def put_text(self, text: Text) -> None:
        """Set a paragraph, over as many sheets as it needs."""
        base = text.face or (self.style.label_face if text.printed else self.style.face)
        face = f"{base}-bold" if text.bold else base
        size = round(self.style.size * text.scale)
        indent = text.indent * self.style.size
        for line in wrap(self.tokens(text.parts), face, size, self.right - self.left - indent):
            self.room(self.step(text.scale))
            x = self._aligned(text.align, line, face, size) + indent
            self.put_line(line, x, face, size, printed=text.printed)
            self.line += 1
            self.y += self.step(text.scale)

    def stroke(self, *strokes: Stroke) -> None:
        """Draw on the sheet at hand."""
        self.canvases[-1].strokes.extend(strokes)

    def sheets(self) -> tuple[Sheet, ...]:
        """Return what was set."""
        return tuple(self._sheet(canvas) for canvas in self.canvases)

    def _sheet(self, canvas: Canvas) -> Sheet:
        # A form sets its labels before its entries; people read both from left to right.
        lines = groupby(canvas.runs, key=lambda run: (run.block, run.line))
        runs = tuple(run for _, line in lines for run in sorted(line, key=lambda run: run.x))
        return Sheet(runs, tuple(canvas.strokes), self._marks_on(runs))

    def _aligned(self, align: str, line: Sequence[Token], face: str, size: int) -> float:
        width = fonts.advance(face, size, spoken(line))
        slack = max(self.right - self.left - width, 0)
        return self.left + slack * {"left": 0.0, "center": 0.5, "right": 1.0}[align]

    def _marked(self, part: str | Span) -> tuple[str, int]:
        if isinstance(part, str):
            return part, -1
        self.marks.append(part)
        return part.text, len(self.marks) - 1

    def _marks_on(self, runs: tuple[Run, ...]) -> tuple[Mark, ...]:
        found: dict[int, list[Run]] = {}
        for run in runs:
            if run.mark >= 0:
                found.setdefault(run.mark, []).append(run)
        marked = ((self.marks[mark], tuple(members)) for mark, members in found.items())
        return tuple(
            Mark(span.field, span.value, " ".join(run.text for run in members), bounds(members))
            for span, members in marked
            if len(members) == len(span.text.split())
        )

    def _heads(self) -> None:
        first = len(self.canvases) == 1
        place = self.form.corner_place if first or self.form.corner_everywhere else ""
        place = place if self.form.corner else ""
        top, left, right = self.y, self.left, self.right
        if place == "left":
            self._corner(left)
            self.left += _CORNER_WIDTH + 40
        elif place == "right":
            self.right -= _CORNER_WIDTH + 40
        below, self.y = self.y, top
        self._first_head() if first else self._running_head()
        self.left, self.right = left, right
        below, self.y = max(below, self.y), top
        if place == "right":
            self._corner(right - _CORNER_WIDTH)
        self.y = max(below, self.y)
        if first:
            self._title()

    def _corner(self, left: float) -> None:
        top = self.y
        self.y += 12
        for parts in self.form.corner:
            self.put_line(self.tokens(parts), left + 20, "sans-bold", _CORNER_SIZE)
            self.line += 1
            self.y += _CORNER_SIZE * 1.3
        self.y += 12
        if self.form.corner_boxed:
            self.stroke(*box_strokes(left, top, _CORNER_WIDTH, self.y - top))
        self.block += 1
        self.y += 30

    def _first_head(self) -> None:
        for text in self.form.head:
            self.put_text(text)
        self.block += 1

    def _title(self) -> None:
        form = self.form
        if form.numbering and form.numbering_first and not form.numbering_foot:
            self._number()
        if form.title:
            self.y += self.step(0.35)
            self.put_text(Text((form.title,), True, 1.25, form.title_align, printed=True))
            self.y += self.step(0.4)
        self.block += 1

    def _running_head(self) -> None:
        if self.form.running:
            self.put_text(Text(self.form.running))
        if self.form.numbering and not self.form.numbering_foot:
            self._number()
        if self.form.running or self.form.numbering:
            self.y += self.step()
        self.block += 1

    def _number(self) -> None:
        self.put_text(Text(self._numbering(), align="right"))

    def _numbering(self) -> Parts:
        page, pages = len(self.canvases), max(self.pages, len(self.canvases))
        of, alone = f"{page}/{pages}", str(page)
        if self.form.numbering == "dash":
            return (Span(f"-{page}-", "page_of", alone),)
        shown, value = {
            "of": (f"{page} of {pages}", of),
            "colon": (f"{page} of {pages}", of),
            "slash": (f"{page}/{pages}", of),
        }.get(self.form.numbering, (alone, alone))
        label = "Page: " if self.form.numbering == "colon" else "Page "
        return (label, Span(shown, "page_of", value))

    def _foot(self, first: bool) -> None:
        self.y = HEIGHT - self.style.margin + 20
        numbered = self.form.numbering_first or not first
        if self.form.numbering_foot and self.form.numbering and numbered:
            words = self.tokens(self._numbering())
            self.put_line(words, self.right - 260, self.style.face, self.style.size)
        if self.form.foot:
            words = self.tokens((self.form.foot,))
            self.put_line(words, self.style.margin, "sans", 30, printed=True)
        self.line += 1
        self.block += 1


def wrap(words: Sequence[Token], face: str, size: int, width: float) -> list[list[Token]]:
    """Break words into lines no wider than ``width``; a longer word stands alone."""
    space = fonts.advance(face, size, " ")
    lines: list[list[Token]] = []
    room = -1.0
    for word in words:
        need = fonts.advance(face, size, word.text)
        if not lines or need + space * word.lead > room:
            lines.append([])
            room = width + space * word.lead
        lines[-1].append(word)
        room -= need + space * word.lead
    return lines


def spoken(words: Iterable[Token]) -> str:
    """Return words with the spaces between them."""
    return "".join(" " * word.lead + word.text for word in words).lstrip()
