"""`recur predict` and `recur forecast` part by part: as a user runs them, and killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from recur import Forecaster, load

Run = Callable[..., CompletedProcess[str]]
FILES = 6


def series(first: int, count: int, length: int = 120) -> pl.DataFrame:
    """Return series of days with a week in them."""
    random = np.random.default_rng(first)
    days = np.arange(length)
    values = 20 + 3 * np.sin(2 * np.pi * days / 7) + random.normal(size=(count, length))
    return pl.DataFrame(
        {
            "unique_id": np.repeat([f"s{i:05d}" for i in range(first, first + count)], length),
            "ds": np.tile((np.datetime64("2024-01-01") + days).astype("M8[us]"), count),
            "y": values.reshape(-1),
        }
    )


@pytest.fixture
def data(folder: Path) -> Path:
    """Return a folder of files of 40 series each."""
    (folder / "data").mkdir()
    for i in range(FILES):
        series(100 * i, 40).write_parquet(folder / "data" / f"{i}.parquet")
    return folder / "data"


@pytest.fixture(scope="session")
def gru(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a small network."""
    model = Forecaster(horizon=4, cell="gru", hidden=4, epochs=1, intervals=(80.0,), season=7)
    path = tmp_path_factory.mktemp("model") / "gru.recur"
    return model.fit(series(9000, 12), test=0, progress=False).save(path)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


def test_predict_writes_a_file_a_part_and_says_how_many(recur: Run, data: Path, gru: Path) -> None:
    done = recur("predict", gru, f"{data}/*.parquet", "--out", "out", "--memory", "2GB")
    assert (done.returncode, done.stderr) == (0, "")
    assert "240 · " in done.stdout
    assert "6 of 6" in done.stdout
    parts = [pl.read_parquet(path) for path in sorted(Path("out").glob("*.parquet"))]
    assert [part["unique_id"][0] for part in parts] == [f"s{100 * i:05d}" for i in range(FILES)]
    assert parts[0].columns == ["unique_id", "ds", "y", "low_80", "high_80"]
    whole = load(gru).predict(data).frame()
    assert_frame_equal(pl.concat(parts), whole, rel_tol=1e-4, abs_tol=1e-5)


def test_the_same_command_again_does_nothing_twice(recur: Run, data: Path, gru: Path) -> None:
    command = ("predict", gru, data, "--out", "out", "--memory", "1GB", "--json")
    first = json.loads(recur(*command).stdout)
    times = {path: path.stat().st_mtime_ns for path in Path("out").glob("part-*")}
    (Path("out") / "part-000003.parquet").unlink()
    again = json.loads(recur(*command).stdout)
    assert (first["parts_now"], again["parts_now"]) == (FILES, 1)
    assert (first["series"], again["series"], again["series_now"]) == (240, 240, 40)
    kept = {path for path, time in times.items() if path.stat().st_mtime_ns == time}
    assert len(kept) == FILES - 1


def test_forecast_takes_the_pretrained_network_and_judges_it_on_the_first_series(
    recur: Run, data: Path
) -> None:
    command = ("forecast", data, "--horizon", "3", "--out", "out", "--memory", "1GB")
    done = recur(*command)
    assert done.returncode == 0, done.stderr
    assert "pretrained" in done.stdout
    assert "seasonal naive" in done.stdout
    assert "240 · " in done.stdout
    assert pl.read_parquet("out/part-000005.parquet").columns[3:] == [
        *("low_80", "high_80", "low_95", "high_95")
    ]
    before = Path("out/model.recur").stat().st_mtime_ns
    assert recur(*command).returncode == 0
    assert Path("out/model.recur").stat().st_mtime_ns == before


def test_a_file_larger_than_the_memory_is_cut_and_gives_the_same(
    recur: Run, folder: Path, gru: Path
) -> None:
    file = folder / "large.parquet"
    series(0, 12_000).write_parquet(file)
    for memory in ("375MB", "1GB"):
        done = recur("predict", gru, file, "--out", memory, "--memory", memory)
        assert (done.returncode, done.stderr) == (0, "")
    counts = [len(files_of(Path(memory))) for memory in ("375MB", "1GB")]
    assert (counts[0] > 1, counts[1]) == (True, 1)
    parted, whole = (
        pl.concat([pl.read_parquet(path) for path in sorted(Path(memory).glob("part-*"))])
        for memory in ("375MB", "1GB")
    )
    assert_frame_equal(parted, whole, check_exact=True)


def test_what_is_noticed_of_parts_is_told_a_few_times(recur: Run, data: Path, gru: Path) -> None:
    for i in range(FILES):
        series(100 * i, 2).vstack(series(5000 + i, 1, 9)).write_parquet(data / f"{i}.parquet")
    for i in range(3):
        series(7000 + i, 1).write_parquet(data / f"x{i}.parquet")
    done = recur("predict", gru, data, "--out", "out", "--memory", "1GB")
    assert done.returncode == 0, done.stderr
    *told, last = done.stderr.splitlines()
    assert [f"series `s0500{i}` has 9 values" in line for i, line in enumerate(told)] == [True] * 5
    assert last == "1 more of the kind were said of other parts."


def test_csv_gives_csv(recur: Run, data: Path, gru: Path) -> None:
    for file in data.iterdir():
        pl.read_parquet(file).write_csv(file.with_suffix(".csv"))
        file.unlink()
    done = recur("predict", gru, data, "--out", "out", "--memory", "1GB")
    assert (done.returncode, done.stderr) == (0, "")
    assert recur("predict", gru, data, "--out", "out", "--memory", "1GB").returncode == 0
    assert (Path("out") / "part-000000.csv").read_text().splitlines()[0] == (
        "unique_id,ds,y,low_80,high_80"
    )
    assert len(files_of(Path("out"))) == FILES


@pytest.mark.parametrize("number", [0, 2])
def test_a_broken_part_ends_the_job_or_is_set_aside_and_named(
    number: int, recur: Run, data: Path, gru: Path
) -> None:
    torn = data / f"{number}.parquet"
    torn.write_bytes(torn.read_bytes()[:-50])
    command = ("predict", gru, data, "--out", "out", "--memory", "1GB")
    refused = recur(*command)
    assert refused.returncode == 2
    assert f"{number}.parquet` cannot be read" in refused.stderr
    assert not Path("out").exists()
    done = recur(*command, "--skip-bad")
    assert done.returncode == 0, done.stderr
    assert "5 of 6" in done.stdout
    assert f"set aside: part {number} " in done.stdout
    [named] = json.loads(Path("out/manifest.json").read_text())["came"]["aside"]
    assert f"{number}.parquet" in named
    there = {f"part-00000{i}.parquet" for i in range(FILES) if i != number}
    assert files_of(Path("out")).keys() == there


def test_a_part_that_turns_out_bad_ends_the_job_before_it(
    recur: Run, data: Path, gru: Path
) -> None:
    weeks = pl.datetime(2024, 1, 1) + pl.duration(weeks=pl.int_range(pl.len()))
    series(200, 1).with_columns(weeks.alias("ds")).write_parquet(data / "2.parquet")
    done = recur("predict", gru, data, "--out", "out", "--memory", "1GB")
    assert done.returncode == 2
    assert "part 2 (" in done.stderr
    assert "a clock of weekly" in done.stderr
    assert "`--skip-bad` sets it aside" in done.stderr
    assert sorted(files_of(Path("out"))) == ["part-000000.parquet", "part-000001.parquet"]


def test_an_id_in_two_files_is_named_with_both(recur: Run, data: Path, gru: Path) -> None:
    twice = pl.concat([series(400, 2), series(101, 1)])
    twice.write_parquet(data / "4.parquet")
    done = recur("predict", gru, data, "--out", "out", "--memory", "1GB")
    assert done.returncode == 2
    assert "part 4 (" in done.stderr
    assert "series `s00101` is in part 1 (" in done.stderr
    assert len(files_of(Path("out"))) == 4


def test_rows_of_a_series_that_stand_apart_are_told_how_to_be_sorted(
    recur: Run, folder: Path, gru: Path
) -> None:
    file = folder / "large.parquet"
    pl.concat([series(0, 12_000), series(3, 1)]).write_parquet(file)
    done = recur("predict", gru, file, "--out", "out", "--memory", "375MB")
    assert done.returncode == 2
    assert "the rows of series `s00003` do not stand together" in done.stderr
    assert "sort the file by `unique_id`" in done.stderr


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--memory", "2GB"), "name a folder for it with `--out`"),
        (("--out", "out", "--memory", "lots"), "`--memory` is `lots`; it takes a size"),
        (("--out", "out", "--memory", "100MB"), "it must be 375MB or more"),
        (("--out", "taken", "--memory", "1GB"), "is not empty, and what is in it is no job"),
    ],
)
def test_what_is_asked_wrongly_ends_in_a_sentence(
    given: tuple[str, ...], sentence: str, recur: Run, data: Path, gru: Path
) -> None:
    Path("taken").mkdir()
    Path("taken/mine.txt").write_text("mine")
    done = recur("predict", gru, data, *given)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert [path.name for path in Path("taken").iterdir()] == ["mine.txt"]
    assert not Path("out").exists()


def test_another_command_or_other_files_are_refused(recur: Run, data: Path, gru: Path) -> None:
    command = ("predict", gru, data, "--out", "out", "--memory", "1GB")
    assert recur(*command).returncode == 0
    other = recur(*command, "--horizon", "2")
    assert other.returncode == 2
    assert "whose `--horizon` is None and not 2" in other.stderr
    series(100, 40).write_parquet(data / "1.parquet")
    changed = recur(*command)
    assert changed.returncode == 2
    assert "1.parquet` has changed since the job in" in changed.stderr
    series(900, 4).write_parquet(data / "9.parquet")
    assert recur(*command).returncode == 2


def test_a_method_of_all_series_is_no_method_of_parts(recur: Run, data: Path) -> None:
    command = ("forecast", data, "--out", "out", "--memory", "1GB", "--method", "linear")
    done = recur(*command)
    assert done.returncode == 2
    assert "`--method` is 'linear'" in done.stderr
    none = recur(*command[:-2], "--parts-in", "kept")
    assert none.returncode == 2
    assert "`--parts-in` is `kept/`" in none.stderr
    assert not Path("out").exists()


def test_two_jobs_in_one_folder_are_refused(recur: Run, data: Path, gru: Path) -> None:
    from recur.distributed.folder import job_folder

    command = ("predict", gru, data, "--out", "out", "--memory", "1GB")
    with job_folder(Path("out")):
        done = recur(*command)
        assert done.returncode == 2
        assert "another job writes to `out/`" in done.stderr
    assert recur(*command).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize("verb", ["predict", "forecast"])
def test_a_job_that_is_killed_goes_on_to_the_same_bytes(
    verb: str, data: Path, gru: Path, environment: dict[str, str]
) -> None:
    what = ("predict", gru, data) if verb == "predict" else ("forecast", data, "--horizon", "3")
    command = [sys.executable, "-m", "recur", *map(str, what), "--memory", "1GB", "--out"]
    quiet = {"env": environment, "stdout": subprocess.DEVNULL}
    subprocess.run([*command, "whole"], check=True, **quiet)  # type: ignore[call-overload]
    whole = files_of(Path("whole"))
    out = Path("out")
    kills = 0
    for moment in ("manifest.json", "part-000000.*", "part-000002.*", "part-000003.*"):
        before = {path: path.stat().st_ino for path in out.glob("part-*")}
        process = subprocess.Popen([*command, "out"], **quiet)  # type: ignore[call-overload]
        while process.poll() is None and not list(out.glob(moment)):
            pass
        process.kill()
        kills += process.wait() == -signal.SIGKILL
        assert all(path.stat().st_ino == number for path, number in before.items())
        assert files_of(out).items() <= whole.items()
    subprocess.run([*command, "out"], check=True, **quiet)  # type: ignore[call-overload]
    assert files_of(out) == whole
    assert not list(out.glob(".*.part"))
    assert kills > 1  # the others came too late for so small a job
