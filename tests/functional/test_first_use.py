"""The first minutes with the command: version, help, a broker's file, odd column names."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from recur.engines.registry import obstacle
from recur.version import __version__, commit

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]

VERBS = (
    *("demo", "describe", "forecast", "compare", "backtest"),
    *(
        "predict",
        "judge",
        "explain",
        "update",
        "denoise",
        "classify",
        "translate",
        "write",
        "sample",
    ),
    *("lab", "inspect", "engines"),
)
TOLD = f"recur {__version__} ({commit()})\n" if commit() else f"recur {__version__}\n"
HEAVY = (
    *("numpy", "polars", "pydantic", "matplotlib", "torch", "numba", "llvmlite"),
    *("scipy", "scipy.special", "scipy.optimize", "scipy.signal"),
)
OPTIONS = (
    *(
        "target",
        "wide",
        "horizon",
        "time",
        "id",
        "past",
        "known",
        "static",
        "fill",
        "test",
        "season",
    ),
    *("method", "network", "strategy", "cell", "layers", "bidirectional"),
    *("filters", "kernel", "filter-stride"),
    *("decoder-length", "forcing", "hidden", "dropout", "dropout-mask", "lookback"),
    *("least-history", "calendar", "holidays", "residual", "scaling"),
    *("epochs", "minutes", "batch", "rate", "stride", "seed", "engine", "threads"),
    *("checkpoint", "tune", "storage", "out", "json", "refit"),
    *("every", "aggregate", "strict", "decimal", "encoding", "sheet"),
    *("intervals", "interval-method", "samples", "calibration"),
    *("memory", "parts-in", "skip-bad", "on"),
)


def test_the_version(recur: Run) -> None:
    done = recur("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, TOLD, "")


@pytest.mark.parametrize("given", [None, "3"])
def test_a_blas_has_one_thread_unless_it_is_told_otherwise(given: str | None) -> None:
    code = "import recur.cli.main as m, os; m._run = lambda _: 5 - int(os.environ[NAME]); m.main()"
    name = "OPENBLAS_NUM_THREADS"
    others = {key: value for key, value in os.environ.items() if key != name}
    done = subprocess.run(
        [sys.executable, "-c", code.replace("NAME", repr(name))],
        env=others if given is None else others | {name: given},
        check=False,
    )
    assert 5 - done.returncode == int(given or 1)


def test_help_names_every_verb(recur: Run) -> None:
    done = recur("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [verb for verb in VERBS if f" {verb} " in done.stdout] == list(VERBS)


def test_a_call_without_arguments_shows_the_help(recur: Run) -> None:
    done = recur()
    assert done.stdout.strip() == recur("--help").stdout.strip()
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(recur: Run, verb: str) -> None:
    done = recur(verb, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Usage: recur {verb}" in done.stdout
    again = recur(verb, "-h")
    assert (again.returncode, again.stderr, again.stdout) == (0, "", done.stdout)


@pytest.fixture
def wide_help(recur: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the help of forecast at a width where every option keeps to its line."""
    monkeypatch.setenv("COLUMNS", "300")
    return recur("forecast", "--help").stdout


def test_help_of_forecast_names_every_option(wide_help: str) -> None:
    told = re.findall(r"^│ --([a-z-]+) ", wide_help, flags=re.MULTILINE)
    assert sorted(told) == sorted((*OPTIONS, "help"))


@pytest.mark.parametrize("verb", VERBS)
def test_help_fits_80_columns_and_no_word_of_it_is_cut(
    recur: Run, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = recur(verb, "--help").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def _imported_after(program: str, environment: dict[str, str]) -> list[str]:
    """Return the heavy packages that a program has imported."""
    report = f"import sys; print([name for name in {HEAVY} if name in sys.modules])"
    command = [sys.executable, "-c", f"{program}\n{report}"]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    imported: list[str] = ast.literal_eval(done.stdout.splitlines()[-1])
    return imported


def test_importing_the_command_imports_nothing_heavy(environment: dict[str, str]) -> None:
    assert _imported_after("import recur.cli.main", environment) == []


@pytest.mark.parametrize("verb", ["", "forecast"])  # that of all loads all
def test_help_imports_nothing_heavy(environment: dict[str, str], verb: str) -> None:
    program = (
        "import contextlib, recur.cli.main as command\n"
        f"with contextlib.suppress(SystemExit): command.main([*{verb.split()}, '--help'])"
    )
    assert set(_imported_after(program, environment)) <= {"pydantic"}  # which typer may use


def test_nothing_from_file_to_forecast_imports_torch(
    prices: Path, environment: dict[str, str]
) -> None:
    if obstacle("torch:cuda") is None:
        pytest.skip("a GPU is here, and PyTorch is what uses it")
    program = (
        "import recur.cli.main as command\n"
        "for arguments in (\n"
        "    'forecast prices.csv --epochs 1 --lookback 8 --hidden 4 --test 20 --out out',\n"
        "    'predict out/model.recur prices.csv',\n"
        "    'judge out/model.recur prices.csv',\n"
        "):\n"
        "    try: command.main(arguments.split())\n"
        "    except SystemExit as ending: assert not ending.code"
    )
    imported = _imported_after(program, environment)
    assert "numba" in imported  # the check sees what is there
    assert "torch" not in imported


def test_what_draws_is_imported_only_where_pictures_are_written(
    prices: Path, environment: dict[str, str]
) -> None:
    program = (
        "import recur.cli.main as command\n"
        "try: command.main('{}'.split())\n"
        "except SystemExit as ending: assert not ending.code"
    )
    forecast = "forecast prices.csv --method drift --horizon 2"
    for verb in (forecast, "forecast prices.csv", "describe prices.csv"):
        assert "matplotlib" not in _imported_after(program.format(verb), environment)
    written = _imported_after(program.format(f"{forecast} --out out"), environment)
    assert "matplotlib" in written  # the check sees what is there
    assert not {"scipy.special", "scipy.optimize", "scipy.signal"} & set(written)


def test_python_dash_m_is_the_command(process: Run) -> None:
    done = process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, TOLD, "")


def test_a_terminal_that_knows_only_ascii_loses_no_result(
    folder: Path, write: Write, rows: Rows, forecast: Run, environment: dict[str, str]
) -> None:
    assert forecast(write("odd.csv", ["date", "价格"], rows), "--out", "out").returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "recur", "inspect", "out/model.recur"],
        env={**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        encoding="ascii",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"target +\?\?", done.stdout)


def _month_day_year(day: str) -> str:
    return date.fromisoformat(day).strftime("%m/%d/%Y")


@pytest.mark.parametrize("header", ["Date,Close,Volume", "date,close,volume", "DATE,CLOSE,VOLUME"])
@pytest.mark.parametrize("written", [str, _month_day_year], ids=["iso", "month/day/year"])
@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest first", "newest first"])
def test_a_file_from_a_broker_needs_nothing_but_its_target(
    folder: Path,
    write: Write,
    rows: Rows,
    forecast: Run,
    header: str,
    written: Callable[[str], str],
    newest_first: bool,
) -> None:
    lines = [(written(day), f"{float(value):,.2f}", "1,234,567") for day, value in rows]
    file = write("broker.csv", header.split(","), lines[:: -1 if newest_first else 1])
    done = forecast(file, "--target", "close", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("newest times; it was reversed") == newest_first
    answer = json.loads(done.stdout)
    assert (answer["data"]["start"], answer["data"]["end"]) == (rows[0][0], rows[-1][0])
    assert answer["data"]["rows"] == len(rows)
    [ahead] = answer["forecast"]
    assert ahead["time"] == "2024-04-30"
    assert float(rows[-1][1]) == pytest.approx(ahead["value"], rel=0.2)


@pytest.mark.parametrize(
    "name",
    [
        "$x^$",
        "$\\frac{",
        "价格",
        'close, "adjusted"',
        "<b>&amp;",
        "%s",
        "a\nb",
        "-5",
        "x" * 300,
        "",
    ],
    ids=ascii,
)
def test_any_name_of_a_column_goes_through_to_the_pictures(
    folder: Path, write: Write, rows: Rows, forecast: Run, recur: Run, name: str
) -> None:
    file = write("odd.csv", ["date", name], rows)
    done = forecast(file, "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(Path("out").glob("*.png"))) == 3
    report = Path("out/report.html").read_text(encoding="utf-8")
    assert "<b>&" not in report
    again = forecast(file, f"--target={name}", "--json")
    assert (again.returncode, again.stderr) == (0, "")
    assert json.loads(again.stdout)["forecast"][0]["id"] == (name or "y")
    later = recur("predict", "out/model.recur", file)
    assert (later.returncode, later.stderr) == (0, "")


def test_quiet_leaves_results_and_errors(recur: Run, folder: Path, write: Write) -> None:
    rows = [(f"2024-01-{day:02d}", str(day % 7)) for day in range(1, 32) if day != 9]
    file = write("gap.csv", ["date", "y"], rows)
    loud, quiet = (recur("forecast", file, "--horizon", 2, *more) for more in ((), ("--quiet",)))
    assert "Put in 1 missing step" in loud.stderr
    assert quiet.stderr == ""
    assert quiet.stdout == loud.stdout
    assert "no file" in recur("--quiet", "forecast", "none.csv").stderr
