"""The pictures of a comparison must show every method, its interval, and what lies outside."""

from __future__ import annotations

import pytest

from recur.judge.forecast.ranking import RankedMethod
from recur.report.plots.skill import skill_picture
from recur.report.plots.style import BLUE, png


def ranking(**changed: RankedMethod) -> list[RankedMethod]:
    known = {
        "last_value": RankedMethod("last_value", 0.0),
        "drift": RankedMethod("drift", -4.0),
        "gru": RankedMethod("gru", 0.3, low=0.1, high=0.5, best=True),
        "conv_gru": RankedMethod("conv_gru", -0.2, low=None, high=0.1),
    }
    return list((known | changed).values())


def test_every_method_is_named_from_the_top_down_with_its_skill() -> None:
    axes = skill_picture(ranking(), "gru").axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["last value", "drift", "gru", "conv gru"]
    assert axes.yaxis_inverted()
    shown = [text.get_text() for text in axes.texts]
    assert {"0 %", "x 5", "30 %", "-20 %"} <= set(shown)


def test_the_judged_method_is_blue_and_its_line_is_its_interval() -> None:
    axes = skill_picture(ranking(), "gru").axes[0]
    blue = [line for line in axes.lines if line.get_color() == BLUE]
    assert list(blue[0].get_xdata()) == [0.1, 0.5]  # type: ignore[arg-type]
    assert list(blue[1].get_xdata()) == [0.3]  # type: ignore[arg-type]


def test_what_lies_far_below_is_cut_and_points_there() -> None:
    axes = skill_picture(ranking(), "gru").axes[0]
    assert axes.get_xlim()[0] > -1.0
    arrows = [line for line in axes.lines if line.get_marker() == "<"]
    assert len(arrows) == 2  # the drift, and the end of the interval without a lower one


@pytest.mark.parametrize(
    "method",
    [
        RankedMethod("gru", None),
        RankedMethod("gru", -80.0, low=-200.0, high=-60.0),
        RankedMethod("gru", 1.0, low=1.0, high=1.0),
    ],
)
def test_extreme_standings_can_be_drawn(method: RankedMethod) -> None:
    assert png(skill_picture(ranking(gru=method), "gru"))
