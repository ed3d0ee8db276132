"""Series of several clocks are refused, each clock named with its series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recur.data.clock import DAY, HOUR, MINUTE
from recur.data.tables.readers import read_panel
from recur.errors import DataError

START = int(np.datetime64("2024-01-01", "us").astype(np.int64))


def folder(tmp_path: Path, **steps: int) -> Path:
    for name, step in steps.items():
        times = (START + step * np.arange(100)).astype("M8[us]")
        pl.DataFrame({"ds": times, "y": np.arange(100.0)}).write_csv(tmp_path / f"{name}.csv")
    return tmp_path


def test_files_of_several_clocks_are_named_with_what_to_do(tmp_path: Path) -> None:
    told = r"differ \(daily: `b`, `d`; hourly: `a`; every 10 minutes: `c`\).*`--every 1d`"
    with pytest.raises(DataError, match=told):
        read_panel(folder(tmp_path, a=HOUR, b=DAY, c=10 * MINUTE, d=DAY))


def test_what_holds_too_few_values_of_the_finest_clock_is_told_by_its_own(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"differ \(hourly: `a`; every 6 hours: `b`\).*every 6h`"):
        read_panel(folder(tmp_path, a=HOUR, b=6 * HOUR))


def test_what_is_brought_to_one_clock_is_read(tmp_path: Path) -> None:
    panel = read_panel(folder(tmp_path, a=HOUR, b=DAY), every="1d")
    assert (panel.ids, panel.clock.describe()) == (("a", "b"), "daily")


def test_one_series_with_a_wide_hole_is_told_by_its_hole(tmp_path: Path) -> None:
    times = START + DAY * np.array([*range(20), *range(200, 220)])
    frame = pl.DataFrame({"ds": times.astype("M8[us]"), "y": np.arange(40.0)})
    with pytest.raises(DataError, match="the longest hole between 2024-01-20"):
        read_panel(frame)
