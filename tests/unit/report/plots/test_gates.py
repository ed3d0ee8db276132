"""The picture of gates shows each gate of each unit at each step, on one scale."""

from __future__ import annotations

import numpy as np
import pytest

from recur.report.plots.gates import gates_picture
from recur.report.plots.lines import Line
from recur.report.plots.style import png


def test_a_strip_for_each_gate_with_units_in_the_order_of_their_means() -> None:
    forget = np.array([[0.9, 0.1, 0.4], [0.7, 0.2, 0.6]])  # [time, units]
    picture = gates_picture("h", "u", [Line("answers", np.zeros(2))], {"forget": forget})
    _, strip, _ = picture.axes  # the sequence, the gate, the bar of colours
    (image,) = strip.images
    assert np.asarray(image.get_array()).tolist() == [[0.1, 0.2], [0.4, 0.6], [0.9, 0.7]]
    assert image.get_clim() == (0, 1)
    assert strip.get_ylabel() == "forget"


def test_what_is_drawn_on_top_is_named_and_stands_over_its_step() -> None:
    gate = np.full((5, 2), 0.5)
    lines = [
        Line("answers", np.arange(5.0)),
        Line("marked", np.array([1.0]), np.array([3.0]), width=0, marker="o"),
    ]
    picture = gates_picture("h", "u", lines, {"update": gate, "reset": gate})
    top, first, second, _ = picture.axes
    assert [line.get_label() for line in top.lines] == ["answers", "marked"]
    assert np.asarray(top.lines[1].get_xdata()).tolist() == [3.0]
    assert top.get_xlim() == first.get_xlim() == second.get_xlim()
    assert len(png(picture)) > 5_000


@pytest.mark.parametrize("count", [1, 6])
def test_any_number_of_gates_leaves_room_for_all(count: int) -> None:
    gates = {f"gate {i}": np.full((30, 16), 0.5) for i in range(count)}
    picture = gates_picture("h", "u", [Line("answers", np.zeros(30))], gates)
    png(picture)
    heights = [axes.get_position().height for axes in picture.axes]
    assert min(heights) > 0.03
