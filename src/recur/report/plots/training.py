"""The picture of the training: both losses by epoch, the epoch that was kept, the rescues."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from recur.report.plots.style import BLUE, FADED, GREY, INK, figure, house_style, logarithmic, title
from recur.training.history import Epoch, History

_LOG_FROM = 8.0  # times between the largest and the smallest loss


FEWEST_EPOCHS = 2
"""Epochs from which on there is a curve to draw."""


def training_picture(history: History, kept_epoch: int) -> Figure:
    """Draw the losses by epoch.

    Args:
        history: every finished epoch.
        kept_epoch: the number of the epoch whose weights were kept; 0 where they come from the
            middle of an epoch.
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
        _mark_kept(axes, history, kept_epoch)
        _mark_rescues(axes, history)
        scaled = logarithmic(axes, np.concatenate([training, validation]), _LOG_FROM)
        axes.set_ylabel("loss, logarithmic" if scaled else "loss")
        axes.xaxis.set_major_locator(MaxNLocator(10, integer=True, min_n_ticks=1))
        axes.set_xlabel("epoch")
        title(axes, "Training", _under(history, kept_epoch), legend=bool(history))
    return picture


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _mark_kept(axes: Axes, history: History, kept_epoch: int) -> None:
    """Ring the loss of the epoch that was kept, called the best only where it is that."""
    kept = _epoch(history, kept_epoch)
    if kept is None:
        return
    loss = kept.training if kept.validation is None else kept.validation
    best = kept.validation is not None and not any(
        epoch.validation is not None and epoch.validation < kept.validation for epoch in history
    )
    axes.axvline(kept.number, color=FADED, lw=0.8, zorder=1)
    axes.plot(
        [kept.number],
        [loss],
        color=INK,
        marker="o",
        ms=9,
        mfc="white",
        mew=1.6,
        ls="",
        label=f"{'best' if best else 'kept'}: epoch {kept.number}",
    )


def _epoch(history: History, number: int) -> Epoch | None:
    return next((epoch for epoch in history if epoch.number == number), None)


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


def _under(history: History, kept_epoch: int) -> str:
    if not history:
        return "interrupted in the first epoch"
    epochs = "1 epoch" if len(history) == 1 else f"{len(history)} epochs"
    return f"mean loss over {epochs}; {_kept(history, kept_epoch)}"


def _kept(history: History, kept_epoch: int) -> str:
    kept = _epoch(history, kept_epoch)
    if kept is None:
        return f"the weights kept are from the middle of epoch {len(history) + 1}"
    if kept.validation is None:
        return f"the weights of epoch {kept.number} were kept, training loss {kept.training:.4g}"
    return f"the weights of epoch {kept.number} were kept, validation loss {kept.validation:.4g}"
