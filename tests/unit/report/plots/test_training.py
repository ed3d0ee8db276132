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


def labels(picture: Figure) -> list[str]:
    return [str(one.get_label()) for one in picture.axes[0].lines]


def under(picture: Figure) -> str:
    return picture.axes[0].texts[0].get_text()


def test_the_best_epoch_and_the_rescue_are_marked(history: History) -> None:
    picture = plots.training_picture(history, kept_epoch=8)
    best = line(picture, "best: epoch 8")
    assert np.asarray(best.get_xydata()).tolist() == [[8.0, history[7].validation]]
    assert np.asarray(line(picture, "rescue, then half the rate").get_xdata())[0] == 5.5


def test_last_weights_that_were_kept_are_not_called_the_best(history: History) -> None:
    picture = plots.training_picture(history, kept_epoch=12)
    kept = line(picture, "kept: epoch 12")
    assert np.asarray(kept.get_xydata()).tolist() == [[12.0, history[11].validation]]
    assert not [label for label in labels(picture) if label.startswith("best")]
    assert "the weights of epoch 12 were kept" in under(picture)


def test_without_validation_no_epoch_is_called_the_best() -> None:
    epochs = tuple(Epoch(k, 1.0 / k, None, 1e-3, 1.0) for k in (1, 2, 3))
    picture = plots.training_picture(epochs, kept_epoch=3)
    assert np.asarray(line(picture, "kept: epoch 3").get_ydata()).tolist() == [1.0 / 3]


def test_weights_from_the_middle_of_an_epoch_are_said_to_be_and_not_marked(
    history: History,
) -> None:
    picture = plots.training_picture(history, kept_epoch=0)
    assert not [label for label in labels(picture) if "epoch" in label]
    assert under(picture) == (
        "mean loss over 12 epochs; the weights kept are from the middle of epoch 13"
    )


def test_a_training_without_a_finished_epoch_says_that_it_was_interrupted() -> None:
    assert under(plots.training_picture((), kept_epoch=0)) == "interrupted in the first epoch"


def test_losses_that_span_much_take_a_logarithmic_scale(history: History) -> None:
    flat = tuple(Epoch(k, 1.0 + 0.1 * k, None, 1e-3, 1.0) for k in range(1, 5))
    below = tuple(Epoch(k, 10.0**k - 50, None, 1e-3, 1.0) for k in range(1, 5))
    scales = [plots.training_picture(one, 1).axes[0].get_yscale() for one in (history, flat, below)]
    assert scales == ["log", "linear", "linear"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_short_training_without_validation_can_be_drawn(count: int) -> None:
    epochs = tuple(Epoch(k, 1.0, None, 1e-3, 1.0) for k in range(1, count + 1))
    assert plots.png(plots.training_picture(epochs, kept_epoch=count))


def test_a_loss_that_is_not_finite_can_be_drawn(history: History) -> None:
    broken = (*history, Epoch(13, float("inf"), float("nan"), 1e-3, 1.0))
    assert plots.png(plots.training_picture(broken, kept_epoch=8))
