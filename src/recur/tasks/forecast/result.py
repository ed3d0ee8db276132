"""What a forecaster says of the steps after the newest value of each series."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import Clock
from recur.judge.forecast.intervals import level_key
from recur.markup import card
from recur.report.csvtext import csv_text
from recur.report.wording import value_column

_SHOWN = 12  # rows of a notebook


@dataclass(frozen=True, eq=False)
class Forecast:
    """The values forecast for each series.

    Attributes:
        ids: the name of each series.
        times: int64 [series, horizon], on the clock of the panel.
        values: float64 [series, horizon].
        clock: what one step is.
        levels: of the intervals, in percent.
        low: float64 [levels, series, horizon], their lower ends.
        high: the upper ends.
    """

    ids: tuple[str, ...]
    times: Indices
    values: Float64s
    clock: Clock
    levels: tuple[float, ...] = ()
    low: Float64s | None = None
    high: Float64s | None = None

    def __repr__(self) -> str:
        return f"<{self._what()}: see rows(), frame(), csv()>"

    def _repr_html_(self) -> str:
        count = self.values.size
        shown = [divmod(row, self.values.shape[1]) for row in range(min(count, _SHOWN))]
        ends = dict(list(self.ends().items())[-2:])  # of the widest intervals
        columns = (self.values, *ends.values())
        # Written as one column, so that a value and the ends around it have as many decimals.
        texts = iter(value_column(float(column[at]) for at in shown for column in columns))
        return card(
            self._what(),
            header=("time", "series", "forecast", *(name.replace("_", " ") for name in ends)),
            rows=[
                (self.clock.text(int(self.times[i, k])), self.ids[i], *islice(texts, len(columns)))
                for i, k in shown
            ],
            below=f"and {count - _SHOWN:,} more" if count > _SHOWN else "",
        )

    def _what(self) -> str:
        series = "1 series" if len(self.ids) == 1 else f"{len(self.ids):,} series"
        steps = self.values.shape[1]
        return f"Forecast of {series}, {steps} step{'s' * (steps > 1)}"

    def rows(self) -> list[dict[str, Any]]:
        """Return one plain dictionary a step: `id`, `time`, `value`, and the ends of intervals.

        An interval of 80 % has the ends `low_80` and `high_80`.
        """
        ends = self.ends()
        times = iter(self.clock.iso(self.times.reshape(-1)))
        return [
            {
                "id": name,
                "time": next(times),
                "value": float(self.values[i, k]),
                **{end: float(values[i, k]) for end, values in ends.items()},
            }
            for i, name in enumerate(self.ids)
            for k in range(self.values.shape[1])
        ]

    def ends(self) -> dict[str, Float64s]:
        """Return the ends of the intervals by name, each float64 [series, horizon]."""
        if self.low is None or self.high is None:
            return {}
        return {
            f"{side}_{level_key(level)}": ends[i]
            for i, level in enumerate(self.levels)
            for side, ends in (("low", self.low), ("high", self.high))
        }

    def frame(self, backend: Literal["polars", "pandas", "pyarrow"] = "polars") -> Any:
        """Return a data frame with the columns `unique_id`, `ds`, `y`, and the ends of intervals.

        Args:
            backend: `polars`, `pandas` or `pyarrow`.
        """
        horizon = self.times.shape[1]
        ds = self.times.reshape(-1)
        columns: dict[str, Any] = {
            "unique_id": np.repeat(np.array(self.ids, dtype=object), horizon),
            "ds": ds.astype("datetime64[us]") if self.clock.dated else ds,
            "y": self.values.reshape(-1),
            **{name: ends.reshape(-1) for name, ends in self.ends().items()},
        }
        if backend == "polars":
            import polars as pl

            ids = pl.Series(self.ids, dtype=pl.String)
            places = np.repeat(np.arange(len(ids), dtype=np.uint32), horizon)
            return pl.DataFrame(columns | {"unique_id": ids.gather(places)})
        import narwhals as nw

        listed = {name: column.tolist() for name, column in columns.items()}
        return nw.from_dict(listed, backend=backend).to_native()

    def csv(self) -> str:
        """Return the rows as the text of a CSV file."""
        ends, horizon = self.ends(), self.times.shape[1]
        numbers = (part.reshape(-1).tolist() for part in (self.values, *ends.values()))
        ids = (name for name in self.ids for _ in range(horizon))
        times = self.clock.iso(self.times.reshape(-1))
        return csv_text(["unique_id", "ds", "y", *ends], zip(ids, times, *numbers, strict=True))
