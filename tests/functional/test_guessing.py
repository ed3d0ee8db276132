"""What a newcomer types first: a file and nothing else, or one option that the answer proposed."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.functional.answers import json_answer

if TYPE_CHECKING:
    from tests.functional.conftest import Rows, Run, Write

NAIVE = ("--method", "seasonal_naive", "--json")


def test_a_file_alone_is_forecast_and_what_was_guessed_is_said(prices: Path, recur: Run) -> None:
    done = recur("forecast", prices, "--method", "drift")
    assert done.returncode == 0
    assert "guessed  target close · time date · horizon 14 (others: --target" in done.stdout
    found = json_answer(recur("forecast", prices, *NAIVE))
    assert found["guessed"] == {"target": "close", "time": "date", "horizon": "14"}
    assert (found["settings"]["horizon"], len(found["forecast"])) == (14, 14)


def test_what_was_said_is_not_guessed(prices: Path, recur: Run) -> None:
    done = recur("forecast", prices, "--target", "close", "--horizon", 2, "--method", "drift")
    assert "guessed" not in done.stdout  # but for the column of times, which is as a rule


def test_the_column_that_tells_shops_apart_is_taken_and_said(
    folder: Path, write: Write, rows: Rows, recur: Run
) -> None:
    lines = [(day, shop, value) for shop in ("north", "south") for day, value in rows]
    file = write(folder / "shops.csv", ["day", "shop", "sold"], lines)
    done = recur("forecast", file, *NAIVE)
    found = json_answer(done)
    assert "Times repeat: column `shop` was taken to tell 2 series apart." in done.stderr
    assert {row["id"] for row in found["forecast"]} == {"north", "south"}
    assert found["guessed"]["id"] == "shop"


def test_the_half_hours_count_and_not_the_day_beside_them(
    folder: Path, write: Write, recur: Run
) -> None:
    halves = np.datetime64("2012-01-01T00:00") + np.arange(300) * np.timedelta64(30, "m")
    lines = [(f"{time}:00Z", 50 + i % 48, str(time)[:10]) for i, time in enumerate(halves)]
    file = write(folder / "power.csv", ["Time", "Demand", "Date"], lines)
    found = json_answer(recur("forecast", file, "--target", "Demand", *NAIVE))
    assert (found["guessed"]["time"], found["settings"]["horizon"]) == ("Time", 48)


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--wide",), ["net", "shop 1", "shop 2"]),
        (("--target", "shop*"), ["shop 1", "shop 2"]),
        (("--target", "SHOP [2-9],net"), ["shop 2", "net"]),
    ],
)
def test_a_wide_file_gives_a_series_of_each_column(
    folder: Path, write: Write, rows: Rows, recur: Run, options: tuple[str, ...], ids: list[str]
) -> None:
    lines = [(day, "spring", value, value, value) for day, value in rows]
    file = write(folder / "wide.csv", ["day", "season", "net", "shop 1", "shop 2"], lines)
    found = json_answer(recur("forecast", file, *options, *NAIVE, "--out", "found"))
    assert [row["id"] for row in found["forecast"][::14]] == ids
    again = recur("predict", found["files"]["model"], file, "--json")
    assert json_answer(again)["forecast"] == found["forecast"]


def test_a_wide_file_and_a_target_are_one_too_many(prices: Path, recur: Run) -> None:
    done = recur("forecast", prices, "--wide", "--target", "close")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("recur: `--wide` takes every column of numbers, and `--target`")


def test_of_several_columns_the_command_to_type_next_is_shown(
    folder: Path, write: Write, rows: Rows, recur: Run
) -> None:
    wide = [(date, value, value) for date, value in rows]
    file = write(folder / "two words.csv", ["date", "% open", "net of tax"], wide)
    done = recur("forecast", file.name, "--horizon", "3", *NAIVE[:2])
    last = done.stderr.splitlines()[-1].strip()
    assert last == (
        "recur forecast 'two words.csv' --horizon 3 --method seasonal_naive --target '% open'"
    )
    assert recur(*shlex.split(last)[1:]).returncode == 0
