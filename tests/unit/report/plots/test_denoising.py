"""The picture of cleaning shows the three signals as they are, and of long ones a fair stretch."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from recur.report.plots.denoising import MOST_SHOWN, denoising_picture, typical_recording
from recur.report.plots.style import png


def line(picture: Figure, label: str) -> Line2D:
    (found,) = [one for one in picture.axes[0].lines if one.get_label() == label]
    return found


def wave(count: int) -> NDArray[np.float64]:
    return np.sin(np.arange(count) / 7)


def test_the_three_signals_are_drawn_over_each_other() -> None:
    clean = wave(80)
    noisy, cleaned = clean + 0.3, clean + 0.1
    picture = denoising_picture(noisy, clean, cleaned, start=320)
    for name, signal in (("noisy", noisy), ("clean", clean), ("cleaned", cleaned)):
        assert np.asarray(line(picture, name).get_ydata()).tolist() == signal.tolist()
        assert np.asarray(line(picture, name).get_xdata()).tolist() == list(range(320, 400))
    drawn = {line(picture, name).get_color() for name in ("noisy", "clean", "cleaned")}
    assert len(drawn) == 3


def test_of_a_long_signal_a_stretch_of_ordinary_error_is_drawn() -> None:
    clean = wave(1500)
    error = np.repeat([0.0, 2.0, 1.0, 0.0, 0.0], MOST_SHOWN)  # its mean square is 1
    picture = denoising_picture(clean, clean, clean + error)
    x = np.asarray(line(picture, "cleaned").get_xdata())
    assert (x[0], x[-1], len(x)) == (2 * MOST_SHOWN, 3 * MOST_SHOWN - 1, MOST_SHOWN)


def test_of_several_recordings_the_one_of_ordinary_error_is_drawn() -> None:
    clean = [np.zeros((20, 2)), np.zeros((30, 2)), np.zeros((10, 2))]
    cleaned = [part + error for part, error in zip(clean, (0.1, 3.0, 1.7), strict=True)]
    assert typical_recording(clean, cleaned) == 2  # their mean square is 4, and its is 2.9


def test_a_few_wild_values_do_not_flatten_the_picture() -> None:
    clean, noisy = wave(200), wave(200)
    noisy[100] = 500.0
    low, high = denoising_picture(noisy, clean, clean).axes[0].get_ylim()
    assert -2 < low < -1
    assert 1 < high < 2


def test_noise_that_is_everywhere_is_shown_whole() -> None:
    clean = wave(200)
    noisy = clean + 5 * (-1.0) ** np.arange(200)
    low, high = denoising_picture(noisy, clean, clean).axes[0].get_ylim()
    assert low < noisy.min()
    assert high > noisy.max()


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_a_signal_that_does_not_change_can_be_drawn(value: float) -> None:
    signal = np.full(10, value)
    assert png(denoising_picture(signal, signal, signal)).startswith(b"\x89PNG")
