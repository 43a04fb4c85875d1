"""Official lists of diagnosis codes by era, from files that the site names.

No list is shipped. Read are the files of the Centers for Medicare & Medicaid Services as they
publish them: text with a code and its description on each line, the ICD-10-CM order file, codes
alone, and the workbook of ICD-9-CM (xlsx: codes in the first column, descriptions after it).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from capture.errors import SettingsError

_MOST_BYTES = 64_000_000
"""Of a list, unpacked; published ones hold under 20 million."""
_ORDER = re.compile(r"^\d{5} (?P<code>[A-Z0-9]{3,7}) +[01] (?P<short>.{60}) (?P<long>.*)$")
_LINE = re.compile(r"^\"?(?P<code>[A-Z]?\d[A-Z0-9.]{1,7})\"?(?:[\s,;|]+(?P<text>.*))?$")
_WORD = re.compile(r"[a-z0-9]+")
_SHEET, _STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class CodeSystem(StrEnum):
    """Classifications of diseases in use in the United States."""

    ICDA8 = "icda8"
    ICD9 = "icd9"
    ICD10 = "icd10"


_ERAS = (
    ("1968-01-01", "1978-12-31", CodeSystem.ICDA8),
    ("1979-01-01", "2015-09-30", CodeSystem.ICD9),
    ("2015-10-01", "9999-12-31", CodeSystem.ICD10),
)


def system_on(day: str) -> CodeSystem | None:
    """Return the classification of an ISO day, month or year; None where none or two may be."""
    fits = [one for first, last, one in _ERAS if first[: len(day)] <= day <= last[: len(day)]]
    return fits[0] if len(fits) == 1 else None


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes without their point, and what each folded description stands for."""

    codes: frozenset[str]
    by_text: dict[str, str] = field(default_factory=dict)
    heads: frozenset[str] = frozenset()
    """What the codes start with: categories that are printed without their last digits."""

    def holds(self, code: str) -> bool:
        """Say whether ``code``, with or without its point, is listed or heads listed ones."""
        bare = code.replace(".", "")
        return bare in self.codes or bare in self.heads

    def code_of(self, text: str) -> str | None:
        """Return the one code whose description ``text`` is, but for case, points and order."""
        return self.by_text.get(folded(text)) or None


def folded(text: str) -> str:
    """Return the words of ``text`` in small letters and in the order of the alphabet."""
    return " ".join(sorted(_WORD.findall(text.casefold())))


@lru_cache(maxsize=4)
def code_list(path: str) -> CodeList:
    """Return the list in the file at ``path``; SettingsError where it is none."""
    try:
        rows = list(_rows(Path(path)))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise SettingsError(f"no list of codes can be read from {path}: {error}") from error
    if not rows:
        raise SettingsError(f"{path} holds no codes: name a list as it was published")
    return _listed(rows)


def _listed(rows: Iterable[tuple[str, tuple[str, ...]]]) -> CodeList:
    by_text: dict[str, str] = {}
    codes: set[str] = set()
    for code, texts in rows:
        codes.add(code)
        for key in {folded(text) for text in texts} - {""}:
            # A description that two codes share tells neither.
            by_text[key] = code if by_text.get(key, code) == code else ""
    heads = frozenset(code[:n] for code in codes for n in range(3, len(code)))
    return CodeList(frozenset(codes), by_text, heads)


def _rows(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each code, without its point, with its descriptions."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError("it is too large for one")
    if zipfile.is_zipfile(path):
        yield from _of_workbook(path)
        return
    for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines():
        found = _ORDER.match(line)
        if found:
            yield found["code"], (found["short"], found["long"])
            continue
        plain = _LINE.match(line.strip())
        if plain:
            yield plain["code"].replace(".", ""), (plain["text"] or "",)


def _of_workbook(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    with zipfile.ZipFile(path) as book:
        if sum(book.getinfo(name).file_size for name in (_SHEET, _STRINGS)) > _MOST_BYTES:
            raise ValueError("it is too large for one")
        strings = ElementTree.fromstring(book.read(_STRINGS))  # noqa: S314 - the site chose it
        sheet = ElementTree.fromstring(book.read(_SHEET))  # noqa: S314 - the site chose it
    texts = ["".join(part.text or "" for part in one.iter(f"{_SPACE}t")) for one in strings]
    for row in sheet.iter(f"{_SPACE}row"):
        cells = [_cell(cell, texts) for cell in row]
        if cells and _LINE.match(cells[0].strip()):
            yield cells[0].strip().replace(".", ""), tuple(cells[1:])


def _cell(cell: ElementTree.Element, texts: list[str]) -> str:
    told = cell.findtext(f"{_SPACE}v") or ""
    return texts[int(told)] if cell.get("t") == "s" and told else told
