"""The picture of the errors: by step ahead, or as bars where there is one step alone."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from recur.arrays import Float64s
from recur.judge import JudgementSummary
from recur.judge.forecast.verdict import NETWORK
from recur.judge.words import steps_ahead
from recur.report.plots.style import BLUE, FADED, GREY, INK, figure, house_style, logarithmic, title
from recur.report.wording import error_column, method_label, ordered_methods

HEADING = "Error on the held-out stretch"
LOG_FROM = 20.0  # times between the largest and the smallest error
_LONGEST_BAR = 4.0  # times the median; longer ones are cut
_NAME_HEIGHT = 0.062  # of the height of the axes
_LEADER = {
    "arrowstyle": "-", "color": "#c8c8c8", "lw": 0.8, "relpos": (0, 0.5), "shrinkA": 2, "shrinkB": 3
}  # fmt: skip
_DASHES = {
    "last_value": "-",
    "seasonal_naive": (0, (4, 1.5)),
    "drift": (0, (1, 1.5)),
    "mean": (0, (8, 2)),
    "window_mean": (0, (8, 2, 1, 2, 1, 2)),
    "seasonal_mean": (0, (4, 1.5, 1, 1.5, 1, 1.5)),
    "linear": (0, (6, 1.5, 1, 1.5)),
}


def horizon_picture(judgement: JudgementSummary) -> Figure:
    """Draw the root mean squared error of every method, at each step ahead.

    With one step ahead alone, it is one bar for each method, the best on top.
    """
    judged = judgement.verdict.judged
    errors = errors_by_step(judgement)
    with house_style():
        picture, axes = figure()
        if judgement.walk.horizon == 1:
            _draw_bars(axes, {name: float(values[0]) for name, values in errors.items()}, judged)
            under = "root mean squared error one step ahead; lower is better"
        else:
            _draw_lines(axes, errors, judged)
            under = line_under(judgement)
        title(axes, HEADING, under, legend=False)
    return picture


def errors_by_step(judgement: JudgementSummary) -> dict[str, Float64s]:
    """Return the root mean squared errors, float64 [horizon], of every method that has any."""
    judged = judgement.verdict.judged
    return {
        judged if name == NETWORK else name: judgement.by_horizon[name]["rmse"]
        for name in ordered_methods(judgement)
        if np.isfinite(judgement.by_horizon[name]["rmse"]).any()
    }


def line_under(judgement: JudgementSummary) -> str:
    """Return what is drawn over several steps ahead."""
    return f"root mean squared error, up to {steps_ahead(judgement.walk.horizon)}"


def _draw_bars(axes: Axes, errors: dict[str, float], judged: str) -> None:
    """Draw one bar for each method; one far longer than most is cut, its number still stands."""
    if not errors:
        return
    names = sorted(errors, key=lambda name: errors[name], reverse=True)
    values = np.array([errors[name] for name in names])
    longest = min(values.max(), _LONGEST_BAR * float(np.median(values))) or 1.0
    colours = [BLUE if name == judged else "#c4c4c4" for name in names]
    bars = axes.barh(
        [method_label(name) for name in names], np.minimum(values, longest), 0.5, color=colours
    )
    texts = error_column(list(values), digits=4)
    cut = values > longest
    axes.bar_label(
        bars,
        [f"{text}, cut" if over else text for text, over in zip(texts, cut, strict=True)],
        padding=6,
    )
    axes.set_xlim(0, 1.14 * longest)
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(NullLocator())
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=INK)


def _draw_lines(axes: Axes, errors: dict[str, Float64s], judged: str) -> None:
    """Draw one line for each method, its name at its end."""
    for name, values in errors.items():
        steps = np.arange(1, len(values) + 1)
        axes.set_xlim(0.8, len(values))
        if name == judged:
            axes.plot(
                steps, values, color=BLUE, lw=2.6, marker="o", ms=4.5, zorder=3, clip_on=False
            )
        else:
            axes.plot(steps, values, color=GREY, lw=1.6, ls=_DASHES.get(name, (0, (2, 2))))
    axes.set_xlabel("steps ahead")
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    if not logarithmic(axes, np.array(list(errors.values())), LOG_FROM):
        axes.set_ylim(bottom=0)
    _name_lines(axes, errors, judged)


def _name_lines(axes: Axes, errors: dict[str, Float64s], judged: str) -> None:
    """Write each method's name beside the end of its line, moved apart where they would overlap."""
    ends = {name: values[np.isfinite(values)][-1] for name, values in errors.items()}
    if not ends:
        return
    points = np.column_stack([np.zeros(len(ends)), list(ends.values())])
    heights = axes.transAxes.inverted().transform(axes.transData.transform(points))[:, 1]
    for name, error, at in zip(ends, heights, _apart(heights, _NAME_HEIGHT), strict=True):
        axes.annotate(
            method_label(name),
            (1.0, error),
            xytext=(1.03, at),
            xycoords="axes fraction",
            textcoords="axes fraction",
            va="center",
            color=BLUE if name == judged else FADED,
            size=12 if name == judged else 11,
            arrowprops=_LEADER,
            annotation_clip=False,
        )


def _apart(heights: Float64s, least: float) -> Float64s:
    """Return heights [n], moved as little as keeps them `least` apart, in order and within 0 to 1.

    In steps of `least` above one another, heights that never fall are far enough apart. The nearest
    such heights are the largest, over the beginnings of stretches, of their smallest means.

    >>> [round(float(at), 2) for at in _apart(np.array([0.5, 0.52, 0.1]), 0.1)]
    [0.46, 0.56, 0.1]
    """
    order = np.argsort(heights, kind="stable")
    steps = least * np.arange(len(heights))
    sums = np.concatenate([[0.0], np.cumsum(heights[order] - steps)])
    first, last = np.ogrid[: len(heights), : len(heights)]
    is_stretch = first <= last
    means = (sums[1:] - sums[:-1, None]) / np.where(is_stretch, last - first + 1, 1)
    longer_first = np.where(is_stretch, means, np.inf)[:, ::-1]
    smallest = np.minimum.accumulate(longer_first, axis=1)[:, ::-1]
    level = np.where(is_stretch, smallest, -np.inf).max(axis=0)
    moved = np.empty_like(heights)
    moved[order] = np.clip(level, 0.0, max(1.0 - steps[-1], 0.0)) + steps
    return moved
