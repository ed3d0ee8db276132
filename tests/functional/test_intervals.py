"""Intervals as a user meets them: printed, as JSON, in the folder of results, in a saved model."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.functional.answers import json_answer

Run = Callable[..., CompletedProcess[str]]

ASKED = ("--intervals", "80,90", "--horizon", 2, "--test", 30)


def test_what_intervals_held_stands_between_the_errors_and_the_verdict(
    prices: Path, forecast: Run
) -> None:
    text = forecast(prices, *ASKED).stdout
    verdict = re.search(r"\n(No evidence|Too little data|The network)", text)
    assert verdict is not None
    places = [text.index("last value"), text.index("measured coverage"), verdict.start()]
    assert places == sorted(places)
    rows = [line for line in text.splitlines() if re.match(r"(80|90) %", line)]
    assert len(rows) == 2
    assert "29 held-out origins" in text


def test_the_forecast_stands_between_the_ends_of_the_highest_level(
    prices: Path, forecast: Run
) -> None:
    text = forecast(prices, *ASKED).stdout
    assert "low 90 %   high 90 %" in text
    assert "low 80 %" not in text
    [row] = [line.split() for line in text.splitlines() if line.startswith("2024-04-30")]
    value, low, high = map(float, row[1:])
    assert low < value < high
    assert "low 90 %" not in forecast(prices).stdout


def test_json_has_coverage_by_level_and_the_ends_in_each_row(prices: Path, forecast: Run) -> None:
    answer = json_answer(forecast(prices, *ASKED, "--json"))
    assert answer["intervals"]["method"] == "conformal"
    assert list(answer["intervals"]["levels"]) == ["80", "90"]
    for measures in answer["intervals"]["levels"].values():
        assert {"coverage", "width", "msis"} <= set(measures)
        assert 0 <= measures["coverage"] <= 1
    for row in answer["forecast"]:
        assert row["low_90"] < row["low_80"] < row["value"] < row["high_80"] < row["high_90"]
    without = json_answer(forecast(prices, "--json"))
    assert without["intervals"] is None
    assert set(without["forecast"][0]) == {"id", "time", "value"}


def test_the_folder_shows_intervals_and_forgets_those_of_an_earlier_model(
    prices: Path, forecast: Run
) -> None:
    assert forecast(prices, *ASKED, "--out", "out").returncode == 0
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "<h2>Intervals</h2>" in page
    assert page.count("data:image/png;base64,") == 4
    assert "low 90&nbsp;%" in page
    with Path("out/forecast.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file))[3:] == ["low_80", "high_80", "low_90", "high_90"]
    assert Path("out/coverage.png").exists()
    assert forecast(prices, "--out", "out").returncode == 0
    assert not Path("out/coverage.png").exists()
    assert "<h2>Intervals</h2>" not in Path("out/report.html").read_text(encoding="utf-8")


def test_a_saved_model_keeps_its_intervals(prices: Path, forecast: Run, recur: Run) -> None:
    fitted = json_answer(forecast(prices, *ASKED, "--no-refit", "--out", "out", "--json"))
    again = json_answer(recur("predict", "out/model.recur", prices, "--json"))
    assert again["forecast"] == fitted["forecast"]
    judged = json_answer(recur("judge", "out/model.recur", prices, "--test", 30, "--json"))
    assert judged["intervals"] == fitted["intervals"]
    assert "80 %, 90 %, conformal" in recur("inspect", "out/model.recur").stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--interval-method", "dropout", "--dropout", "0.2", "--samples", "20"),
        ("--interval-method", "quantiles"),
        ("--interval-method", "conformal_quantiles", "--calibration", "0.2"),
    ],
    ids=lambda options: options[1],
)
def test_other_methods_are_measured_as_well(
    prices: Path, forecast: Run, options: tuple[str, ...]
) -> None:
    answer = json_answer(forecast(prices, *ASKED, *options, "--json"))
    assert answer["intervals"]["method"] == options[1]
    for row in answer["forecast"]:
        assert row["low_90"] <= row["low_80"] <= row["high_80"] <= row["high_90"]
