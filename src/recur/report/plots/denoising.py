"""The picture of a signal that was cleaned: noisy, clean and cleaned, one over the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.report.plots.style import BLUE, GREY, INK, figure, house_style, title

MOST_SHOWN = 300
"""Values of a signal beyond which only a stretch is drawn, so that each can be seen."""

_DENSE = 120  # values up to which the noisy ones are dots as well
_WITHIN = 1.5  # times the range of the clean and the cleaned values that the picture shows
_FAR = 0.02  # share of the noisy values that may lie outside of it


def denoising_picture(
    noisy: Float64s,
    clean: Float64s,
    cleaned: Float64s,
    *,
    start: int = 0,
    name: str = "",
) -> Figure:
    """Draw a held-out signal as it came, as it was, and as the network has it.

    Of a long signal the stretch is drawn whose error is closest to that of the whole.

    Args:
        noisy: float64 [time], what the network has seen.
        clean: float64 [time], the truth.
        cleaned: float64 [time], the network's answer.
        start: the number of the first value, for the axis.
        name: what the signal is called.
    """
    part = _typical(cleaned - clean)
    x = start + np.arange(len(clean))[part]
    with house_style():
        picture, axes = figure()
        dot = "o" if len(x) <= _DENSE else ""
        axes.plot(x, noisy[part], color=GREY, lw=0.8, marker=dot, ms=2.5, label="noisy")
        axes.plot(x, clean[part], color=INK, lw=1.5, label="clean")
        axes.plot(x, cleaned[part], color=BLUE, lw=2.0, label="cleaned")
        _limit(axes, noisy[part], np.concatenate([clean[part], cleaned[part]]))
        axes.margins(x=0.01)
        axes.xaxis.set_major_locator(MaxNLocator(9, integer=True))
        axes.set_xlabel("step")
        title(axes, f"Cleaning{' ' * bool(name)}{name}", _under(part, len(clean)))
    return picture


def typical_recording(clean: Sequence[Float64s], cleaned: Sequence[Float64s]) -> int:
    """Return which of several recordings to draw: that whose error is closest to their mean.

    Args:
        clean: of each recording float64 [time, channels], the truth.
        cleaned: of the same shapes, the network's answers.
    """
    errors = np.array([np.mean((a - b) ** 2) for a, b in zip(cleaned, clean, strict=True)])
    return int(np.argmin(np.abs(errors - errors.mean())))


def _typical(errors: Float64s) -> slice:
    """Return the stretch of errors [time] to draw: of ordinary size, neither best nor worst."""
    count = len(errors)
    if count <= MOST_SHOWN:
        return slice(0, count)
    firsts = np.arange(0, count - MOST_SHOWN + 1, MOST_SHOWN // 2)
    sums = np.concatenate([[0.0], np.cumsum(errors**2)])
    means = (sums[firsts + MOST_SHOWN] - sums[firsts]) / MOST_SHOWN
    first = int(firsts[np.argmin(np.abs(means - sums[-1] / count))])
    return slice(first, first + MOST_SHOWN)


def _limit(axes: Axes, noisy: Float64s, smooth: Float64s) -> None:
    """Let a few far-off noisy values run out of the picture rather than flatten the rest."""
    middle, half = (smooth.max() + smooth.min()) / 2, _WITHIN * np.ptp(smooth) / 2
    outside = np.abs(noisy - middle) > half
    if half > 0 and outside.any() and outside.mean() <= _FAR:
        axes.set_ylim(middle - half, middle + half)


def _under(part: slice, count: int) -> str:
    shown = part.stop - part.start
    if shown == count:
        return f"{count:,} held-out steps"
    return f"{shown:,} of {count:,} held-out steps, with about their mean error"
