"""A quick ladder has every rung beside its published figure and the limit, and pictures of them."""

from __future__ import annotations

import numpy as np
import pytest

from recur.labs.experiment import Setting
from recur.labs.ladder import lab as ladder
from recur.labs.ladder.problem import NEXT, STEPS, TEN, TENTH, MethodForecasts, Problem
from recur.report.findings import Findings, Row


def of(findings: Findings, metric: str) -> dict[str, Row]:
    return {row.name: row for row in findings.rows if row.metric == metric}


def test_every_rung_of_the_course_stands_beside_what_the_slides_print(findings: Findings) -> None:
    published = {
        metric: [
            row.published for row in of(findings, metric).values() if row.published is not None
        ]
        for metric in (NEXT, TEN, TENTH)
    }
    assert published == {
        NEXT: [0.02157, 0.00481, 0.02253, 0.00343],
        TEN: [0.2627, 0.05195, 0.01177],
        TENTH: [0.01526, 0.00887, 0.01165, 0.00906],
    }


def test_nothing_passes_the_limit_and_least_squares_comes_nearest(findings: Findings) -> None:
    for metric in (NEXT, TEN, TENTH):
        rows = of(findings, metric)
        for row in rows.values():
            assert row.limit is not None
            assert row.ours is not None
            assert 0 < row.limit < row.ours < 1
        assert min(rows.values(), key=lambda row: row.ours or 0).name == "two sines, least squares"


def test_recur_stands_on_every_ladder_and_each_network_tells_its_time(findings: Findings) -> None:
    for metric in (NEXT, TEN, TENTH):
        assert (of(findings, metric)["recur by default"].seconds or 0) > 0
    assert (of(findings, NEXT)["recur, trained at every step"].seconds or 0) > 0


def test_a_linear_model_beats_repeating_the_last_value(findings: Findings) -> None:
    for metric in (NEXT, TEN):
        rows = of(findings, metric)
        assert (rows["linear"].ours or 1) < (rows["repeating the last value"].ours or 0)


def test_what_the_intervals_of_dropout_hold_stands_beside_their_level(findings: Findings) -> None:
    eighty, ninety_five = of(findings, "share of truths inside").values()
    assert "80 %" in eighty.name
    assert "95 %" in ninety_five.name
    assert 0 <= (eighty.ours or 0) <= (ninety_five.ours or 0) <= 1


def test_a_truth_is_counted_where_it_lies_between_the_ends() -> None:
    series = np.zeros((4, STEPS + 1))
    problem = Problem(series, series, series, Setting())
    low = np.array([[-1.0, 0.5, -1.0, -1.0], [-1.0, -1.0, -1.0, 0.5]])[:, :, None]
    high = np.array([[1.0, 1.0, -0.5, -0.5], [1.0, 1.0, 1.0, 1.0]])[:, :, None]
    made = MethodForecasts("any", np.zeros((4, 1)), low=low, high=high)
    assert [row.ours for row in ladder.coverage(problem, made)] == [0.25, 0.75]


def test_errors_of_the_tenth_step_are_of_no_other() -> None:
    problem = Problem.simulated(10, Setting(quick=True))
    values = problem.truth.copy()
    values[:, -1] += 3.0
    row = {metric: problem.row(metric, MethodForecasts("any", values)) for metric in (TEN, TENTH)}
    assert row[TENTH].ours == pytest.approx(9.0)
    assert row[TEN].ours == pytest.approx(0.9)
