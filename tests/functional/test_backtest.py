"""`recur backtest` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recur.judge import SIMPLE

if TYPE_CHECKING:
    from tests.functional.conftest import Run

QUICK = ("--epochs", 1, "--lookback", 8, "--hidden", 4, "--test", 40)


def test_the_comparison_the_verdict_and_the_errors_by_step_are_printed(
    recur: Run, prices: Path
) -> None:
    done = recur("backtest", prices, "--horizon", 4, *QUICK, "--refit", "--folds", 3)
    assert done.returncode == 0, done.stderr
    assert "37 origins, 1 apart · 3 fits" in done.stdout
    assert "seasonal naive" in done.stdout
    assert "(95 % interval)" in done.stdout
    steps = [line.split()[0] for line in done.stdout.splitlines() if line[:4].strip().isdigit()]
    assert steps == ["1", "2", "3", "4"]
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 100


def test_json_has_a_row_for_every_method_and_the_verdict_on_the_network(
    recur: Run, prices: Path
) -> None:
    done = recur("backtest", prices, "--horizon", 2, *QUICK, "--stride", 5, "--json")
    found = json.loads(done.stdout)
    assert {"rows", "by_horizon", "verdict", "intervals"} <= found.keys()
    assert found["task"] == "backtest"
    names = ["network", *SIMPLE]
    assert [row["name"] for row in found["rows"]] == names
    assert len(found["by_horizon"]) == 2 * len(names)
    assert found["by_horizon"][0].keys() >= {"step", "mae", "mae_low", "rmse", "rmse_high"}
    assert found["verdict"]["horizon"] == 2
    assert found["rows"][0]["skill"] == found["verdict"]["skill"]


def test_out_writes_the_rows_and_the_pictures(recur: Run, prices: Path, folder: Path) -> None:
    done = recur("backtest", prices, "--horizon", 2, *QUICK, "--out", "found")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (folder / "found").iterdir()}
    assert names == {"methods.csv", "by_horizon.csv", "skill.png", "horizon.png"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--folds", "3"), "needs `--refit`"),
        (("--refit",), "`--folds` of 2 or more"),
        (("--stride", "0"), "`--stride` is 0"),
        (("--test", "0"), "`--test` is 0"),
        (("--refit", "--folds", "60", "--test", "40"), "take fewer folds"),
    ],
)
def test_bad_input_is_one_sentence(
    recur: Run, prices: Path, options: tuple[str, ...], said: str
) -> None:
    done = recur("backtest", prices, "--epochs", 1, "--hidden", 4, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_intervals_are_judged_over_all_folds(recur: Run, prices: Path) -> None:
    folds = ("--refit", "--folds", 2, "--test", 40, "--intervals", "80", "--stride", 2)
    done = recur("backtest", prices, *QUICK, *folds, "--json")
    assert done.returncode == 0, done.stderr
    intervals = json.loads(done.stdout)["intervals"]
    assert intervals["method"] == "conformal"
    assert 0 < intervals["levels"]["80"]["coverage"] <= 1
