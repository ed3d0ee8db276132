"""`recur compare` as a user runs it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.functional.conftest import Run

QUICK = ("--epochs", 1, "--lookback", 8, "--hidden", 4, "--test", 40)
ROW = {
    *("name", "mae", "mse", "rmse", "smape", "mase", "skill", "low", "high"),
    *("parameters", "seconds"),
}


def test_the_comparison_is_printed_with_its_legend_and_the_verdict(
    recur: Run, prices: Path
) -> None:
    done = recur("compare", prices, "--horizon", 3, *QUICK, "--methods", "rnn,gru,deep")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    first = [line.split("  ")[0] for line in lines]
    means = ["historical mean", "window mean", "seasonal mean"]
    order = ["last value", "seasonal naive", "drift", *means, "linear", "gru", "rnn", "deep"]
    assert [name for name in first if name in order] == order
    assert "Holm" in done.stdout
    assert "On gru, chosen beforehand: " in done.stdout
    table = lines[2 : 3 + first.index("deep")]
    assert max(len(line.rstrip()) for line in table) <= 80


def test_json_holds_rows_errors_by_step_and_the_verdict(recur: Run, prices: Path) -> None:
    done = recur("compare", prices, "--horizon", 2, *QUICK, "--methods", "lstm,gru", "--json")
    found = json.loads(done.stdout)
    assert {"rows", "by_horizon", "verdict"} <= found.keys()
    assert found["task"] == "compare"
    assert all(set(row) == ROW for row in found["rows"])
    rows = {row["name"]: row for row in found["rows"]}
    assert list(rows)[-2:] == ["gru", "lstm"]
    assert rows["gru"]["parameters"] > 0
    assert rows["gru"]["seconds"] >= 0
    assert rows["gru"]["low"] == found["verdict"]["low"]
    assert found["verdict"]["name"] == "gru"
    assert [(step["name"], step["step"]) for step in found["by_horizon"]][-2:] == [
        ("lstm", 1),
        ("lstm", 2),
    ]


def test_out_writes_the_rows_and_the_pictures(recur: Run, prices: Path, folder: Path) -> None:
    done = recur("compare", prices, *QUICK, "--methods", "gru", "--out", "found")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {"methods.csv", "by_horizon.csv", "skill.png", "horizon.png"}
    with (folder / "found" / "methods.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == ROW
    assert rows[-1]["name"] == "gru"
    assert rows[0]["parameters"] == ""


def test_nothing_is_written_unless_asked(recur: Run, prices: Path, folder: Path) -> None:
    recur("compare", prices, *QUICK, "--methods", "gru")
    assert list(folder.iterdir()) == [prices.resolve()]


def test_the_best_is_handed_out_with_what_its_figure_is_worth(
    recur: Run, prices: Path, folder: Path
) -> None:
    options = ("--horizon", 2, *QUICK, "--methods", "gru", "--best", "--out", "found")
    found = json.loads(recur("compare", prices, *options, "--json").stdout)
    errors = {row["name"]: row["mse"] for row in found["rows"]}
    best = min(errors, key=lambda name: errors[name])
    assert found["best"]["name"] == best
    assert len(found["forecast"]) == 2
    names = {path.name for path in (folder / "found").iterdir()}
    assert names - {"training.png"} == {
        *("methods.csv", "by_horizon.csv", "skill.png", "horizon.png"),
        *("model.recur", "forecast.csv"),
    }
    again = recur("predict", folder / "found" / "model.recur", prices, "--json")
    assert json.loads(again.stdout)["forecast"] == found["forecast"]
    told = " ".join(recur("compare", prices, *options).stdout.split())
    assert "methods on this walk; having been chosen on it flatters its figure." in told
    assert "on the other half, which that choice has not seen" in told
    assert "Handed out" not in recur("compare", prices, *QUICK, "--methods", "gru").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--methods", "gruu"), "no method `gruu`; the nearest is `gru`"),
        (("--methods", ""), "no method ``"),
        (("--methods", "gru", "--test", "0"), "`--test` is 0"),
        (("--methods", "gru", "--horizon", "90"), "prices.csv"),
    ],
)
def test_bad_input_is_one_sentence(
    recur: Run, prices: Path, options: tuple[str, ...], said: str
) -> None:
    done = recur("compare", prices, "--epochs", 1, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_there_is_no_skill_to_draw_over_an_exact_answer(recur: Run, folder: Path) -> None:
    (folder / "same.csv").write_text("v\n" + "5\n" * 120)
    (folder / "found").mkdir()
    (folder / "found" / "skill.png").write_bytes(b"of an earlier comparison")
    done = recur("compare", "same.csv", *QUICK, "--methods", "gru", "--out", "found")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {"methods.csv", "by_horizon.csv", "horizon.png"}
    assert "skill.png" not in done.stdout
