"""The picture of coverage must draw what was measured beside what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from recur.report import plots

if TYPE_CHECKING:
    from tests.unit.report.conftest import IntervalsOf, Make


def test_every_level_has_its_coverage_at_each_step_and_its_nominal_line(
    judged: Make, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(judged(horizon=6).judgement, (80, 95))
    axes = plots.coverage_picture(intervals).axes[0]
    drawn = [np.asarray(line.get_ydata()).tolist() for line in axes.lines]
    for level, found in intervals.measures.items():
        assert found.coverage.tolist() in drawn
        assert [level / 100, level / 100] in drawn
    colours = [line.get_color() for line in axes.lines]
    assert colours[0] == colours[1] != colours[2] == colours[3]


def test_one_step_ahead_each_level_is_a_row_with_what_was_asked_and_measured(
    judged: Make, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(judged(horizon=1).judgement, (80, 97.5))
    axes = plots.coverage_picture(intervals).axes[0]
    drawn = {line.get_label(): np.asarray(line.get_xdata()).tolist() for line in axes.lines}
    shares = [float(found.coverage[0]) for found in intervals.measures.values()]
    assert drawn == {"asked for": [0.8, 0.975], "measured": shares}
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["80 % intervals", "97.5 % intervals"]


@pytest.mark.parametrize("horizon", [1, 3, 12])
@pytest.mark.parametrize("far", [0.0, 1e6], ids=["all inside", "all outside"])
def test_nothing_and_everything_covered_lie_inside_the_axes(
    judged: Make, horizon: int, far: float, intervals_of: IntervalsOf
) -> None:
    judgement = judged([np.full(80, 5.0) + np.arange(80) % 2], horizon=horizon).judgement
    for forecast in judgement.forecasts["network"]:
        forecast[:] = judgement.walk.truth(0) + far
    intervals = intervals_of(judgement, (80, 90, 95, 97.5, 99))
    picture = plots.coverage_picture(intervals)
    axes = picture.axes[0]
    low, high = axes.get_xlim() if horizon == 1 else axes.get_ylim()
    shares = [share for found in intervals.measures.values() for share in found.coverage]
    assert low < min(*shares, 0.8)
    assert high > 1.0
    assert plots.png(picture)
