"""The picture of the training: both losses by epoch, the best epoch, the rescues."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from recur.report.plots.style import BLUE, FADED, GREY, INK, figure, house_style, title
from recur.training.history import Epoch, History

_LOG_FROM = 8.0  # times between the largest and the smallest loss


def training_picture(history: History, best_epoch: int) -> Figure:
    """Draw the losses by epoch.

    Args:
        history: every finished epoch.
        best_epoch: the number of the epoch whose weights were kept; 0 for none.
    """
    epochs = np.array([epoch.number for epoch in history], dtype=np.float64)
    training = np.array([epoch.training for epoch in history], dtype=np.float64)
    validation = np.array([_or_nan(epoch.validation) for epoch in history])
    dot = "o" if len(history) <= 40 else ""
    with house_style():
        picture, axes = figure()
        axes.plot(epochs, training, color=GREY, lw=1.6, marker=dot, ms=3.5, label="training")
        if np.isfinite(validation).any():
            axes.plot(
                epochs, validation, color=BLUE, lw=2.0, marker=dot, ms=3.5, label="validation"
            )
        _mark_best(axes, history, best_epoch)
        _mark_rescues(axes, history)
        _scale_losses(axes, np.concatenate([training, validation]))
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True, min_n_ticks=1))
        axes.set_xlabel("epoch")
        title(axes, "Training", _under(history, best_epoch), legend=bool(history))
    return picture


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _mark_best(axes: Axes, history: History, best_epoch: int) -> None:
    for epoch in history:
        if epoch.number == best_epoch:
            loss = epoch.training if epoch.validation is None else epoch.validation
            axes.axvline(best_epoch, color=FADED, lw=0.8, zorder=1)
            axes.plot(
                [best_epoch],
                [loss],
                color=INK,
                marker="o",
                ms=9,
                mfc="white",
                mew=1.6,
                ls="",
                label=f"best: epoch {best_epoch}",
            )


def _mark_rescues(axes: Axes, history: History) -> None:
    """Draw a line before each epoch that a rescue came before."""
    for k, number in enumerate(_rescued(history)):
        label = "rescue, then half the rate" if k == 0 else None
        axes.axvline(number - 0.5, color=INK, lw=1.2, ls=(0, (1, 1.5)), zorder=1, label=label)


def _rescued(history: History) -> list[int]:
    attempts = [0, *(epoch.attempt for epoch in history)]
    return [
        epoch.number
        for epoch, before in zip(history, attempts, strict=False)
        if epoch.attempt > before
    ]


def _scale_losses(axes: Axes, losses: NDArray[np.float64]) -> None:
    """Take a logarithmic scale where a linear one would hide the smaller losses."""
    finite = losses[np.isfinite(losses)]
    axes.set_ylabel("loss")
    if not len(finite) or finite.min() <= 0 or finite.max() < _LOG_FROM * finite.min():
        return
    axes.set_yscale("log")
    axes.set_ylabel("loss, logarithmic")
    wide = finite.max() > 1e3 * finite.min()
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0,) if wide else (1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def _under(history: History, best_epoch: int) -> str:
    if not history:
        return "no epoch was finished"
    best = next((epoch for epoch in history if epoch.number == best_epoch), None)
    epochs = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
    return f"mean loss over {epochs}" + (f"; {_loss_at(best)}" if best else "")


def _loss_at(best: Epoch) -> str:
    if best.validation is None:
        return f"training loss {best.training:.4g} at epoch {best.number}"
    return f"the weights of epoch {best.number} were kept, validation loss {best.validation:.4g}"
