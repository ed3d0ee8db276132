"""The picture of a decomposition must draw its parts, whatever the series is called."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recur.data.clock import DAY, Clock
from recur.data.describe.decomposition import Decomposition, decompose
from recur.report.plots import png
from recur.report.plots.decomposition import decomposition_picture

DAYS = DAY * np.arange(60, dtype=np.int64)
VALUES = 10 + np.tile([0.0, 1.0, 3.0, -2.0, 1.0], 12) + 0.1 * np.arange(60)


def drawn(
    length: int = 5, name: str = "load", clock: Clock | None = None
) -> tuple[Figure, tuple[Decomposition, ...]]:
    parts = decompose(VALUES, length), decompose(VALUES, length, "multiplicative")
    return decomposition_picture(name, clock or Clock("fixed", DAY), DAYS, parts), parts


def last_line(axes: Axes) -> list[float]:
    return [float(value) for value in np.asarray(axes.lines[-1].get_ydata())]


def by_label(picture: Figure) -> list[tuple[str, Axes]]:
    return [(axes.get_ylabel(), axes) for axes in picture.axes]


def test_both_decompositions_stand_side_by_side_part_by_part() -> None:
    picture, (additive, multiplicative) = drawn()
    labels = [label for label, _ in by_label(picture)]
    assert labels == [label for label in ("observed", "trend", "rest", "season") for _ in range(2)]
    for parts, column in ((additive, picture.axes[::2]), (multiplicative, picture.axes[1::2])):
        observed, trend, rest, season = column
        assert parts.kind in observed.get_title("left")
        assert last_line(observed) == VALUES.tolist()
        np.testing.assert_array_equal(last_line(trend), parts.trend)
        np.testing.assert_array_equal(last_line(rest), parts.rest)
        assert last_line(season) == parts.season[:5].tolist()


def test_one_decomposition_stands_alone_and_a_season_of_none_has_no_row() -> None:
    picture = decomposition_picture("load", Clock(), DAYS, (decompose(VALUES),))
    assert [label for label, _ in by_label(picture)] == ["observed", "trend", "rest"]
    assert "season" not in picture.axes[0].get_title("left")


def test_the_parts_over_time_share_their_axis() -> None:
    picture, _ = drawn()
    observed, trend, rest, season = picture.axes[::2]
    assert observed.get_xlim() == trend.get_xlim() == rest.get_xlim() != season.get_xlim()


@pytest.mark.parametrize("name", ["$x^$", "气温", "a\nb\x00", "x" * 500, "%s{}", ""])
def test_any_name_can_be_drawn(name: str) -> None:
    picture, _ = drawn(name=name)
    assert png(picture)


@pytest.mark.parametrize("clock", [Clock(), Clock("fixed", 1), Clock("months"), Clock("trading")])
def test_any_clock_can_be_drawn(clock: Clock) -> None:
    assert png(drawn(clock=clock)[0])


def test_the_same_series_gives_the_same_picture() -> None:
    assert png(drawn()[0]) == png(drawn()[0])
