"""Charts whose pages say little of where a document begins, for boxes harder than the usual ones.

`bare` has no page numbers and no running heads; `notes` has sheets of nursing and progress notes
of following days in one form, without numbers; `untitled` leaves out the titles of half of its
documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from .blocks import Form
from .case import House, Voice
from .charts import KINDS, Paper, chart, stay, suits
from .conditions import CONDITIONS
from .design import dress
from .layout import lay_out
from .people import Person

FAMILIES = ("bare", "notes", "untitled")
_DAYS = 6


def plain_chart(
    family: str, person: Person, rng: Random, prefix: str, where: House
) -> tuple[Paper, ...]:
    """Return the documents of one stay as ``family`` prints them; ids begin with ``prefix``."""
    if family == "notes":
        return tuple(_with_notes(person, rng, prefix, where))
    dressed = _DRESSED[family]
    return chart(person, rng, prefix, where, lambda form: dressed(form, rng))


def _bare(form: Form, _: Random) -> Form:
    return replace(form, numbering="", running=(), corner_everywhere=False)


def _untitled(form: Form, rng: Random) -> Form:
    return replace(form, title="") if rng.random() < 0.5 else form


_DRESSED: dict[str, Callable[[Form, Random], Form]] = {"bare": _bare, "untitled": _untitled}


def _with_notes(person: Person, rng: Random, prefix: str, where: House) -> Iterator[Paper]:
    """Yield the usual documents, and behind them notes of following days in one form each."""
    usual = chart(person, rng, prefix, where)
    yield from (one for one in usual if one.kind.write.__name__ not in _NOTES)
    condition = rng.choice([found for found in CONDITIONS if suits(found, person)])
    case = stay(person, condition, rng, where)
    for name in _NOTES:
        kind, look = KINDS[name], None
        for number in range(rng.randint(2, _DAYS)):
            day = case.admitted + timedelta(number)
            voice = Voice(case, day, rng, case.house.dates)
            drafts = [kind.write(voice) for _ in range(rng.choice((1, 1, 1, 2, 3, 4)))]
            draft = replace(drafts[0], blocks=sum((one.blocks for one in drafts), ()))
            form = _alike(dress(voice, draft), look)
            look = look or form
            yield Paper(f"{prefix}-{name}-{number}", kind, person, day, lay_out(form))


_NOTES = ("nursing_note", "progress_note")


def _alike(form: Form, look: Form | None) -> Form:
    """Return ``form`` in the dress of ``look``: one stack of blank sheets serves a ward."""
    model = look or form
    return replace(
        form,
        style=model.style,
        head=model.head,
        head_align=model.head_align,
        corner=model.corner,
        corner_place=model.corner_place,
        corner_boxed=model.corner_boxed,
        corner_everywhere=model.corner_everywhere,
        title=model.title,
        title_align=model.title_align,
        running=model.running,
        numbering="",
        foot=model.foot,
    )
