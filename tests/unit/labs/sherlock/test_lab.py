"""A short run sets both cells beside counting, and says how they differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from recur.labs.experiment import Setting
from recur.labs.sherlock import lab as sherlock
from recur.labs.text import python_text
from recur.report.findings import Findings, findings_table
from recur.report.plots.style import png


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(told: list[str], tmp_path_factory: pytest.TempPathFactory) -> Findings:
    book: Path = tmp_path_factory.mktemp("books") / "book.txt"
    book.write_text(python_text(), "utf-8", newline="")
    return sherlock.run(Setting(files=(book,), quick=True, say=told.append))


def test_both_cells_stand_beside_counting(found: Findings) -> None:
    losses = [row for row in found.rows if row.metric == "nats, held-out text"]
    assert [row.name for row in losses[:2]] == ["vanilla RNN", "GRU"]
    assert losses[2].name.startswith("counting: best n-gram")
    assert all(0 < (row.ours or 0) < np.inf for row in losses)
    assert all(row.published is None and row.limit is None for row in found.rows)


def test_both_cells_learn_something(found: Findings) -> None:
    uniform = np.log(len(set(python_text()[:20_000])))
    assert all((row.ours or np.inf) < 0.9 * uniform for row in found.rows[:2])


def test_the_seconds_are_to_a_loss_that_both_have_reached(found: Findings) -> None:
    losses, times = found.rows[:2], found.rows[3:]
    assert [row.name for row in times] == ["vanilla RNN", "GRU"]
    for loss, time in zip(losses, times, strict=True):
        assert 0 < (time.ours or 0) <= (loss.seconds or 0)


def test_the_table_fits_100_columns(found: Findings) -> None:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(findings_table(found.rows))
    assert len(capture.get().splitlines()) == 2 + len(found.rows)


def test_the_differences_are_told_in_words(found: Findings) -> None:
    said = "\n".join(found.words)
    for part in ("first 20,000 characters of book.txt", "norm of the gradient"):
        assert part in said
    for cell in ("vanilla RNN", "GRU"):
        assert f"{cell}: The network writes at" in said


def test_each_writes_a_sample(found: Findings) -> None:
    assert [name for name, _ in found.texts] == ["vanilla RNN writes", "GRU writes"]
    assert found.texts[0][1] != found.texts[1][1]


def test_every_picture_can_be_drawn(found: Findings) -> None:
    assert [picture.name for picture in found.pictures] == ["training", "gradients"]
    assert all(png(picture.draw()) for picture in found.pictures)


def test_progress_is_told_after_every_epoch_of_each(found: Findings, told: list[str]) -> None:
    assert found.rows
    assert [line.split(":")[0] for line in told] == [
        f"{cell}, epoch {number}" for cell in ("vanilla RNN", "GRU") for number in range(1, 13)
    ]
