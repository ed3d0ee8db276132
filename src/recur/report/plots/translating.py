"""The picture of attention: what each symbol that came out looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from recur.arrays import Float32s
from recur.report.plots.style import BLUE, HouseFigure, drawable, house_style, title

MOST_SYMBOLS = 40
"""Symbols beyond which a text is not drawn."""


@dataclass(frozen=True)
class Looked:
    """What a translation looked at.

    Attributes:
        source: symbols that came in.
        target: those that came out, and the end.
        shares: float32 [target, source].
    """

    source: Sequence[str]
    target: Sequence[str]
    shares: Float32s


def attention_picture(several: Sequence[Looked]) -> Figure:
    """Draw, of some translations side by side, how much each symbol looked at each of the source.

    Args:
        several: one to three of them.
    """
    tallest = max(len(one.target) for one in several)
    with house_style():
        picture = HouseFigure((10.0, min(10.0, 3.0 + 0.35 * tallest)))
        # The title stands over all of them, on axes of its own.
        grid = picture.add_gridspec(2, len(several), height_ratios=(0.01, 1))
        over = picture.add_subplot(grid[0, :])
        over.set_axis_off()
        under = "down: what came out; across: what it looked at, the darker the more"
        title(over, "What looks at what", under, legend=False)
        colours = LinearSegmentedColormap.from_list("house", ["white", BLUE])
        for i, one in enumerate(several):
            axes = picture.add_subplot(grid[1, i])
            axes.imshow(one.shares, cmap=colours, vmin=0, vmax=1, aspect="auto")
            names = [drawable(word[:16]) for word in one.source]
            axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
            axes.set_yticks(range(len(one.target)), [drawable(word[:16]) for word in one.target])
            axes.grid(visible=False)
    return picture
