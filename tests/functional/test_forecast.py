"""`recur forecast` on sound data: what it prints, what it writes, how it ends."""

from __future__ import annotations

import csv
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.functional.answers import json_answer
from tests.functional.terminal import Terminal, plain, posix

import recur as library
from recur.judge import SIMPLE

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]

KEYS = (
    "recur task settings data guessed errors verdict intervals walk trained_again forecast search "
    "seconds files notices"
)
METHODS = ("network", *SIMPLE)
VERDICT = (
    *("skill", "low", "high", "against", "p_value", "lag"),
    *("direction_hits", "direction_low", "direction_high", "sentence"),
)
EVERY_OPTION = {
    "target": "close", "time": "date", "id": "name", "fill": "previous", "horizon": 3, "test": 30,
    "season": 7, "lookback": 6, "cell": "lstm", "hidden": 5, "layers": 2, "dropout": 0.1,
    "strategy": "recursive", "scaling": "series", "epochs": 2, "batch": 16, "rate": 0.02,
    "stride": 2, "seed": 7, "engine": "torch", "checkpoint": "run", "out": "out",
}  # fmt: skip


def test_json_is_one_object_with_everything_in_it(prices: Path, forecast: Run) -> None:
    done = forecast(prices, "--target", "close", "--horizon", "2", "--json")
    answer = json_answer(done)
    assert done.stderr == ""
    assert list(answer) == KEYS.split()
    assert (answer["recur"], answer["task"]) == (library.__version__, "forecast")
    assert set(answer["settings"]) == set(library.Forecaster().get_params())
    span = {"start": "2024-01-01", "end": "2024-04-29"}
    assert answer["data"] == {"series": 1, "rows": 120, "season": 1, **span, "repairs": []}
    assert answer["guessed"] == {"time": "date"}
    assert set(answer["errors"]) == set(METHODS)
    for errors in answer["errors"].values():
        assert set(errors) == {"mae", "mse", "rmse", "smape", "mase"}
    assert set(VERDICT) <= set(answer["verdict"])
    assert [(row["id"], row["time"]) for row in answer["forecast"]] == [
        ("close", "2024-04-30"),
        ("close", "2024-05-01"),
    ]
    assert all(isinstance(row["value"], float) for row in answer["forecast"])
    assert set(answer["seconds"]) == {"read", "fit", "total"}
    assert answer["files"] == {}


def test_json_of_a_constant_series_holds_no_nan(folder: Path, write: Write, forecast: Run) -> None:
    file = write("same.csv", ["close"], [["5"]] * 120)
    done = forecast(file, "--json")
    assert json_answer(done)["errors"]["last_value"]["mae"] == 0
    assert "there is nothing to learn from it" in done.stderr


def test_without_a_held_out_end_nothing_is_judged(prices: Path, forecast: Run) -> None:
    answer = json_answer(forecast(prices, "--test", "0", "--json", "--out", "out"))
    assert (answer["errors"], answer["verdict"]) == (None, None)
    assert set(answer["files"]) == {"model", "forecast", "training"}


def test_every_option_reaches_the_forecaster(
    folder: Path, write: Write, rows: Rows, recur: Run
) -> None:
    file = write("named.csv", ["date", "close", "name"], [(*row, "one") for row in rows])
    given = [text for name, value in EVERY_OPTION.items() for text in (f"--{name}", value)]
    answer = json_answer(recur("forecast", file, *given, "--bidirectional", "--json"))
    settings = answer["settings"]
    assert settings["bidirectional"] is True
    assert {name: settings[name] for name in EVERY_OPTION if name in settings} == {
        name: value for name, value in EVERY_OPTION.items() if name in settings
    }
    assert answer["verdict"]["held_out"] == 30
    assert [row["id"] for row in answer["forecast"]] == ["one"] * 3
    assert {path.name for path in folder.iterdir()} == {
        "named.csv", "run", "run.again", "out"
    }  # fmt: skip


def test_nothing_is_written_without_being_asked_for(prices: Path, process: Run) -> None:
    done = process("forecast", prices, "--epochs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(Path().iterdir()) == [Path("prices.csv")]


def test_the_folder_of_results_holds_all_there_is_to_keep(prices: Path, forecast: Run) -> None:
    answer = json_answer(forecast(prices, "--horizon", "3", "--out", "new/folder", "--json"))
    made = set(Path("new/folder").iterdir())
    assert {Path(path) for path in answer["files"].values()} == made
    names = {path.name for path in made}
    assert {"model.recur", "forecast.csv", "report.html"} <= names
    pictures = [path for path in made if path.suffix == ".png"]
    assert len(pictures) == len(names) - 3 == 3
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n") for path in pictures)
    with Path("new/folder/forecast.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert header == ["unique_id", "ds", "y"]
    assert [(line[0], line[1]) for line in lines] == [
        (row["id"], row["time"]) for row in answer["forecast"]
    ]
    assert [float(line[2]) for line in lines] == pytest.approx(
        [row["value"] for row in answer["forecast"]]
    )
    predicted = library.load("new/folder/model.recur").predict(prices)
    assert predicted.values[0].tolist() == [row["value"] for row in answer["forecast"]]


def test_the_report_needs_nothing_from_elsewhere(prices: Path, forecast: Run) -> None:
    assert forecast(prices, "--out", "out").returncode == 0
    page = Path("out/report.html").read_text(encoding="utf-8")
    loaded = re.findall(r"""(?:src|href|srcset|poster|action)\s*=\s*["']?([^"'\s>]+)""", page)
    assert [
        reference[:40] for reference in loaded if not reference.startswith(("data:", "#"))
    ] == []
    assert re.findall(r"https?://[^ ]+|@import|url\(", page) == [
        "https://github.com/leeoniya/uPlot"  # whose name and licence it bears
    ]
    assert page.count('<script type="application/json">') == 1  # of one step ahead
    assert page.count("data:image/png;base64,") == 3


def test_results_are_printed_and_notices_are_not(
    folder: Path, write: Write, rows: Rows, forecast: Run
) -> None:
    done = forecast(write("reversed.csv", ["date", "close"], rows[::-1]))
    assert done.stderr == "The file begins with the newest times; it was reversed.\n"
    assert "reversed." not in done.stdout.replace("reversed.csv", "")
    for shown in ("reversed.csv · close · 120 rows", "network", "last value", "2024-04-30"):
        assert shown in done.stdout
    assert all(len(line.rstrip()) <= 100 for line in done.stdout.splitlines())


def test_series_of_different_lengths_are_learnt_together(
    folder: Path, write: Write, rows: Rows, forecast: Run
) -> None:
    lengths = {"long": 120, "short": 70, "same": 90}
    lines = [
        (name, day, "5" if name == "same" else value)
        for name, length in lengths.items()
        for day, value in rows[:length]
    ]
    file = write("panel.csv", ["unique_id", "ds", "y"], lines)
    done = forecast(file, "--horizon", "2", "--json")
    answer = json_answer(done)
    assert done.stderr == "1 of 3 series never change: `same`.\n"
    assert (answer["data"]["series"], answer["data"]["rows"]) == (3, 280)
    assert [(row["id"], row["time"]) for row in answer["forecast"]] == [
        *(("long", "2024-04-30"), ("long", "2024-05-01")),
        *(("short", "2024-03-11"), ("short", "2024-03-12")),
        *(("same", "2024-03-31"), ("same", "2024-04-01")),
    ]


def test_a_finished_checkpoint_answers_at_once_and_only_for_its_own_run(
    prices: Path, forecast: Run
) -> None:
    first = json_answer(forecast(prices, "--checkpoint", "runs/one", "--json"))
    saved = Path("runs/one").read_bytes()
    again = json_answer(forecast(prices, "--checkpoint", "runs/one", "--json"))
    assert first.pop("seconds")
    assert again.pop("seconds")
    assert again == first

    other = forecast(prices, "--checkpoint", "runs/one", "--hidden", "5", "--out", "out")
    assert (other.returncode, other.stdout) == (2, "")
    assert re.fullmatch(r"recur: the checkpoint `.*` belongs to a run with .*\n", other.stderr)
    assert Path("runs/one").read_bytes() == saved
    assert not Path("out").exists()


def test_a_reader_who_leaves_early_is_no_error(
    prices: Path, forecast: Run, environment: dict[str, str]
) -> None:
    assert forecast(prices, "--checkpoint", "run").returncode == 0
    for arguments in (["--help"], ["inspect", "run"], ["inspect", "run", "--json"]):
        with subprocess.Popen(
            [sys.executable, "-m", "recur", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            running.stdout.close()
            assert running.stderr.read() == b""
        assert running.returncode == 0


@posix
def test_a_terminal_shows_progress_and_tables_that_do_not_wrap(
    prices: Path, environment: dict[str, str]
) -> None:
    terminal = Terminal(environment, ["forecast", str(prices), "--epochs", "20"])
    assert terminal.end() == 0
    text = terminal.shown.decode()
    assert re.search(r"training.*━.*loss", text)
    lines = plain(text)
    assert max(map(len, lines)) <= 80
    [network] = [line for line in lines if line.startswith("network")]
    assert len(re.findall(r"\*?\d+\.\d+", network)) == 5
    assert any(line.startswith("2024-04-30") for line in lines)


@posix
def test_ctrl_c_ends_training_and_keeps_what_was_learnt(
    prices: Path, environment: dict[str, str]
) -> None:
    long = ["forecast", str(prices), "--epochs", "20000"]
    with Path("result.txt").open("wb") as result:
        terminal = Terminal(environment, [*long, "--out", "out"], stdout=result.fileno())
        terminal.read(until=b"validation")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 0
    assert "Interrupted: what was learnt so far is kept." in terminal.shown.decode()
    result_text = Path("result.txt").read_text(encoding="utf-8")
    assert "(interrupted)" in result_text
    assert "last value" in result_text
    assert Path("out/report.html").exists()


def test_one_epoch_is_no_curve_and_leaves_none(prices: Path, folder: Path, forecast: Run) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "training.png").write_bytes(b"of an earlier model")
    answer = json_answer(forecast(prices, "--epochs", "1", "--json", "--out", "out"))
    assert "training" not in answer["files"]
    assert not (folder / "out" / "training.png").exists()
