"""What a forecaster says of the steps after the newest value of each series."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recur.data.clock import Clock


@dataclass(frozen=True, eq=False)
class Forecast:
    """The values forecast for each series.

    Attributes:
        ids: the name of each series.
        times: int64 [series, horizon], on the clock of the panel.
        values: float64 [series, horizon].
        clock: what one step is.
    """

    ids: tuple[str, ...]
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    clock: Clock

    def __repr__(self) -> str:
        series = "1 series" if len(self.ids) == 1 else f"{len(self.ids):,} series"
        steps = self.values.shape[1]
        return (
            f"<Forecast of {series}, {steps} step{'s' * (steps > 1)}: see rows(), frame(), csv()>"
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return one plain dictionary a step: `id`, `time` and `value`."""
        return [
            {"id": name, "time": self.clock.text(int(time)), "value": float(value)}
            for name, times, values in zip(self.ids, self.times, self.values, strict=True)
            for time, value in zip(times, values, strict=True)
        ]

    def frame(self, backend: Literal["polars", "pandas", "pyarrow"] = "polars") -> Any:
        """Return a data frame with the columns `unique_id`, `ds` and `y`.

        Args:
            backend: `polars`, `pandas` or `pyarrow`.
        """
        import narwhals as nw

        horizon = self.times.shape[1]
        ds = self.times.reshape(-1)
        columns = {
            "unique_id": np.repeat(np.array(self.ids, dtype=object), horizon).tolist(),
            "ds": (ds.astype("datetime64[us]") if self.clock.dated else ds).tolist(),
            "y": self.values.reshape(-1).tolist(),
        }
        return nw.from_dict(columns, backend=backend).to_native()

    def csv(self) -> str:
        """Return the rows as the text of a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["unique_id", "ds", "y"])
        writer.writerows([row["id"], row["time"], repr(row["value"])] for row in self.rows())
        return text.getvalue()
