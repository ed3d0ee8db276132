"""What was not observed is not judged: whatever stands under the mask, every figure is the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from recur.arrays import Flags, Float64s
from recur.errors import DataError
from recur.judge import Intervals, Walk, judge, references
from recur.judge.forecast.conformal import half_widths, margins
from recur.judge.forecast.horizons import step_errors
from recur.judge.forecast.ranking import ranking

SEASON, HORIZON = 6, 3


def noisy(points: int, seed: int) -> Float64s:
    noise = np.random.default_rng(seed).normal(size=points)
    return 10 + 3 * np.sin(2 * np.pi * np.arange(points) / SEASON) + noise


def masked(seed: int, points: int = 160) -> Flags:
    """Return which values were observed: most, but for single ones and a run of ten."""
    observed = np.random.default_rng(seed).random(points) > 0.2
    observed[[0, -1]] = True
    observed[points - 40 : points - 30] = False
    return observed


def told(series: tuple[Float64s, ...], observed: tuple[Flags, ...] | None) -> dict[str, Any]:
    """Return every figure that a judgement has, of a network that forecasts a constant."""
    walk = Walk(series, (100,) * len(series), HORIZON, SEASON, observed=observed)
    made = tuple(np.full((len(walk.origins(i)), HORIZON), 10.0) for i in range(len(walk)))
    low, high = (tuple(part + shift for part in made) for shift in (-3.0, 3.0))
    intervals = Intervals(walk, "conformal", (80,), (low,), (high,))
    judgement = judge(walk, {"network": made, **references(walk, 12)}, intervals)
    return {
        **judgement.to_dict(),
        "steps": [step.to_dict() for step in step_errors(walk, made)],
        "ranking": ranking(judgement),
        "forecasts": {
            name: [part.tolist() for part in parts] for name, parts in judgement.forecasts.items()
        },
    }


@pytest.mark.parametrize("absurd", [1e6, -1e12, np.nan])
def test_absurd_values_under_the_mask_change_no_figure(absurd: float) -> None:
    series, observed = (noisy(160, 0), noisy(160, 1)), (masked(2), masked(3))
    planted = tuple(
        np.where(seen, values, absurd) for values, seen in zip(series, observed, strict=True)
    )
    assert repr(told(planted, observed)) == repr(told(series, observed))


def test_absurd_values_that_are_not_masked_do_change_the_figures() -> None:
    series, observed = (noisy(160, 0),), (masked(2),)
    unmasked = observed[0].copy()
    unmasked[-5] = True
    shown = series[0].copy()
    shown[-5] = 1e6
    assert told((shown,), (unmasked,))["errors"] != told(series, observed)["errors"]


def test_a_mask_that_hides_nothing_changes_nothing() -> None:
    series = (noisy(160, 0),)
    assert repr(told(series, (np.ones(160, bool),))) == repr(told(series, None))


def test_errors_and_coverage_are_those_of_the_observed_truths_alone() -> None:
    values, seen = noisy(160, 0), masked(2)
    found = told((values,), (seen,))
    walk = Walk((values,), (100,), HORIZON, SEASON)
    counted = seen[walk.origins(0)[:, None] + np.arange(HORIZON)]
    missed = np.abs(walk.truth(0) - 10.0)
    errors = found["errors"]["network"]
    assert errors["mae"] == pytest.approx(missed[counted].mean())
    assert errors["mse"] == pytest.approx((missed[counted] ** 2).mean())
    assert errors["rmse"] == pytest.approx(np.sqrt((missed[counted] ** 2).mean()))
    at_step = [missed[counted[:, k], k].mean() for k in range(HORIZON)]
    assert found["by_horizon"]["network"]["mae"] == pytest.approx(at_step)
    assert [step["mae"] for step in found["steps"]] == pytest.approx(at_step)
    held = found["intervals"]["levels"]["80"]
    assert held["coverage"] == pytest.approx((missed[counted] <= 3.0).mean())
    assert held["by_horizon"]["truths"] == counted.sum(axis=0).tolist()


def test_the_simple_answers_are_given_what_was_known() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 99.0, 99.0, 1.0, 2.0, 3.0, 4.0])
    seen = values < 99
    walk = Walk((values,), (8,), horizon=4, season=4, observed=(seen,))
    simple = {
        name: rule(0, np.array([8]))[0].tolist() for name, rule in references(walk, 4).items()
    }
    assert simple["last_value"] == [2.0] * 4
    assert simple["seasonal_naive"] == [1.0, 2.0, 3.0, 4.0]  # of the season before that
    assert simple["seasonal_mean"] == [1.0, 2.0, 3.0, 4.0]


def test_origins_without_a_truth_are_no_evidence() -> None:
    values = noisy(140, 0)
    seen = np.ones(140, bool)
    whole = Walk((values,), (100,), 2)
    seen[104:136] = False
    gap = Walk((values,), (100,), 2, observed=(seen,))
    assert (whole.independent_origins, gap.independent_origins) == (20, 5)
    assert len(gap.judged_times) == 39 - 31


def test_a_stretch_without_any_truth_is_too_little_to_say_anything() -> None:
    seen = np.arange(160) < 100
    found = told((noisy(160, 0),), (seen,))
    assert found["verdict"]["claim"] == "too_little"
    assert found["verdict"]["sentence"].endswith("which takes 24 held-out values.")
    assert set(found["errors"]["network"].values()) == {None}


def test_a_mask_of_another_length_is_refused() -> None:
    with pytest.raises(DataError, match="one flag for each value"):
        Walk((np.arange(12.0),), (8,), 2, observed=(np.ones(11, bool),))


def test_errors_without_a_truth_do_not_widen_intervals() -> None:
    errors = np.random.default_rng(0).normal(size=(60, 2))
    some = errors.copy()
    some[::3, 1] = np.nan
    by_hand = np.stack(
        [
            half_widths(errors[:, :1], (80,))[0],
            half_widths(errors[some[:, 1] == some[:, 1], 1:], (80,))[0],
        ]
    )
    assert half_widths(some, (80,))[0].tolist() == by_hand[:, 0].tolist()
    ends = np.zeros((1, 60, 2))
    assert margins(some, ends, ends, (80,))[0].tolist() == by_hand[:, 0].tolist()
    with pytest.raises(DataError, match="there are 40"):
        half_widths(some, (99,))
