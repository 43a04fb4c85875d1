"""Dress a document's blocks as a form: letterhead, who it is about, title, running heads."""

from __future__ import annotations

from dataclasses import dataclass

from . import fonts
from .blocks import Block, Cell, Form, Gap, Grid, Parts, Style, Text
from .case import Voice

MRN_LABELS = ("MRN", "MR#", "Unit No.", "Med. Rec. No.", "Hospital No.", "M.R. No.", "Chart No.")
_NAME_LABELS = ("Patient", "Name", "Patient Name", "PATIENT NAME", "NAME")
_BIRTH_LABELS = ("DOB", "Date of Birth", "Birth Date", "D.O.B.", "Birthdate")
_ACCOUNT_LABELS = ("Account No.", "Acct #", "Visit No.", "Case No.", "Billing No.")
_ADMIT_LABELS = ("Admitted", "Date of Admission", "Admission Date", "Adm. Date", "ADM")
_DISCHARGE_LABELS = ("Discharged", "Date of Discharge", "Discharge Date", "Disch. Date")
_ATTENDING_LABELS = ("Attending", "Attending Physician", "Physician", "ATTENDING MD")
_REFERRING_LABELS = ("Referring", "Referring Physician", "Referred by", "Ref. Phys.")
HELD_OUT = {"freemono": "courier", "caladea": "times", "grid": "lines", "foot": "right"}
"""Faces, a look of the head and a place of the corner that pages for development never show,
each with what they show instead."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a document says, with what its form must show."""

    title: str
    blocks: tuple[Block, ...]
    stay: bool = False
    """The head shows admission and discharge."""
    dated: str = ""
    """Label of the service date in the head; empty when the body has it or nothing does."""
    referred: bool = False
    style: str = ""
    """``typed`` or ``printed`` where only one will do."""
    plain: bool = False
    """A form without the usual head: the body says whose it is."""


def dress(voice: Voice, draft: Draft) -> Form:
    """Return the form of a draft in one of the looks of its hospital."""
    rng = voice.rng
    look = rng.choice(("corner", "corner", "grid", "boxes", "lines", "lines"))
    look = "plain" if draft.plain else _shown(voice, look)
    numbering = rng.choice(("of", "of", "colon", "slash", "plain", "dash", ""))
    return Form(
        style=_style(voice, draft),
        blocks=(*_identity(voice, draft, look), *draft.blocks),
        head=_letterhead(voice),
        head_align=rng.choice(("center", "left")),
        corner=_corner(voice) if look == "corner" else (),
        corner_place=_shown(voice, rng.choice(("right", "right", "left", "foot"))),
        corner_boxed=rng.random() < 0.4,
        corner_everywhere=rng.random() < 0.5,
        title=draft.title,
        title_align=rng.choice(("center", "center", "left")),
        running=_running(voice),
        numbering=numbering,
        numbering_first=numbering in {"of", "colon", "slash"} and rng.random() < 0.7,
        numbering_foot=rng.random() < 0.4,
        foot=_form_number(voice),
    )


def _shown(voice: Voice, choice: str) -> str:
    # Chosen first and exchanged after, so that all other pages stay what they were.
    return HELD_OUT.get(choice, choice) if voice.case.house.development else choice


def _style(voice: Voice, draft: Draft) -> Style:
    rng, house = voice.rng, voice.case.house
    typed = draft.style != "printed" and (draft.style == "typed" or rng.random() < 0.6)
    face = _shown(voice, house.face if typed else rng.choice(fonts.PRINTED))
    return Style(
        face=face,
        size=rng.choice((42, 44, 46)) if typed else rng.choice((40, 42, 46)),
        label_face=house.label_face if not typed or rng.random() < 0.5 else face,
        leading=rng.choice((1.2, 1.3, 1.4)),
        margin=rng.choice((200, 225, 260)),
    )


def _letterhead(voice: Voice) -> tuple[Text, ...]:
    house, rng = voice.case.house, voice.rng
    align = rng.choice(("center", "left"))
    name = Text((voice.facility(rng.random() < 0.5),), True, 1.2, align, printed=True)
    where = Text((f"{house.street}, {house.town}",), scale=0.75, align=align, printed=True)
    phone = Text((f"Telephone {house.phone}",), scale=0.75, align=align, printed=True)
    return rng.choice(((name,), (name, where), (name, where, phone)))


def _corner(voice: Voice) -> tuple[Parts, ...]:
    case, rng = voice.case, voice.rng
    number = (f"{case.house.mrn_label} ", voice.mrn())
    name: Parts = (voice.name("caps"),)
    sex: Parts = (
        rng.choice(_BIRTH_LABELS).upper() + " ",
        voice.born(),
        "  SEX ",
        voice.sex(),
    )
    account: Parts = ("ACCT ", voice.account())
    doctor: Parts = (f"DR {case.attending.last_name.upper()} {case.attending.first_name[0]}",)
    admitted: Parts = ("ADM ", voice.admitted())
    home: Parts = (f"{case.person.address}, {case.person.city}".upper(),)
    return rng.choice(
        (
            (name, number, sex),
            (number, name, sex, doctor),
            (name, (*number,), sex, account, admitted),
            (name, home, number, sex, doctor),
            ((*number, "   ", voice.admitted()), name, sex, account),
        )
    )


def _identity(voice: Voice, draft: Draft, look: str) -> tuple[Block, ...]:
    if look == "plain":
        return ()
    if look == "corner":
        return _visit_lines(voice, draft)
    rows = _identity_rows(voice, draft)
    if look == "lines":
        cells = [cell for row in rows for cell in row]
        return (*(_colon_line(cell) for cell in cells), Gap(0.7))
    boxed = look == "boxes"
    above = boxed or voice.rng.random() < 0.3
    rows = rows if above else tuple(tuple(map(_with_colon, row)) for row in rows)
    return (Grid(rows, above=above, boxed=boxed), Gap(0.6))


def _with_colon(cell: Cell) -> Cell:
    return Cell(cell.label + ":", cell.parts, cell.weight)


def _colon_line(cell: Cell) -> Text:
    return Text((f"{cell.label.upper()}:   ", *cell.parts))


def _visit_lines(voice: Voice, draft: Draft) -> tuple[Block, ...]:
    rows = _visit_rows(voice, draft)
    cells = [cell for row in rows for cell in row]
    return (*(_colon_line(cell) for cell in cells), Gap(0.5)) if cells else ()


def _identity_rows(voice: Voice, draft: Draft) -> tuple[tuple[Cell, ...], ...]:
    rng, case = voice.rng, voice.case
    number = Cell(case.house.mrn_label, (voice.mrn(),), 1.2)
    first = (Cell(rng.choice(_NAME_LABELS), (voice.name(),), 2.2), number)
    account = Cell(rng.choice(_ACCOUNT_LABELS), (voice.account(),), 1.2)
    second: tuple[Cell, ...] = (
        Cell(rng.choice(_BIRTH_LABELS), (voice.born(),), 1.4),
        Cell(rng.choice(("Sex", "SEX", "Gender")), (voice.sex(rng.random() < 0.4),), 0.8),
    )
    if rng.random() < 0.45:
        second = (*second, account)
    elif rng.random() < 0.3:
        second = (*second, Cell("Room", (f"{rng.randint(2, 7)}{rng.randint(10, 48)}",), 0.7))
    return (first, second, *_visit_rows(voice, draft))


def _visit_rows(voice: Voice, draft: Draft) -> tuple[tuple[Cell, ...], ...]:
    rng = voice.rng
    rows: list[tuple[Cell, ...]] = []
    if draft.stay:
        rows.append(
            (
                Cell(rng.choice(_ADMIT_LABELS), (voice.admitted(),)),
                Cell(rng.choice(_DISCHARGE_LABELS), (voice.discharged(),)),
            )
        )
    doctor = Cell(rng.choice(_ATTENDING_LABELS), (voice.attending(),))
    dated = Cell(draft.dated, (voice.served(),)) if draft.dated else None
    if draft.referred:
        rows.append((doctor, Cell(rng.choice(_REFERRING_LABELS), (voice.referring(),))))
    if dated:
        rows.append((dated,) if draft.referred else (dated, doctor))
    elif not draft.referred and rng.random() < 0.7:
        rows.append((doctor,))
    return tuple(rows)


def _running(voice: Voice) -> Parts:
    label = voice.case.house.mrn_label
    return voice.rng.choice(
        (
            (),
            ("Patient: ", voice.name(), f"    {label}: ", voice.mrn()),
            (voice.name("caps"), "    ", f"{label} ", voice.mrn()),
            ("RE: ", voice.name("spoken")),
        )
    )


def _form_number(voice: Voice) -> str:
    rng = voice.rng
    revised = f"{rng.randint(1, 12)}/{voice.day.year % 100:02}"
    return voice.pick(
        "",
        "",
        f"Form {rng.randint(100, 999)}-{rng.randint(10, 99)} Rev. {revised}",
        f"MR-{rng.randint(1000, 9999)} ({revised})",
        "CONFIDENTIAL - PART OF THE PERMANENT MEDICAL RECORD",
    )


def section(voice: Voice, heading: str, body: str | Parts, look: str) -> tuple[Block, ...]:
    """Return a headed section, the heading above its text or run into it."""
    parts: Parts = (body,) if isinstance(body, str) else body
    if look == "run-in":
        return (Text((f"{heading.upper()}:  ", *parts)), Gap(0.5))
    if look == "bold":
        return (Text((heading,), bold=True), Text(parts), Gap(0.5))
    return (Text((heading.upper() + ":",)), Text(parts, indent=1.5), Gap(0.5))


def section_look(voice: Voice) -> str:
    """Return how this document shows its headings."""
    return voice.pick("run-in", "bold", "above")
