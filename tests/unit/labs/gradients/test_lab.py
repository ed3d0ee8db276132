"""The lab `gradients`: its rows, its pictures, and the facts that even the quick run must show."""

from __future__ import annotations

import numpy as np
import pytest

from recur.labs.experiment import Setting, run_lab
from recur.labs.gradients import lab as gradients
from recur.report.findings import Findings
from recur.report.plots.style import png


@pytest.fixture(scope="module")
def found() -> Findings:
    return run_lab("gradients", Setting(quick=True))


def ours(found: Findings, name: str) -> float:
    (row,) = [row for row in found.rows if row.name == name]
    assert row.ours is not None
    return row.ours


def test_all_figures_are_finite_and_gradients_stand_beside_the_product(found: Findings) -> None:
    assert len({row.name for row in found.rows}) == len(found.rows) == 20
    assert all(row.ours is not None and np.isfinite(row.ours) for row in found.rows)
    for row in found.rows:
        assert (row.limit is not None) == row.metric.startswith("gradient at")


def test_at_first_weights_the_gradient_vanishes_as_the_product_says(found: Findings) -> None:
    for row in found.rows[:4]:
        assert row.ours is not None
        assert row.limit is not None
        assert row.ours < 1e-9
        assert row.ours ** (1 / 50) == pytest.approx(row.limit ** (1 / 50), rel=0.1)


def test_each_remedy_leaves_more_of_the_gradient(found: Findings) -> None:
    tanh = ours(found, "RNN tanh")
    for name in ("RNN tanh, orthogonal", "LSTM, forget bias 1", "RNN tanh, window of 10"):
        assert ours(found, name) > 1e5 * tanh
    assert ours(found, "RNN relu, x 1.41") > 1e5 * ours(found, "RNN relu")


def test_too_large_weights_explode_and_clipping_or_a_smaller_rate_helps(found: Findings) -> None:
    assert ours(found, "RNN tanh, x 1.8") > 10
    assert ours(found, "exploding, rate 0.1") > gradients.BEYOND
    assert ours(found, "exploding, rate 0.1, clipped") < 0.3
    assert ours(found, "exploding, rate 0.01") < 0.3


def test_a_training_that_breaks_off_is_told_by_where_it_did() -> None:
    assert gradients.ended(np.array([1.0, 2e6])) == 2e6
    assert gradients.ended(np.array([5.0] * 300 + [1.0] * 50)) == 1.0
    assert np.isnan(gradients.ended(np.array([1.0, np.nan])))


def test_every_picture_can_be_drawn(found: Findings) -> None:
    names = [picture.name for picture in found.pictures]
    assert names == ["distance", "remedies", "clipping", "trained", "gates"]
    for picture in found.pictures:
        assert len(png(picture.draw())) > 10_000
