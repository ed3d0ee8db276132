"""A quick ladder has every rung beside its published figure and the limit, and pictures of them."""

from __future__ import annotations

import numpy as np
import pytest
from rich.console import Console

from recur.labs.experiment import Setting
from recur.labs.ladder import lab as ladder
from recur.labs.ladder.problem import NEXT, STEPS, TEN, TENTH, Made, Problem
from recur.report.findings import Findings, Row, findings_table
from recur.report.plots.style import png


@pytest.fixture(scope="module")
def found() -> Findings:
    return ladder.run(Setting(quick=True))


def of(found: Findings, metric: str) -> dict[str, Row]:
    return {row.name: row for row in found.rows if row.metric == metric}


def test_every_rung_of_the_course_stands_beside_what_the_slides_print(found: Findings) -> None:
    published = {
        metric: [row.published for row in of(found, metric).values() if row.published is not None]
        for metric in (NEXT, TEN, TENTH)
    }
    assert published == {
        NEXT: [0.02157, 0.00481, 0.02253, 0.00343],
        TEN: [0.2627, 0.05195, 0.01177],
        TENTH: [0.01526, 0.00887, 0.01165, 0.00906],
    }


def test_nothing_passes_the_limit_and_least_squares_comes_nearest(found: Findings) -> None:
    for metric in (NEXT, TEN, TENTH):
        rows = of(found, metric)
        for row in rows.values():
            assert row.limit is not None
            assert row.ours is not None
            assert 0 < row.limit < row.ours < 1
        assert min(rows.values(), key=lambda row: row.ours or 0).name == "two sines, least squares"


def test_recur_stands_on_every_ladder_and_each_network_tells_its_time(found: Findings) -> None:
    for metric in (NEXT, TEN, TENTH):
        assert (of(found, metric)["recur by default"].seconds or 0) > 0
    assert (of(found, NEXT)["recur, trained at every step"].seconds or 0) > 0


def test_a_linear_model_beats_repeating_the_last_value(found: Findings) -> None:
    for metric in (NEXT, TEN):
        rows = of(found, metric)
        assert (rows["linear"].ours or 1) < (rows["repeating the last value"].ours or 0)


def test_what_the_intervals_of_dropout_hold_stands_beside_their_level(found: Findings) -> None:
    eighty, ninety_five = of(found, "share of truths inside").values()
    assert "80 %" in eighty.name
    assert "95 %" in ninety_five.name
    assert 0 <= (eighty.ours or 0) <= (ninety_five.ours or 0) <= 1


def test_a_truth_is_counted_where_it_lies_between_the_ends() -> None:
    series = np.zeros((4, STEPS + 1))
    problem = Problem(series, series, series, Setting())
    low = np.array([[-1.0, 0.5, -1.0, -1.0], [-1.0, -1.0, -1.0, 0.5]])[:, :, None]
    high = np.array([[1.0, 1.0, -0.5, -0.5], [1.0, 1.0, 1.0, 1.0]])[:, :, None]
    made = Made("any", np.zeros((4, 1)), low=low, high=high)
    assert [row.ours for row in ladder.coverage(problem, made)] == [0.25, 0.75]


def test_errors_of_the_tenth_step_are_of_no_other() -> None:
    problem = Problem.made(10, Setting(quick=True))
    values = problem.truth.copy()
    values[:, -1] += 3.0
    row = {metric: problem.row(metric, Made("any", values)) for metric in (TEN, TENTH)}
    assert row[TENTH].ours == pytest.approx(9.0)
    assert row[TEN].ours == pytest.approx(0.9)


def test_the_words_have_a_figure_each(found: Findings) -> None:
    assert found.words
    assert not any("nan" in word for word in found.words)


def test_every_picture_can_be_drawn(found: Findings) -> None:
    drawn = {picture.name: png(picture.draw()) for picture in found.pictures}
    assert list(drawn) == ["next-step", "ten-steps", "tenth-step", "series"]
    assert all(data.startswith(b"\x89PNG") for data in drawn.values())


def test_the_table_fits_100_columns(found: Findings) -> None:
    console = Console(width=100)
    with console.capture() as shown:
        console.print(findings_table(found.rows))
    lines = shown.get().splitlines()
    assert len(lines) == len(found.rows) + 2  # none is folded
    assert max(map(len, lines)) <= 100
