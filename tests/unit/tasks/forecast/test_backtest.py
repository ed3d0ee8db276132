"""The backtest: which origins, what each fold has seen, and nothing from its future."""

from __future__ import annotations

import numpy as np
import pytest

import recur
from recur.arrays import Float64s
from recur.data.tables.readers import read_panel
from recur.errors import SettingsError
from recur.judge import SIMPLE
from recur.tasks.forecast.backtest import backtest
from recur.tasks.forecast.forecaster import Forecaster


def wave(points: int = 160, seed: int = 0) -> Float64s:
    return recur.synthetic.sine(points, 12, noise=0.1, seed=seed).values


def quick(**parameters: object) -> Forecaster:
    given = {"horizon": 3, "hidden": 4, "epochs": 2, "lookback": 12, "season": 12, **parameters}
    return Forecaster(**given)  # type: ignore[arg-type]


def test_without_refitting_it_is_the_judgement_of_one_fit() -> None:
    model = quick()
    found = backtest(model, wave(), test=40)
    fitted = quick().fit(wave(), test=40)
    assert fitted.judgement_ is not None
    assert found.to_dict() == fitted.judgement_.to_dict()
    assert not model.is_fitted


def test_a_stride_keeps_every_so_manyth_origin_the_newest_among_them() -> None:
    every, third = backtest(quick(), wave(), test=40), backtest(quick(), wave(), test=40, stride=3)
    origins = third.walk.origins(0)
    assert origins.tolist() == every.walk.origins(0)[::-1][::3][::-1].tolist()
    for name, made in every.forecasts.items():
        at = {int(o): row for o, row in zip(every.walk.origins(0), made[0], strict=True)}
        expected = [at[int(origin)] for origin in origins]
        np.testing.assert_array_equal(third.forecasts[name][0], expected)


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_the_folds_join_to_the_whole_walk(folds: int) -> None:
    whole = backtest(quick(), wave(), test=40)
    found = backtest(quick(), wave(), test=40, folds=folds, refit=True)
    assert len(found.models) == folds
    assert found.walk.origins(0).tolist() == whole.walk.origins(0).tolist()
    np.testing.assert_array_equal(found.walk.truth(0), whole.walk.truth(0))
    # What repeats the last value is not fitted, and shows that each forecast is at its place.
    np.testing.assert_array_equal(
        found.forecasts["last_value"][0], whole.forecasts["last_value"][0]
    )


def test_each_fold_is_what_a_fit_before_it_forecasts() -> None:
    values = wave()
    found = backtest(quick(), values, test=40, folds=2, refit=True)
    begin = int(found.walk.origins(0)[19])  # 38 origins: the second fold begins with the 20th
    alone = quick().fit(values, test=len(values) - begin).judge()
    for name in ("network", "linear"):
        np.testing.assert_array_equal(found.forecasts[name][0][19:], alone.forecasts[name][0])
        assert (found.forecasts[name][0][:19] != alone.forecasts[name][0]).any()


@pytest.mark.parametrize("folds_before", [1, 2])
@pytest.mark.parametrize("season", [12, None])
def test_nothing_after_a_fold_changes_its_forecasts(folds_before: int, season: int | None) -> None:
    values, changed = wave(), wave()
    seen = 13 * folds_before  # of 38 origins, in folds of 13, 13 and 12
    beyond = len(values) - (120 + seen)
    changed[-beyond:] = 1e3 * recur.synthetic.sine(beyond, 5).values
    model = quick(season=season, lookback=None)
    before = backtest(model, values, test=40, folds=3, refit=True)
    after = backtest(model, changed, test=40, folds=3, refit=True)
    for name in before.forecasts:
        ours, theirs = before.forecasts[name][0], after.forecasts[name][0]
        np.testing.assert_array_equal(ours[:seen], theirs[:seen])
    later = slice(seen + 1, None)
    assert (before.forecasts["network"][0][later] != after.forecasts["network"][0][later]).any()


def test_the_units_are_those_of_what_came_before_the_first_fold() -> None:
    values = np.concatenate([wave(120), 1e3 * recur.synthetic.sine(200, 20).values])
    found = backtest(quick(season=None), values, test=200, folds=2, refit=True)
    assert [model.season_ for model in found.models] == [12, 20]
    assert found.walk.season == 12
    assert found.walk.starts == (120,)


def test_refitting_holds_out_as_much_of_every_series() -> None:
    panel = read_panel([wave(160), wave(110, seed=1)])
    found = backtest(quick(), panel, folds=2, refit=True)
    lengths = panel.lengths - np.array(found.walk.starts)
    assert lengths.tolist() == [30, 30]  # what the shorter one can spare
    assert found.walk.counts.tolist() == [28, 28]
    once = backtest(quick(), panel)
    assert len(set(panel.lengths - np.array(once.walk.starts))) == 2


def test_the_comparison_has_the_network_and_every_simple_answer() -> None:
    found = backtest(quick(), wave(), test=40, folds=2, refit=True)
    rows = {row["name"]: row for row in found.comparison().rows()}
    assert list(rows) == ["network", *SIMPLE]
    assert rows["network"]["parameters"] == found.models[0].network_.size
    assert rows["network"]["skill"] == found.verdict.skill
    assert rows["linear"]["parameters"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"test": 0}, "`test` is 0"),
        ({"folds": 0}, "`folds` is 0"),
        ({"stride": 0}, "`stride` is 0"),
        ({"folds": 3}, "needs `refit`"),
        ({"refit": True}, "`folds` of 2 or more"),
        ({"refit": True, "folds": 39, "test": 40}, "38 origins"),
    ],
)
def test_what_cannot_be_walked_is_refused(options: dict[str, int], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        backtest(quick(), wave(), **options)  # type: ignore[arg-type]
