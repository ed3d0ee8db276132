"""The pretrained network's intervals: stretched by a walk that has not seen what is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.judge import Intervals, Judgement
from recur.tasks.forecast.fitted import FittedMethod
from recur.tasks.forecast.forecaster import Forecaster


def rough(count: int, seed: int = 0) -> Float64s:
    """Return steps of which some are far larger than any of the values before had been."""
    return np.asarray(np.random.default_rng(seed).standard_t(2, count), np.float64)


def ends_of(model: Forecaster) -> Intervals:
    judgement = model.judgement_
    assert isinstance(judgement, Judgement)
    assert isinstance(judgement.intervals, Intervals)
    assert judgement.intervals.method == "conformal_quantiles"
    return judgement.intervals


def test_no_forecast_changes_and_intervals_do() -> None:
    values = rough(300)
    stretched = Forecaster(horizon=2, season=1).fit(values)
    own = Forecaster(
        horizon=2, season=1, network="pretrained", intervals=(80, 95), interval_method="quantiles"
    ).fit(values)
    one, two = stretched.predict(), own.predict()
    np.testing.assert_array_equal(one.values, two.values)
    assert one.low is not None
    assert two.low is not None
    by = stretched.fitted_.interval_margins
    assert by.shape == (2, 2)
    np.testing.assert_allclose(one.values - one.low[0], by[0] * (two.values - two.low[0]))
    assert stretched.judgement_.errors == own.judgement_.errors  # type: ignore[union-attr]


def test_what_is_judged_is_stretched_by_what_was_over_before_it() -> None:
    values = rough(400)
    changed = values.copy()
    changed[300:] *= 1000
    one, two = (ends_of(Forecaster(horizon=2, season=1).fit(v)) for v in (values, changed))
    origins = one.walk.origins(0)
    before = origins <= 300
    np.testing.assert_array_equal(one.high[0][0][before], two.high[0][0][before])
    assert before.sum() > 250
    own = Forecaster(
        horizon=2, season=1, network="pretrained", intervals=(80, 95), interval_method="quantiles"
    )
    plain = own.fit(values).judgement_
    assert isinstance(plain, Judgement)
    assert isinstance(plain.intervals, Intervals)
    same = (plain.intervals.high[0][0] == one.high[0][0]).all(axis=1)
    assert same[origins < 200].all()  # too few windows so far
    assert not same[origins > 300].any()


def test_of_many_series_one_half_says_how_far_the_other_reaches() -> None:
    series = [rough(60, seed) for seed in range(40)]
    changed = [
        v * (1000 if i == 4 else 1) + 5.0 * (np.arange(60) > 50) * (i == 4)
        for i, v in enumerate(series)
    ]
    changed[4][55:] += 1e6
    models = [Forecaster(horizon=2, season=1, network="pretrained") for _ in range(2)]
    one, two = (ends_of(m.fit(v)) for m, v in zip(models, (series, changed), strict=True))
    for i in range(40):
        same = np.array_equal(one.high[0][i], two.high[0][i])
        assert same == (i % 2 == 0 and i != 4)


def test_few_windows_leave_the_intervals_as_the_network_gives_them() -> None:
    model = Forecaster(horizon=6, season=1).fit(rough(150))
    assert model.settings_["interval_method"] == "quantiles"
    assert model.fitted_.interval_margins.shape == (0, 6)
    unasked = Forecaster(horizon=1, season=1, network="pretrained", calibration=0).fit(rough(300))
    assert unasked.settings_["interval_method"] == "quantiles"


def test_a_horizon_further_than_fitted_is_stretched_as_the_last_step() -> None:
    model = Forecaster(horizon=2, season=1).fit(rough(300), test=0)
    further = model.predict(horizon=5)
    fitted = model.fitted_
    assert isinstance(fitted, FittedMethod)
    bare = Forecaster(horizon=2, season=1)
    bare.fitted_ = replace(
        fitted,
        settings=replace(fitted.settings, interval_method="quantiles"),
        interval_margins=np.zeros((0, 2)),
    )
    own = bare.predict(horizon=5)
    assert further.low is not None
    assert own.low is not None
    reach = (further.values - further.low[0]) / (own.values - own.low[0])
    assert reach[0, 1:] == pytest.approx(fitted.interval_margins[0, 1])


def test_a_shorter_judgement_of_its_own_series_has_not_seen_them_either() -> None:
    values = rough(400)
    changed = values.copy()
    changed[390:] *= 1000
    made = []
    for v in (values, changed):
        judgement = Forecaster(horizon=2, season=1).fit(v).judge(test=30)
        assert isinstance(judgement.intervals, Intervals)
        made.append(judgement.intervals.high[0][0][:20])
    np.testing.assert_array_equal(made[0], made[1])
