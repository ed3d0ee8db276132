"""The lab `gradients`: its rows, its pictures, and the facts that even the quick run must show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from recur.labs.gradients import untaught
from recur.report.findings import Findings


def test_gradients_stand_beside_the_product(findings: Findings) -> None:
    assert len(findings.rows) == 20
    for row in findings.rows:
        assert (row.limit is not None) == row.metric.startswith("gradient at")


def test_at_first_weights_the_gradient_vanishes_as_the_product_says(findings: Findings) -> None:
    for row in findings.rows[:4]:
        assert row.ours is not None
        assert row.limit is not None
        assert row.ours < 1e-9
        assert row.ours ** (1 / 50) == pytest.approx(row.limit ** (1 / 50), rel=0.1)


def test_each_remedy_leaves_more_of_the_gradient(ours: Callable[[str], float]) -> None:
    tanh = ours("RNN tanh")
    for name in ("RNN tanh, orthogonal", "LSTM, forget bias 1", "RNN tanh, window of 10"):
        assert ours(name) > 1e5 * tanh
    assert ours("RNN relu, x 1.41") > 1e5 * ours("RNN relu")


def test_too_large_weights_explode_and_clipping_or_a_smaller_rate_helps(
    ours: Callable[[str], float],
) -> None:
    assert ours("RNN tanh, x 1.8") > 10
    assert ours("exploding, rate 0.1") > untaught.BEYOND
    assert ours("exploding, rate 0.1, clipped") < 0.3
    assert ours("exploding, rate 0.01") < 0.3


def test_a_training_that_breaks_off_is_told_by_where_it_did() -> None:
    assert untaught.ended(np.array([1.0, 2e6])) == 2e6
    assert untaught.ended(np.array([5.0] * 300 + [1.0] * 50)) == 1.0
    assert np.isnan(untaught.ended(np.array([1.0, np.nan])))
