"""The contact sheet of a roll or card: what was found on it, for people to look at first.

Plain HTML without a script: a head with the verdict, the density along the film, the film with
its frames drawn on it, and a thumbnail of every frame. A roll of thousands of frames is spread
over pages, and its pictures lie beside them as files; those of a card are in the page itself.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture.errors import ArchiveError
from ocr.markup import escaped

from .contact_style import STYLE
from .density_curve import density_curve

FRAMES_A_PAGE = 200
INLINE = 120
"""Frames up to which pictures are put into the page itself."""
PICTURES = "pictures"
_POLICY = "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline'"
_STATES = {
    "filed": "filed", "page": "page", "held": "held", "pending": "waiting", "blank": "blank",
    "separator": "separator", "technical": "technical", "quarantined": "unreadable",
    "repeat": "filmed again",
}  # fmt: skip
"""What a state is called on the sheet."""


@dataclass(frozen=True, slots=True)
class SheetFrame:
    """One frame as the sheet shows it."""

    number: int
    state: str
    picture: str = ""
    """Source of the thumbnail: what ``picture_source`` returned; empty for none."""
    address: str = ""
    reason: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who says how many frames there are."""

    name: str
    """Such as ``image marks``, ``film index``, ``title strip``, ``--expect``."""
    says: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where counts or film do not fit."""

    key: str
    sentence: str
    after: int | None = None
    """The frame before it, 0 at the start; None for what has no place."""
    blocks: bool = True
    """The roll cannot be released until somebody has explained it."""
    explained: str = ""
    """By whom, when and how; empty while nobody has."""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of film, or a whole card, with its frames drawn on it."""

    picture: str
    caption: str


@dataclass(frozen=True, slots=True)
class ContactSheet:
    """Everything on the sheet of one roll or card."""

    name: str
    kind: str
    """``roll`` or ``card``."""
    batch: str
    frames: tuple[SheetFrame, ...]
    counts: tuple[tuple[str, int], ...] = ()
    """In the order in which they are shown, such as ``("pages", 287)``."""
    witnesses: tuple[Witness, ...] = ()
    differences: tuple[Difference, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """What else is known of it: layout, reduction, resolution, size."""
    density: tuple[int, ...] = ()
    """Tone along the film, 0 to 255."""
    stretches: tuple[Stretch, ...] = ()

    @property
    def open(self) -> int:
        """How many differences keep it from being released."""
        return sum(one.blocks and not one.explained for one in self.differences)

    @property
    def pages(self) -> int:
        """Over how many pages its frames are spread."""
        return max(1, -(-len(self.frames) // FRAMES_A_PAGE))


def picture_folder(folder: Path, frames: int) -> Path | None:
    """Return where the pictures of a sheet go: None, into its one page, when they are few."""
    return folder if frames > INLINE else None


def picture_source(content: bytes, name: str, folder: Path | None) -> str:
    """Return the source of a JPEG: a file ``name`` that it writes into ``folder``, or the bytes.

    ``folder`` is that of the sheet, None for a sheet that holds its pictures.

    Raises:
        ArchiveError: the picture cannot be written.
    """
    if folder is None:
        return "data:image/jpeg;base64," + base64.b64encode(content).decode("ascii")
    path = folder / PICTURES / f"{name}.jpg"
    _write(path, content)
    return f"{PICTURES}/{path.name}"


def write_contact_sheet(sheet: ContactSheet, folder: Path) -> list[Path]:
    """Write the pages of a sheet into ``folder`` and return their paths, ``index.html`` first.

    Raises:
        ArchiveError: a page cannot be written.
    """
    paths = []
    for page in range(1, sheet.pages + 1):
        paths.append(folder / page_name(page))
        _write(paths[-1], contact_sheet(sheet, page).encode("utf-8"))
    return paths


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        text = "the contact sheet cannot be written; name another folder with --out"
        raise ArchiveError(text) from error


def page_name(page: int) -> str:
    """Return the file name of a page of the sheet."""
    return "index.html" if page == 1 else f"frames-{page:03}.html"


def contact_sheet(sheet: ContactSheet, page: int = 1) -> str:
    """Return a page of the sheet as HTML; the first one has the head, all have their frames."""
    first = (page - 1) * FRAMES_A_PAGE
    frames = sheet.frames[first : first + FRAMES_A_PAGE]
    parts = [_top(sheet, page)]
    if page == 1:
        parts += [_verdict(sheet), _figures(sheet), _differences(sheet), _film(sheet)]
    parts += [_frames(sheet, frames), _pages(sheet, page, "foot"), "</main>\n</body>\n</html>\n"]
    return "\n".join(part for part in parts if part)


def _top(sheet: ContactSheet, page: int) -> str:
    name = f"{sheet.kind.capitalize()} {escaped(sheet.name)}"
    part = f", page {page} of {sheet.pages}" if sheet.pages > 1 else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, noarchive">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{name}{part} &#183; contact sheet</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#frames">Go to the frames</a>
<header>
<p class="over">Contact sheet &#183; batch {escaped(sheet.batch)}</p>
<h1>{name}</h1>
{_pages(sheet, page, "head")}
</header>
<main>"""


def _verdict(sheet: ContactSheet) -> str:
    count = len(sheet.frames)
    if sheet.open:
        said = f"{_some(sheet.open, 'difference')} to explain before it can be released"
        return f'<p class="verdict open"><b>Open.</b> {_some(count, "frame")}, {said}.</p>'
    explained = sum(bool(one.explained) for one in sheet.differences)
    said = f"; {_some(explained, 'difference')} explained" if explained else ""
    return f'<p class="verdict closed"><b>Balanced.</b> {_some(count, "frame")}{said}.</p>'


def _some(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _figures(sheet: ContactSheet) -> str:
    tables = [
        _table("Found", [(escaped(name), f"{count:,}") for name, count in sheet.counts]),
        _table("Expected", [_witness(one) for one in sheet.witnesses]),
        _table("Film", [(escaped(name), escaped(text)) for name, text in sheet.facts]),
    ]
    shown = "\n".join(filter(None, tables))
    return f'<section class="figures" aria-label="Counts">\n{shown}\n</section>' if shown else ""


def _witness(one: Witness) -> tuple[str, str]:
    told = "agrees" if one.agrees else "differs"
    said = f'{escaped(one.says)} <span class="tag {told}">{told}</span>'
    return escaped(one.name), said


def _table(caption: str, rows: Sequence[tuple[str, str]]) -> str:
    if not rows:
        return ""
    lines = "\n".join(
        f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows
    )
    return f"<table><caption>{caption}</caption><tbody>\n{lines}\n</tbody></table>"


def _differences(sheet: ContactSheet) -> str:
    if not sheet.differences:
        return ""
    shown = "\n".join(_difference(one) for one in sheet.differences)
    return f'<section><h2>Differences</h2>\n<ul class="differences">\n{shown}\n</ul></section>'


def _difference(one: Difference) -> str:
    state = "explained" if one.explained else "open" if one.blocks else "shown"
    label = {"explained": "explained", "open": "to explain", "shown": "for your information"}[state]
    place = "" if one.after is None else f"after frame {one.after}" if one.after else "at the start"
    picture = _picture(one.picture, f"Film {place}".strip())
    told = f'<p class="told">{escaped(one.explained)}</p>' if one.explained else ""
    link = f' (<a href="{_link(one.after)}">{place}</a>)' if one.after else place and f" ({place})"
    return (
        f'<li class="{state}">{picture}<div><p><span class="tag {state}">{label}</span> '
        f"<code>{escaped(one.key)}</code></p><p>{escaped(one.sentence)}{link}</p>"
        f"{told}</div></li>"
    )


def _link(number: int) -> str:
    page = (number - 1) // FRAMES_A_PAGE + 1
    return f"{page_name(page) if page > 1 else ''}#frame-{number}"


def _film(sheet: ContactSheet) -> str:
    curve = density_curve(sheet.density)
    strips = "\n".join(
        f"<figure>{_picture(one.picture, one.caption)}<figcaption>{escaped(one.caption)}"
        "</figcaption></figure>"
        for one in sheet.stretches
    )
    parts = []
    if curve:
        parts.append(f"<section><h2>Density along the film</h2>\n{curve}</section>")
    if strips:
        parts.append(
            f'<section><h2>The {escaped(sheet.kind)}</h2>\n<p class="key">{_KEY}</p>\n'
            f'<div class="strips {escaped(sheet.kind)}" tabindex="0">\n{strips}\n</div></section>'
        )
    return "\n".join(parts)


_KEY = (
    '<span class="swatch frame"></span>frame <span class="swatch unsure"></span>frame, unsure '
    '<span class="swatch mark"></span>image mark (S, M, L) <span class="swatch doubt"></span>doubt'
)


def _picture(source: str, alt: str) -> str:
    if not source:
        return ""
    return f'<img src="{escaped(source)}" alt="{escaped(alt)}" loading="lazy" decoding="async">'


def _frames(sheet: ContactSheet, frames: Sequence[SheetFrame]) -> str:
    if not frames:
        return '<section id="frames"><h2>Frames</h2><p>No frame was found.</p></section>'
    title = "Frames"
    if sheet.pages > 1:
        title = f"Frames {frames[0].number} to {frames[-1].number}"
    shown = "\n".join(_frame(frame) for frame in frames)
    return f'<section id="frames"><h2>{title}</h2>\n<ol class="frames">\n{shown}\n</ol></section>'


def _frame(frame: SheetFrame) -> str:
    called = _STATES.get(frame.state, frame.state)
    picture = _picture(frame.picture, f"Frame {frame.number}, {called}")
    picture = picture or '<div class="none">no picture</div>'
    doubts = "".join(f'<li class="doubt">{escaped(doubt)}</li>' for doubt in frame.doubts)
    address = f'<span class="address">{escaped(frame.address)}</span>' if frame.address else ""
    lines = [f'<p class="line"><b>{frame.number}</b>{address}</p>']
    lines.append(f'<p><span class="tag {_class(frame.state)}">{escaped(called)}</span></p>')
    if frame.reason:
        lines.append(f'<p class="reason">{escaped(frame.reason)}</p>')
    if doubts:
        lines.append(f'<ul class="doubts">{doubts}</ul>')
    doubtful = " doubtful" if frame.doubts else ""
    return f'<li id="frame-{frame.number}" class="cell{doubtful}">{picture}{"".join(lines)}</li>'


def _class(state: str) -> str:
    return state if state in _STATES else "page"


def _pages(sheet: ContactSheet, page: int, place: str) -> str:
    """Return links to the other pages, with the frames that are on them."""
    if sheet.pages == 1:
        return ""
    links = " ".join(_page_links(sheet, page))
    return f'<nav class="pages" aria-label="Pages, {place}">{links}</nav>'


def _page_links(sheet: ContactSheet, page: int) -> Iterator[str]:
    for other in range(1, sheet.pages + 1):
        first = (other - 1) * FRAMES_A_PAGE
        shown = sheet.frames[first : first + FRAMES_A_PAGE]
        text = f"{shown[0].number}&#8211;{shown[-1].number}"
        here = ' aria-current="page"' if other == page else ""
        yield f'<a href="{page_name(other)}"{here}>{text}</a>'
