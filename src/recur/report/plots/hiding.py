"""The picture of what hiding an input does: a dot and its interval for each."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from recur.judge import LEVEL
from recur.judge.words import counted, percent
from recur.report.hiding import Hiding, growth_cell
from recur.report.plots.style import BLUE, FADED, GREY, INK, drawable, figure, house_style, title

_ROW = 0.3  # inches
_FARTHEST = 3.0  # times the median growth, beyond which the axis is logarithmic


def hiding_picture(parts: Sequence[Hiding], held_out: int) -> Figure:
    """Draw how many times as large the mean squared error is with each input hidden.

    Args:
        parts: from the top down; those whose growth is not known are left out.
        held_out: values that the errors were measured on.
    """
    drawn = [part for part in parts if part.growth is not None]
    ratios = [1 + (part.growth or 0.0) for part in drawn]
    with house_style():
        picture, axes = figure()
        picture.set_figheight(max(3.0, 2.0 + _ROW * len(drawn)))
        if max(ratios, default=1.0) > _FARTHEST:
            axes.set_xscale("log")
        axes.axvline(1.0, color=FADED, lw=1.0, zorder=1)
        for row, (part, ratio) in enumerate(zip(drawn, ratios, strict=True)):
            colour = BLUE if part.finding in ("matters", "harms") else GREY
            low = ratio if part.low is None else 1 + part.low
            high = ratio if part.high is None else 1 + part.high
            axes.plot([max(low, 0.01), high], [row, row], color=colour, lw=2.0, alpha=0.55)
            axes.plot([ratio], [row], color=colour, marker="o", ms=7, ls="", zorder=3)
            axes.annotate(
                growth_cell(part.growth), (1.0, row), xytext=(58, 0), va="center", ha="right",
                xycoords=("axes fraction", "data"), textcoords="offset points", color=colour,
                annotation_clip=False,
            )  # fmt: skip
        axes.set_yticks(range(len(drawn)), [drawable(part.name) for part in drawn])
        axes.set_ylim(max(len(drawn), 1) - 0.5, -0.5)
        axes.grid(visible=True, axis="x")
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0, labelcolor=INK)
        if axes.get_xscale() == "linear":
            axes.xaxis.set_major_locator(MaxNLocator(8))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda times, _: f"{times:g} x"))
        under = f"squared error beside that with all seen, last {counted(held_out, 'value')}"
        if all(part.low is None for part in drawn):
            under = f"{under}; too few independent origins for intervals"
        else:
            under = f"{under}; lines are {percent(LEVEL)} intervals"
        title(axes, "How the error grows where an input is hidden", under, legend=False)
    return picture
