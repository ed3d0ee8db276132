"""A description must say of a panel what was put into it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import recur
from recur.arrays import Float64s
from recur.data.describe.description import MOST_DESCRIBED, describe
from recur.data.describe.one_series import SeriesDescription
from recur.data.describe.summary import autocorrelation, statistics
from recur.errors import DataError, SettingsError
from recur.report.blocks import Facts
from recur.report.describing import describe_to


def weekly(points: int = 140, seed: int = 0) -> Float64s:
    """Return a season of 7 around 100, under noise."""
    noise = np.random.default_rng(seed).normal(size=points)
    return np.asarray(100 + 10 * np.sin(2 * np.pi * np.arange(points) / 7) + noise)


def only(values: object, **options: int) -> SeriesDescription:
    (one,) = describe(values, season=options.get("season")).series
    return one


def test_statistics_are_those_of_numpy() -> None:
    values = weekly()
    told = statistics(values)
    assert (told.mean, told.median) == (values.mean(), np.median(values))
    assert told.variance == pytest.approx(values.var(ddof=1))
    assert told.deviation == pytest.approx(values.std(ddof=1))
    assert (told.least, told.greatest) == (values.min(), values.max())
    assert told.quantiles == {
        q: pytest.approx(np.quantile(values, q / 100)) for q in (5, 25, 75, 95)
    }


def test_autocorrelation_is_the_sum_of_products_over_that_of_squares() -> None:
    values = weekly()
    around = values - values.mean()
    for lag in (1, 2, 7):
        expected = sum(around[lag:] * around[:-lag]) / sum(around**2)
        assert autocorrelation(values, lag) == pytest.approx(expected)
        assert autocorrelation(1e90 * values, lag) == pytest.approx(expected)


def test_a_seasonal_series_is_told_as_one() -> None:
    one = only(weekly())
    assert one.season == 7
    assert set(one.autocorrelation) == {1, 2, 7}
    assert one.autocorrelation[7] > 0.9
    assert one.band == pytest.approx(1.96 / 140**0.5)
    assert one.decomposition is not None
    assert one.decomposition.season_strength > 0.95
    assert one.random_walk is not None
    assert one.random_walk.distinguishable
    assert (one.outliers, one.missing, one.notice) == ((), (), "")


def test_a_random_walk_is_told_as_one() -> None:
    one = only(recur.synthetic.random_walk(500, seed=1).values)
    assert one.season == 1
    assert one.random_walk is not None
    assert not one.random_walk.distinguishable


def test_the_season_that_was_named_is_taken() -> None:
    assert only(weekly(), season=14).season == 14
    none = only(weekly(), season=1)
    assert none.season == 1
    assert none.decomposition is not None
    assert none.decomposition.season_strength == 0.0


def test_filled_values_are_listed_and_left_out_of_the_statistics() -> None:
    values = weekly(60)
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 2, 29), eager=True)
    frame = pl.DataFrame({"day": days, "y": values})
    gap = frame.with_columns(y=pl.when(pl.col("day").dt.day() == 20).then(None).otherwise("y"))
    gap = gap.filter(~pl.col("day").is_between(pl.date(2024, 1, 10), pl.date(2024, 1, 12)))
    with pytest.raises(DataError, match="fill"):
        describe(gap, strict=True)
    assert describe(gap).missing == 5
    found = describe(gap, fill="previous")
    stretches = [(one.start, one.end, one.steps) for one in found.series[0].missing]
    assert stretches == [
        ("2024-01-10", "2024-01-12", 3),
        ("2024-01-20", "2024-01-20", 1),
        ("2024-02-20", "2024-02-20", 1),
    ]
    assert (found.missing, found.series[0].rows) == (5, 60)
    observed = gap["y"].drop_nulls().to_numpy()
    assert found.statistics.mean == pytest.approx(observed.mean())
    assert found.series[0].statistics == found.statistics


def test_an_outlier_is_told_with_its_time_and_value_and_a_filled_value_is_none() -> None:
    values = weekly(60)
    values[30] += 80
    one = only(values, season=7)
    assert [(x.time, x.value) for x in one.outliers] == [("30", values[30])]
    values[31] = np.nan  # repeats the outlier
    (filled,) = describe(values, fill="previous", season=7).series
    assert [x.time for x in filled.outliers] == ["30"]


def test_values_that_are_not_positive_have_no_multiplicative_decomposition() -> None:
    one = only(weekly() - 100)
    assert one.multiplicative is None
    assert one.decomposition is one.additive
    assert one.additive is not None


@pytest.mark.parametrize(
    ("values", "notice"),
    [
        ([5.0] * 60, "Every value is 5: there is no season, trend or change to speak of."),
        (list(range(60)), "Every change is the same: the series is a straight line"),
        ([3.0], r"Too short for autocorrelation \(takes 3\), outliers .*: there is 1 value\."),
        ([1.0, 4.0, 2.0] * 9, r"Too short for the test against a random walk \(takes 48\): there"),
    ],
    ids=["constant", "line", "one value", "short"],
)
def test_what_cannot_be_said_is_said_in_one_sentence(values: list[float], notice: str) -> None:
    one = only(np.array(values, dtype=np.float64), season=1)
    assert re.match(notice, one.notice), one.notice
    assert one.random_walk is None
    json.dumps(one.to_dict(), allow_nan=False)


def test_a_season_too_long_to_decompose_is_named() -> None:
    one = only(weekly(60), season=28)
    assert one.decomposition is None
    assert "a decomposition with a season of 28 (takes 84)" in one.notice


def test_a_season_that_the_walk_test_misses_is_not_kept_quiet() -> None:
    values = np.round(weekly(120))
    values[77] += 60
    one = only(values)
    assert one.random_walk is not None
    assert not one.random_walk.distinguishable
    assert one.notice.startswith("Its season of 7 steps says otherwise")


@pytest.mark.parametrize(("season", "sentence"), [(0, "is 0"), (140, "longest series has 140")])
def test_a_season_that_cannot_be_is_refused(season: int, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        describe(weekly(), season=season)


def test_of_many_series_the_first_are_described_and_all_are_counted() -> None:
    found = describe([weekly(60 + i, seed=i) for i in range(MOST_DESCRIBED + 3)])
    assert len(found.series) == MOST_DESCRIBED
    assert [one.rows for one in found.series] == list(range(60, 60 + MOST_DESCRIBED))
    assert found.statistics == statistics(found.panel.values)
    assert found.season == 7
    assert repr(found) == "<Description of 13 series, 858 rows: see series, to_dict()>"


@pytest.mark.parametrize("scale", [1e-95, 1e95])
def test_any_unit_gives_plain_json(scale: float) -> None:
    told = describe(scale * weekly()).to_dict()
    again = json.loads(json.dumps(told, allow_nan=False))
    assert again["series"][0]["season"] == 7
    assert again["data"]["quantiles"].keys() == {"5", "25", "75", "95"}


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "target", "season", "kind", "told_apart"),
    [
        ("forecast/AirPassengers.csv", None, {12}, "multiplicative", True),
        ("forecast/monthly-sunspots.csv", None, range(126, 137), "additive", True),
        ("forecast/taylor.csv", None, {48, 336}, "multiplicative", True),
        ("stocks/TSLA.csv", "Close", {1}, "multiplicative", False),
    ],
)
def test_known_series(
    realdata: Path, name: str, target: str | None, season: set[int], kind: str, told_apart: bool
) -> None:
    (one,) = describe(realdata / name, target=target).series
    assert one.season in season
    assert one.decomposition is not None
    assert one.decomposition.kind == kind
    assert one.random_walk is not None
    assert one.random_walk.distinguishable is told_apart


def test_a_longer_season_beside_the_one_found_is_told() -> None:
    hour = np.arange(24 * 7 * 8)
    noise = np.random.default_rng(0).normal(size=len(hour))
    values = 3 * np.sin(2 * np.pi * hour / 24) + 3.0 * (hour // 24 % 7 > 4) + 0.5 * noise
    found = describe(values)
    told = found.to_dict()
    assert (found.season, found.beside, found.series[0].beside) == (24, (168,), (168,))
    assert told["data"]["seasons_beside"] == told["series"][0]["seasons_beside"] == [168]
    lines = next(iter(describe_to(found, None).findings()))
    assert isinstance(lines, Facts)
    assert str(lines.values["season"]).endswith("; beside it 168")
    named = describe(values, season=24)
    assert named.beside == named.series[0].beside == ()
