"""Tables can be read in a forked child of a process that has read some; polars alone would hang."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")

SCRIPT = """
import json, multiprocessing, os, signal, sys, warnings
import pandas as pd, polars as pl
from recur.data.tables.readers import read_panel
from recur.errors import DataError

path, bad, way = sys.argv[1:]
here = read_panel(path)  # which starts polars' threads
frame = pl.read_csv(path)
sources = {
    "path": path,
    "polars": frame,
    "pandas": pd.read_csv(path),
    "array": frame["y"].to_numpy(),
    "bad": bad,
}

def read(_=None):
    signal.alarm(50)  # a child that hangs is not to outlive the test
    try:
        panel = read_panel(sources[way])
    except DataError as error:
        return str(error)
    same = way == "array" or (panel.times == here.times).all() and panel.clock == here.clock
    return bool(same and (panel.values == here.values).all())

warnings.simplefilter("ignore")  # newer versions of Python warn of forks beside threads
if way == "path":  # once as everybody does it
    with multiprocessing.get_context("fork").Pool(1) as pool:
        print(json.dumps(pool.map(read, [0])[0]))
else:
    sys.stdout.flush()
    if os.fork() == 0:
        print(json.dumps(read()), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.parametrize("way", ["path", "polars", "pandas", "array"])
def test_a_forked_child_reads_what_its_parent_reads(way: str, tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, way)) is True


def test_a_forked_child_is_told_of_bad_rows_as_its_parent_is(tmp_path: Path) -> None:
    assert "column `y`, row 4" in json.loads(run(tmp_path, "bad"))


def run(folder: Path, way: str) -> str:
    good, bad = folder / "good.csv", folder / "bad.csv"
    rows = [f"2024-01-{day:02},{day % 7}" for day in range(1, 29)]
    good.write_text("\n".join(["ds,y", *rows, ""]))
    bad.write_text("\n".join(["ds,y", *rows[:2], "2024-01-03,x", *rows[3:], ""]))
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, good, bad, way],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,  # without the fresh process a child would wait for ever
    )
    return ended.stdout
