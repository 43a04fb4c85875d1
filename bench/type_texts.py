"""Documents of every type of the catalogue, put together from short texts of our own.

The charts of `bench.charts` hold 26 types; this writes all of them, in more and shorter ways.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from random import Random

from indexer.doctypes import UNCLASSIFIED, type_entry

from .blocks import Block, Cell, Gap, Grid, Sign, Text
from .case import Voice
from .charts import Kind, Paper, house, paper, stay, suits
from .conditions import CONDITIONS
from .design import Draft, section, section_look
from .people import people

TEXTS = Path(__file__).with_suffix(".toml")
_HELD_OUT = 4
"""Every so manieth head and sentence of a list is kept from pages for development."""
_UNTITLED = 0.25


@dataclass(frozen=True, slots=True)
class Section:
    """What may stand under a head."""

    heads: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypeText:
    """How documents of one type are written."""

    code: str
    sections: tuple[Section, ...]
    form: bool
    """Set as boxes with a label each."""


@lru_cache(maxsize=1)
def type_texts() -> tuple[TypeText, ...]:
    """Return the texts of every type."""
    rows = tomllib.loads(TEXTS.read_text(encoding="utf-8"))["type"]
    return tuple(
        TypeText(row["code"], tuple(map(_section, row["text"].split("\n")[:-1])), "form" in row)
        for row in rows
    )


def _section(line: str) -> Section:
    heads, _, sentences = line.partition(": ")
    return Section(tuple(heads.split("|")), tuple(sentences.split(" / ")))


def composed_papers(seed: int, each: int, *, development: bool = False) -> Iterator[Paper]:
    """Yield ``each`` documents of every type, each of another invented patient."""
    texts = type_texts()
    able = (one for one in people(seed) if any(suits(c, one) for c in CONDITIONS))
    for number, person in enumerate(islice(able, each * len(texts))):
        rng = Random(f"{seed} composed {number}")
        text = texts[number % len(texts)]
        condition = rng.choice([found for found in CONDITIONS if suits(found, person)])
        case = stay(person, condition, rng, house(rng, development=development))
        entry = type_entry(text.code)
        assert entry is not None, "every text is of a type of the catalogue"
        kind = Kind(entry.code, entry.name, partial(composed, text))
        yield paper(case, kind, case.admitted, rng, f"c{number:05}")


def composed(text: TypeText, voice: Voice) -> Draft:
    """Write one document of the type."""
    rng = voice.rng
    shown = [part for part in text.sections if rng.random() < 0.8] or list(text.sections)
    blocks = _boxes(voice, shown) if text.form else _prose(voice, shown)
    sign = Sign((voice.attending().text,), rng.randrange(10**9))
    dated = voice.pick("Date", "Date of Service", "") if rng.random() < 0.6 else ""
    plain = rng.random() < (0.7 if text.code == UNCLASSIFIED else 0.15)
    return Draft(_title(voice, text), (*blocks, Gap(), sign), dated=dated, plain=plain)


def _title(voice: Voice, text: TypeText) -> str:
    entry = type_entry(text.code)
    if entry is None or not entry.titles or voice.rng.random() < _UNTITLED:
        return ""
    title = voice.rng.choice(entry.titles)
    return title.upper() if voice.rng.random() < 0.7 else title.title()


def _shown(voice: Voice, every: tuple[str, ...]) -> tuple[str, ...]:
    if not voice.case.house.development or len(every) < _HELD_OUT:
        return every
    return tuple(one for n, one in enumerate(every, 1) if n % _HELD_OUT)


def _prose(voice: Voice, parts: list[Section]) -> Iterator[Block]:
    look = section_look(voice)
    for part in parts:
        yield from section(voice, voice.pick(*_shown(voice, part.heads)), _said(voice, part), look)


def _said(voice: Voice, part: Section) -> str:
    sentences = _shown(voice, part.sentences)
    chosen = voice.rng.sample(sentences, min(voice.rng.randint(1, 4), len(sentences)))
    return " ".join(voice.pen.say(sentence) for sentence in chosen)


def _boxes(voice: Voice, parts: list[Section]) -> Iterator[Block]:
    rng = voice.rng
    cells = []
    for part in parts:
        heads, sentences = _shown(voice, part.heads), _shown(voice, part.sentences)
        for head in rng.sample(heads, min(len(heads), rng.randint(1, 2))):
            cells.append(Cell(head, (voice.pen.say(rng.choice(sentences)),)))
    rows = tuple(tuple(cells[at : at + 2]) for at in range(0, len(cells), 2))
    yield Grid(rows, above=rng.random() < 0.6, boxed=rng.random() < 0.6)
    if rng.random() < 0.4:
        yield Text((_said(voice, rng.choice(parts)),))
