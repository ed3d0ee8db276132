"""Files of every kind as a user gives them to the command, and what is written for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from tests.functional.conftest import Run

LINES = [f"{date},{5 + i % 7}" for i, date in enumerate(f"2020-01-{d:02}" for d in range(1, 32))]
TEXT = "\n".join(["date,y", *LINES, ""])


def test_standard_input_is_read(environment: dict[str, str]) -> None:
    # Names with commas in between need a second look at what can be read but once.
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "recur",
            "backtest",
            "-",
            "--target",
            "y,",
            "--method",
            "mean",
            "--json",
        ],
        env=environment,
        input=TEXT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["task"] == "backtest"


def test_a_repair_is_told_counted_and_refused_by_strict(folder: Path, recur: Run) -> None:
    Path("sales.csv").write_text(f"Sales\n\n{TEXT}Total,200\n")
    done = recur("describe", "sales.csv", "--json")
    told = [
        "Left out 1 line above the names of the columns: `Sales`.",
        "Left out 1 line below the data: `Total,200`.",
    ]
    assert (done.returncode, done.stderr.splitlines()) == (0, told)
    repairs = json.loads(done.stdout)["data"]["repairs"]
    assert [(one["kind"], one["count"], one["sentence"]) for one in repairs] == [
        ("preamble", 1, told[0]),
        ("footer", 1, told[1]),
    ]
    strictly = recur("describe", "sales.csv", "--strict")
    assert (strictly.returncode, strictly.stdout) == (2, "")
    assert "sales.csv needs a repair that `--strict` refuses (Left out 1 line" in strictly.stderr


@pytest.mark.parametrize(
    ("verb", "more"),
    [("forecast", ["--horizon", "2", "--test", "4"]), ("compare", ["--methods", "naive"])],
)
def test_verbs_take_the_options_of_reading(folder: Path, recur: Run, verb: str, more: list[str]
) -> None:  # fmt: skip
    Path("a.csv").write_text(TEXT)
    done = recur(verb, "a.csv", "--sheet", "x", *more)
    assert (done.returncode, done.stderr) == (
        2,
        "recur: `--sheet` is `x`, but a.csv is no workbook; leave it out.\n",
    )


def test_what_is_written_is_what_the_input_was(folder: Path, recur: Run) -> None:
    pytest.importorskip("fastexcel")
    pytest.importorskip("xlsxwriter")
    Path("a.csv").write_text(TEXT)
    frame = pl.read_csv("a.csv", try_parse_dates=True)
    frame.write_excel("a.xlsx")
    frame.write_parquet("a.parquet")
    options = ("--horizon", "2", "--test", "6", "--json")
    rows = {}
    for end in ("csv", "xlsx", "parquet"):
        done = recur("forecast", f"a.{end}", *options, "--out", end)
        assert done.returncode == 0, done.stderr
        assert (Path(end) / f"forecast.{end}").exists()
        rows[end] = json.loads(done.stdout)["forecast"]
        predicted = recur("predict", Path(end) / "model.recur", f"a.{end}", "--out", f"{end}2")
        assert predicted.returncode == 0, predicted.stderr
        assert [path.name for path in Path(f"{end}2").iterdir()] == [f"forecast.{end}"]
    values = [row["value"] for row in rows["csv"]]
    sheets = pl.read_excel("xlsx/forecast.xlsx", sheet_id=0)
    assert list(sheets) == ["forecast", "errors"]
    assert sheets["forecast"]["y"].to_list() == pytest.approx(values)
    assert "last_value" in sheets["errors"]["method"].to_list()
    assert pl.read_parquet("parquet/forecast.parquet")["y"].to_list() == pytest.approx(values)


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files are limited on Unix alone")
def test_a_disk_that_fills_leaves_the_folder_as_it_was(prices: Path, recur: Run) -> None:
    import resource

    def forecast() -> subprocess.CompletedProcess[str]:
        given = ("--method", "drift", "--horizon", 2, "--test", 20, "--out", "out")
        return recur("forecast", prices, *given)

    assert forecast().returncode == 0
    before = {path.name: path.read_bytes() for path in Path("out").iterdir()}
    prices.write_text(prices.read_text("utf-8").replace("2024-01-0", "2023-12-0"), "utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(map(len, before.values()))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest // 2, limits[1]))  # the model has room
    try:
        done = forecast()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert done.returncode == 2
    assert "file too large; choose another place." in done.stderr
    assert {path.name: path.read_bytes() for path in Path("out").iterdir()} == before
