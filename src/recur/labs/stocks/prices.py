"""The prices of the lab `stocks`: a file's closing prices, or a random walk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.data.synthetic import random_walk
from recur.data.tables.readers import read_panel
from recur.errors import DataError, visible
from recur.labs.experiment import Setting

DAYS = 100
QUICK_DAYS = 500
SIMULATED, DAILY = 2_000, 0.02  # days of the simulated price, and how much it moves in one


@dataclass(frozen=True, eq=False)
class Stock:
    """A price, one value a trading day.

    Attributes:
        name: what the table calls it.
        panel: its one series.
    """

    name: str
    panel: Panel

    @property
    def truth(self) -> Float64s:
        """Return float64 [days], the prices to be forecast."""
        return self.panel.series(0)[-DAYS:]

    @property
    def today(self) -> Float64s:
        """Return float64 [days], the price of the day before each of them."""
        return self.panel.series(0)[-DAYS - 1 : -1]


def read(setting: Setting, i: int) -> Stock:
    """Read the closing prices of a file.

    Raises:
        DataError: they are not one price of enough days that moves in those to be forecast.
    """
    path = setting.files[i]
    panel = read_panel(path, target="close")
    if len(panel) > 1:
        raise DataError(
            f"`{path}` holds {len(panel)} series, but the lab `stocks` takes one price a file: "
            "give each a file of its own."
        )
    if panel.rows < 2 * DAYS:
        raise DataError(
            f"`{path}` holds {panel.rows} days, but the lab `stocks` learns from the days before "
            f"the last {DAYS} and takes at least {2 * DAYS}: give a longer file."
        )
    stock = Stock(visible(path.stem, most=10), shortened(panel, setting))
    if np.array_equal(stock.truth, stock.today):
        raise DataError(
            f"`{path}` holds a price that stands still over the last {DAYS} days, where today's is "
            "tomorrow's and nothing can do better: give one that moves."
        )
    return stock


def simulated(setting: Setting) -> Stock:
    """Return a price whose logarithm is a random walk."""
    walk = random_walk(SIMULATED, setting.seed).values
    return Stock("Simulated", shortened(read_panel(100 * np.exp(DAILY * walk)), setting))


def shortened(panel: Panel, setting: Setting) -> Panel:
    """Return the newest days alone, for a quick run."""
    return read_panel(panel.series(0)[-QUICK_DAYS:]) if setting.quick else panel
