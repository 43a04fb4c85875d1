"""How marks, frames and doubts of film are written in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from capture.model import Blip, Box, FilmDoubt, FilmFrame


def frame_row(frame: FilmFrame) -> dict[str, object]:
    """Return a frame as the catalogue writes it."""
    return {
        "box": _box_row(frame.box),
        "title_strip": frame.title_strip,
        "confidence": float(frame.confidence),
        "reason": frame.reason,
        "lane": frame.lane,
        "card_row": frame.row,
        "card_column": frame.column,
        "blip": blip_row(frame.blip) if frame.blip else None,
        "address": [int(level) for level in frame.address],
    }


def film_frame_of(row: Row[Any]) -> FilmFrame:
    """Return the frame that ``frame_row`` wrote."""
    return FilmFrame(
        box=Box(*row.box),
        title_strip=row.title_strip,
        confidence=row.confidence,
        reason=row.reason,
        lane=row.lane,
        row=row.card_row,
        column=row.card_column,
        blip=blip_of(row.blip) if row.blip else None,
        address=tuple(row.address),
    )


def _box_row(box: Box) -> list[int]:
    return [int(side) for side in box.as_list()]


def blip_row(blip: Blip) -> dict[str, object]:
    """Return a mark as the catalogue writes it."""
    return {"box": _box_row(blip.box), "level": int(blip.level), "channel": blip.channel}


def blip_of(row: Mapping[str, Any]) -> Blip:
    """Return the mark that ``blip_row`` wrote."""
    return Blip(Box(*row["box"]), row["level"], row["channel"])


def doubt_row(doubt: FilmDoubt) -> dict[str, object]:
    """Return a doubt as the catalogue writes it."""
    return {
        "kind": doubt.kind,
        "box": _box_row(doubt.box),
        "after": int(doubt.after),
        "reason": doubt.reason,
    }


def doubt_of(row: Mapping[str, Any]) -> FilmDoubt:
    """Return the doubt that ``doubt_row`` wrote."""
    return FilmDoubt(row["kind"], Box(*row["box"]), row["after"], row["reason"])
