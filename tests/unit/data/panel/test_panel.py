"""The panel: lengths and what is left out."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recur.data.panel.panel import alike, check_length
from recur.data.tables.readers import read_panel
from recur.errors import DataError


@given(st.lists(st.integers(4, 9), min_size=1, max_size=5), st.integers(0, 3))
def test_leaving_out_the_last_values_shortens_every_series(lengths: list[int], out: int) -> None:
    series = [np.arange(n, dtype=np.float64) + 10 * i for i, n in enumerate(lengths)]
    shorter = read_panel(series).without_last(out)
    assert [values.tolist() for values in shorter] == [s[: len(s) - out].tolist() for s in series]
    assert [shorter.clock_times(i)[-1] + 1 + out for i in range(len(lengths))] == lengths


def test_a_panel_knows_which_values_were_filled_in() -> None:
    nan = np.nan
    panel = read_panel([[nan, 1.0, nan, 2.0, nan], [3.0, 4.0]], fill="previous")
    assert panel.filled_in(0).tolist() == [False, True, False, True]
    assert panel.filled_in(1).tolist() == [False, False]
    assert panel.without_last(1).filled_in(0).tolist() == [False, True, False]
    whole = read_panel([[nan, 1.0], [2.0]], fill="previous")
    assert whole.filled is None
    assert whole.filled_in(0).tolist() == [False]
    assert whole.without_last(0).filled is None


def test_a_series_that_is_too_short_is_named_with_what_it_needs() -> None:
    panel = read_panel([np.arange(9.0), np.arange(5.0), np.arange(4.0)])
    check_length(panel, 4, "a lookback of 3 and a horizon of 1")
    with pytest.raises(DataError, match=r"series `1` has 5 values .*horizon of 2 .* at least 6"):
        check_length(panel, 6, "a lookback of 4 and a horizon of 2")


def test_a_panel_needs_no_reader() -> None:
    code = "import sys, recur.data.panel.panel; sys.exit('polars' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_series_of_one_length_come_together_and_each_once() -> None:
    series = [
        np.linspace(length, 2 * length, length, dtype=np.float64) for length in (3, 2, 3, 3, 2, 5)
    ]
    groups = [zip(which.tolist(), same, strict=True) for which, same in alike(series, most=7)]
    pairs = [pair for group in groups for pair in group]
    assert sorted(i for i, _ in pairs) == [*range(6)]
    assert all(np.array_equal(values, series[i]) for i, values in pairs)
    assert max(same.size for _, same in alike(series, most=7)) <= 7


def test_some_series_of_a_panel_keep_all_that_is_theirs() -> None:
    frame = pl.DataFrame(
        {
            "id": ["a"] * 3 + ["b"] * 2 + ["c"] * 4,
            "t": [1, 2, 3, 1, 2, 1, 2, 3, 4],
            "y": [1.0, 2, 3, 4, 5, 6, 7, 8, None],
            "promo": np.arange(9.0),
            "size": [1.0] * 3 + [2.0] * 2 + [3.0] * 4,
            "kind": ["x"] * 3 + ["y"] * 2 + ["z"] * 4,
        }
    )
    panel = read_panel(
        frame, target="y", time="t", id="id", known=["promo"], static=["size", "kind"]
    )
    some = panel.only(panel.all_but({"b"}))
    assert some.ids == ("a", "c")
    assert [values.tolist() for values in some] == [[1, 2, 3], [6, 7, 8]]
    assert some.clock_times(1).tolist() == [1, 2, 3]
    assert some.covariates is not None
    assert some.covariates.known_rows(1)[:, 0].tolist() == [5, 6, 7, 8]
    assert some.covariates.statics[:, 0].tolist() == [1, 3]
    assert some.covariates.labels == (("x", "z"),)
    assert panel.only(np.arange(3)) is panel
