"""How a site wants its charts shown."""

from __future__ import annotations

from dataclasses import dataclass

from capture.errors import SettingsError
from indexer.doctypes import ChartOrder


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """The order of a chart; SettingsError for one we do not know."""

    chart_order: str = "source"
    """``source`` (section by section), ``date``, or ``encounter`` (stay by stay)."""

    def __post_init__(self) -> None:
        if self.chart_order not in list(ChartOrder):
            known = ", ".join(ChartOrder)
            raise SettingsError(f"desk.chart_order is one of {known}, not {self.chart_order!r}")

    @property
    def order(self) -> ChartOrder:
        """The order of a chart."""
        return ChartOrder(self.chart_order)
