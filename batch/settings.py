"""The settings that a conversion hangs on, gathered from the rooms."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace

from archive.home import Home
from capture.enhance import RECIPE
from capture.settings import CaptureSettings, load_section
from indexer.read import RULES
from indexer.settings import IndexSettings
from indexer.type_rules import TypeRules, rules_in
from ocr.engines import READING
from ocr.settings import OcrSettings


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How a batch is carried."""

    workers: int = 0
    """Worker processes; 0 takes one for each core."""
    grace_seconds: float = 30.0
    """What a worker gets beyond the page limit of the engine before it is stopped."""

    @property
    def crew(self) -> int:
        """Worker processes, at least one."""
        return self.workers or len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Settings:
    """All that the conveyor needs to know."""

    capture: CaptureSettings = field(default_factory=CaptureSettings)
    ocr: OcrSettings = field(default_factory=OcrSettings)
    indexer: IndexSettings = field(default_factory=IndexSettings)
    batch: BatchSettings = field(default_factory=BatchSettings)
    types: TypeRules = field(default_factory=TypeRules)

    def with_workers(self, workers: int) -> Settings:
        """Return the same settings with another number of workers."""
        return replace(self, batch=replace(self.batch, workers=workers))

    def with_patch_codes(self, patch_codes: str | None) -> Settings:
        """Return the same settings with what patch codes do in one job; None changes nothing."""
        if patch_codes is None:
            return self
        return replace(self, capture=replace(self.capture, patch_codes=patch_codes))

    def version(self, stage: str) -> str:
        """Name what the result of ``stage`` hangs on: its rules and its settings.

        Limits on time and memory do not change what a page says, but a page that broke one
        may be read under another, so they count as well.
        """
        made_by = {
            "capture": (RECIPE, self.capture),
            "ocr": (f"{READING} {self.ocr.engine}", self.ocr),
            "index": (RULES, (self.indexer, self.types.version)),
        }
        rules, settings = made_by[stage]
        return f"{rules}+{hashlib.sha256(repr(settings).encode()).hexdigest()[:8]}"


def settings_of(home: Home) -> Settings:
    """Return the settings of an archive; SettingsError names a key that is not known."""
    return Settings(
        capture=load_section(home.section("capture"), CaptureSettings, "capture"),
        ocr=load_section(home.section("ocr"), OcrSettings, "ocr"),
        indexer=load_section(home.section("indexer"), IndexSettings, "indexer"),
        batch=load_section(home.section("batch"), BatchSettings, "batch"),
        types=rules_in(home.root),
    )
