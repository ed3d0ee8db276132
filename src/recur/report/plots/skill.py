"""The picture of the skill: a dot and its interval for every method of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recur.judge import LEVEL, SIMPLE
from recur.judge.forecast.ranking import RankedMethod
from recur.judge.words import percent, skill_cell
from recur.report.comparison import comparison_label
from recur.report.plots.style import BLUE, FADED, GREY, INK, figure, house_style, title
from recur.report.wording import MISSING

_FLOOR = -1.0  # twice the reference's loss; what lies below it or below all methods is cut


def skill_picture(ranking: Sequence[RankedMethod], judged: str) -> Figure:
    """Draw the skill of every method over the strongest simple answer, with its interval.

    Args:
        ranking: in the order of the comparison, from the top down.
        judged: the name of the one that the verdict is on.
    """
    trained = [method for method in ranking if method.name not in SIMPLE]
    values = [
        x for method in trained for x in (method.skill, method.low, method.high) if x is not None
    ]
    floor = max(min([*values, -0.1]), _FLOOR)
    with house_style():
        picture, axes = figure()
        axes.axvline(0.0, color=FADED, lw=1.0, zorder=1)
        for row, method in enumerate(ranking):
            _draw(axes, row, method, floor, BLUE if method.name == judged else INK)
        axes.set_yticks(range(len(ranking)), [comparison_label(method.name) for method in ranking])
        axes.set_ylim(len(ranking) - 0.5, -0.5)
        axes.set_xlim(floor - 0.03, max([*values, 0.1]) + 0.03)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        axes.xaxis.set_major_locator(MaxNLocator(8))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f} %"))
        title(axes, "Skill over the strongest simple answer", _under(ranking), legend=False)
    return picture


def _draw(axes: Axes, row: int, method: RankedMethod, floor: float, colour: str) -> None:
    """Draw one method; an end or a dot beyond the floor becomes an arrow, its number stands."""
    if method.high is not None and method.high > floor:
        low = -np.inf if method.low is None else method.low
        axes.plot([max(low, floor), method.high], [row, row], color=colour, lw=2.0, alpha=0.55)
        if low < floor:
            axes.plot([floor], [row], color=colour, marker="<", ms=6, ls="", clip_on=False)
    if method.skill is not None:
        inside = method.skill >= floor
        face = colour if method.high is not None else "white"
        axes.plot(
            [max(method.skill, floor)], [row], color=colour, ls="", zorder=3, clip_on=False,
            marker="o" if inside else "<", ms=7, mfc=face if inside else colour,
        )  # fmt: skip
    axes.annotate(
        MISSING if method.skill is None else skill_cell(method.skill),
        (1.0, row),
        xytext=(58, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        ha="right",
        color=colour if method.high is not None else GREY,
        annotation_clip=False,
    )


def _under(ranking: Sequence[RankedMethod]) -> str:
    lower = "100 % less squared error would be perfect"
    if all(method.high is None for method in ranking):
        return f"{lower}; too few independent origins for intervals"
    return f"{lower}; lines are {percent(LEVEL)} intervals, each for one method alone"
