"""`recur lab`: a lab as a user runs it; what it prints and writes; bad input.

What each of the labs shows is tested where the labs are, on one quick run of each.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from recur.labs.course import labs
from recur.labs.experiment import LABS

Run = Callable[..., CompletedProcess[str]]

_LAB = "gradients"  # the one that takes the least time
_ROW = {"name", "metric", "published", "ours", "limit", "seconds"}


def test_a_lab_prints_one_json_object_and_writes_what_it_names(folder: Path, recur: Run) -> None:
    done = recur("lab", _LAB, "--quick", "--json", "--out", "new")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert {"lab", "rows", "files"} <= printed.keys()
    assert printed["lab"] == _LAB
    assert all(set(row) == _ROW for row in printed["rows"])
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert {Path(path).name for path in printed["files"].values()} == {
        path.name for path in Path("new").iterdir()
    }
    kept = json.loads(Path("new", "rows.json").read_text(encoding="utf-8"))
    assert kept == {key: printed[key] for key in ("lab", "quick", "rows")}
    assert printed["quick"] is True


def test_a_lab_without_out_writes_nothing_and_prints_a_table(folder: Path, recur: Run) -> None:
    done = recur("lab", _LAB, "--quick")
    assert done.returncode == 0, done.stderr
    heads = next(line for line in done.stdout.splitlines() if line.startswith("experiment"))
    assert heads.split() == ["experiment", "metric", "(quick)", "limit", "time"]
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert "A quick run" in done.stdout
    assert done.stderr  # what it is at
    assert list(folder.iterdir()) == []


def test_the_list_names_every_lab_and_what_it_shows(folder: Path, recur: Run) -> None:
    done = recur("lab", "list")
    assert (done.returncode, done.stderr) == (0, "")
    told = dict(line.strip().split(None, 1) for line in done.stdout.splitlines())
    assert told == LABS
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())
    facts = json.loads(recur("lab", "list", "--json").stdout)
    assert facts["labs"] == [{"lab": name, "shows": shows} for name, shows in LABS.items()]
    assert list(folder.iterdir()) == []


def test_an_unknown_lab_is_refused_with_the_nearest(folder: Path, recur: Run) -> None:
    done = recur("lab", "gradient", "--out", "new", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no lab `gradient`; the nearest is `gradients`;" in done.stderr.lower()
    assert done.stderr.count("\n") == 1
    assert not Path("new").exists()


def test_all_labs_take_no_files(folder: Path, recur: Run) -> None:
    done = recur("lab", "all", "prices.csv", "--quick", "--out", "new")
    assert (done.returncode, done.stdout) == (2, "")
    assert "takes no files, and got `prices.csv`" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not Path("new").exists()


@pytest.mark.parametrize("name", [name for name, lab in labs().items() if not lab.takes_files])
def test_a_lab_that_makes_its_own_data_takes_no_files(folder: Path, recur: Run, name: str) -> None:
    done = recur("lab", name, "prices.csv", "--quick")
    assert (done.returncode, done.stdout) == (2, "")
    assert "prices.csv" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_lab_without_a_name_is_a_wrong_use(recur: Run) -> None:
    assert recur("lab").returncode == 2
