"""The picture of unusual values: a series, what its forecasts allowed, and what lay outside."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from recur.arrays import Flags, Float64s, Indices
from recur.data.clock import Clock
from recur.judge.words import counted
from recur.report.plots.style import BLUE, INK, ORANGE, figure, house_style, title
from recur.report.plots.timeline import mark_time, positions

_NEWEST = 1000  # values that are drawn


def unusual_picture(
    clock: Clock,
    times: Indices,
    values: Float64s,
    low: Float64s,
    high: Float64s,
    unusual: Flags,
    *,
    target: str,
    rate: float,
    name: str = "",
) -> Figure:
    """Draw the newest values of a series, what was allowed, and the unusual ones marked.

    Args:
        clock: of the series.
        times: int64 [time].
        values: float64 [time], NaN where one is missing.
        low: float64 [time], what was allowed at least; not finite where nothing was known.
        high: float64 [time], at most.
        unusual: bool [time].
        target: what the values are called.
        rate: the promised share of false alarms.
        name: of the series, where there are several.
    """
    part = slice(-_NEWEST, None)
    times, values, unusual = times[part], values[part], unusual[part]
    low, high = low[part], high[part]
    with house_style():
        picture, axes = figure()
        x, dated = positions(times, clock)
        known = np.isfinite(low) & np.isfinite(high)
        least, most = (np.where(known, end, np.nan) for end in (low, high))
        axes.fill_between(x, least, most, color=BLUE, alpha=0.18, lw=0, label="allowed")
        axes.plot(x, values, color=INK, lw=1.2, label=target)
        axes.plot(
            x[unusual], values[unusual], ls="", marker="o", ms=7, mfc="none", mew=2, color=ORANGE,
            label="unusual",
        )  # fmt: skip
        mark_time(axes, clock, dated=dated)
        of = f" of {name}" if name else ""
        under = (
            f"{counted(len(values), 'newest value')}{of}; where none is unusual, {rate:g} of them "
            "would be marked"
        )
        title(axes, f"Unusual values: {int(unusual.sum())}", under)
    return picture
