"""`recur update`: a saved model goes on with newer data, and is replaced by what is no worse."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from tests.functional.answers import json_answer

import recur as library

Run = Callable[..., CompletedProcess[str]]
Write = Callable[..., Path]
Rows = list[tuple[str, str]]


@pytest.fixture
def longer(folder: Path, write: Write, rows: Rows) -> Path:
    """Return the prices of the model, and of a hundred days more."""
    days = np.datetime64(rows[-1][0]) + np.arange(1, 101)
    values = 1500 + 100 * np.sin(np.arange(120, 220) / 5)
    more = [(str(day), f"{value:.4f}") for day, value in zip(days, values, strict=True)]
    return write("longer.csv", ["date", "close"], [*rows, *more])


@pytest.fixture
def own(folder: Path, model: Path) -> Path:
    """Return a copy of the model in the working folder."""
    return Path(shutil.copy(model, "model.recur"))


def test_a_model_is_replaced_by_what_it_has_become(longer: Path, own: Path, recur: Run) -> None:
    before, old = own.read_bytes(), library.load(own)
    done = recur("update", own, longer)
    assert (done.returncode, done.stderr) == (0, "")
    printed = " ".join(done.stdout.split())
    assert "Training went on from the weights of the model" in printed
    assert "before the update" in printed
    kept = "updated model is kept" in printed
    assert kept == (own.read_bytes() != before)
    assert kept, "of a model of two epochs nearly every update is the better one"
    new = library.load(own)
    assert new.seen_until_ > old.seen_until_
    assert new.judgement_ is not None
    assert sorted(path.name for path in Path().iterdir()) == ["longer.csv", "model.recur"]


def test_with_a_folder_the_model_stays(longer: Path, own: Path, recur: Run) -> None:
    before = own.read_bytes()
    answer = json_answer(recur("update", own, longer, "--out", "new", "--json"))
    assert own.read_bytes() == before
    assert answer["task"] == "update"
    assert answer["kept"] == "updated"
    assert answer["sentence"].endswith("the updated model is kept.")
    assert {"model", "forecast", "report"} <= answer["files"].keys()
    assert answer["comparison"]["skill"] >= 0
    assert answer["updated"]["walk"] == answer["saved"]["walk"]


def test_a_model_that_is_better_as_it_was_stays(
    longer: Path, own: Path, recur: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = own.read_bytes()
    monkeypatch.setattr("recur.tasks.forecast.update.Update.updated", False)
    done = recur("update", own, longer)
    assert done.returncode == 0
    assert "nothing was written" in done.stdout
    assert own.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda lines: lines[:60], "has 0 values newer than what the model has seen"),
        (lambda lines: [lines[0], *lines[1::7]], "has a clock of weekly, and the model learnt"),
    ],
    ids=["nothing newer", "other clock"],
)
def test_data_that_do_not_continue_the_series_are_refused(
    longer: Path, own: Path, recur: Run, change: Callable[[list[str]], list[str]], sentence: str
) -> None:
    before = own.read_bytes()
    lines = longer.read_text(encoding="utf-8").splitlines()
    longer.write_text("\n".join(change(lines)) + "\n", encoding="utf-8")
    done = recur("update", own, longer)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert own.read_bytes() == before


def test_only_a_model_that_forecasts_is_updated(folder: Path, longer: Path, recur: Run) -> None:
    writer = library.Writer(hidden=4, epochs=1).fit(
        library.Text.of("the cat sat on the mat. " * 80)
    )
    writer.save("writer.recur")
    done = recur("update", "writer.recur", longer)
    assert done.returncode == 2
    assert "one that forecasts is needed here" in done.stderr
