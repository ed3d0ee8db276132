"""What a page's charts are made from: every extreme, values as they are, names that stay names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recur.arrays import Float64s
from recur.data.clock import DAY, HOUR, Clock
from recur.report.charts import (
    Band,
    Chart,
    Line,
    held_out_chart,
    held_out_charts,
    horizon_chart,
)
from recur.report.charts.chart import thinned
from recur.report.charts.heldout import BUCKETS, MOST_SERIES, MOST_WHOLE
from recur.report.plots.heldout import MOST_SHOWN

if TYPE_CHECKING:
    from tests.unit.report.conftest import IntervalsOf, Make

HOSTILE = "</script><script>alert(1)</script><!--\x1b"


def read(chart: Chart) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(chart.json())
    return record


def line_of(chart: Chart, label: str) -> Float64s:
    (found,) = (line.y for line in chart.lines if line.label == label)
    return found


@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 3), st.integers(1, 60)),
        elements=st.one_of(st.floats(-1e6, 1e6), st.just(float("nan"))),
    ),
    st.integers(1, 12),
)
def test_thinning_keeps_the_extremes_of_every_run_of_every_line(
    lines: np.ndarray, buckets: int
) -> None:
    kept = thinned(list(lines), buckets)
    assert len(kept) <= 2 * len(lines) * buckets + 2
    assert np.all(np.diff(kept) > 0)
    for run in np.split(
        np.arange(lines.shape[1]), np.linspace(0, lines.shape[1], buckets + 1)[1:-1].astype(int)
    ):
        for line in lines:
            known = line[run][np.isfinite(line[run])]
            left = line[np.intersect1d(run, kept)]
            if len(known):
                assert np.nanmin(left) == known.min()
                assert np.nanmax(left) == known.max()


def test_a_chart_holds_the_series_from_its_beginning_and_the_forecast_beyond(judged: Make) -> None:
    case = judged(clock=Clock("fixed", DAY))
    chart = held_out_chart(case.panel, case.judgement, case.beyond())
    truth = line_of(chart, "truth")
    assert truth[:80].tolist() == case.panel.series(0).tolist()
    assert np.isnan(truth[80:]).all()
    forecast = next(line for line in chart.lines if line.label == "forecast")
    assert forecast.since == 80
    assert forecast.y[80:].tolist() == case.beyond()[1].tolist()
    assert forecast.y[79] == truth[79]  # where it comes from
    assert chart.held_out == (56, 79)
    assert chart.x[0] == np.datetime64("2020-01-01", "s").astype(int)
    assert chart.date_length == len("2020-01-01")


@pytest.mark.parametrize("stride", [1, 2, 7])
def test_held_out_forecasts_stand_where_their_origins_are(judged: Make, stride: int) -> None:
    case = judged(horizon=3, stride=stride)
    walk, forecasts = case.judgement.walk, case.judgement.forecasts["network"][0]
    chart = held_out_chart(case.panel, case.judgement, case.beyond())
    drawn = line_of(chart, "network")
    rows = {int(origin): row for origin, row in zip(walk.origins(0), forecasts, strict=True)}
    assert chart.breaks[-1] == 77
    for begin in chart.breaks:
        assert drawn[begin : begin + 3].tolist() == rows[begin].tolist()
    assert np.isfinite(drawn).sum() == 3 * len(chart.breaks)
    assert {line.label for line in chart.lines if not line.broken} == {"truth", "forecast"}


def test_intervals_lie_around_the_forecasts_the_widest_first(
    judged: Make, intervals_of: IntervalsOf
) -> None:
    case = judged()
    times, values = case.beyond()
    judgement = replace(case.judgement, intervals=intervals_of(case.judgement))
    beyond = {80.0: (values - 1, values + 1), 95.0: (values - 2, values + 2)}
    chart = held_out_chart(case.panel, judgement, (times, values), forecast_bands=beyond)
    assert [(band.label, band.colour) for band in chart.bands] == [
        ("95 % interval", "blue"),
        ("80 % interval", "blue"),
        ("95 % interval", "orange"),
        ("80 % interval", "orange"),
    ]
    network = line_of(chart, "network")
    known = np.isfinite(network)
    assert np.allclose(chart.bands[1].high[known], network[known] + 1)
    assert chart.bands[2].low[80:].tolist() == (values - 2).tolist()


def test_a_long_history_is_thinned_up_to_what_is_shown_first_and_says_so(judged: Make) -> None:
    values = np.arange(12_000.0) % 7
    values[1234] = 99.0
    case = judged([values], held_out=1000)
    chart = held_out_chart(case.panel, case.judgement, case.beyond())
    truth = line_of(chart, "truth")
    assert len(chart.x) < 2 * 4 * BUCKETS
    assert truth[chart.x == 1234].tolist() == [99.0]
    newest = chart.x >= 12_000 - MOST_SHOWN
    assert newest.sum() == MOST_SHOWN + 3
    assert chart.x[chart.first] == 12_000 - MOST_SHOWN
    assert [chart.x[k] for k in chart.held_out or ()] == [11_000, 11_999]
    for line in chart.lines:  # what is left stands where it stood
        assert line.label != "truth" or np.array_equal(
            line.y[:-3], values[chart.x[:-3].astype(int)]
        )
    assert f"Of the {12_000 - MOST_SHOWN} values" in chart.note
    assert chart.lines[-1].since == len(chart.x) - 3


def test_a_history_of_a_usual_length_is_whole(judged: Make) -> None:
    case = judged([np.arange(MOST_WHOLE) % 7.0], held_out=100)
    chart = held_out_chart(case.panel, case.judgement, case.beyond())
    assert (len(chart.x), chart.note) == (MOST_WHOLE + 3, "")


def test_places_are_told_apart_as_finely_as_the_clock_goes(judged: Make) -> None:
    def length(clock: Clock) -> int:
        case = judged(clock=clock)
        return held_out_chart(case.panel, case.judgement, case.beyond()).date_length

    assert length(Clock("months", 12)) == 4
    assert length(Clock("months", 1)) == 7
    assert length(Clock("fixed", HOUR)) == 16
    assert length(Clock("fixed", 1_000_000)) == 19
    assert length(Clock("rows")) == 0


def test_a_page_has_the_charts_of_its_first_series_and_says_how_many(
    judged: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = judged([np.arange(80) % 4.0 + i for i in range(MOST_SERIES + 2)])

    def beyond(i: int) -> tuple[Any, None]:
        return case.beyond(i), None

    few = held_out_charts(case.panel, case.judgement, beyond)
    assert [chart.name for chart in few.charts] == list(case.panel.ids[:MOST_SERIES])
    assert few.note == f"The first {MOST_SERIES} of {MOST_SERIES + 2} series are in this page."
    for i, chart in enumerate(few.charts):
        assert line_of(chart, "truth")[:80].tolist() == case.panel.series(i).tolist()
        assert line_of(chart, "forecast")[80:].tolist() == case.beyond(i)[1].tolist()
    least = len(few.charts[0].json())
    monkeypatch.setattr("recur.report.charts.heldout.MOST_CHARACTERS", int(2.5 * least))
    assert len(held_out_charts(case.panel, case.judgement, beyond).charts) == 2
    monkeypatch.setattr("recur.report.charts.heldout.MOST_CHARACTERS", 1)
    assert len(held_out_charts(case.panel, case.judgement, beyond).charts) == 1
    alone = held_out_charts(case.panel.only(np.array([0])), case.judgement, beyond)
    assert (len(alone.charts), alone.note) == (1, "")


def test_errors_by_step_are_those_of_the_judgement(judged: Make) -> None:
    case = judged(horizon=3)
    chart = horizon_chart(case.judgement)
    assert chart is not None
    assert chart.x.tolist() == [1.0, 2.0, 3.0]
    by_horizon = case.judgement.by_horizon
    assert line_of(chart, "network").tolist() == by_horizon["network"]["rmse"].tolist()
    assert line_of(chart, "drift").tolist() == by_horizon["drift"]["rmse"].tolist()


def test_bars_have_no_chart(judged: Make) -> None:
    assert horizon_chart(judged(horizon=1).judgement) is None


def test_a_name_cannot_end_the_script_that_holds_it() -> None:
    y = np.array([1.0, 2.0])
    chart = Chart(HOSTILE, HOSTILE, y, (Line(HOSTILE, y, "ink"),), (Band(HOSTILE, y, y, "blue"),))
    assert not set("<>&\x1b") & set(chart.json())
    assert read(chart)["lines"][0]["label"].startswith("</script><script>")


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([0.123456789, 0.223456789], [0.12346, 0.22346]),
        ([100000.01, 100000.02, 100000.03], [100000.01, 100000.02, 100000.03]),
        ([1e20, 3e20], [1e20, 3e20]),
        ([1e-30, 2e-30, float("nan")], [1e-30, 2e-30, None]),
        ([5.0, 5.0], [5, 5]),
        ([0.0, 0.0], [0, 0]),
    ],
)
def test_values_are_written_as_finely_as_a_reader_tells_them_apart(
    values: list[float], written: list[float | None]
) -> None:
    y = np.array(values)
    record = read(Chart("", "", np.arange(float(len(y))), (Line("truth", y, "ink"),)))
    assert record["lines"][0]["y"] == written
