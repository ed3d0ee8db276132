"""The picture of several curves: what is drawn, in which order and colours, on which scale."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from recur.report.plots.lines import COLOURS, Line, lines_picture
from recur.report.plots.style import GREY, png

RISING = np.array([1.0, 2.0, 4.0])


def drawn(*lines: Line, **options: object) -> Axes:
    given = {"across": "step", "up": "loss", **options}
    picture = lines_picture("Heading", "under it", lines, **given)  # type: ignore[arg-type]
    assert png(picture).startswith(b"\x89PNG")
    return picture.axes[0]


def labels(axes: Axes) -> list[str]:
    legend = axes.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def test_curves_are_drawn_in_their_order_over_their_places() -> None:
    axes = drawn(Line("a", RISING), Line("b", -RISING, np.array([5.0, 6.0, 9.0])))
    first, second = axes.lines
    assert np.asarray(first.get_xdata()).tolist() == [0, 1, 2]
    assert np.asarray(second.get_xdata()).tolist() == [5, 6, 9]
    assert np.asarray(second.get_ydata()).tolist() == (-RISING).tolist()
    assert labels(axes) == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")


def test_each_curve_takes_the_next_colour_and_a_named_one_takes_none() -> None:
    axes = drawn(Line("a", RISING), Line("b", RISING, colour=GREY), Line("c", RISING))
    colours = [to_hex(str(line.get_color())) for line in axes.lines]
    assert colours == [COLOURS[0], GREY, COLOURS[1]]


def test_there_are_colours_for_more_curves_than_colours() -> None:
    axes = drawn(*(Line(str(i), RISING) for i in range(2 * len(COLOURS) + 1)))
    colours = [line.get_color() for line in axes.lines]
    assert len(colours) == 2 * len(COLOURS) + 1
    assert all(one != other for one, other in pairwise(colours))


def test_points_alone_have_no_line_and_a_broken_one_is_broken() -> None:
    axes = drawn(Line("p", RISING, width=0, marker="o"), Line("b", RISING, dashed=True))
    points, broken = axes.lines
    assert (points.get_linestyle(), points.get_marker()) == ("None", "o")
    assert broken.get_linestyle() == "--"


def test_a_line_without_a_label_is_not_in_the_legend() -> None:
    assert labels(drawn(Line("", RISING), Line("a", RISING))) == ["a"]
    assert labels(drawn(Line("", RISING))) == []


@pytest.mark.parametrize(("log_from", "scale"), [(None, "linear"), (3.0, "log"), (5.0, "linear")])
def test_the_scale_is_logarithmic_where_values_are_far_apart(
    log_from: float | None, scale: str
) -> None:
    assert drawn(Line("a", RISING), log_from=log_from).get_yscale() == scale


def test_the_scale_stays_linear_where_a_value_is_0() -> None:
    assert drawn(Line("a", RISING - 1), log_from=1.5).get_yscale() == "linear"


def test_levels_are_drawn_behind_and_named() -> None:
    axes = drawn(Line("a", RISING), levels=[("the limit", 1.5)])
    curve, level = axes.lines
    assert np.asarray(level.get_ydata()).tolist() == [1.5, 1.5]
    assert level.get_zorder() < curve.get_zorder()
    assert "the limit" in [text.get_text() for text in axes.texts]


def test_gaps_are_left_open() -> None:
    holed = np.array([1.0, np.nan, 300.0])
    axes = drawn(Line("a", holed), log_from=10.0)
    assert axes.get_yscale() == "log"
    assert np.isnan(np.asarray(axes.lines[0].get_ydata())[1])


def test_names_are_text_and_not_formulas() -> None:
    axes = drawn(Line("$x^$", RISING), levels=[("$y_$", 1.0)])
    assert labels(axes) == ["$x^$"]


def test_a_curve_of_one_point_is_seen() -> None:
    axes = drawn(Line("a", RISING[:1]), Line("b", RISING))
    assert [one.get_marker() for one in axes.lines] == ["o", ""]
