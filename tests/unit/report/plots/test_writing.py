"""The picture of learning to write shows every loss, its average, and what counting reaches."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recur.report.plots.style import png
from recur.report.plots.writing import Curve, rolling, writing_picture
from recur.training.history import Epoch, History

BASELINES = {"best n-gram (order 5)": 1.9, "unigram": 3.1, "uniform": 4.2}


def learnt(count: int, *, judged: bool = True) -> History:
    return tuple(
        Epoch(k, 2.0 + 1 / k, 2.1 + 1 / k if judged else None, 1e-3, 1.0)
        for k in range(1, count + 1)
    )


def line(picture: Figure, label: str) -> Line2D:
    (found,) = [one for one in picture.axes[0].lines if one.get_label() == label]
    return found


def labels(picture: Figure) -> list[str]:
    named = [str(one.get_label()) for one in picture.axes[0].lines]
    return [label for label in named if not label.startswith("_")]


def points(one: Line2D) -> list[list[float]]:
    drawn: list[list[float]] = np.asarray(one.get_xydata()).tolist()
    return drawn


def test_both_losses_of_one_network_are_drawn_by_epoch() -> None:
    history = learnt(5)
    picture = writing_picture([Curve("gru", history)], {})
    assert points(line(picture, "training")) == [[e.number, e.training] for e in history]
    assert points(line(picture, "validation")) == [[e.number, e.validation] for e in history]


def test_counting_is_a_line_across_with_its_name_and_loss() -> None:
    picture = writing_picture([Curve("gru", learnt(5))], BASELINES)
    across = [np.asarray(one.get_ydata()).tolist() for one in picture.axes[0].lines[2:]]
    assert across == [[1.9, 1.9], [3.1, 3.1], [4.2, 4.2]]
    said = [text.get_text() for text in picture.axes[0].texts]
    low, high = picture.axes[0].get_ylim()
    assert low < 1.9 < 4.2 < high
    assert {"best n-gram (order 5)\n1.900", "unigram\n3.100", "uniform\n4.200"} <= set(said)


def test_a_long_training_has_a_rolling_average() -> None:
    history = learnt(40)
    picture = writing_picture([Curve("gru", history)], {})
    losses = np.array([epoch.training for epoch in history])
    average = np.asarray(line(picture, "training, rolling average").get_ydata())
    assert average[-1] == pytest.approx(losses[-4:].mean())
    assert average[0] == losses[0]


def test_a_rolling_average_takes_a_tenth_of_the_losses_and_never_more_than_ten() -> None:
    assert rolling(np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]
    assert rolling(np.arange(1000.0))[-1] == pytest.approx(np.arange(990, 1000).mean())


def test_several_networks_are_drawn_along_the_seconds_that_they_took() -> None:
    curves = [Curve(name, learnt(3), (1.5, 3.0, 4.5)) for name in ("rnn", "gru", "lstm")]
    picture = writing_picture(curves, BASELINES, along="seconds")
    assert labels(picture) == ["rnn", "gru", "lstm"]
    assert np.asarray(line(picture, "lstm").get_xdata()).tolist() == [1.5, 3.0, 4.5]
    assert picture.axes[0].get_xlabel() == "seconds of training"
    colours = {line(picture, name).get_color() for name in ("rnn", "gru", "lstm")}
    assert len(colours) == 3


def test_without_validation_the_training_losses_bear_the_names() -> None:
    curves = [Curve(name, learnt(3, judged=False)) for name in ("rnn", "gru")]
    assert labels(writing_picture(curves, {})) == ["rnn", "gru"]
    assert labels(writing_picture(curves[:1], {})) == ["training"]


def test_a_byte_is_not_called_a_character() -> None:
    picture = writing_picture([Curve("gru", learnt(2))], {}, unit="byte")
    assert picture.axes[0].get_ylabel() == "nats a byte"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_short_training_can_be_drawn(count: int) -> None:
    assert png(writing_picture([Curve("gru", learnt(count))], BASELINES))


@pytest.mark.parametrize("judged", [True, False])
def test_one_epoch_of_several_networks_is_seen(judged: bool) -> None:
    curves = [Curve(name, learnt(1, judged=judged), (0.5,)) for name in ("rnn", "gru")]
    picture = writing_picture(curves, BASELINES, along="seconds")
    drawn = [one for one in picture.axes[0].lines if len(np.asarray(one.get_xdata())) == 1]
    assert {one.get_label() for one in drawn} >= {"rnn", "gru"}
    assert all(one.get_marker() == "o" for one in drawn)
