"""Columns beside the target as a user names them, and several targets."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from tests.functional.answers import json_answer

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]

HEADER = ["shop", "date", "sales", "visits", "price", "region", "size"]
OPTIONS = (
    *("--target", "sales", "--id", "shop", "--past", "visits", "--known", "price"),
    *("--static", "region, size", "--horizon", 3),
)
DAYS, AHEAD = 110, 4


def _rows(days: int = DAYS, ahead: int = AHEAD) -> list[list[object]]:
    """Return two shops by day; after `days` only the price is known, for so many days more."""
    draws = np.random.default_rng(0).standard_normal((2, days + ahead))
    return [
        [shop, str(np.datetime64("2024-01-01") + day), *values, region, size]
        for (shop, region, size), noise in zip(
            (("a", "north", 3), ("b", "south", 5)), draws, strict=True
        )
        for day in range(days + ahead)
        for price in [10 + day % 7]
        for values in [
            [round(90 - 3 * price + noise[day], 3), round(40 + noise[day], 3), price]
            if day < days
            else ["", "", price]
        ]
    ]


@pytest.fixture
def shops(folder: Path, write: Write) -> Path:
    return write("shops.csv", HEADER, _rows())


def test_a_model_knows_which_columns_it_needs(shops: Path, forecast: Run, recur: Run) -> None:
    fitted = json_answer(forecast(shops, *OPTIONS, "--out", "out", "--json"))
    again = json_answer(recur("predict", "out/model.recur", shops, "--id", "shop", "--json"))
    assert again["forecast"] == fitted["forecast"]
    assert [row["time"] for row in again["forecast"][:3]] == [
        *("2024-04-20", "2024-04-21", "2024-04-22"),
    ]
    told = recur("inspect", "out/model.recur").stdout
    assert "the values · past visits · known price · static size, region" in told
    judged = recur("judge", "out/model.recur", shops, "--id", "shop", "--test", 20)
    assert judged.returncode == 0, judged.stderr


def test_what_is_known_of_the_future_changes_the_forecast(
    shops: Path, write: Write, forecast: Run, recur: Run
) -> None:
    json_answer(forecast(shops, *OPTIONS, "--out", "out", "--json"))
    dearer = [[*row[:4], 90 if row[2] == "" else row[4], *row[5:]] for row in _rows()]
    other = write("dearer.csv", HEADER, dearer)
    one, two = (
        json_answer(recur("predict", "out/model.recur", file, "--id", "shop", "--json"))["forecast"]
        for file in (shops, other)
    )
    assert all(a["value"] != b["value"] for a, b in zip(one, two, strict=True))


def test_columns_may_be_named_one_by_one_or_with_commas(shops: Path, forecast: Run) -> None:
    common = ("--id", "shop", "--target", "sales", "--json")
    one = json_answer(forecast(shops, *common, "--known", "price,size"))
    two = json_answer(forecast(shops, *common, "--known", "price", "--known", "size"))
    assert one["forecast"] == two["forecast"]


def test_a_comma_within_a_name_does_not_part_it(folder: Path, write: Write, forecast: Run) -> None:
    lines = [[row[1], row[2], row[4]] for row in _rows(ahead=0)[:DAYS]]
    file = write("odd.csv", ["date", "sales", "price, old"], lines)
    done = forecast(file, "--target", "sales", "--past", "price, old")
    assert (done.returncode, done.stderr) == (0, "")


def test_several_targets_are_forecast_each(prices: Path, write: Write, forecast: Run) -> None:
    lines = [[row[1], row[2], row[3]] for row in _rows(ahead=0)[:DAYS]]
    file = write("two.csv", ["date", "sales", "visits"], lines)
    answer = json_answer(forecast(file, "--target", "sales,visits", "--out", "out", "--json"))
    assert [row["id"] for row in answer["forecast"]] == ["sales", "visits"]


def test_the_calendar_is_seen_where_asked_for(prices: Path, forecast: Run) -> None:
    done = forecast(prices, "--calendar")
    assert done.returncode == 0, done.stderr
    assert "the calendar" in done.stdout


def test_holidays_are_seen_where_asked_for_and_by_what_was_saved(
    prices: Path, forecast: Run, recur: Run
) -> None:
    done = forecast(prices, "--holidays", "DE", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "the holidays of DE" in done.stdout
    assert recur("predict", "out/model.recur", prices).returncode == 0
    unknown = forecast(prices, "--holidays", "XX")
    assert unknown.returncode == 2
    assert "`--holidays` is 'XX', which is no country" in unknown.stderr


def test_a_covariate_that_ends_before_the_horizon_is_refused(
    shops: Path, write: Write, forecast: Run, recur: Run
) -> None:
    assert forecast(shops, *OPTIONS, "--out", "out").returncode == 0
    short = write("short.csv", HEADER, _rows(ahead=2))
    done = recur("predict", "out/model.recur", short, "--id", "shop")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(r"needs the known covariate `price` .* in 3 rows .* has 2; add", done.stderr)


def test_a_category_that_training_has_not_seen_is_refused(
    shops: Path, write: Write, forecast: Run, recur: Run
) -> None:
    assert forecast(shops, *OPTIONS, "--out", "out").returncode == 0
    moved = [[*row[:5], "southh" if row[5] == "south" else row[5], row[6]] for row in _rows()]
    done = recur("predict", "out/model.recur", write("new.csv", HEADER, moved), "--id", "shop")
    assert (done.returncode, done.stdout) == (2, "")
    assert "category `southh`" in done.stderr
    assert "the nearest is `south`" in done.stderr


def test_a_covariate_that_is_the_target_is_warned_of(
    folder: Path, write: Write, forecast: Run
) -> None:
    lines = [[*row, row[2] or 1] for row in _rows()]
    file = write("leak.csv", [*HEADER, "copy"], lines)
    done = forecast(file, "--target", "sales", "--id", "shop", "--known", "copy")
    assert done.returncode == 0
    assert "LEAK: the known covariate `copy` holds the very values of the target" in done.stderr
    assert forecast(file, *OPTIONS).stderr.count("LEAK") == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--known", "prize"), "no column `prize` to use as the known covariate; the nearest is"),
        (("--past", "sales"), "named as both the target and a past covariate; name it once"),
        (("--known", "visits"), "row 112: the value is missing, but a known covariate has to"),
        (("--static", "price"), "series `a` has the value `11.0` after `10.0`, but a static"),
        (("--past", "region"), "row 2: expected a number, found the text `north`"),
        (
            (*OPTIONS[4:], "--strategy", "recursive"),
            "`--strategy` is 'recursive', which is fed its own forecasts",
        ),
    ],
)
def test_columns_that_cannot_stand_beside_the_target(
    shops: Path, forecast: Run, options: tuple[str, ...], sentence: str
) -> None:
    done = forecast(shops, "--target", "sales", "--id", "shop", *options, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert not Path("out").exists()


def test_a_row_that_stands_twice_is_dropped_and_said(
    folder: Path, write: Write, forecast: Run
) -> None:
    rows = _rows()
    file = write("twice.csv", HEADER, [*rows, rows[5]])
    options = ("--target", "sales", "--id", "shop")
    done = forecast(file, *options)
    assert done.returncode == 0
    assert "Dropped 1 row that repeats another one exactly." in done.stderr
    done = forecast(file, *options, "--strict")
    assert (done.returncode, done.stdout) == (2, "")
