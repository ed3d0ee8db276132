"""The picture of the held-out stretch must draw what was judged, whatever the data are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from recur.data.clock import DAY, HOUR, SECOND, Clock
from recur.report import plots
from recur.report.plots.heldout import MOST_SHOWN
from recur.report.wording import method_label

if TYPE_CHECKING:
    from tests.unit.report.conftest import IntervalsOf, Make

NAMES = ["$x^$", "$\\frac{1}{0}$", "气温", "درجة الحرارة", "a\nb\x00", "x" * 500, "👍", "%s{}", ""]


def line(picture: Figure, label: str) -> Line2D:
    (found,) = [one for one in picture.axes[0].lines if one.get_label() == label]
    return found


def points(picture: Figure, label: str) -> list[tuple[float, float]]:
    """Return the points of a line that are drawn."""
    drawn = np.asarray(line(picture, label).get_xydata())
    return [(float(x), float(y)) for x, y in drawn if np.isfinite(y)]


def words(picture: Figure) -> str:
    axes = picture.axes[0]
    return " ".join([axes.get_title("left"), *(text.get_text() for text in axes.texts)])


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_drawn_and_none_is_a_formula(judged: Make, name: str) -> None:
    case = judged([np.arange(80.0) % 7, np.arange(80.0) % 5], target=name, ids=(name, "b"))
    picture = plots.held_out_picture(case.panel, case.judgement, forecast=case.beyond())
    assert plots.png(picture)
    if "$" in name:
        assert name in picture.axes[0].get_title("left")
        assert not picture.axes[0].title.get_parse_math()


def test_one_step_ahead_the_forecasts_are_one_line_over_the_held_out_stretch(judged: Make) -> None:
    case = judged(horizon=1, held_out=24)
    expected = case.judgement.forecasts["network"][0][:, 0]
    picture = plots.held_out_picture(case.panel, case.judgement)
    assert points(picture, "network") == list(zip(range(56, 80), expected.tolist(), strict=True))


@pytest.mark.parametrize("stride", [1, 2, 3, 7])
def test_paths_do_not_overlap_and_stand_where_their_origins_are(judged: Make, stride: int) -> None:
    case = judged(horizon=3, held_out=24, stride=stride)
    walk, forecasts = case.judgement.walk, case.judgement.forecasts["network"][0]
    drawn = points(plots.held_out_picture(case.panel, case.judgement), "network")
    assert len({x for x, _ in drawn}) == len(drawn)
    row = {int(origin): values for origin, values in zip(walk.origins(0), forecasts, strict=True)}
    for start in range(0, len(drawn), 3):
        path = drawn[start : start + 3]
        assert [y for _, y in path] == row[int(path[0][0])].tolist()
    assert drawn[-1][0] == 79


def test_the_strongest_simple_answer_runs_along(judged: Make) -> None:
    case = judged()
    strongest = case.judgement.verdict.against
    labels = {
        one.get_label() for one in plots.held_out_picture(case.panel, case.judgement).axes[0].lines
    }
    assert method_label(strongest) in labels
    assert "drift" not in labels


def test_the_truth_is_the_series_asked_for(judged: Make) -> None:
    series = [np.arange(80.0) % 7, 100 + np.arange(80.0) % 5]
    case = judged(series, ids=("north", "south"))
    picture = plots.held_out_picture(case.panel, case.judgement, series=1)
    assert all(y == series[1][int(x)] for x, y in points(picture, "truth"))
    assert "south" in picture.axes[0].get_title("left")


def test_a_long_held_out_stretch_shows_its_newest_part_and_says_so(judged: Make) -> None:
    case = judged([np.arange(2000.0) % 7], held_out=1000)
    picture = plots.held_out_picture(case.panel, case.judgement)
    assert len(points(picture, "truth")) == MOST_SHOWN
    assert min(x for x, _ in points(picture, "network")) >= 2000 - MOST_SHOWN
    assert f"newest {MOST_SHOWN} of 1000" in words(picture)


def test_the_forecast_goes_on_from_the_newest_value(judged: Make) -> None:
    case = judged(clock=Clock("fixed", DAY))
    times, values = case.beyond()
    drawn = points(
        plots.held_out_picture(case.panel, case.judgement, forecast=case.beyond()), "forecast"
    )
    assert [y for _, y in drawn] == [case.panel.series(0)[-1], *values]
    assert [x for x, _ in drawn[1:]] == [float(time) / DAY for time in times]


@pytest.mark.parametrize(
    ("clock", "start"),
    [
        (Clock("rows"), ""),
        (Clock("integer", 10), ""),
        (Clock("fixed", 1), "2024-01-01"),
        (Clock("fixed", 1000), "2055-01-01"),
        (Clock("fixed", SECOND), "2024-02-29"),
        (Clock("fixed", HOUR), "1969-12-31"),
        (Clock("trading"), "2024-01-01"),
        (Clock("months", 12, 31), "1900-12-31"),
        (Clock("months", 1200), "0001-01-01"),
        (Clock("fixed", DAY), "9999-11-01"),
        (Clock("fixed", DAY), "20000-01-01"),
    ],
    ids=str,
)
def test_every_clock_can_be_drawn(judged: Make, clock: Clock, start: str) -> None:
    case = judged(clock=clock, start=start)
    picture = plots.held_out_picture(case.panel, case.judgement, forecast=case.beyond())
    assert plots.png(picture)


@pytest.mark.parametrize(
    "values",
    [np.full(80, 5.0), np.arange(80.0), 1e90 * np.arange(80.0), 1e-90 * (np.arange(80.0) % 3)],
    ids=["constant", "line", "huge", "tiny"],
)
@pytest.mark.parametrize("horizon", [1, 3])
def test_odd_series_can_be_drawn(judged: Make, values: np.ndarray, horizon: int) -> None:
    case = judged([values], horizon=horizon)
    assert plots.png(plots.held_out_picture(case.panel, case.judgement, forecast=case.beyond()))
    assert plots.png(plots.horizon_picture(case.judgement))


def shaded(picture: Figure) -> list[PolyCollection]:
    return [one for one in picture.axes[0].collections if isinstance(one, PolyCollection)]


def corners(band: PolyCollection) -> set[tuple[float, float]]:
    points = np.concatenate([np.asarray(path.vertices) for path in band.get_paths()])
    return {(float(x), float(y)) for x, y in points}


@pytest.mark.parametrize("horizon", [1, 3])
def test_bands_lie_around_the_paths_that_are_drawn_the_widest_below(
    judged: Make, horizon: int, intervals_of: IntervalsOf
) -> None:
    case = judged(horizon=horizon)
    bands = intervals_of(case.judgement, (80, 95))
    picture = plots.held_out_picture(case.panel, case.judgement, bands=bands)
    drawn = points(picture, "network")
    wide, narrow = shaded(picture)
    assert {(x, y + 2.0) for x, y in drawn} | {(x, y - 2.0) for x, y in drawn} <= corners(wide)
    assert {(x, y + 1.0) for x, y in drawn} | {(x, y - 1.0) for x, y in drawn} <= corners(narrow)
    assert {x for x, _ in corners(wide)} == {x for x, _ in drawn}
    assert len(wide.get_paths()) == (1 if horizon == 1 else 8)  # broken between paths


def test_bands_of_the_forecast_open_from_the_newest_value(judged: Make) -> None:
    case = judged()
    times, values = case.beyond()
    ends = {80.0: (values - 1.0, values + 1.0)}
    picture = plots.held_out_picture(
        case.panel, case.judgement, forecast=(times, values), forecast_bands=ends
    )
    (band,) = shaded(picture)
    newest = float(case.panel.series(0)[-1])
    expected = {(79.0, newest)} | {
        (float(x), y)
        for x, value in zip(times, values, strict=True)
        for y in (value - 1, value + 1)
    }
    assert corners(band) == expected


def test_all_bands_have_one_entry_in_the_legend(judged: Make, intervals_of: IntervalsOf) -> None:
    case = judged()
    bands = intervals_of(case.judgement, (80, 90, 97.5))
    times, values = case.beyond()
    picture = plots.held_out_picture(
        case.panel,
        case.judgement,
        forecast=(times, values),
        bands=bands,
        forecast_bands={80.0: (values, values)},
    )
    legend = picture.axes[0].get_legend()
    assert legend is not None
    texts = [text.get_text() for text in legend.get_texts()]
    assert [text for text in texts if "%" in text] == ["80, 90 and 97.5 % intervals"]


def test_without_bands_nothing_is_shaded(judged: Make) -> None:
    case = judged()
    assert shaded(plots.held_out_picture(case.panel, case.judgement)) == []


def test_a_single_held_out_value_and_its_forecast_are_seen(judged: Make) -> None:
    case = judged(horizon=1, held_out=1)
    picture = plots.held_out_picture(case.panel, case.judgement)
    assert line(picture, "network").get_marker() == "o"
    assert "1 held-out value," in words(picture)
