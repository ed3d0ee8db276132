"""The picture of the errors must draw and name every method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import isotonic_regression

from recur.report import plots
from recur.report.plots.errors import _apart

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def test_bars_stand_the_best_on_top_with_their_numbers(judged: Make) -> None:
    judgement = judged(horizon=1).judgement
    axes = plots.horizon_picture(judgement).axes[0]
    widths = [bar.get_width() for bar in axes.patches]  # type: ignore[attr-defined]
    assert widths == sorted(widths, reverse=True)
    assert f"{judgement.errors['network']['rmse']:.4f}" in [text.get_text() for text in axes.texts]


def test_a_bar_far_longer_than_the_others_is_cut_and_says_so(judged: Make) -> None:
    judgement = judged(horizon=1).judgement
    judgement.by_horizon["drift"]["rmse"][:] = 1e6
    axes = plots.horizon_picture(judgement).axes[0]
    assert max(bar.get_width() for bar in axes.patches) < 1e3  # type: ignore[attr-defined]
    assert any(text.get_text().endswith("cut") for text in axes.texts)


def test_the_error_of_every_method_is_drawn_and_named_without_overlap(judged: Make) -> None:
    judgement = judged(horizon=6).judgement
    picture = plots.horizon_picture(judgement)
    axes = picture.axes[0]
    drawn = [np.asarray(one.get_ydata()).tolist() for one in axes.lines]
    assert all(judgement.by_horizon[name]["rmse"].tolist() in drawn for name in judgement.errors)
    heights = sorted(text.xyann[1] for text in axes.texts[:5])  # type: ignore[attr-defined]
    assert min(np.diff(heights)) > 0.06


def test_a_method_without_a_finite_error_is_left_out(judged: Make) -> None:
    judgement = judged().judgement
    judgement.by_horizon["drift"]["rmse"][:] = np.nan
    picture = plots.horizon_picture(judgement)
    assert len(picture.axes[0].lines) == 7
    assert plots.png(picture)


@pytest.mark.parametrize("names", [1, 2, 5, 12])
def test_names_are_moved_as_little_as_keeps_them_apart(names: int) -> None:
    heights = np.sort(np.random.default_rng(names).uniform(0.2, 0.4, names))
    steps = 0.05 * np.arange(names)
    nearest = isotonic_regression(heights - steps).x.clip(0, 1 - steps[-1]) + steps
    np.testing.assert_allclose(_apart(heights, 0.05), nearest, atol=1e-12)
