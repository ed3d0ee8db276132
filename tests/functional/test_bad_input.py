"""Bad input: one sentence on standard error, exit code 2, nothing printed, nothing left behind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save_file

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]
Refused = Callable[..., None]

OUT = ("--out", "new/nested/folder")


@pytest.fixture
def refused(folder: Path) -> Refused:
    """Return a check that a call is refused with a sentence, and leaves the folder as it was."""

    def contents() -> dict[Path, bytes | None]:
        return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}

    def check(sentence: str, run: Run, *arguments: object) -> None:
        before = contents()
        done = run(*arguments)
        assert done.returncode == 2, done.stderr
        assert done.stdout == ""
        again = r"(To take the likeliest, type:\n  recur [^\n]+\n)?"
        assert re.fullmatch(rf"recur: [^\n]+\.\n{again}", done.stderr), done.stderr
        assert re.search(sentence, done.stderr), done.stderr
        assert contents() == before

    return check


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "bad.csv is empty; it needs a line of column names"),
        (b"\n  \n", "bad.csv is empty"),
        (b"date,close\n", "bad.csv has column names but no rows"),
        (PNG, "bad.csv is a binary file; a table is expected: a CSV, Excel, Parquet"),
        (b"date,gr\x81\n2024-01-01,5\n", r"not UTF-8: byte 0x81 .*line 1.*`--encoding`"),
        (b"PAR1 is how it begins, and then nothing", "damaged Parquet file"),
        (b"1.5,2\n3,4\n", "2 columns of numbers; name one with .*`column1`.*; `column2`"),
        (b"date,close\n2024-01-01,5\n2024-01-02,6,7\n", "row 3 has 3 fields .* the header has 2"),
        (b'date,close\n2024-01-01,"5\n2024-01-02,6\n', "row 2 opens a quote that is never closed"),
        (b"date,close\n2024-01-01,5\n", "has 1 value, but"),
    ],
    ids=str,
)
def test_a_file_that_is_no_table_of_numbers(
    folder: Path, forecast: Run, refused: Refused, data: bytes, sentence: str
) -> None:
    Path("bad.csv").write_bytes(data)
    refused(sentence, forecast, "bad.csv", "--test", "1", *OUT)


def test_a_file_that_is_not_there(folder: Path, forecast: Run, refused: Refused) -> None:
    refused("no file `nowhere.csv`; check the name and the folder", forecast, "nowhere.csv", *OUT)


def test_a_folder_in_the_place_of_a_file(folder: Path, forecast: Run, refused: Refused) -> None:
    refused("is a folder without a table in it", forecast, folder, *OUT)


def test_a_parquet_file_cut_short(prices: Path, forecast: Run, refused: Refused) -> None:
    pl.read_csv(prices).write_parquet("prices.parquet")
    data = Path("prices.parquet").read_bytes()
    Path("prices.parquet").write_bytes(data[: len(data) // 2])
    refused("prices.parquet is a damaged Parquet file: ", forecast, "prices.parquet", *OUT)


def test_a_parquet_file_in_name_only(prices: Path, forecast: Run, refused: Refused) -> None:
    prices.rename("prices.parquet")
    refused("not a Parquet file, in spite of its name", forecast, "prices.parquet", *OUT)


def _with(rows: Rows, at: int, row: tuple[str, str]) -> Rows:
    return [*rows[:at], row, *rows[at + 1 :]]


@pytest.mark.parametrize("value", ["", "nan", "inf", "-inf"])
def test_a_missing_or_infinite_value_is_masked_filled_or_refused(
    folder: Path, write: Write, rows: Rows, forecast: Run, refused: Refused, value: str
) -> None:
    file = write("bad.csv", ["date", "close"], _with(rows, 30, (rows[30][0], value)))
    strict = (file, "--strict", *OUT)
    refused("bad.csv, row 32: 1 value is missing or .*`--fill previous`", forecast, *strict)
    masked = forecast(file)
    assert (masked.returncode, masked.stderr) == (
        0,
        "Took 1 missing value of `close` as unknown: no target of a training, and not judged.\n",
    )
    done = forecast(file, "--fill", "previous")
    assert (done.returncode, done.stderr) == (
        0,
        "Filled 1 missing value of `close` with the last known value.\n",
    )


def test_a_gap_in_a_regular_clock_is_masked_filled_or_refused(
    folder: Path, write: Write, rows: Rows, forecast: Run, refused: Refused
) -> None:
    file = write("bad.csv", ["date", "close"], [*rows[:30], *rows[33:]])
    refused(
        "bad.csv, row 32: 3 steps are missing between 2024-01-30 and 2024-02-03.*`--fill previous`",
        forecast,
        file,
        "--strict",
        *OUT,
    )
    masked = forecast(file, "--json")
    assert masked.returncode == 0
    repairs = json.loads(masked.stdout)["data"]["repairs"]
    assert [(one["kind"], one["count"]) for one in repairs] == [("holes", 3)]
    done = forecast(file, "--fill", "previous")
    assert (done.returncode, done.stderr) == (
        0,
        "Filled 3 missing steps of the clock with the last known value.\n",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda rows: _with(rows, 30, (rows[29][0], "5")), "row 32 repeats the time 2024-01-30"),
        (
            lambda rows: [*rows[:30], rows[31], rows[30], *rows[32:]],
            "row 33: the time 2024-01-31 comes after 2024-02-01; sort the rows by time",
        ),
        (lambda rows: _with(rows, 30, ("soon", "5")), "column `date`, row 32: `soon` cannot be"),
        (lambda rows: _with(rows, 30, ("", "5")), "column `date`, row 32: the time is missing"),
        (lambda rows: _with(rows, 30, (rows[30][0], "five")), "row 32: expected a number, found"),
        (
            lambda rows: _with(rows, 30, (rows[30][0], "5e200")),
            "row 32: the value 5e\\+200 .*large",
        ),
        (
            lambda rows: [(f"0{1 + i % 2}/0{1 + i % 3}/2024", "5") for i in range(100)],
            "can be read as month/day/year or day/month/year",
        ),
        (
            lambda rows: rows[:27],
            "has 27 values, but a lookback of 8, a horizon of 1 .* at least \\d+; lower",
        ),
    ],
    ids=["duplicate", "unsorted", "no time", "blank time", "text", "huge", "ambiguous", "short"],
)
def test_rows_that_make_no_series(
    folder: Path,
    write: Write,
    rows: Rows,
    forecast: Run,
    refused: Refused,
    change: Callable[[Rows], Rows],
    sentence: str,
) -> None:
    file = write("bad.csv", ["date", "close"], change(rows))
    refused(sentence, forecast, file, "--strict", *OUT)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--target", "clsoe"), "no column `clsoe` .* the nearest is `close`"),
        (("--target", "close", "--time", "dat"), "no column `dat` .* the nearest is `date`"),
        (("--target", "close", "--id", "nmae"), "no column `nmae` .* the nearest is `name`"),
        (("--target", "name"), "column `name`, row 2: expected a number, found the text `apple`"),
        (
            (),
            "2 columns of numbers; name one with .*`--target COLUMN`.*: `open`.*; `close`",
        ),
    ],
)
def test_columns_that_are_not_there_or_not_numbers(
    folder: Path,
    write: Write,
    rows: Rows,
    forecast: Run,
    refused: Refused,
    options: tuple[str, ...],
    sentence: str,
) -> None:
    wide = [(date, value, value, "apple") for date, value in rows]
    refused(
        sentence,
        forecast,
        write("wide.csv", ["date", "open", "close", "name"], wide),
        *options,
        *OUT,
    )


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--horizon=-1", "`--horizon` is -1; .*0"),
        ("--horizon=-3", "`--horizon` is -3"),
        (
            "--horizon=21",
            "`--test` is 20; it must be 0 .judge nothing. or at least the horizon, 21",
        ),
        ("--test=-5", "`--test` is -5; it must be 0"),
        ("--test=500", "has 120 values, but .* the end held out .* takes at least 509"),
        ("--lookback=0", "`--lookback` is 0"),
        ("--lookback=500", "has 120 values, but a lookback of 500"),
        ("--hidden=-4", "`--hidden` is -4"),
        ("--layers=0", "`--layers` is 0"),
        ("--epochs=0", "`--epochs` is 0"),
        ("--batch=0", "`--batch` is 0"),
        ("--stride=-1", "`--stride` is -1"),
        ("--season=0", "`--season` is 0"),
        ("--seed=-1", "`--seed` is -1"),
        ("--dropout=2", "`--dropout` is 2.0; .* less than 1"),
        ("--rate=0", "`--rate` is 0.0; .* more than 0"),
        ("--rate=nan", "`--rate` is nan; .* finite"),
        ("--engine=tpu", "no engine `tpu`; there are `auto`, "),
        ("--cell=gur", "'gur' is not one of 'gru', 'lstm', 'mingru', 'rnn', 'slstm'"),
        ("--strategy=both", "'both' is not one of 'direct', 'recursive'"),
        ("--scaling=log", "'log' is not one of 'window', "),
        ("--fill=mean", "'mean' is not one of 'none', 'previous'"),
        ("--horizon=two", "'--horizon': it should be a valid integer; see `recur forecast --help`"),
        ("--horizn=3", "no such option: --horizn .*--horizon.*; see `recur forecast --help`"),
        ("other.csv", "There is no file `other.csv`; check the name and the folder"),
    ],
)
def test_options_out_of_their_range(
    prices: Path, forecast: Run, refused: Refused, option: str, sentence: str
) -> None:
    refused(sentence, forecast, prices, *OUT, option)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--intervals", "80;95"), "`--intervals` is `80;95`; it takes percentages with commas"),
        (("--intervals", "95,80"), "levels of intervals rise .*: write 80, 95"),
        (("--intervals", "0.8"), "0.8 is not .for 80 % write 80."),
        (("--intervals", "99"), "99 % intervals need at least 99 calibration windows"),
        (("--interval-method", "dropout"), "`--interval-method` means nothing without `--interv"),
        (("--samples", "9"), "`--samples` means nothing without `--intervals`"),
        (("--intervals", "80", "--interval-method", "dropout"), "`--dropout` is 0: all samples"),
        (
            ("--intervals", "80", "--interval-method", "quantiles", "--strategy", "recursive"),
            "`--interval-method` is 'quantiles', for networks .* `--strategy` is 'recursive'",
        ),
        (("--forcing", "1", "--strategy", "encoder_decoder"), "`--forcing` is `1`; it takes two"),
        (("--forcing", "2:0", "--strategy", "encoder_decoder"), "`--forcing` is `2:0`; it takes"),
        (("--forcing", "1:0"), "`--forcing` is for a decoder in training"),
        (("--decoder-length", "4"), "only the strategy 'encoder_decoder' has a decoder"),
        (("--kernel", "3"), "`--kernel` means nothing without `--filters`"),
        (("--filters", "2", "--kernel", "9"), "kernel of 9 is longer than the 8 time steps"),
        (("--strategy", "all_steps", "--bidirectional"), "would learn to copy them"),
        (("--strategy", "all_steps", "--cell", "mlp"), "has no time steps to answer at"),
        (("--cell", "mlp", "--bidirectional"), "`--bidirectional` is True, which the cell 'mlp'"),
        (("--minutes", "1"), "`--epochs` and `--minutes` both say how long to train"),
        (("--least-history", "9"), "`--least-history` is 9, more than the lookback of 8"),
        (("--residual", "seasonal"), "`--residual` is 'seasonal', but the season is 1"),
        (("--storage", "tried.db"), "name how many settings to try with `--tune`"),
        (("--tune", "0"), "`trials` is 0; it must be at least 1"),
    ],
)
def test_options_that_do_not_go_together(
    prices: Path, forecast: Run, refused: Refused, options: tuple[str, ...], sentence: str
) -> None:
    refused(sentence, forecast, prices, *OUT, *options)


def test_a_horizon_longer_than_the_data(prices: Path, recur: Run, refused: Refused) -> None:
    refused(
        "has 120 values, but a lookback of 1, a horizon of 200 .* takes at least 401",
        recur,
        "forecast",
        prices,
        "--horizon",
        "200",
        "--network",
        "trained",
        *OUT,
    )
    done = recur("forecast", prices, "--horizon", "200", "--json")
    assert "too few to hold out 200 of them: nothing is judged" in done.stderr
    assert (done.returncode, len(json.loads(done.stdout)["forecast"])) == (0, 200)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("forecast",), "missing argument 'FILE'; see `recur forecast --help`"),
        (("predict", "model.recur"), "missing argument 'FILE'; see `recur predict --help`"),
        (("inspect",), "missing argument 'MODEL'"),
        (("forecast", "prices.csv", "--horizon"), "option '--horizon' requires an argument"),
        (("forcast", "prices.csv"), "no such command 'forcast'. Did you mean 'forecast'?"),
        (("--verbose",), "no such option: --verbose.*; see `recur --help`"),
    ],
)
def test_a_call_that_the_command_does_not_know(
    prices: Path, recur: Run, refused: Refused, arguments: tuple[str, ...], sentence: str
) -> None:
    refused(sentence, recur, *arguments)


def test_a_file_where_the_folder_of_results_should_be(
    prices: Path, model: Path, forecast: Run, recur: Run, refused: Refused
) -> None:
    for out in (prices, prices / "below"):
        refused("cannot write `.*; choose another place", forecast, prices, "--out", out)
        refused("cannot write `.*; choose another", recur, "predict", model, prices, "--out", out)
    assert prices.read_text(encoding="utf-8").startswith("date,close\n")


def test_a_checkpoint_that_is_something_else(
    prices: Path, model: Path, forecast: Run, refused: Refused
) -> None:
    text = prices.read_bytes()
    for path, sentence in [
        (prices.absolute().parent, "expected a checkpoint file at .* that is a folder"),
        (prices, "not a file that recur saved"),
        (model, "is a model of recur; expected a checkpoint"),
        (prices / "below", "cannot write"),
    ]:
        refused(sentence, forecast, prices, "--checkpoint", path, *OUT)
    assert prices.read_bytes() == text


def test_a_checkpoint_is_not_begun_for_data_that_cannot_be_used(
    folder: Path, forecast: Run, refused: Refused
) -> None:
    refused("no file `nowhere.csv`", forecast, "nowhere.csv", "--checkpoint", "new/run")


@pytest.mark.parametrize("verb", ["predict", "judge", "inspect"])
def test_a_model_file_that_is_damaged_or_foreign(
    verb: str, prices: Path, model: Path, recur: Run, refused: Refused
) -> None:
    data = [prices] if verb != "inspect" else []
    sound = model.read_bytes()
    for bad in (b"", b"garbage" * 100, sound[:50], sound[:-100], PNG):
        Path("bad.recur").write_bytes(bad)
        refused("`bad.recur` is not a file that recur saved, or", recur, verb, "bad.recur", *data)
    save_file({"weight": np.ones(3, np.float32)}, "other.recur")
    refused("safetensors file without recur's description", recur, verb, "other.recur", *data)
    refused("`nowhere.recur`; there is no such file", recur, verb, "nowhere.recur", *data)


@pytest.mark.parametrize("verb", ["predict", "judge"])
def test_a_model_and_its_data_the_wrong_way_round(
    verb: str, prices: Path, model: Path, recur: Run, refused: Refused
) -> None:
    refused("prices.csv` is not a file that recur saved", recur, verb, prices, model)
    refused("model.recur is a model or a checkpoint that recur saved; a", recur, verb, model, model)


def test_a_model_named_as_a_csv_file(
    folder: Path, model: Path, forecast: Run, refused: Refused
) -> None:
    Path("model.csv").write_bytes(model.read_bytes())
    refused("model.csv is a model or a checkpoint that recur saved; a", forecast, "model.csv", *OUT)


def test_bad_input_to_a_saved_model(
    folder: Path, write: Write, rows: Rows, model: Path, recur: Run, refused: Refused
) -> None:
    short = write("short.csv", ["date", "close"], rows[:5])
    refused("has 5 values, but one lookback takes at least 8", recur, "predict", model, short, *OUT)
    refused("has 5 values, but a lookback of 8 and 3", recur, "judge", model, short)
    other = write("other.csv", ["date", "open"], rows)
    refused("no column `close` to use as the target", recur, "predict", model, other, *OUT)
    sound = write("sound.csv", ["date", "close"], rows)
    refused("`--test` is 2; it must be 0", recur, "judge", model, sound, "--test", "2")
    refused("`--test` is 0; judging needs at least", recur, "judge", model, sound, "--test", "0")


def test_a_process_of_its_own_says_the_same(prices: Path, process: Run, refused: Refused) -> None:
    refused("the nearest is `close`", process, "forecast", prices, "--target", "clsoe", *OUT)
    refused("Did you mean 'forecast'?", process, "forcast")
