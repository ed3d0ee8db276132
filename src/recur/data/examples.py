"""Files to try things on, made on the spot: tables with a series that can be forecast, or not."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.data.synthetic import mackey_glass, plateaus, random_walk
from recur.errors import SettingsError, nearest


def example(name: str) -> str:
    """Return an example as the text of a CSV file.

    Args:
        name: `sales`, months with a trend and a season; `signal`, a chaotic one in noise; `walk`,
            a price, of which nothing can be known; `recording`, a noisy signal and the clean one.

    >>> example("walk").splitlines()[:2]
    ['time,walk', '2021-01-04,100.84251']
    """
    if name not in TABLES:
        raise SettingsError(f"there is no example `{name[:80]}`; {nearest(name[:80], TABLES)}.")
    columns = TABLES[name]()
    texts = [
        [f"{value:.5f}" if isinstance(value, float) else str(value) for value in column]
        for column in columns.values()
    ]
    rows = (",".join(row) for row in zip(*texts, strict=True))
    return "\n".join([",".join(columns), *rows, ""])


def _sales() -> dict[str, Any]:
    months = np.datetime64("2015-01") + np.arange(132)
    year = np.array([0.85, 0.8, 0.95, 1.0, 1.05, 1.1, 0.9, 0.85, 1.0, 1.05, 1.2, 1.25])
    trend = 400 * np.exp(0.006 * np.arange(132) + 0.02 * random_walk(132, seed=7).values)
    noise = np.exp(0.04 * np.diff(random_walk(133, seed=8).values))
    return {"month": months, "sales": trend * year[np.arange(132) % 12] * noise}


def _signal() -> dict[str, Any]:
    hours = np.datetime64("2025-01-01T00:00") + 60 * np.arange(1200)
    return {"time": hours, "signal": mackey_glass(len(hours)).values}


def _walk() -> dict[str, Any]:
    days = np.busday_offset("2021-01-04", np.arange(1200), roll="forward")
    return {"time": days, "walk": 100 * np.exp(0.01 * random_walk(len(days)).values)}


def _recording() -> dict[str, Any]:
    made = plateaus(12_000)  # fewer hold too few jumps for a verdict that no seed turns round
    seconds = np.datetime64("2025-01-01T00:00:00") + np.arange(len(made.values))
    return {"time": seconds, "noisy": made.values, "clean": made.answer}


TABLES = {"sales": _sales, "signal": _signal, "walk": _walk, "recording": _recording}
