"""Series of several clocks are no one panel: each clock is named, or a panel of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recur.data.clock import DAY, HOUR, MINUTE
from recur.data.tables.readers import read_panel, read_panels
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


def test_the_series_of_each_clock_are_a_panel_of_their_own(tmp_path: Path) -> None:
    panels = read_panels(folder(tmp_path, a=HOUR, b=DAY, c=10 * MINUTE, d=DAY))
    clocks = {panel.clock.describe(): panel.ids for panel in panels}
    assert clocks == {"hourly": ("a",), "daily": ("b", "d"), "every 10 minutes": ("c",)}
    for panel in panels:
        assert panel.filled is None
        assert (panel.series(0) == np.arange(100.0)).all()
        assert (np.diff(panel.clock_times(0)) == panel.clock.step).all()


def test_what_has_no_clock_of_its_own_goes_with_one_that_it_lies_on(tmp_path: Path) -> None:
    folder(tmp_path, a=DAY, b=DAY, c=HOUR)
    (tmp_path / "d.csv").write_text("ds,y\n2024-01-01 05:00,1\n2024-01-01 06:00,2\n")
    assert [panel.ids for panel in read_panels(tmp_path)] == [("a", "b"), ("c", "d")]


def test_repairs_of_one_clock_are_not_told_of_another(tmp_path: Path) -> None:
    folder(tmp_path, a=DAY, b=HOUR)
    lines = (tmp_path / "b.csv").read_text().splitlines()
    (tmp_path / "b.csv").write_text("\n".join(lines[:50] + lines[52:]))
    days, hours = read_panels(tmp_path)
    assert (days.repairs, [repair.kind for repair in hours.repairs]) == ((), ["holes"])


def test_columns_beside_the_series_of_each_clock_stay_beside_them(tmp_path: Path) -> None:
    frames = []
    for place, step in enumerate((DAY, HOUR)):
        times = (START + step * np.arange(30)).astype("M8[us]")
        values = np.arange(30.0) + 100 * place
        frames.append(pl.DataFrame({"id": "ab"[place], "ds": times, "y": values, "x": -values}))
    table = pl.concat([frames[1], frames[0]]).with_columns(kind=pl.col("id"))
    for panel in read_panels(table, id="id", target="y", past="x", static="kind"):
        assert panel.covariates is not None
        assert (panel.covariates.past[:, 0] == -panel.values).all()
        assert panel.covariates.labels == (panel.ids,)


def test_several_targets_of_several_clocks_stay_together(tmp_path: Path) -> None:
    times = [(START + step * np.arange(30)).astype("M8[us]") for step in (DAY, HOUR)]
    table = pl.concat(
        pl.DataFrame({"id": name, "ds": ds, "y": np.arange(30.0), "z": np.arange(30.0) + 9})
        for name, ds in zip("ab", times, strict=True)
    )
    panels = read_panels(table, id="id", target=["y", "z"])
    assert [panel.targets for panel in panels] == [("y", "z")] * 2
    assert [panel.rows for panel in panels] == [60, 60]
    assert [panel.values[30] for panel in panels] == [9, 9]


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
