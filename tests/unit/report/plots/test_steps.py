"""The picture of the errors by step must show the judged method's intervals."""

from __future__ import annotations

import numpy as np

from recur.judge.forecast.horizons import Estimate, StepErrors
from recur.report.plots.steps import steps_picture
from recur.report.plots.style import BLUE, png


def steps(*rmse: float, known: int = 99) -> list[StepErrors]:
    """Errors at each step, with intervals at the first `known` ones."""
    estimates = [
        Estimate(value, value / 2, value * 2) if k < known else Estimate(value)
        for k, value in enumerate(rmse)
    ]
    return [StepErrors(k + 1, one, one) for k, one in enumerate(estimates)]


def test_every_method_has_its_line_and_the_judged_one_its_band() -> None:
    picture = steps_picture({"network": steps(1.0, 2.0, 3.0), "last_value": steps(2.0, 3.0, 4.0)})
    axes = picture.axes[0]
    drawn = [np.asarray(line.get_ydata()).tolist() for line in axes.lines]
    assert drawn == [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]
    (band,) = axes.collections
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert (heights.min(), heights.max()) == (0.5, 6.0)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["network", "last value"]


def test_one_step_ahead_is_drawn_as_dots_with_their_intervals() -> None:
    axes = steps_picture({"network": steps(1.0), "last_value": steps(2.0)}).axes[0]
    ends = [list(line.get_xdata()) for line in axes.lines]  # type: ignore[arg-type]
    assert ends == [[0.5, 2.0], [1.0], [1.0, 4.0], [2.0]]
    assert axes.lines[0].get_color() == BLUE


def test_steps_without_an_interval_are_drawn_without_one() -> None:
    some = steps_picture({"network": steps(1.0, 2.0, known=1), "linear": steps(1.0, 1.0)})
    none = steps_picture({"network": steps(1.0, 2.0, known=0), "linear": steps(1.0, 1.0)})
    assert png(some)
    assert png(none)
    assert any("too few origins" in text.get_text() for text in none.axes[0].texts)
