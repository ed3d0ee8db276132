"""The picture of gates: what a network is given and answers, and how far each gate is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.report.plots.lines import COLOURS, Line
from recur.report.plots.style import BLUE, FADED, drawable, figure, house_style, title

_GAP = 0.04  # inches between strips
_WITHIN = 0.98  # share of the height that is drawn on
_TOP = 2.6  # times the height of a gate's strip
_TALLER = 1.25  # times the usual height of a picture


def gates_picture(
    heading: str, under: str, lines: Sequence[Line], gates: Mapping[str, Float64s]
) -> Figure:
    """Draw a sequence, and below it a strip for each gate, a row for each unit.

    Args:
        heading: what the picture shows.
        under: a line below the heading.
        lines: what is drawn on top, over the time steps.
        gates: float64 [time, units] between 0 and 1, by name; units are drawn in the order of
            their means.
    """
    with house_style():
        picture, only = figure()
        only.remove()
        picture.set_figheight(_TALLER * picture.get_figheight())
        picture.set_layout_engine("constrained", h_pad=_GAP, rect=(0, 0, 1, _WITHIN))
        top, *strips = picture.subplots(
            1 + len(gates), 1, sharex=True, height_ratios=[_TOP, *(1.0 for _ in gates)]
        )
        free = iter(COLOURS * len(lines))
        for line in lines:
            x = np.arange(len(line.y)) if line.x is None else line.x
            top.plot(
                x, line.y, label=drawable(line.label) or None, lw=line.width, ms=5,
                color=line.colour or next(free), marker=line.marker,
                ls=("--" if line.dashed else "-") if line.width else "",
            )  # fmt: skip
        images = [_strip(axes, *gate) for axes, gate in zip(strips, gates.items(), strict=True)]
        bar = picture.colorbar(images[0], ax=strips, ticks=[0, 0.5, 1], pad=0.01, aspect=40)
        bar.ax.set_yticklabels(["0, shut", "0.5", "1, open"])
        bar.outline.set_visible(False)
        strips[-1].set_xlabel("step")
        strips[-1].xaxis.set_major_locator(MaxNLocator(9, integer=True))
        title(top, heading, under, legend=any(line.label for line in lines))
    return picture


def _strip(axes: Axes, name: str, gate: Float64s) -> AxesImage:
    """Draw a gate: time across, units upwards, from pale for shut to blue for open."""
    units = gate[:, np.argsort(gate.mean(axis=0))].T
    colours = LinearSegmentedColormap.from_list("gate", ["white", BLUE])
    image = axes.imshow(
        units, cmap=colours, vmin=0, vmax=1, aspect="auto", origin="lower", interpolation="nearest"
    )
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_ylabel(drawable(name), rotation=0, ha="right", va="center", color=FADED, labelpad=8)
    return image
