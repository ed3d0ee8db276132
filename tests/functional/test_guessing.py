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


@pytest.fixture
def power(folder: Path, write: Write, rows: Rows) -> Path:
    """Return a file of several columns: times, numbers with blanks, text, a name that is long."""
    header = ["day", "load of the whole region", "price", "note"]
    lines = [(day, value, i % 7 or "", "-ok-") for i, (day, value) in enumerate(rows)]
    return write(folder / "power of 2024.csv", header, lines)


def test_a_file_of_several_columns_is_described_and_the_command_to_type_is_proposed(
    power: Path, recur: Run
) -> None:
    found = json_answer(recur("describe", power, "--strict", "--json"))
    held = {one["name"]: (one["holds"], one["missing"]) for one in found["data"]["described"]}
    assert held == {
        "day": ("times", 0),
        "load of the whole region": ("numbers", 0),
        "price": ("numbers", 18),
        "note": ("text", 0),
    }
    assert found["data"]["described"][2]["greatest"] == 6.0
    proposed = {"target": "price", "time": None}
    assert {name: found["proposed"].get(name) for name in proposed} == proposed
    assert "18 values" in found["obstacle"]
    again = json_answer(recur("describe", power, "--json"))
    assert again["proposed"] == {"target": "price", "time": "day", "horizon": "14"}
    typed = shlex.split(again["command"])
    assert typed[-6:] == ["--target", "price", "--time", "day", "--horizon", "14"]
    assert recur(*typed[1:], *NAIVE).returncode == 0


def test_a_table_of_columns_fits_80_columns_and_says_what_it_left_out(
    folder: Path, write: Write, process: Run, environment: dict[str, str]
) -> None:
    header = ["when", *(f"a sensor with a long name {i}" for i in range(300))]
    lines = [(f"2024-01-{day:02}", *[-1234567.8901 * day] * 300) for day in range(1, 9)]
    done = process("describe", write(folder / "many.csv", header, lines))
    assert (done.returncode, done.stderr) == (0, "")
    printed = done.stdout.splitlines()
    table = printed[printed.index("") + 1 : printed.index("", 3)]
    assert len(table) == 2 + 20 + 1  # its head, a line for each, what is left out
    assert max(map(len, map(str.rstrip, table))) <= 80
    assert table[-1].strip() == ("and 281 more columns; the first 200 of all were looked at")


def test_a_series_that_was_guessed_is_described_with_the_command_to_type(
    prices: Path, recur: Run
) -> None:
    command = f"recur forecast {prices} --target close --time date --horizon 14"
    assert recur("describe", prices).stdout.endswith(f"to forecast:\n  {command}\n")
    assert json_answer(recur("describe", prices, "--json"))["command"] == command
    assert "to forecast" not in recur("describe", prices, "--target", "close").stdout
    weekly = recur("describe", prices, "--every", "1w", "--strict").stdout
    assert weekly.endswith("--target close --time date --horizon 4 --strict --every 1w\n")
