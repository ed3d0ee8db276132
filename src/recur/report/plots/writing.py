"""The picture of learning to write: losses by epoch or by second, beside those of counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.arrays import Float64s
from recur.report.plots.style import BLUE, FADED, GREY, INK, ORANGE, figure, house_style, title
from recur.training.history import History

_COLOURS = (BLUE, ORANGE, INK)
_FEW = 19  # epochs, up to which no average is drawn
_SPAN = 10  # epochs that are averaged at most


@dataclass(frozen=True, eq=False)
class Curve:
    """The losses of one network.

    Attributes:
        name: what it is called in the legend.
        history: every epoch.
        seconds: after how many each epoch was finished; needed along seconds alone.
    """

    name: str
    history: History
    seconds: Sequence[float] = ()


def writing_picture(
    curves: Sequence[Curve],
    baselines: Mapping[str, float],
    *,
    along: Literal["epoch", "seconds"] = "epoch",
    unit: str = "character",
) -> Figure:
    """Draw the losses of one network or of several, and those of counting as lines across.

    The training loss is drawn with its rolling average, over up to ten epochs, where there are
    enough; of several networks the average alone, dashed.

    Args:
        curves: one to three.
        baselines: nats a symbol, by what they are called.
        along: what goes to the right.
        unit: what a symbol is.
    """
    with house_style():
        picture, axes = figure()
        if len(curves) == 1:
            _draw_one(axes, curves[0], along)
        else:
            for curve, colour in zip(curves, _COLOURS, strict=False):
                _draw_among(axes, curve, colour, along)
        for name, nats in baselines.items():
            _draw_baseline(axes, name, nats)
        axes.margins(y=0.06)
        axes.autoscale_view(scalex=False)
        axes.set_ylabel(f"nats a {unit}")
        axes.set_xlabel("epoch" if along == "epoch" else "seconds of training")
        if along == "epoch":
            axes.xaxis.set_major_locator(MaxNLocator(10, integer=True, min_n_ticks=1))
        else:
            axes.set_xlim(left=0.0)
        drawn = any(curve.history for curve in curves)
        title(axes, "Learning to write", _under(curves), legend=drawn)
    return picture


def rolling(losses: Float64s) -> Float64s:
    """Return float64 [n], the mean of each loss and those before it, of up to a tenth of all.

    >>> rolling(np.arange(40.0))[:5].tolist()
    [0.0, 0.5, 1.0, 1.5, 2.5]
    """
    span = max(1, min(_SPAN, len(losses) // 10))
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(0, ends - span)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts), np.float64)


def _draw_one(axes: Axes, curve: Curve, along: str) -> None:
    at, training, validation = _points(curve, along)
    many = len(at) > _FEW
    dot = "" if many else "o"
    axes.plot(
        at, training, color=GREY, alpha=0.5 if many else 1.0, lw=1.2, marker=dot, ms=3.5,
        label="training",
    )  # fmt: skip
    if many:
        axes.plot(at, rolling(training), color=FADED, lw=2.0, label="training, rolling average")
    if np.isfinite(validation).any():
        axes.plot(at, validation, color=BLUE, lw=2.0, marker=dot, ms=3.5, label="validation")


def _draw_among(axes: Axes, curve: Curve, colour: str, along: str) -> None:
    at, training, validation = _points(curve, along)
    judged = bool(np.isfinite(validation).any())
    losses = rolling(training) if len(at) > _FEW else training
    label = None if judged else curve.name
    dot = "o" if len(at) == 1 else ""  # which makes no line
    axes.plot(
        at, losses, color=colour, lw=1.2, ls=(0, (3, 2)), marker=dot, mfc="white", label=label
    )
    if judged:
        axes.plot(at, validation, color=colour, lw=2.0, marker=dot, label=curve.name)


def _points(curve: Curve, along: str) -> tuple[Float64s, Float64s, Float64s]:
    """Return float64 [epochs] thrice: where they are, their training and validation losses."""
    numbers = [epoch.number for epoch in curve.history]
    at = np.array(numbers if along == "epoch" else curve.seconds, dtype=np.float64)
    training = np.array([epoch.training for epoch in curve.history], dtype=np.float64)
    validation = np.array(
        [np.nan if epoch.validation is None else epoch.validation for epoch in curve.history]
    )
    return at, training, validation


def _draw_baseline(axes: Axes, name: str, nats: float) -> None:
    """Draw a line across, with its name and loss to the right of it."""
    axes.axhline(nats, color=FADED, lw=1.0, ls=(0, (1, 1.5)), zorder=1)
    axes.annotate(
        f"{name}\n{nats:.3f}",
        (1.0, nats),
        xytext=(6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        color=FADED,
        fontsize=10,
    )


def _under(curves: Sequence[Curve]) -> str:
    if not any(curve.history for curve in curves):
        return "interrupted in the first epoch"
    if len(curves) > 1:
        judged = any(e.validation is not None for curve in curves for e in curve.history)
        return "validation loss; dashed: training loss" if judged else "training loss"
    count = len(curves[0].history)
    return f"mean loss over {count} epoch{'s' * (count != 1)}"
