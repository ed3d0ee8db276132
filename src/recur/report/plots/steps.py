"""The picture of the errors at each step ahead, with the intervals over the origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.judge.forecast.horizons import STEP_LEVEL, Estimate, StepErrors
from recur.judge.words import percent, steps_ahead
from recur.report.comparison import comparison_label
from recur.report.plots.style import BLUE, GREY, INK, figure, house_style, logarithmic, title

_LOG_FROM = 20.0  # times between the largest and the smallest error
_LOOKS = ((BLUE, "-", 2.4), (GREY, "-", 1.6), (INK, (0, (4, 1.5)), 1.4))


def steps_picture(steps: Mapping[str, Sequence[StepErrors]]) -> Figure:
    """Draw the root mean squared error of up to three methods, the first with its intervals.

    Args:
        steps: for each method its errors at every step; the first one is the judged one.
    """
    ends = {comparison_label(name): _ends([step.rmse for step in of]) for name, of in steps.items()}
    horizon = len(next(iter(steps.values())))
    with house_style():
        picture, axes = figure()
        (_draw_dots if horizon == 1 else _draw_bands)(axes, ends)
        title(axes, "Error on the held-out stretch", _under(steps, horizon), legend=horizon > 1)
    return picture


def _draw_dots(axes: Axes, ends: Mapping[str, Float64s]) -> None:
    """Draw one dot and its interval for each method."""
    for row, ((value, low, high), look) in enumerate(zip(ends.values(), _LOOKS, strict=False)):
        axes.plot([low[0], high[0]], [row, row], color=look[0], lw=2.0, alpha=0.55)
        axes.plot(value, [row], color=look[0], marker="o", ms=8, ls="")
    axes.set_yticks(range(len(ends)), list(ends))
    axes.set_ylim(len(ends) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0, labelcolor=INK)


def _draw_bands(axes: Axes, ends: Mapping[str, Float64s]) -> None:
    """Draw one line for each method, and the band of its intervals for the first."""
    for (label, (value, low, high)), look in zip(ends.items(), _LOOKS, strict=False):
        colour, dashes, width = look
        steps = np.arange(1, len(value) + 1)
        axes.plot(steps, value, color=colour, ls=dashes, lw=width, label=label)
        if colour == BLUE:  # several bands would hide each other
            axes.fill_between(steps, low, high, color=colour, alpha=0.15, lw=0)
        axes.set_xlim(1, len(value))
    axes.set_xlabel("steps ahead")
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    if not logarithmic(axes, np.concatenate(list(ends.values()), axis=None), _LOG_FROM):
        axes.set_ylim(bottom=0)


def _ends(estimates: Sequence[Estimate]) -> Float64s:
    """Return float64 [3, steps]: errors, lower and upper ends, NaN where there are none."""
    rows = [(estimate.value, estimate.low, estimate.high) for estimate in estimates]
    return np.array(rows, dtype=np.float64).T


def _under(steps: Mapping[str, Sequence[StepErrors]], horizon: int) -> str:
    ahead = f"{'up to ' if horizon > 1 else ''}{steps_ahead(horizon)}"
    judged, *_ = steps.values()
    level = percent(STEP_LEVEL)
    sure = f"band: {level} interval over the origins, {comparison_label(next(iter(steps)))}"
    if horizon == 1:
        sure = f"lines: {level} intervals over the origins"
    if all(step.rmse.low is None for step in judged):
        sure = "too few origins for intervals"
    return f"root mean squared error {ahead}; {sure}"
