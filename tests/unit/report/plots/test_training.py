"""The picture of the training must mark what happened in it."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recur.report import plots
from recur.training.history import Epoch, History


def line(picture: Figure, label: str) -> Line2D:
    (found,) = [one for one in picture.axes[0].lines if one.get_label() == label]
    return found


def test_the_best_epoch_and_the_rescue_are_marked(history: History) -> None:
    picture = plots.training_picture(history, best_epoch=8)
    best = line(picture, "best: epoch 8")
    assert np.asarray(best.get_xydata()).tolist() == [[8.0, history[7].validation]]
    assert np.asarray(line(picture, "rescue, then half the rate").get_xdata())[0] == 5.5


def test_losses_that_span_much_take_a_logarithmic_scale(history: History) -> None:
    flat = tuple(Epoch(k, 1.0 + 0.1 * k, None, 1e-3, 1.0) for k in range(1, 5))
    below = tuple(Epoch(k, 10.0**k - 50, None, 1e-3, 1.0) for k in range(1, 5))
    scales = [plots.training_picture(one, 1).axes[0].get_yscale() for one in (history, flat, below)]
    assert scales == ["log", "linear", "linear"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_short_training_without_validation_can_be_drawn(count: int) -> None:
    epochs = tuple(Epoch(k, 1.0, None, 1e-3, 1.0) for k in range(1, count + 1))
    assert plots.png(plots.training_picture(epochs, best_epoch=count))


def test_a_loss_that_is_not_finite_can_be_drawn(history: History) -> None:
    broken = (*history, Epoch(13, float("inf"), float("nan"), 1e-3, 1.0))
    assert plots.png(plots.training_picture(broken, best_epoch=8))
