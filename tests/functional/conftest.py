"""What the functional tests share: the command as a user runs it, and small files to run it on."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from recur.cli.main import main

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]

_QUICK = (*("--horizon", "1", "--epochs", "2", "--lookback", "8", "--hidden", "4", "--test", "20"),)


def _in_process(*arguments: object) -> CompletedProcess[str]:
    """Run the command in this process."""
    texts = [str(argument) for argument in arguments]
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit) as ending,
    ):
        main(texts)
    assert isinstance(ending.value.code, int)
    return CompletedProcess(texts, ending.value.code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def recur() -> Run:
    """Return a function that runs the command in this process."""
    return _in_process


@pytest.fixture(scope="session")
def forecast(recur: Run) -> Run:
    """Return a function that runs `recur forecast` on a small network; later options win."""
    return lambda file, *options: recur("forecast", file, *_QUICK, *options)


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """Return the variables of a plain shell, without those that change how Python prints."""
    left_out = {
        *("PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONWARNINGS"),
        *("COLUMNS", "LINES", "TERM", "TERMINAL_WIDTH", "NO_COLOR", "FORCE_COLOR"),
    }
    plain = {name: value for name, value in os.environ.items() if name not in left_out}
    return plain | {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="session")
def process(environment: dict[str, str]) -> Run:
    """Return a function that runs the command in a process of its own."""

    def run(*arguments: object) -> CompletedProcess[str]:
        command = [sys.executable, "-m", "recur", *map(str, arguments)]
        return subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", check=False
        )

    return run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the working folder."""
    empty = tmp_path / "work"
    empty.mkdir()
    monkeypatch.chdir(empty)
    return empty


@pytest.fixture(scope="session")
def rows() -> Rows:
    """Return 120 days with a value each, as text: a wave and a walk."""
    days = np.datetime64("2024-01-01") + np.arange(120)
    walk = np.random.default_rng(0).standard_normal(120).cumsum()
    values = 1500 + 100 * np.sin(np.arange(120) / 5) + 10 * walk
    return [(str(day), f"{value:.4f}") for day, value in zip(days, values, strict=True)]


@pytest.fixture(scope="session")
def write() -> Write:
    """Return a function that writes a CSV file and returns its path."""

    def written(path: str | Path, header: Sequence[str], lines: Iterable[Sequence[object]]) -> Path:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *lines])
        return Path(path)

    return written


@pytest.fixture
def prices(folder: Path, write: Write, rows: Rows) -> Path:
    """Return a sound file with the columns `date` and `close` in the working folder."""
    return write("prices.csv", ["date", "close"], rows)


@pytest.fixture(scope="session")
def model(
    tmp_path_factory: pytest.TempPathFactory, write: Write, rows: Rows, forecast: Run
) -> Path:
    """Return a model of the prices, three steps ahead, outside of the working folder."""
    place = tmp_path_factory.mktemp("model")
    file = write(place / "prices.csv", ["date", "close"], rows)
    done = forecast(file, "--horizon", 3, "--out", place)
    assert done.returncode == 0, done.stderr
    return place / "model.recur"
