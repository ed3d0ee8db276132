"""`recur forecast --method` and what can be done with its model, as a user runs it."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.functional.answers import json_answer

from recur.tasks.forecast.classical import available

if TYPE_CHECKING:
    from tests.functional.conftest import Rows, Run, Write

needs_extra = pytest.mark.skipif(
    available() is not None, reason="statsforecast, of the extra `classical`, is not installed"
)
NAIVE = ("--method", "last_value", "--horizon", 3, "--test", 40)


def test_a_simple_answer_is_judged_forecast_and_written(
    recur: Run, prices: Path, folder: Path, rows: Rows
) -> None:
    done = recur("forecast", prices, *NAIVE, "--intervals", "80", "--out", "found")
    assert done.returncode == 0, done.stderr
    assert re.search("model +last value, no training · repeats the last value", done.stdout)
    assert done.stdout.count("last value  ") == 2  # the model and one row of the errors
    told = " ".join(done.stdout.split())
    assert "Repeating the last value is a simple answer itself, compared with the others." in told
    assert "network" not in done.stdout
    written = {path.name for path in (folder / "found").iterdir()}
    pictures = {"test.png", "horizon.png", "coverage.png"}
    assert written == {"model.recur", "forecast.csv", "report.html", *pictures}
    with (folder / "found" / "forecast.csv").open(encoding="utf-8", newline="") as file:
        made = list(csv.DictReader(file))
    assert [float(row["y"]) for row in made] == [float(rows[-1][1])] * 3
    assert list(made[0]) == ["unique_id", "ds", "y", "low_80", "high_80"]


def test_its_model_is_used_judged_and_inspected(
    recur: Run, prices: Path, write: Write, rows: Rows, folder: Path
) -> None:
    assert recur("forecast", prices, *NAIVE, "--out", "found").returncode == 0
    model = folder / "found" / "model.recur"
    shorter = write("shorter.csv", ["date", "close"], rows[:5])
    made = json_answer(recur("predict", model, shorter, "--json"))["forecast"]
    assert [row["value"] for row in made] == [float(rows[4][1])] * 3
    judged = json_answer(recur("judge", model, prices, "--test", 30, "--json"))
    assert judged["verdict"]["judged"] == "last_value"
    assert judged["verdict"]["against"] != "last_value"
    inspected = recur("inspect", model)
    assert "last_value, repeats the last value" in inspected.stdout
    assert json_answer(recur("inspect", model, "--json"))["settings"]["method"] == "last_value"


def test_where_a_simple_answer_is_better_it_is_said_how_to_use_it(
    recur: Run, write: Write, folder: Path
) -> None:
    values, noise = [0.0, 0.0], np.random.default_rng(0).normal(size=2000)
    for change in noise:  # a damped swing, which only a linear autoregression follows
        values.append(1.6 * values[-1] - 0.8 * values[-2] + change)
    line = write("line.csv", ["time", "y"], list(enumerate(values)))
    done = recur("forecast", line, "--target", "y", "--horizon", 3, "--method", "mean")
    [typed] = re.findall(r"to use that:\n  recur (.*)", done.stdout)
    assert typed == "forecast line.csv --target y --horizon 3 --method linear"
    few = recur("forecast", line, "--method", "mean", "--horizon", 3, "--test", 12).stdout
    assert "which would have served better here; that is too little" in " ".join(few.split())
    assert "--method linear" in few
    other = recur(*typed.split())
    assert "It beats every other simple answer" in " ".join(other.stdout.split())
    assert "to use that" not in other.stdout


def test_a_backtest_walks_a_method(recur: Run, prices: Path, folder: Path) -> None:
    options = ("--method", "linear", "--horizon", 2, "--test", 40, "--refit", "--folds", 2)
    found = json_answer(recur("backtest", prices, *options, "--out", "found", "--json"))
    names = [row["name"] for row in found["rows"]]
    assert names[0] == found["verdict"]["name"] == "linear"
    assert len(names) == len(set(names)) == 7
    assert {path.name for path in (folder / "found").iterdir()} == {
        "methods.csv", "by_horizon.csv", "skill.png", "horizon.png"
    }  # fmt: skip
    assert recur("backtest", prices, *options).returncode == 0


@needs_extra
def test_several_files_and_several_targets(
    recur: Run, prices: Path, write: Write, rows: Rows
) -> None:
    both = write("both.csv", ["t", "a", "b"], [(i, i % 7, 2 * i) for i in range(80)])
    options = ("--method", "theta", "--horizon", 2, "--test", 20, "--json")
    found = json_answer(recur("forecast", both, "--target", "a,b", *options))
    assert [row["id"] for row in found["forecast"]] == ["a", "a", "b", "b"]
    assert found["errors"]["theta"]["mse"] < found["errors"]["last_value"]["mse"]
    assert found["settings"]["method"] == "theta"
    other = write("other.csv", ["date", "close"], rows)
    several = json_answer(recur("forecast", prices, other, *options))
    assert len(several["results"]) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--method", "last"), "'last' is not one of 'network', 'pretrained', 'last_value'"),
        (("--method", "mean", "--hidden", 64), "`--hidden` is for networks, and `--method` is"),
        (("--method", "mean", "--batch", 64), "`--batch` is for networks"),  # even its default
        (("--method", "mean", "--minutes", 1), "`--minutes` is for networks"),
        (("--method", "mean", "--calendar"), "`--calendar` is for networks"),
        (("--method", "mean", "--tune", 3), "`--tune` searches settings of a network"),
        (("--method", "mean", "--checkpoint", "x"), "`--checkpoint` is for the training"),
        (
            ("--method", "mean", "--test", 500),
            "15 known values and 500 values to judge on takes at least 515",
        ),
        (("--method", "mean", "--intervals", "99.9"), "need at least 999 calibration windows"),
    ],
    ids=str,
)
def test_what_does_not_go_with_a_method_is_one_sentence(
    recur: Run, prices: Path, folder: Path, options: tuple[object, ...], said: str
) -> None:
    done = recur("forecast", prices, *options, "--out", "found")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert not (folder / "found" / "model.recur").exists()
