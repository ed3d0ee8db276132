"""Panels of a job as the long frames that statsforecast and neuralforecast take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def long_frame(series: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Return a frame with a number as the name of each series, and steps as times."""
    lengths = [len(one) for one in series]
    return pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(len(series)), lengths),
            "ds": np.concatenate([np.arange(1, n + 1) for n in lengths]),
            "y": np.concatenate([np.asarray(one, dtype=float) for one in series]),
        }
    )


def rows_of(frame: pd.DataFrame, column: str, horizon: int) -> list[list[float]]:
    """Return a column of forecasts as a row for each series."""
    ordered = frame.reset_index().sort_values(["unique_id", "ds"])
    made: Any = ordered[column].to_numpy(dtype=float).reshape(-1, horizon)
    rows: list[list[float]] = made.tolist()
    return rows
