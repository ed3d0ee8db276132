"""The picture of coverage: what intervals held at each step ahead, beside what was asked."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.judge import Intervals, MeasuredIntervals, level_key
from recur.report.coverage import interval_label, origins_text
from recur.report.plots.style import BLUE, GREY, INK, ORANGE, figure, house_style, title

_COLOURS = (BLUE, ORANGE, "#009e73", "#cc79a7")  # of Okabe and Ito, taken in turn
_ASKED = (0, (4, 2))  # the dashes of a nominal level


def coverage_picture(intervals: Intervals | MeasuredIntervals) -> Figure:
    """Draw the share of truths inside the intervals of each level, beside the level itself.

    With one step ahead alone, it is one row for each level, the highest on top.
    """
    horizon = intervals.walk.horizon
    coverage = {level: measures.coverage for level, measures in intervals.measures.items()}
    under = f"{interval_label(intervals.method)}, {origins_text(intervals)}"
    with house_style():
        picture, axes = figure()
        if horizon == 1:
            _draw_rows(axes, {level: float(shares[0]) for level, shares in coverage.items()})
        else:
            _draw_lines(axes, coverage)
            under += "; dashed: the level asked for"
        title(axes, "Share of held-out truths inside their intervals", under)
    return picture


def _draw_lines(axes: Axes, coverage: dict[float, Float64s]) -> None:
    """Draw one line for each level over the steps ahead, and its nominal level dashed."""
    horizon = len(next(iter(coverage.values())))
    steps = np.arange(1, horizon + 1)
    dot = "o" if horizon <= 48 else ""
    for k, (level, shares) in enumerate(coverage.items()):
        colour = _COLOURS[k % len(_COLOURS)]
        axes.axhline(level / 100.0, color=colour, lw=1.2, ls=_ASKED, zorder=1)
        label = f"{level_key(level)} % intervals"
        axes.plot(steps, shares, color=colour, lw=2.0, marker=dot, ms=4.5, label=label)
    nominal = [level / 100.0 for level in coverage]
    axes.set_ylim(*_around([*nominal, *np.concatenate(list(coverage.values()))]))
    axes.set_xlim(0.8, horizon + 0.2)
    axes.yaxis.set_major_formatter(_percent)
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    axes.set_xlabel("steps ahead")


def _draw_rows(axes: Axes, coverage: dict[float, float]) -> None:
    """Draw one row for each level: a bar where its nominal level lies, a dot where it came out."""
    rows = range(len(coverage))
    nominal = [level / 100.0 for level in coverage]
    measured = list(coverage.values())
    axes.hlines(rows, nominal, measured, color=GREY, lw=2.0)
    axes.plot(nominal, rows, color=INK, marker="|", ms=18, mew=2.5, ls="", label="asked for")
    axes.plot(measured, rows, color=BLUE, marker="o", ms=10, ls="", label="measured")
    axes.set_yticks(rows, [f"{level_key(level)} % intervals" for level in coverage])
    axes.set_ylim(-0.6, len(coverage) - 0.4)
    axes.set_xlim(*_around(nominal + measured))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(_percent)
    axes.tick_params(axis="y", length=0, labelcolor=INK)


def _around(shares: Iterable[float]) -> tuple[float, float]:
    """Return the ends of an axis that shows shares and 100 %, with room at either end."""
    room = max(1.0 - min(shares), 0.02)
    return 1.0 - 1.1 * room, 1.0 + 0.03 * room


def _percent(share: float, _: float) -> str:
    return f"{100.0 * share:.4g} %"
