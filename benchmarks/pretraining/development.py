"""The development collections: real series that choices are made on, and none is trained on."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recur.judge.metrics import mae, seasonal_scale

Series = NDArray[np.float64]


@dataclass(frozen=True)
class Collection:
    """Histories and what came after them.

    Attributes:
        name: of the collection.
        period: steps in the season that a forecaster is told.
        second: steps in a longer one, 0 for none.
        scaled_by: the lag that the absolute scaled error divides by.
        known: the histories.
        truth: the values after them, as many for each.
    """

    name: str
    period: int
    second: int
    scaled_by: int
    known: list[Series]
    truth: list[Series]

    @property
    def horizon(self) -> int:
        """Return how many values came after each history."""
        return len(self.truth[0])

    def scales(self) -> Series:
        """Return float64 [series], what the errors of each are divided by, NaN where nothing is."""
        found = np.array([seasonal_scale(history, self.scaled_by) for history in self.known])
        return np.where(found > 0, found, np.nan)

    def errors(self, forecasts: Iterable[Series]) -> Series:
        """Return float64 [series], the mean absolute scaled error of each."""
        pairs = zip(self.truth, forecasts, strict=True)
        return np.array([mae(future, made) for future, made in pairs]) / self.scales()

    def naive(self) -> list[Series]:
        """Return the forecasts that repeat the last season, the last value of short histories."""
        lags = [self.period if len(one) >= self.period else 1 for one in self.known]
        pairs = zip(self.known, lags, strict=True)
        return [np.resize(history[-lag:], self.horizon) for history, lag in pairs]

    def every(self, stride: int) -> Collection:
        """Return each `stride`th series alone."""
        known, truth = self.known[::stride], self.truth[::stride]
        return Collection(self.name, self.period, self.second, self.scaled_by, known, truth)


def development(*, hourly: int = 1, weekly: int = 1) -> list[Collection]:
    """Read the collections from the folder that RECUR_DATA names.

    Args:
        hourly: take each how manieth series of M4 Hourly.
        weekly: the same of M4 Weekly.
    """
    if "RECUR_DATA" not in os.environ:
        sys.exit("set RECUR_DATA to a folder with forecast/")
    root = Path(os.environ["RECUR_DATA"]) / "forecast"
    m3, m4 = root / "m3", root / "m4"
    known, truth = _m1(root / "m1" / "m1_yearly_dataset.tsf", 6)
    return [
        Collection("tourism monthly", 12, 0, 12, *_tourism(root / "tourism", 24)),
        Collection("M3 quarterly", 4, 0, 4, *_rows(m3, "quarterly")),
        Collection("M3 other", 1, 0, 1, *_rows(m3, "other")),
        Collection("M1 yearly", 1, 0, 1, known, truth),
        Collection("M4 Hourly", 24, 168, 24, *_rows(m4, "Hourly")).every(hourly),
        Collection("M4 Weekly", 52, 0, 52, *_rows(m4, "Weekly")).every(weekly),
    ]


def _rows(folder: Path, name: str) -> tuple[list[Series], list[Series]]:
    read = []
    for part in ("train", "test"):
        with (folder / f"{name}-{part}.csv").open(encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        read.append([np.array([float(cell) for cell in row[1:] if cell]) for row in rows])
    return read[0], read[1]


def _tourism(folder: Path, horizon: int) -> tuple[list[Series], list[Series]]:
    read = []
    for part, drop in (("in", 3), ("oos", 3)):
        with (folder / f"monthly_{part}.csv").open(encoding="utf-8") as file:
            columns = list(zip(*list(csv.reader(file))[1:], strict=True))
        values = [np.array([float(c) for c in column if c not in ("", "NA")]) for column in columns]
        read.append([column[drop : drop + int(column[0])] for column in values])
    return read[0], [future[:horizon] for future in read[1]]


def _m1(path: Path, horizon: int) -> tuple[list[Series], list[Series]]:
    text = path.read_text("utf-8", errors="replace")
    lines = text[text.index("@data") :].splitlines()[1:]
    series = [np.array(line.split(":")[-1].split(","), float) for line in lines if line.strip()]
    return [one[:-horizon] for one in series], [one[-horizon:] for one in series]


def singles() -> list[Collection]:
    """Return the single files, their last season or 12 values for the test."""
    root = Path(os.environ["RECUR_DATA"]) / "forecast"
    shapes = {
        "univariate/ausbeer.csv": (0, 4), "univariate/monthly-milk.csv": (1, 12),
        "univariate/wineind.csv": (0, 12), "univariate/Lynx.csv": (1, 1),
        "univariate/daily-total-female-births.csv": (1, 7),
        "univariate/daily-min-temperatures.csv": (1, 365), "univariate/us_gasoline.csv": (1, 52),
        "univariate/heart_rate.csv": (0, 1), "AirPassengers.csv": (1, 12),
        "monthly-sunspots.csv": (1, 1),
    }  # fmt: skip
    found = []
    for name, (place, period) in shapes.items():
        with (root / name).open(encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        values = np.array([float(row[place]) for row in rows if len(row) > place and row[place]])
        if "gasoline" in name:
            values = values[::-1]
        horizon = max(period, 12) if period < 52 else 52 if period == 52 else 60
        title = name.removesuffix(".csv")
        found.append(Collection(title, period, 0, period, [values[:-horizon]], [values[-horizon:]]))
    return found
