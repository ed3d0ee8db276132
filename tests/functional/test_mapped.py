"""A network that is trained from the command line on files that memory does not hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.functional.conftest import Run


@pytest.fixture
def days(folder: Path) -> Path:
    """Return a folder of two files of walks."""
    (folder / "data").mkdir()
    numbers = np.random.default_rng(0)
    for k in range(2):
        pl.DataFrame(
            {
                "unique_id": np.repeat([f"s{k}{i}" for i in range(4)], 90),
                "ds": np.tile(np.datetime64("2020-01-01") + np.arange(90), 4),
                "y": numbers.normal(size=(4, 90)).cumsum(axis=1).reshape(-1),
            }
        ).write_parquet(folder / "data" / f"part{k}.parquet")
    return folder


ASKED = ("--target", "y", "--horizon", "3", "--hidden", "4", "--epochs", "1")


def test_it_has_the_judgement_and_the_forecast_that_it_has_from_memory(
    recur: Run, days: Path
) -> None:
    parts = ("--memory", "400MB", "--parts-in", "maps")
    mapped = recur("forecast", "data/*.parquet", *ASKED, *parts, "--out", "mapped", "--json")
    read = recur("forecast", "data/*.parquet", *ASKED, "--out", "read", "--json")
    assert (mapped.returncode, read.returncode) == (0, 0), mapped.stderr
    names = ("forecast.csv", "model.recur")
    for name in names:
        assert (days / "mapped" / name).read_bytes() == (days / "read" / name).read_bytes(), name
    assert (days / "mapped" / "report.html").exists()
    assert not (days / "mapped" / "test.png").exists()  # no forecast of the judgement is kept


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--skip-bad",), "`--skip-bad` is for data that memory holds"),
        (("--tune", "2"), "`--tune` is for data that memory holds"),
        (("--parts-in", "data/part0.parquet"), "cannot write"),
    ],
)
def test_what_a_training_on_parts_does_not_take_is_refused(
    recur: Run, days: Path, more: tuple[str, ...], sentence: str
) -> None:
    refused = recur("forecast", "data/*.parquet", *ASKED, "--memory", "400MB", *more)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert days.exists()
