"""Covariates as a network takes them: fitted to training rows, laid out, and refused by name."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from recur.data.clock import DAY, HOUR, Clock
from recur.data.panel import columns, encoding
from recur.data.panel.calendar import calendar_features
from recur.data.panel.covariates import Covariates
from recur.data.panel.encoding import Encoding
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel
from recur.errors import DataError, SettingsError

ENDS = np.array([4, 3])
CALENDAR = calendar_features(Clock("fixed", DAY), np.zeros(0, np.int64))[0]
DAYS = [f"2024-01-{day:02}" for day in range(1, 29)]


def frame(**columns: list[Any]) -> pl.DataFrame:
    """Return two shops of seven and six days, the last two and one of them without sales."""
    made = pl.DataFrame(
        {
            "shop": ["N"] * 7 + ["S"] * 6,
            "ds": DAYS[:7] + DAYS[:6],
            "y": [1.0, 2, 3, 4, 5, None, None, 5, 6, 7, 8, 9, None],
            "visits": [3.0, 1, 4, 1, 5, None, None, 9, 2, 6, 5, 3, None],
            "price": [10.0, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25],
            "size": [30.0] * 7 + [40.0] * 6,
            "region": ["coast"] * 7 + ["hills"] * 6,
        }
    )
    return made.with_columns(**{name: pl.Series(column) for name, column in columns.items()})


def read(data: pl.DataFrame, **options: Any) -> Panel:
    parts = {"past": "visits", "known": "price", "static": ("size", "region")}
    return read_panel(data, target="y", time="ds", id="shop", **{**parts, **options})


def fitted(*, calendar: bool = False) -> Encoding:
    """Return the encoding of the shops, with the calendar of many more days where asked for."""
    encoding = Encoding.fit(read(frame()), ENDS, calendar=False)
    return encoding.but(calendar=CALENDAR) if calendar else encoding


def changed_after(panel: Panel, ends: np.ndarray[Any, np.dtype[np.int64]]) -> Panel:
    """Return the panel with every value and every covariate from the ends on replaced."""
    covariates = panel.covariates
    assert covariates is not None
    past, known, values = covariates.past.copy(), covariates.known.copy(), panel.values.copy()
    for i, end in enumerate(ends):
        values[panel.offsets[i] + end : panel.offsets[i + 1]] = 1e6
        past[panel.offsets[i] + end : panel.offsets[i + 1]] = -1e6
        known[covariates.known_offsets[i] + end : covariates.known_offsets[i + 1]] = 1e7
    return replace(panel, values=values, covariates=replace(covariates, past=past, known=known))


def test_nothing_after_the_training_rows_changes_a_fitted_number() -> None:
    panel = read(frame())
    for calendar in (False, True):
        expected = Encoding.fit(panel, ENDS, calendar)
        assert Encoding.fit(changed_after(panel, ENDS), ENDS, calendar) == expected
    # What lies one row earlier does, so that the test can fail.
    assert Encoding.fit(changed_after(panel, ENDS - 1), ENDS, calendar=False) != fitted()


def test_numbers_are_those_of_the_training_rows() -> None:
    encoding = fitted()
    visits, price = np.array([3.0, 1, 4, 1, 9, 2, 6]), np.array([10.0, 11, 12, 13, 20, 21, 22])
    for (column,), values in ((encoding.past, visits), (encoding.known, price)):
        assert column.mean == pytest.approx(values.mean())
        assert column.spread == pytest.approx(values.std())
    (size,) = encoding.statics
    assert (size.mean, size.spread) == (35, 5)
    assert encoding.labels[0].categories == ("coast", "hills")


def test_a_column_that_never_changes_in_training_is_only_centred() -> None:
    tenths = [0.1] * 4 + [3.1] * 3 + [0.1] * 3 + [3.1] * 3
    encoding = Encoding.fit(read(frame(price=tenths)), ENDS, calendar=False)
    assert encoding.known[0].spread == 1
    assert encoding.known[0].mean == pytest.approx(0.1)


def test_steps_are_laid_series_by_series_with_the_horizon_beyond_the_end() -> None:
    encoding, panel = fitted(calendar=True), read(frame())
    steps, constants, names = encoding.encode(panel, 2)
    assert (encoding.past_columns, encoding.known_columns, encoding.constant_columns) == (1, 5, 3)
    assert steps.shape == (5 + 2 + 5 + 2, 6)
    assert steps.dtype == np.float32
    assert names[:3] == ("visits", "price", "weekday (sine)")
    assert names[6:] == ("size", "region: coast", "region: hills")
    visits, price = encoding.past[0], encoding.known[0]
    past = (np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3]) - visits.mean) / visits.spread
    expected = [*past[:5], 0, 0, *past[5:], 0, 0]
    np.testing.assert_allclose(steps[:, 0], np.array(expected, np.float32), rtol=1e-6)
    known = (np.array([*range(10, 17), *range(20, 26)]) - price.mean) / price.spread
    np.testing.assert_allclose(steps[:, 1], [*known, 0], rtol=1e-5, atol=1e-6)
    days = np.array(DAYS[:7] * 2, "M8[us]").astype(np.int64)
    calendar = calendar_features(panel.clock, days)[1].astype(np.float32)
    np.testing.assert_array_equal(steps[:, 2:], calendar)
    assert constants.dtype == np.float32
    assert constants.tolist() == [[-1, 1, 0], [1, 0, 1]]


def test_encoding_goes_into_a_file_and_back() -> None:
    encoding = fitted(calendar=True)
    again = Encoding.from_dict(json.loads(json.dumps(encoding.to_dict())))
    assert again == encoding
    for one, other in zip(
        again.encode(read(frame()), 1), encoding.encode(read(frame()), 1), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(SettingsError, match="`mean` is 'nan'"):
        Encoding.from_dict({"known": [{"name": "x", "mean": "nan", "spread": 1}]})
    with pytest.raises(SettingsError, match="`spread` is 0; it must be more than 0"):
        Encoding.from_dict({"known": [{"name": "x", "mean": 1, "spread": 0}]})


def test_columns_are_found_by_name_whatever_their_order_and_case() -> None:
    both = frame(cost=[float(i % 4) for i in range(13)])
    encoding = Encoding.fit(read(both, known=("price", "cost")), ENDS, calendar=False)
    expected = encoding.encode(read(both, known=("price", "cost")), 1)
    turned = read(both.rename({"price": "Price"}), known=("cost", "price"))
    for one, other in zip(encoding.encode(turned, 1), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_calendar_alone_needs_no_covariates() -> None:
    panel = read_panel(frame().drop_nulls(), target="y", id="shop", time="ds")
    encoding = Encoding.fit(panel, ENDS, calendar=False).but(calendar=CALENDAR)
    steps, constants, names = encoding.encode(panel, 3)
    assert (steps.shape, constants.shape, len(names)) == ((10 + 6, 4), (2, 0), 4)
    nothing = Encoding.fit(panel, ENDS, calendar=False).encode(panel, 3)
    assert (nothing.steps.shape, nothing.constants.shape, nothing.names) == ((16, 0), (2, 0), ())


def test_more_known_rows_than_the_horizon_are_left_out() -> None:
    steps, _, _ = fitted().encode(read(frame()), 1)
    price = fitted().known[0]
    expected = (np.array([*range(10, 16), *range(20, 26)]) - price.mean) / price.spread
    np.testing.assert_allclose(steps[:, 1], expected, rtol=1e-5, atol=1e-6)


def test_a_known_covariate_that_ends_before_the_horizon_is_named_where_it_is_needed() -> None:
    panel = read(frame())
    fitted().encode(panel, 1, need_ahead=True)
    fitted().encode(panel, 9)
    with pytest.raises(
        DataError,
        match=r"horizon of 2 needs the known covariate `price` of series `S` in 2 rows .* has 1",
    ):
        fitted().encode(panel, 2, need_ahead=True)


def test_an_unseen_category_is_named_with_those_that_were_seen() -> None:
    region = ["coast"] * 7 + ["plain"] * 6
    with pytest.raises(
        DataError, match=r"series `S` has the category `plain` in column `region`.*`coast`, `hills`"
    ):
        fitted().encode(read(frame(region=region)), 1)


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ({"past": ()}, "read without the past covariate `visits`"),
        ({"known": ()}, "read without the known covariate `price`"),
        ({"static": "region"}, "read without the static column of numbers `size`"),
        ({"static": "size"}, "read without the static column of text `region`"),
    ],
)
def test_a_column_of_training_that_is_not_there_is_named(
    left_out: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        fitted().encode(read(frame().drop_nulls(), **left_out), 1)


@pytest.mark.parametrize(
    ("step", "rows", "cycles"),
    [
        (DAY, 14, ()),
        (DAY, 15, ("weekday",)),
        (DAY, 732, ("weekday", "day of year")),
        (HOUR, 49, ("hour of day",)),
        (HOUR, 24 * 14 + 1, ("hour of day", "weekday")),
    ],
)
def test_a_cycle_of_the_calendar_is_seen_once_training_rows_went_through_it_twice(
    step: int, rows: int, cycles: tuple[str, ...]
) -> None:
    times = (step * np.arange(rows + 400)).astype("M8[us]")
    panel = read_panel(pl.DataFrame({"ds": times, "y": np.arange(rows + 400.0)}))
    names = Encoding.fit(panel, np.array([rows]), calendar=True).calendar
    assert tuple(dict.fromkeys(name.split(" (")[0] for name in names)) == cycles
    steps = Encoding.fit(panel, np.array([rows]), calendar=True).encode(panel, 0).steps
    every, features = calendar_features(panel.clock, panel.times)
    expected = features[:, [every.index(name) for name in names]].astype(np.float32)
    np.testing.assert_array_equal(steps, expected)


def test_a_clock_with_another_calendar_is_refused() -> None:
    months = [f"2024-{month:02}-01" for month in range(1, 8)]
    data = frame(ds=[*months, *months[:6]])
    with pytest.raises(DataError, match=r"trained with weekday.*monthly has month of year"):
        fitted(calendar=True).encode(read(data), 1)


def test_one_of_several_targets_alone_is_still_known_by_its_name() -> None:
    both = pl.DataFrame({"a": [1.0, 2, 3], "b": [3.0, 4, 6], "c": [3.0, 4, 6]})
    panel = read_panel(both, target=("a", "b"))
    encoding = Encoding.fit(panel, panel.lengths, calendar=False)
    assert encoding.encode(panel, 1).constants.tolist() == [[1, 0], [0, 1]]
    assert encoding.encode(read_panel(both, target="b"), 1).constants.tolist() == [[0, 1]]
    with pytest.raises(DataError, match="category `c` in column `target`"):
        encoding.encode(read_panel(both, target="c"), 1)


def test_what_is_beyond_the_end_changes_nothing_before_it() -> None:
    panel, encoding = read(frame()), fitted()
    whole, cut = encoding.encode(panel, 0), encoding.encode(panel.without_last(2), 2)
    steps = whole.steps.copy()
    steps[[3, 4, 8, 9], 0] = 0  # of the past, the end of each series is gone
    np.testing.assert_array_equal(cut.steps, steps)


def test_no_columns_at_all_stand_beside_any_series() -> None:
    none = Covariates.none(np.array([2, 3]))
    assert none.known_rows(1).shape == (3, 0)
    assert none.without_last(np.array([1, 1])).past.shape == (3, 0)


def test_features_need_no_reader() -> None:
    code = "import sys, recur.data.panel.encoding; sys.exit('polars' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_columns_are_scaled_and_laid_out_alike_however_many_rows_are_taken_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names: Any = {"past": ["visits"], "known": ["price"], "static": ["size", "region"]}
    panel = read_panel(frame(), id="shop", target="y", **names)
    whole = Encoding.fit(panel, ENDS, calendar=False).but(calendar=CALENDAR[:2])
    for module in (columns, encoding):
        monkeypatch.setattr(module, "TOGETHER", 3)
    parts = Encoding.fit(panel, ENDS, calendar=False)
    for one, other in zip(whole.past + whole.known, parts.past + parts.known, strict=True):
        assert (one.mean, one.spread) == pytest.approx((other.mean, other.spread), rel=1e-12)
    laid_out = whole.encode(panel, 2).steps
    monkeypatch.undo()
    np.testing.assert_array_equal(whole.encode(panel, 2).steps, laid_out)
