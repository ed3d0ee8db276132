"""`recur watch` as a user runs it: on a file, on standard input, and on lines that are none."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import recur as product

if TYPE_CHECKING:
    from tests.functional.conftest import Rows, Run, Write


def lines_of(text: str) -> list[dict[str, Any]]:
    """Return the objects of JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def type_in(recur: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command with a text on its standard input."""

    def run(text: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return recur(*arguments)

    return run


def test_each_line_has_what_was_expected_and_what_comes_next(
    recur: Run, model: Path, prices: Path
) -> None:
    done = recur("watch", model, prices, "--once")
    assert done.returncode == 0, done.stderr
    header, *lines = done.stdout.splitlines()
    assert header.split() == ["time", "value", "expected", "next"]
    assert len(lines) == 120
    before, last = (line.split() for line in lines[-2:])
    assert last[:2] == ["2024-04-29", f"{float(prices.read_text().split(',')[-1]):.6g}"]
    assert last[2] == before[3]


def test_the_forecast_is_that_of_predict(
    recur: Run, model: Path, prices: Path, write: Write, rows: Rows
) -> None:
    history = write("history.csv", ["date", "close"], rows[:100])
    newer = write("newer.csv", ["date", "close"], rows[100:])
    told = lines_of(recur("watch", model, newer, "--history", history, "--once", "--json").stdout)
    assert len(told) == 20
    expected = product.load(model).predict(prices)
    assert told[-1]["forecast"]["values"] == expected.values[0].tolist()
    assert told[-1]["forecast"]["times"] == expected.clock.iso(expected.times[0])
    assert told[-1]["expected"] == told[-2]["forecast"]["values"][0]


@pytest.mark.parametrize(
    "text",
    [
        "1500\n1510.5\n1505\n",
        "2024-01-01,1500\n2024-01-02,1510.5\n2024-01-03,1505\n",
        "ds;close\n2024-01-01;1500\n2024-01-02;1510,5\n2024-01-03;1505\n",
        '{"close": 1500}\n{"close": 1510.5}\n{"close": 1505}\n',
        "close,other\n1500,1\n1510.5,2\n1505,x\n",
    ],
)
def test_rows_come_in_many_forms(type_in: Run, model: Path, text: str) -> None:
    done = type_in(text, "watch", model, "--json")
    assert done.returncode == 0, done.stderr
    assert [row["value"] for row in lines_of(done.stdout)] == [1500, 1510.5, 1505]
    assert not done.stderr


def test_a_line_that_is_no_row_is_named_and_gone_on_without(type_in: Run, model: Path) -> None:
    text = "date,close\n2024-01-01,1500\n2024-01-02,warm\n2024-01-03\n2023-01-01,3\n2024-01-05,?\n"
    done = type_in(text, "watch", model, "-", "--json")
    assert done.returncode == 0
    assert [row["value"] for row in lines_of(done.stdout)] == [1500, None, None, None]
    said = done.stderr.splitlines()
    assert said[0] == "standard input, line 3: `warm` is not a number; taken as missing."
    assert said[1].startswith("standard input, line 4: it has 1 of 2 columns")
    assert "line 5" in said[2]
    assert said[2].endswith("left out.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1500\nwarm\n", "recur: standard input, line 2: `warm` is not a number."),
        ("2024-01-02,1\n2024-01-01,1\n", "recur: standard input, line 2: the time 2024-01-01"),
    ],
)
def test_a_strict_watch_ends_at_such_a_line(
    type_in: Run, model: Path, text: str, message: str
) -> None:
    done = type_in(text, "watch", model, "--strict", "--json")
    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert len(lines_of(done.stdout)) == 1


def test_series_are_told_apart(type_in: Run, model: Path) -> None:
    text = "shop,close\na,1500\nb,7\na,1501\nb,8\n"
    done = type_in(text, "watch", model, "--id", "shop")
    assert done.returncode == 0, done.stderr
    first = [line.split()[0] for line in done.stdout.splitlines()[1:]]
    assert first == ["a", "b", "a", "b"]
    assert done.stdout.splitlines()[-1].split()[1:3] == ["8", "7"]  # of b, not of a


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (["--target", "open"], "date,close\n", "no column `open`"),
        (["--time", "when"], "date,close\n", "no column `when`"),
        (["--target", "close"], "1,2\n", "expected a header"),
        ([], "a,b,c\n1,2,3\n", "no column `close`"),
        ([], "1,2,3\n", "it has 3 columns and no header"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    type_in: Run, model: Path, arguments: list[str], text: str, message: str
) -> None:
    done = type_in(text, "watch", model, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_unusual_values_are_marked_and_drawn(
    recur: Run, model: Path, folder: Path, write: Write, rows: Rows
) -> None:
    noise = np.random.default_rng(3).normal(size=400)
    days = np.datetime64("2024-04-30") + np.arange(400)
    newer = [(str(day), f"{1500 + 5 * x:.3f}") for day, x in zip(days, noise, strict=True)]
    newer[300] = (newer[300][0], "1700")
    history = write("history.csv", ["date", "close"], rows)
    file = write("newer.csv", ["date", "close"], newer)
    given = ("watch", model, file, "--history", history, "--once", "--unusual", "0.01")
    done = recur(*given, "--json", "--picture", "seen.png")
    assert done.returncode == 0, done.stderr
    told = lines_of(done.stdout)
    assert told[300]["unusual"]
    assert told[300]["allowed"][1] < 1700
    assert sum(row["unusual"] for row in told) < 30
    assert Path("seen.png").read_bytes().startswith(b"\x89PNG")
    shown = recur(*given).stdout.splitlines()
    assert "allowed" in shown[0]
    assert "  unusual" in shown[301]
    assert [bool(row["unusual"]) for row in told] == ["  unusual" in line for line in shown[1:]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--unusual", "2"], "`--unusual` is 2; it is a share above 0 and up to 0.2"),
        (["--picture", "x.png"], "`--picture` is of unusual values; say with `--unusual`"),
    ],
)
def test_a_rate_that_is_none_and_a_picture_of_nothing_are_refused(
    recur: Run, model: Path, prices: Path, arguments: list[str], message: str
) -> None:
    done = recur("watch", model, prices, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not done.stdout


def test_a_file_that_is_not_there_is_named(recur: Run, model: Path) -> None:
    done = recur("watch", model, "nowhere.csv")
    assert done.returncode == 2
    assert done.stderr == "recur: `nowhere.csv` cannot be read: No such file or directory.\n"


def test_a_signal_is_cleaned(recur: Run, folder: Path, write: Write) -> None:
    noise = np.random.default_rng(0).normal(size=80)
    rows = [(f"{np.sin(i / 5) + noise[i] / 5:.4f}", f"{np.sin(i / 5):.4f}") for i in range(80)]
    file = write("signal.csv", ["heard", "meant"], rows)
    made = recur(
        "denoise", file, "--noisy", "heard", "--clean", "meant", "--epochs", "1", "--out", folder
    )
    assert made.returncode == 0, made.stderr
    model = folder / "model.recur"
    done = recur("watch", model, file, "--once", "--json")
    assert done.returncode == 0, done.stderr
    cleaned = [row["heard cleaned"] for row in lines_of(done.stdout)]
    noisy = np.array([float(first) for first, _ in rows])
    assert cleaned == product.load(model).predict(noisy).tolist()
    assert "leave it out" in recur("watch", model, file, "--id", "x").stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
def test_ctrl_c_ends_a_watch_in_which_each_line_came_at_once(
    environment: dict[str, str], model: Path, folder: Path
) -> None:
    growing = folder / "growing.csv"
    growing.write_text("close\n1500\n", encoding="utf-8")
    command = [sys.executable, "-m", "recur", "watch", str(model), str(growing), "--json"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["value"] == 1500
        with growing.open("a", encoding="utf-8") as file:
            file.write("15")
            file.flush()
            file.write("01\n")
        assert json.loads(process.stdout.readline())["value"] == 1501
        growing.write_text("9\n", encoding="utf-8")  # begun anew
        assert json.loads(process.stdout.readline())["value"] == 9
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate()
    assert process.returncode == 0
    assert not rest
    assert said == f"{growing} was begun anew; it is read from its beginning.\n"


def test_lines_of_a_text_are_told_how_likely_they_were(
    recur: Run, type_in: Run, folder: Path, tmp_path: Path
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat\nand the dog sat on the log\n" * 40)
    made = recur("write", text, "--epochs", "2", "--hidden", "8", "--layers", "1", "--out", folder)
    assert made.returncode == 0, made.stderr
    path = folder / "model.recur"
    lines = ["the cat sat on the mat", "", "the dog szt", "the dog"]
    done = type_in("\n".join(lines) + "\n", "watch", path, "--json")
    assert done.returncode == 0, done.stderr
    assert "line 3" in done.stderr  # which has a character that training has not seen
    told = lines_of(done.stdout)
    assert [row["text"] for row in told] == [lines[0], "", lines[3]]
    symbols = [one for row in told for one in row["symbols"]]
    whole = "".join(line + "\n" for line in (lines[0], "", lines[3]))
    assert "".join(one["symbol"] for one in symbols) == whole
    model = product.load(path)
    nats = [one["nats"] for one in symbols]
    assert nats[0] is None
    assert np.mean(nats[1:]) == pytest.approx(-model.score(whole), rel=1e-5)
    live = model.live()
    assert told[-1]["next"] == dict(live.push(whole).likeliest(5))
    shown = type_in(lines[0] + "\n", "watch", path).stdout.splitlines()
    assert shown[0].split() == ["nats", "greatest", "at", "next"]
    assert shown[1].endswith(lines[0])
    assert "leave it out" in recur("watch", path, text, "--id", "x").stderr


def test_columns_beside_the_values_are_read_by_their_names(
    folder: Path, type_in: Run, recur: Run, write: Write
) -> None:
    draws = np.random.default_rng(0).normal(size=123).round(2)
    days = [str(np.datetime64("2024-01-01") + n) for n in range(123)]
    lines = [
        [day, round(90 - 3 * (n % 7) + draws[n], 2), draws[n], n % 7, "north"]
        for n, day in enumerate(days)
    ]
    header = ["date", "sales", "wind", "price", "region"]
    ahead = [[day, "", "", n % 7, "north"] for n, day in enumerate(days)]
    begun = write("begun.csv", header, [*lines[:110], *ahead[110:113]])
    done = recur(
        "forecast", begun, "--target", "sales", "--past", "wind", "--known", "price", "--static",
        "region", "--horizon", 3, "--network", "trained", "--epochs", 1, "--out", "out",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [
        {"date": day, "sales": sales, "Wind": wind, "price": [x % 7 for x in range(n, n + 4)]}
        for n, (day, sales, wind, *_) in enumerate(lines[110:120], 110)
    ]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in rows)
    told = type_in(text, "watch", "out/model.recur", "--history", begun, "--json")
    assert told.returncode == 0, told.stderr
    whole = write("whole.csv", header, [*lines[:120], *ahead[120:123]])
    anew = json.loads(recur("predict", "out/model.recur", whole, "--json").stdout)["forecast"]
    values = lines_of(told.stdout)[-1]["forecast"]["values"]
    assert values == [row["value"] for row in anew]
    # From nothing on, where the static column stands in the rows, and a column is not there.
    first = json.dumps({**rows[0], "region": "north"}) + "\n"
    assert lines_of(type_in(first, "watch", "out/model.recur", "--json").stdout)
    without = type_in("date,sales\n2024-04-20,80\n", "watch", "out/model.recur")
    assert without.returncode == 2
    assert "reads the column `region`" in without.stderr
    odd = json.dumps({**rows[0], "region": "north", "price": "dear"}) + "\n"
    assert "the column `price` holds `dear`" in type_in(odd, "watch", "out/model.recur").stderr
