"""Holidays as a column that a network sees, for the steps ahead too."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import recur
from recur.arrays import Indices
from recur.data.clock import DAY, HOUR, Clock
from recur.data.panel.holidays import check_country, on_holiday
from recur.errors import SettingsError

DAILY = Clock("fixed", DAY)


def moments(*texts: str) -> Indices:
    return np.array(texts, "M8[us]").astype(np.int64)


def sales(days: int = 800) -> pl.DataFrame:
    """Return sales by the day that fall on the holidays of Germany."""
    times = np.datetime64("2021-01-01", "us").astype(np.int64) + DAY * np.arange(days)
    noise = np.random.default_rng(0).normal(0, 2, days)
    values = 100 + noise - 60 * on_holiday("DE", DAILY, times)
    return pl.DataFrame({"ds": times.astype("M8[us]"), "sales": values})


def fitted(data: pl.DataFrame, *, holidays: str | None = "DE") -> recur.Forecaster:
    model = recur.Forecaster(
        horizon=3, hidden=8, lookback=6, epochs=30, rate=0.02, season=7, loss="mse", refit=False,
        holidays=holidays,
    )  # fmt: skip
    return model.fit(data, progress=False)


def test_a_time_is_on_a_holiday_where_its_day_is_one() -> None:
    days = moments("2023-12-24", "2023-12-25", "2023-12-26", "2023-12-27", "2024-01-01")
    assert on_holiday("DE", DAILY, days).tolist() == [0, 1, 1, 0, 1]
    hours = moments("2023-12-24T23:00", "2023-12-25T00:00", "2023-12-25T23:00")
    assert on_holiday("DE", Clock("fixed", HOUR), hours).tolist() == [0, 1, 1]


def test_a_region_has_holidays_of_its_own() -> None:
    epiphany = moments("2024-01-06")
    assert on_holiday("DE", DAILY, epiphany).tolist() == [0]
    assert on_holiday("DE-BY", DAILY, epiphany).tolist() == [1]


@pytest.mark.parametrize(
    "clock", [Clock("months"), Clock("fixed", 7 * DAY), Clock("rows"), Clock("fixed", 7 * HOUR)]
)
def test_steps_that_are_not_within_a_day_have_no_holidays(clock: Clock) -> None:
    with pytest.raises(SettingsError, match=rf"the clock is {clock.describe()}.*`--every 1d`"):
        on_holiday("DE", clock, moments("2024-01-01"))


def test_an_unknown_country_or_region_is_named_with_what_is_near() -> None:
    with pytest.raises(SettingsError, match=r"'de', which is no country .* nearest is `DE`"):
        check_country("de")
    with pytest.raises(SettingsError, match=r"DE has no region `BZ` .* there are `BB`"):
        recur.Forecaster(holidays="DE-BZ").fit(sales(60))


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(SettingsError, match=r"pip install 'recurnets\[holidays\]'"):
        recur.Forecaster(holidays="DE").fit(sales(60))


def test_a_network_learns_what_holidays_do_to_the_values() -> None:
    told, untold = fitted(sales()), fitted(sales(), holidays=None)
    assert told.encoding_.holidays == "DE"
    skills = [model.judge().verdict.skill for model in (told, untold)]
    assert skills[0] is not None
    assert skills[1] is not None
    assert skills[0] > skills[1] + 0.2


def test_a_saved_model_sees_the_holidays_of_new_data_by_itself(tmp_path: Path) -> None:
    model = fitted(sales())
    model.save(tmp_path / "sales.recur")
    loaded = recur.load(tmp_path / "sales.recur")
    assert isinstance(loaded, recur.Forecaster)
    until = pl.col("ds") <= dt.datetime(2022, 12, 24)
    ahead = loaded.predict(sales().filter(until)).values[0]
    assert ahead[0] < 75 > ahead[1]
    assert ahead[2] > 75
    np.testing.assert_array_equal(ahead, model.predict(sales().filter(until)).values[0])
