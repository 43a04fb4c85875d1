"""Tables as CSV, harmless for spreadsheets: UTF-8, a header row, each file whole or absent."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from archive.durable import rename_durably
from capture.errors import ArchiveError, BusyError, ChartroomError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table with its header row."""
    text = io.StringIO()
    write_rows(text, columns, rows)
    return text.getvalue()


def write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table with its header row."""
    writer = csv.writer(stream)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    numeric = isinstance(cell, int | float)
    return f"'{text}" if text.startswith(_FORMULA) and not numeric else text


def write_whole(path: Path, text: str, *, anew: bool = False) -> None:
    """Write a file that is on the disk when this returns, in place of an older one.

    ``anew`` refuses an older one. Raises ArchiveError, and leaves no half of a file.
    """
    if anew and path.exists():
        raise ArchiveError(f"{path.name} is there already; choose another name, or move it")
    if path.exists() and not path.is_file():
        raise ArchiveError(f"{path.name} is no file; name one, or - for stdout")
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        rename_durably(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise not_written(path.name, error) from error


def not_written(name: str, error: OSError) -> ChartroomError:
    """Return what to tell of a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BusyError(f"disk full while writing {name}; make room, run again")
    return ArchiveError(f"cannot write {name}: {error.strerror}; choose another place")
