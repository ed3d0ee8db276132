"""The table of errors must say which method is best, and no more than its digits show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from recur.judge import SIMPLE
from recur.report.error_table import MEASURES, error_rows, footnote
from recur.report.wording import MISSING

if TYPE_CHECKING:
    from tests.unit.report.conftest import Make


def test_the_network_comes_first_and_the_simple_answers_last(judged: Make) -> None:
    judgement = judged().judgement
    errors = {**judgement.errors, "lstm": judgement.errors["network"]}
    labels = [row.label for row in error_rows(replace(judgement, errors=errors))]
    assert labels[:5] == ["network", "lstm", "last value", "seasonal naive", "drift"]
    assert labels[5:] == ["historical mean", "window mean", "seasonal mean", "linear"]


def test_the_lowest_of_each_column_is_marked(judged: Make) -> None:
    judgement = judged().judgement
    rows = error_rows(judgement)
    names = ("network", *SIMPLE)
    lowest = min(range(len(names)), key=lambda row: judgement.errors[names[row]]["rmse"] or np.inf)
    column = MEASURES.index("RMSE")
    assert [row.best[column] for row in rows] == [place == lowest for place in range(len(names))]


def test_methods_that_read_the_same_share_the_mark(judged: Make) -> None:
    judgement = judged().judgement
    nearly = {name: {**errors, "mae": 1.00001} for name, errors in judgement.errors.items()}
    nearly["network"]["mae"] = 1.0
    rows = error_rows(replace(judgement, errors=nearly))
    assert all(row.best[MEASURES.index("MAE")] for row in rows)


def test_errors_are_set_beside_that_of_the_last_value(judged: Make) -> None:
    judgement = judged().judgement
    network, last = (judgement.errors[name]["rmse"] for name in ("network", "last_value"))
    assert network is not None
    assert last is not None
    rows = error_rows(judgement)
    assert float(rows[0].cells[-1]) == round(network / last, 4)
    assert float(rows[1].cells[-1]) == 1.0


def test_a_measure_without_a_value_is_left_out_and_never_best(judged: Make) -> None:
    judgement = judged([np.full(80, 5.0)], held_out=40).judgement
    for row in error_rows(judgement):
        mase, relative = row.cells[-2:]
        assert (mase, relative) == (MISSING, MISSING)
        assert row.best[-2:] == (False, False)


def test_the_footnote_says_that_without_a_season_rows_are_the_same(judged: Make) -> None:
    said = "; no season: the seasonal rows are those of last value and mean"
    assert footnote(judged(season=1).judgement).endswith(said)
    assert said not in footnote(judged(season=4).judgement)


def test_the_footnote_says_what_was_held_out(judged: Make) -> None:
    judgement = judged(horizon=1, held_out=24).judgement
    assert footnote(judgement) == "the last 24 values, held out; forecast one step ahead"
