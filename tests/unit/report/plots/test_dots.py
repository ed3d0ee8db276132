"""The picture of figures must show each where it is, and leave out what is not there."""

from __future__ import annotations

import pytest

from recur.report.findings import Row
from recur.report.plots.dots import dots_picture
from recur.report.plots.style import BLUE, png

ROWS = (
    Row("naive", "MSE", 0.2, published=0.25, limit=0.01),
    Row("linear", "MSE", 0.05, limit=0.01),
    Row("published alone", "MSE", None, published=0.03),
)


def test_every_row_is_named_from_the_top_down_and_has_its_figure_at_the_side() -> None:
    axes = dots_picture("Errors", "of three", ROWS, across="MSE").axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == [row.name for row in ROWS]
    assert axes.yaxis_inverted()
    assert {"0.2", "0.05"} <= {text.get_text() for text in axes.texts}


def test_marks_stand_where_their_figures_are_on_a_logarithmic_axis() -> None:
    axes = dots_picture("Errors", "of three", ROWS, across="MSE").axes[0]
    assert axes.get_xscale() == "log"
    marks = {line.get_label(): line for line in axes.lines}
    assert list(marks["ours"].get_xdata()) == [0.2, 0.05]  # type: ignore[arg-type]
    assert marks["ours"].get_color() == BLUE
    assert list(marks["published"].get_ydata()) == [0, 2]  # type: ignore[arg-type]


@pytest.mark.parametrize("ours", [None, 0.0, 1e-9, 1e9])
def test_figures_of_any_size_can_be_drawn(ours: float | None) -> None:
    assert png(dots_picture("Errors", "", [*ROWS, Row("odd", "MSE", ours)], across="MSE"))


def test_many_rows_make_the_picture_higher() -> None:
    heights = [
        dots_picture("Errors", "", ROWS * times, across="MSE").get_figheight() for times in (1, 10)
    ]
    assert heights[1] > heights[0]
