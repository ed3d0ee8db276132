"""A denoiser that watches: each value and what it is without its noise."""

from __future__ import annotations

from typing import Any

from recur.data.tables.arriving import Arrival, RowColumns
from recur.tasks.denoise.denoiser import Denoiser
from recur.tasks.watching import NUMBER, TIME, WatchedRow, shown


class DenoiseWatcher:
    """Answers to values with what they are when cleaned."""

    def __init__(self, model: Denoiser, columns: RowColumns) -> None:
        self.columns, self._live = columns, model.live()
        self._names = columns.targets
        self.widths = {"time": TIME} | {
            name: max(NUMBER, len(name)) for own in self._names for name in (own, _cleaned(own))
        }

    def take(self, arrival: Arrival) -> WatchedRow:
        """Take a time step, and clean it; see `Watcher.take`."""
        cleaned = self._live.push(list(arrival.values))
        cells = {"time": arrival.time or ""}
        facts: dict[str, Any] = {"time": arrival.time}
        for name, value, clean in zip(self._names, arrival.values, cleaned, strict=True):
            cells |= {name: shown(value), _cleaned(name): shown(clean)}
            facts |= {name: value, _cleaned(name): float(clean)}
        return WatchedRow(cells, facts)

    def close(self) -> None:
        """Nothing is left to be done."""


def _cleaned(name: str) -> str:
    return f"{name} cleaned"
