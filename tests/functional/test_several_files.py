"""`recur forecast` of several files: a network for each, and one table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]


@pytest.fixture
def stocks(folder: Path, write: Write, rows: Rows) -> tuple[Path, Path]:
    """Return the files of two stocks, the second one at a tenth of the first one's prices."""
    tenth = [(day, f"{float(value) / 10:.4f}") for day, value in rows]
    header = ["date", "close"]
    return write("one.csv", header, rows), write("two.csv", header, tenth)


def test_all_ends_in_one_table_with_a_row_for_each_file(
    stocks: tuple[Path, Path], forecast: Run
) -> None:
    done = forecast(*stocks, "--strategy", "encoder_decoder")
    assert (done.returncode, done.stderr) == (0, "")
    _, table = done.stdout.split("2 files ")
    lines = table.splitlines()
    assert max(map(len, (line.rstrip() for line in lines[1:]))) <= 80
    for file in stocks:
        [line] = [line for line in lines if line.startswith(file.name)]
        mse, last, ratio = map(float, re.findall(r" (\d+(?:\.\d+)?)(?= )", line)[:3])
        assert mse / last == pytest.approx(ratio, rel=2e-3)
        assert re.search(r" (-?[\d.]+ %|x [\d.,]+) ", line)
        assert line.rstrip().endswith(("yes", "no", "too few data"))


def test_json_holds_what_each_file_alone_would_give(
    stocks: tuple[Path, Path], forecast: Run
) -> None:
    together = json.loads(forecast(*stocks, "--json").stdout)
    assert together["task"] == "forecast"
    for file, found in zip(stocks, together["results"], strict=True):
        alone = json.loads(forecast(file, "--json").stdout)
        assert alone.pop("seconds").keys() == found.pop("seconds").keys()
        assert found == alone


def test_each_file_has_a_folder_of_its_own(stocks: tuple[Path, Path], forecast: Run) -> None:
    done = forecast(*stocks, "--out", "out")
    assert done.returncode == 0, done.stderr
    assert {path.parent.name for path in Path("out").rglob("model.recur")} == {"one", "two"}


def test_files_that_would_be_written_over_each_other_are_refused(
    stocks: tuple[Path, Path], write: Write, rows: Rows, forecast: Run
) -> None:
    Path("other").mkdir()
    same = write(Path("other/ONE.csv"), ["date", "close"], rows)
    done = forecast(stocks[0], same, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"recur: `one.csv` and `.*ONE.csv` would both be .*\.\n", done.stderr)
    assert not Path("out").exists()
    assert forecast(stocks[0], same).returncode == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("nowhere.csv",), "no file `nowhere.csv`"),
        (("--checkpoint", "run"), "`--checkpoint` is `run`, which keeps a single run"),
        (("--tune", "2", "--storage", "db"), "`--storage` is `db`, which keeps a single run"),
    ],
)
def test_what_several_files_cannot_do_is_refused_before_any_training(
    stocks: tuple[Path, Path], forecast: Run, more: tuple[str, ...], sentence: str
) -> None:
    done = forecast(*stocks, *more, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(path.name for path in Path().iterdir()) == ["one.csv", "two.csv"]
