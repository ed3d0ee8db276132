"""`recur predict` and `recur judge`: a saved model on other data than its own."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from tests.functional.answers import json_answer

import recur as library
from recur.judge import SIMPLE

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]


@pytest.fixture
def other_stock(folder: Path, write: Write) -> Path:
    """Return the prices of another stock, in the years after those of training."""
    days = np.datetime64("2025-01-01") + np.arange(150)
    walk = 40 + np.random.default_rng(1).standard_normal(150).cumsum()
    lines = [(str(day), f"{value:.4f}") for day, value in zip(days, walk, strict=True)]
    return write("other.csv", ["Date", "Close"], lines)


def test_a_model_predicts_what_follows_another_series(
    other_stock: Path, model: Path, recur: Run
) -> None:
    answer = json_answer(recur("predict", model, other_stock, "--json"))
    assert {"data", "forecast"} <= answer.keys()
    assert [row["time"] for row in answer["forecast"]] == ["2025-05-31", "2025-06-01", "2025-06-02"]
    expected = library.load(model).predict(other_stock)
    assert [row["value"] for row in answer["forecast"]] == expected.values[0].tolist()
    assert answer["files"] == {}
    assert list(Path().iterdir()) == [Path("other.csv")]


def test_predict_prints_a_table_and_writes_a_csv_where_asked(
    other_stock: Path, model: Path, recur: Run
) -> None:
    done = recur("predict", model, other_stock, "--out", "new/folder")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2025-06-02" in done.stdout
    assert str(Path("new/folder/forecast.csv")) in done.stdout
    assert [path.name for path in Path("new/folder").iterdir()] == ["forecast.csv"]
    with Path("new/folder/forecast.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == ["unique_id", "ds", "y"]
    assert [line[1] for line in lines] == ["2025-05-31", "2025-06-01", "2025-06-02"]
    values = [
        row["value"]
        for row in json_answer(recur("predict", model, other_stock, "--json"))["forecast"]
    ]
    assert [float(line[2]) for line in lines] == pytest.approx(values)


def test_predict_takes_a_target_of_another_name(
    folder: Path, write: Write, rows: Rows, model: Path, recur: Run
) -> None:
    file = write("open.csv", ["date", "open"], rows)
    assert json_answer(recur("predict", model, file, "--target", "open", "--json"))["forecast"]


def test_a_model_of_one_stock_is_judged_on_another(
    other_stock: Path, model: Path, recur: Run
) -> None:
    done = recur("judge", model, other_stock, "--test", "60", "--json")
    answer = json_answer(done)
    assert done.stderr == ""
    assert {"data", "errors", "verdict", "intervals"} <= answer.keys()
    assert answer["intervals"] is None
    assert set(answer["errors"]) == {"network", *SIMPLE}
    assert (answer["verdict"]["held_out"], answer["verdict"]["horizon"]) == (60, 3)
    printed = recur("judge", model, other_stock, "--test", "60")
    assert " ".join(printed.stdout.split()).endswith(answer["verdict"]["sentence"])
    assert list(Path().iterdir()) == [Path("other.csv")]


def test_judging_on_what_training_has_seen_is_noticed(
    prices: Path, model: Path, recur: Run, write: Write, rows: Rows
) -> None:
    seen = recur("judge", model, prices, "--test", "60")
    assert seen.returncode == 0
    told = "training has seen values up to 2024-04-29: if these are the same series, {} of what is"
    assert seen.stderr.startswith(told.format("nothing"))
    more = [(f"2024-05-{day:02}", "1500") for day in range(1, 32)]
    whole = [*rows, ("2024-04-30", "1500"), *more]
    some = recur("judge", model, write("longer.csv", ["date", "close"], whole), "--test", "60")
    assert some.stderr.startswith(told.format("not all"))


def test_judging_again_on_the_same_end_gives_what_the_fit_gave(
    prices: Path, forecast: Run, recur: Run
) -> None:
    assert forecast(prices, "--no-refit", "--out", "kept").returncode == 0
    model = "kept/model.recur"
    judged = recur("judge", model, prices, "--test", "20", "--json")
    assert judged.stderr == ""  # it has seen nothing of that end
    again = json_answer(judged)
    stored = json_answer(recur("inspect", model, "--json"))["judgement"]
    assert again["errors"] == stored["errors"]
    assert again["verdict"] == stored["verdict"]


@pytest.mark.parametrize(
    "strategy",
    [("recursive",), ("encoder_decoder",), ("encoder_decoder", "--decoder-length", 5)],
    ids=lambda strategy: " ".join(map(str, strategy)),
)
def test_some_strategies_look_further_than_they_were_trained_to(
    prices: Path, forecast: Run, recur: Run, strategy: tuple[object, ...]
) -> None:
    trained = ("--horizon", 3, "--strategy", *strategy)
    assert forecast(prices, *trained, "--out", "out").returncode == 0
    known, further, nearer = (
        json_answer(recur("predict", "out/model.recur", prices, *more, "--json"))["forecast"]
        for more in ((), ("--horizon", 9), ("--horizon", 1))
    )
    assert len(further) == 9
    assert [row["value"] for row in further[:3]] == pytest.approx([row["value"] for row in known])
    assert nearer == known[:1]


def test_a_horizon_that_the_model_cannot_look_to_is_refused(
    prices: Path, model: Path, forecast: Run, recur: Run
) -> None:
    options = ("--strategy", "recursive", "--intervals", "80", "--out", "out")
    assert forecast(prices, *options).returncode == 0
    for file, horizon, sentence in (
        (model, 4, "only 'recursive' and 'encoder_decoder' can look further"),
        (model, 0, "`--horizon` is 0; it must be 1 or more"),
        ("out/model.recur", 2, "conformal intervals were calibrated on so many steps"),
    ):
        done = recur("predict", file, prices, "--horizon", horizon)
        assert (done.returncode, done.stdout) == (2, "")
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_decoder_reads_what_is_known_of_the_future_no_further_than_trained(
    prices: Path, forecast: Run, recur: Run
) -> None:
    options = ("--strategy", "encoder_decoder", "--calendar", "--out", "out")
    assert forecast(prices, *options).returncode == 0
    done = recur("predict", "out/model.recur", prices, "--horizon", 2)
    assert (done.returncode, done.stdout) == (2, "")
    assert "reads what is known in the future no further" in done.stderr


def test_a_label_is_for_models_of_classes_alone(recur: Run, model: Path, other_stock: Path) -> None:
    done = recur("judge", model, other_stock, "--label", "kind")
    assert done.returncode == 2
    assert "`--label` is `kind`, but this model forecasts and knows no classes" in done.stderr
