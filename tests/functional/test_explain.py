"""`recur explain`: which inputs a saved model rests on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.functional.answers import json_answer

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def model(prices: Path, forecast: Run) -> Path:
    """Return a model that has not seen the end that it was judged on."""
    done = forecast(prices, "--horizon", 3, "--no-refit", "--out", "judged")
    assert done.returncode == 0, done.stderr
    return Path("judged/model.recur")


def test_a_table_and_a_sentence_tell_what_matters(prices: Path, model: Path, recur: Run) -> None:
    done = recur("explain", model, prices, "--test", 20)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the newest value" in done.stdout
    assert "as missing" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())
    assert sorted(path.name for path in Path().iterdir()) == ["judged", "prices.csv"]


def test_json_and_a_picture(prices: Path, model: Path, recur: Run) -> None:
    answer = json_answer(recur("explain", model, prices, "--test", 20, "--out", "o", "--json"))
    assert answer["task"] == "explain"
    assert {"name", "how", "growth", "low", "high", "finding"} == answer["hidden"][0].keys()
    assert answer["sentence"]
    assert Path(answer["files"]["explain"]).read_bytes().startswith(b"\x89PNG")


def test_values_that_training_has_seen_are_noticed(prices: Path, model: Path, recur: Run) -> None:
    done = recur("explain", model, prices, "--test", 60)
    assert done.returncode == 0
    assert done.stderr.startswith("training has seen values up to 2024-04-09")


def test_a_method_that_is_fitted_to_each_history_is_refused(prices: Path, recur: Run) -> None:
    options = ("--method", "linear", "--test", 20, "--out", "linear")
    assert recur("forecast", prices, *options).returncode == 0
    done = recur("explain", "linear/model.recur", prices)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is fitted anew to every history" in done.stderr
    assert done.stderr.count("\n") == 1
