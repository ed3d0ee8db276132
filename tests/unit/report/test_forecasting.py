"""Tables must read well in a terminal and in a pipe, and names must be harmless in them."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from rich.console import Console, RenderableType

from recur.data.clock import DAY, Clock
from recur.report import forecasting
from recur.report.table import key_values

if TYPE_CHECKING:
    from tests.unit.report.conftest import IntervalsOf, Make


def printed(table: RenderableType, *, terminal: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=80, force_terminal=terminal, _environ={}).print(table)
    return out.getvalue()


@pytest.mark.parametrize("season", [1, 4])
def test_the_errors_fit_a_pipe_of_80_columns_one_line_a_method(judged: Make, season: int) -> None:
    lines = printed(forecasting.error_table(judged(season=season).judgement)).splitlines()
    for label in ("network", "last value", "seasonal naive", "drift", "historical mean", "linear"):
        (line,) = [line for line in lines if line.startswith(label)]
        assert len(line.split()) == len(label.split()) + 5
    assert max(map(len, lines)) <= 80
    note = "no season: the seasonal rows are those of last value and mean"
    assert (note in [line.strip() for line in lines]) == (season == 1)


@pytest.mark.parametrize("size", [1.0, 1e-9, 123456.0, 1e80])
def test_the_widest_errors_are_not_cut(judged: Make, size: float) -> None:
    judgement = judged().judgement
    wide: dict[str, dict[str, float | None]] = {
        name: dict.fromkeys(errors, size * (1 + k))
        for k, (name, errors) in enumerate(judgement.errors.items())
    }
    wide["a network with quite a long name"] = wide["network"]
    text = printed(forecasting.error_table(replace(judgement, errors=wide)))
    assert "a network with qu…" in text
    assert text.count("…") == 1


def test_the_best_shows_without_colour(judged: Make) -> None:
    text = printed(forecasting.error_table(judged().judgement))
    assert "*" in text
    assert "\x1b" not in text


def test_decimals_stand_below_each_other(judged: Make) -> None:
    lines = printed(forecasting.error_table(judged().judgement)).splitlines()
    points = {line.index(".") for line in lines if line.startswith(("network", "drift", "linear"))}
    assert len(points) == 1


def test_a_forecast_shows_its_first_rows_and_how_many_more() -> None:
    times = np.arange(60).reshape(2, 30) * DAY
    text = printed(
        forecasting.forecast_table(
            Clock("fixed", DAY), ("a", "b"), times, (times / DAY).astype(np.float64), target="load"
        )
    )
    assert text.count("1970-01-") == 12
    assert "and 48 more" in text
    assert "load" in text


def test_one_row_too_many_is_shown_rather_than_counted() -> None:
    times = np.arange(13)[None]
    text = printed(
        forecasting.forecast_table(Clock("rows"), ("a",), times, times.astype(np.float64))
    )
    assert "more" not in text
    assert "series" not in text


@pytest.mark.parametrize("terminal", [True, False])
def test_names_are_neither_markup_nor_commands(terminal: bool) -> None:
    times = np.zeros((2, 1), dtype=np.int64)
    table = forecasting.forecast_table(
        Clock("rows"),
        ("[bold]x[/bold]", "\x1b]0;owned\x07"),
        times,
        times.astype(np.float64),
        target="[red]",
    )
    text = printed(table, terminal=terminal)
    assert "[bold]x[/bold]" in text
    assert "[red]" in text
    assert "\x1b]" not in text
    assert "\x07" not in text


def test_named_values_stand_in_two_columns() -> None:
    text = printed(key_values([("cell", "gru"), ("[i]hidden", 64)]))
    assert [line.split() for line in text.splitlines()] == [["cell", "gru"], ["[i]hidden", "64"]]


def test_coverage_stands_beside_its_level_one_row_each(
    judged: Make, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(judged().judgement, (80, 97.5))
    lines = printed(forecasting.coverage_table(intervals)).splitlines()
    for level, found in intervals.measures.items():
        (line,) = [line for line in lines if line.startswith(f"{level:g} %")]
        assert f"{100 * found.coverage.mean():.1f} %" in line
        assert line.split()[-2:] == [f"{found.width.mean():.3f}", f"{found.msis.mean():.3f}"]
    assert not any(" 1 " in line for line in lines)


def test_coverage_at_each_step_is_shown_only_when_asked(
    judged: Make, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(judged(horizon=3).judgement)
    lines = printed(forecasting.coverage_table(intervals, by_horizon=True)).splitlines()
    steps = [line.split()[2] for line in lines if line.startswith(("80 %", "95 %"))]
    assert steps == ["all", "1", "2", "3"] * 2
    one_step = intervals_of(judged(horizon=1).judgement)
    assert "ahead" not in printed(forecasting.coverage_table(one_step, by_horizon=True))


@pytest.mark.parametrize("size", [1.0, 1e-9, 1e80])
def test_the_widest_coverage_table_fits_80_columns(
    judged: Make, size: float, intervals_of: IntervalsOf
) -> None:
    intervals = intervals_of(judged([size * (np.arange(80.0) % 7 + 1)]).judgement)
    text = printed(forecasting.coverage_table(intervals, by_horizon=True))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_a_coverage_table_says_how_many_origins_do_not_overlap(
    judged: Make, intervals_of: IntervalsOf
) -> None:
    judgement = judged([np.arange(80.0) % 7, np.arange(80.0) % 5], horizon=3).judgement
    text = printed(forecasting.coverage_table(intervals_of(judgement, method="[red]own")))
    assert "22 held-out origins (8 without overlap) of 2 series" in text
    assert "[red]own intervals" in text
    alone = printed(forecasting.coverage_table(intervals_of(judged(horizon=1).judgement)))
    assert "overlap" not in alone


def test_the_ends_of_intervals_stand_beside_their_values_with_as_many_decimals() -> None:
    times = np.arange(2)[None]
    values = np.array([[10.0, 12.0]])
    ends = {"low 80 %": values - 1.25, "high 80 %": values + 1.25}
    text = printed(forecasting.forecast_table(Clock("rows"), ("a",), times, values, ends=ends))
    rows = [line.split() for line in text.splitlines() if line[:1].isdigit()]
    assert [row[1:] for row in rows] == [
        ["10.000", "8.750", "11.250"],
        ["12.000", "10.750", "13.250"],
    ]


def test_each_file_has_a_row_with_its_errors_and_what_is_claimed(judged: Make) -> None:
    many, few = judged(horizon=1).judgement, judged(held_out=6, horizon=1).judgement
    lines = printed(forecasting.files_table([("many.csv", many), ("few.csv", few)])).splitlines()
    for name, judgement in (("many.csv", many), ("few.csv", few)):
        [line] = [line for line in lines if line.startswith(name)]
        errors = judgement.errors
        own, last = errors["network"]["mse"], errors["last_value"]["mse"]
        assert own is not None
        assert last is not None
        mse, other, ratio = map(float, line.split()[1:4])
        assert [mse, other] == pytest.approx([own, last], rel=1e-3)
        assert ratio == pytest.approx(own / last, rel=1e-3)
    assert [line.split()[-1] for line in lines if line.startswith("many")] == ["no"]
    skilled = replace(many, verdict=replace(many.verdict, claim="skill"))
    assert " yes" in printed(forecasting.files_table([("many.csv", skilled)]))
    assert [line.split()[-3:] for line in lines if line.startswith("few")] == [
        ["too", "few", "data"],
    ]


def test_the_widest_table_of_files_fits_80_columns(judged: Make) -> None:
    judgement = judged([1e80 * (np.arange(80.0) % 7 + 1)], horizon=1).judgement
    text = printed(forecasting.files_table([("a name of a file that is long.csv", judgement)] * 2))
    assert max(map(len, text.splitlines())) <= 80
