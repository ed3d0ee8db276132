"""`recur bench`: the compiled engine against PyTorch, and no time where they do not agree."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

from recur.bench import benchmark
from recur.bench.benchmark import Row
from recur.bench.cases import Case, grid, table
from recur.engines import registry

Run = Callable[..., CompletedProcess[str]]

TINY = "gru-8-1-10"
FIELDS = [
    *("name", "cell", "hidden", "batch", "steps", "threads"),
    *("torch_ms", "compiled_ms", "ratio", "agree", "share_of_peak"),
]


@pytest.fixture(autouse=True)
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure for moments: these tests look at what is told, not at how fast anything is."""
    monkeypatch.setattr(benchmark, "_SECONDS", 0.01)
    monkeypatch.setattr(benchmark, "_peak", lambda threads: 1e11 * threads)


@pytest.fixture
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every row have a ratio, its threads times 4.25, without any work."""

    def row(case: Case, threads: int, peak: float) -> Row:
        facts = (case.name, case.spec.cell, case.spec.hidden, case.batch, case.steps, threads)
        return Row(*facts, 4.25 * threads, 1.0, 4.25 * threads, agree=True, share_of_peak=0.25)

    monkeypatch.setattr(benchmark, "measured", row)


def _disturbed(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    """Let what the compiled engine gives be wrong by a factor."""
    sound = benchmark.compiled_work

    def work(case: Case, threads: int) -> Callable[[int], Sequence[Any]]:
        own = sound(case, threads)
        return lambda count: [factor * np.asarray(result) for result in own(count)]

    monkeypatch.setattr(benchmark, "compiled_work", work)


def test_one_network_as_json(recur: Run, folder: Path) -> None:
    done = recur("bench", "engine", "--only", TINY, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert {"rows", "geometric_mean", "least_ratio", "peak_gflops", "machine"} <= answer.keys()
    threads = [1, 2][: registry.machine_threads()]
    assert [row["threads"] for row in answer["rows"]] == threads
    assert [*answer["peak_gflops"]] == [str(count) for count in threads]
    for row in answer["rows"]:
        assert [*row] == FIELDS
        assert (row["name"], row["cell"], row["hidden"]) == (TINY, "gru", 8)
        assert (row["batch"], row["steps"], row["agree"]) == (1, 10, True)
        assert row["ratio"] == pytest.approx(row["torch_ms"] / row["compiled_ms"])
        work = 6 * (10 * 24 * 9 + 8) / (row["compiled_ms"] / 1000)
        peak = 1e9 * answer["peak_gflops"][str(row["threads"])]
        assert row["share_of_peak"] == pytest.approx(work / peak)
    ratios = [row["ratio"] for row in answer["rows"]]
    assert answer["least_ratio"] == min(ratios)
    assert answer["geometric_mean"] == pytest.approx(math.prod(ratios) ** (1 / len(ratios)))
    assert {"recur", "python", "numpy", "numba", "torch"} <= answer["machine"].keys()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["lstm-15-5-5-decoder", "gru-30-single", "gru-30-single-cell", "rnn-64-8-400-fading"]
)
def test_every_kind_of_work_is_the_same_on_both_sides(recur: Run, name: str) -> None:
    done = recur("bench", "engine", "--only", name, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert {row["name"] for row in answer["rows"]} == {name}
    assert answer["geometric_mean"] is None  # that of the grid, of which nothing was asked for


@pytest.mark.parametrize("factor", [1.01, math.nan])
def test_where_results_do_not_agree_nothing_is_timed(
    recur: Run, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    _disturbed(monkeypatch, factor)
    done = recur("bench", "engine", "--only", TINY, "--json")
    assert done.returncode == 3
    assert done.stderr.startswith("recur: the engines do not agree, and nothing was timed, on ")
    assert f"{TINY} (threads: 1)" in done.stderr
    answer = json.loads(done.stdout)
    for row in answer["rows"]:
        assert row["agree"] is False
        assert [row[name] for name in ("torch_ms", "compiled_ms", "ratio")] == [None] * 3
        assert row["share_of_peak"] is None
    assert (answer["geometric_mean"], answer["least_ratio"]) == (None, None)


def test_a_disagreement_stands_in_the_table(recur: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _disturbed(monkeypatch, 1.01)
    done = recur("bench", "engine", "--only", TINY, "--only", "gru-30-single")
    assert done.returncode == 3
    lines = [line.split() for line in done.stdout.splitlines()]
    for name in (TINY, "gru-30-single"):
        assert [name, "1", "-", "-", "disagree"] in [line[:5] for line in lines]


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("options", [("--quick",), ()])
def test_the_table_and_the_grid_are_measured(recur: Run, options: Sequence[str]) -> None:
    answer = json.loads(recur("bench", "engine", "--json", *options).stdout)
    cases = [*table(), *grid(thinned=bool(options))]
    assert [row["name"] for row in answer["rows"] if row["threads"] == 1] == [x.name for x in cases]


@pytest.mark.usefixtures("unmeasured")
def test_the_table_tells_ratios_beside_targets_within_80_columns(recur: Run) -> None:
    done = recur("bench", "engine", "--quick")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["lstm-15-5-5-decoder", "1", "4.25", "1", "4.25", "50", "25%"] in lines
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= 80
    for part in ("grid", "threads", "cell", "hidden", "batch", "steps", "peak"):
        assert f"\n{part} " in done.stdout


@pytest.mark.usefixtures("unmeasured")
def test_a_machine_that_is_busy_is_told(recur: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmark, "machine_threads", lambda: 2)
    monkeypatch.setattr(benchmark, "_peak", lambda threads: 1e11)
    done = recur("bench", "engine", "--only", TINY, "--json")
    assert done.returncode == 0
    assert done.stderr == (
        "Two threads hardly multiply faster than one here; if other programs are at work, the "
        "ratios on 2 threads mean nothing.\n"
    )
    assert json.loads(done.stdout)["peak_gflops"] == {"1": 100.0, "2": 100.0}


def test_a_network_that_is_not_known_is_refused(recur: Run) -> None:
    done = recur("bench", "engine", "--only", "gru-30-300-1000")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no network `gru-30-300-1000` to time; the nearest is " in done.stderr


def test_without_pytorch_there_is_nothing_to_compare_with(
    recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    done = recur("bench", "engine", "--quick")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "recur: there is nothing to compare the compiled engine with: PyTorch is not installed "
        "(pip install 'recurnets[torch]').\n"
    )
