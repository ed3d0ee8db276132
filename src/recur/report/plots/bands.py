"""Intervals as shaded bands: a level within the next higher one, the darker the nearer."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from recur.arrays import Float64s
from recur.judge import level_key

Bands = Mapping[float, tuple[Float64s, Float64s]]
"""The lower and upper ends of intervals by level in percent, float64 [points] each."""

_SHADE = 0.16  # of the colour, each level over those around it


def shade(axes: Axes, x: Float64s, bands: Bands, colour: str, *, named: bool = True) -> None:
    """Shade bands over x [points], broken where their ends are NaN.

    Args:
        axes: where to draw.
        x: float64 [points], where the ends stand.
        bands: the ends of each level.
        colour: of all levels.
        named: whether the legend names them, all in one entry.
    """
    levels = sorted(bands, reverse=True)
    for level in levels:
        low, high = bands[level]
        # The narrowest is the darkest, and stands for all of them in the legend.
        label = _interval_names(levels[::-1]) if named and level == levels[-1] else None
        axes.fill_between(x, low, high, color=colour, alpha=_SHADE, lw=0, label=label)


def _interval_names(levels: list[float]) -> str:
    """Return the levels as one entry of a legend.

    >>> _interval_names([80.0]), _interval_names([80.0, 90.0, 97.5])
    ('80 % interval', '80, 90 and 97.5 % intervals')
    """
    *others, last = map(level_key, levels)
    return f"{', '.join(others)} and {last} % intervals" if others else f"{last} % interval"
