"""`recur forecast` of several files: a network for each, and one table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from recur import read_panels

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


@pytest.fixture
def clocks(folder: Path, write: Write, rows: Rows) -> Path:
    """Return a folder with the file of a daily series and that of a monthly one."""
    Path("both").mkdir()
    write("both/days.csv", ["date", "close"], rows)
    months = [(f"{2000 + i // 12}-{i % 12 + 1:02}-01", value) for i, (_, value) in enumerate(rows)]
    write("both/months.csv", ["date", "close"], months)
    return Path("both")


def test_series_of_several_clocks_are_forecast_each_on_its_own(clocks: Path, recur: Run) -> None:
    done = recur("forecast", clocks, "--out", "out", "--json")
    assert done.returncode == 0, done.stderr
    assert "have 2 clocks (" in done.stderr
    days, months = json.loads(done.stdout)["results"]
    assert months["forecast"][0]["time"].endswith("-01")
    for name, alone in (("days", days), ("months", months)):
        single = json.loads(recur("forecast", clocks / f"{name}.csv", "--json").stdout)
        assert [row["value"] for row in alone["forecast"]] == [
            row["value"] for row in single["forecast"]
        ]
        assert (alone["errors"], alone["settings"]) == (single["errors"], single["settings"])
    written = read_panels("out/forecast.csv", id="unique_id", target="y", time="ds")
    assert [panel.rows for panel in written] == [len(days["forecast"]), len(months["forecast"])]
    assert (Path("out") / "monthly" / "model.recur").exists()


def test_series_of_several_clocks_are_described_each_on_its_own(clocks: Path, recur: Run) -> None:
    done = recur("describe", clocks, "--json")
    assert done.returncode == 0, done.stderr
    described = json.loads(done.stdout)["results"]
    assert described[1]["data"]["clock"] == "monthly"
    assert re.search(r"^monthly ──", recur("describe", clocks).stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("verb", "more", "sentence"),
    [
        ("forecast", ("--season", "7"), "whose steps are not as long"),
        ("describe", ("--season", "7"), "whose steps are not as long"),
        ("forecast", ("--checkpoint", "run"), "which keeps a single run"),
        ("compare", (), "the clocks of its series differ"),
    ],
)
def test_what_needs_one_clock_says_so(
    clocks: Path, recur: Run, verb: str, more: tuple[str, ...], sentence: str
) -> None:
    done = recur(verb, clocks, *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr.splitlines()[-1]


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
