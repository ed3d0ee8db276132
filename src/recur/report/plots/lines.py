"""A picture of several curves over the same axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.report.plots.style import (
    BLUE,
    FADED,
    GREY,
    INK,
    ORANGE,
    drawable,
    figure,
    house_style,
    logarithmic,
    title,
)

COLOURS = (BLUE, ORANGE, INK, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""In this order, where a line names none; told apart by colour-blind readers."""


@dataclass(frozen=True, eq=False)
class Line:
    """A curve, or points.

    Attributes:
        label: what the legend calls it; empty for a line that it leaves out.
        y: float64 [points].
        x: float64 [points]; 0, 1, 2 ... by default.
        colour: the next of `COLOURS` by default.
        width: 0 where points are drawn alone.
        marker: as matplotlib knows it; empty for none.
        dashed: whether the line is broken.
    """

    label: str
    y: Float64s
    x: Float64s | None = None
    colour: str | None = None
    width: float = 2.0
    marker: str = ""
    dashed: bool = False


def lines_picture(
    heading: str,
    under: str,
    lines: Sequence[Line],
    *,
    across: str,
    up: str,
    log_from: float | None = None,
    levels: Sequence[tuple[str, float]] = (),
) -> Figure:
    """Draw several curves.

    Args:
        heading: what the picture shows.
        under: a line below the heading.
        lines: in the order in which they are drawn.
        across: what the axis below is.
        up: what the axis at the left is.
        log_from: times between the largest and the smallest value from which on the scale is
            logarithmic; None for never.
        levels: horizontal lines, such as a limit, each with what it is.
    """
    with house_style():
        picture, axes = figure()
        free = iter(COLOURS * (1 + len(lines) // len(COLOURS)))
        for line in lines:
            x = np.arange(len(line.y)) if line.x is None else line.x
            alone = "o" if len(line.y) == 1 else ""  # which makes no line
            axes.plot(
                x, line.y, label=drawable(line.label) or None, lw=line.width, ms=4,
                color=line.colour or next(free), marker=line.marker or alone,
                ls=("--" if line.dashed else "-") if line.width else "",
            )  # fmt: skip
        for name, level in levels:
            axes.axhline(level, color=GREY, lw=1.2, ls=":", zorder=0)
            axes.annotate(
                drawable(name), (1.0, level), xycoords=("axes fraction", "data"), ha="right",
                xytext=(0, 3), textcoords="offset points", color=FADED, fontsize=10,
                bbox={"fc": "white", "ec": "none", "pad": 1.0, "alpha": 0.8},
            )  # fmt: skip
        axes.margins(x=0.01)
        if all(line.x is None or (line.x == np.rint(line.x)).all() for line in lines):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if log_from is not None:
            everything = np.concatenate([line.y for line in lines])
            logarithmic(axes, everything, log_from)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        title(axes, heading, under, legend=any(line.label for line in lines))
    return picture
