"""The tables and sentences about networks that write."""

from __future__ import annotations

import math

import pytest
from rich.console import Console
from rich.table import Table

from recur.report.writing import CellSummary, cells_table, differences, losses_table
from recur.training.history import Epoch


def text(table: Table) -> str:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def contender(
    cell: str, losses: list[float], *, norm: float = 1.0, rescues: int = 0
) -> CellSummary:
    history = tuple(Epoch(k + 1, loss, loss, 1e-3, norm) for k, loss in enumerate(losses))
    return CellSummary(cell, losses[-1], 12_345_678, 1234.5, 12.3, 123_456.7, history, rescues)


def test_losses_stand_in_nats_and_bits_the_lowest_baseline_first() -> None:
    baselines = {"uniform": math.log(64), "unigram": 3.0, "ngram": 1.5}
    lines = [line.split() for line in text(losses_table(math.log(4), baselines, 7)).splitlines()]
    rows = [line for line in lines if line and line[-1][0].isdigit()]
    assert [row[0] for row in rows] == ["network", "best", "unigram,", "uniform,"]
    assert rows[0] == ["network", "1.3863", "2.0000"]
    assert rows[1][1:4] == ["n-gram", "(order", "7)"]
    assert rows[-1][-2:] == ["4.1589", "6.0000"]


def test_the_widest_cells_of_a_comparison_fit_80_columns() -> None:
    table = text(cells_table([contender("lstm", [12.3456]), contender("rnn", [11.0])]))
    assert max(map(len, table.splitlines())) <= 80
    assert "*11.0000" in table
    assert "*12.3456" not in table
    assert "12,345,678" in table
    assert "…" not in table


def test_the_gradients_are_compared_in_words() -> None:
    trained = [contender("rnn", [2.0, 1.0], norm=3.0), contender("gru", [2.0, 1.0], norm=1.5)]
    assert differences(trained)[0] == (
        "Mean norm of the gradient before clipping: rnn 3, gru 1.5; rnn's is 2 times gru's."
    )


def test_equal_gradients_are_not_set_against_each_other() -> None:
    trained = [contender("rnn", [2.0, 1.0]), contender("gru", [2.0, 1.0])]
    assert "times" not in differences(trained)[0]


def test_epochs_in_which_the_loss_rose_are_counted() -> None:
    rising, falling = contender("rnn", [3.0, 2.0, 2.5, 2.0, 2.1]), contender("gru", [3.0, 2.0])
    assert rising.instability == pytest.approx(0.5)
    said = differences([rising, falling])
    assert said[1] == "Epochs in which the training loss rose: rnn 50 % (2 of 4), gru 0 % (0 of 1)."
    assert "rose in no epoch" in differences([falling, falling])[1]


def test_rescues_are_told() -> None:
    trained = [contender("rnn", [2.0, 1.0], rescues=2), contender("gru", [2.0, 1.0])]
    assert differences(trained)[2].endswith("not finite: rnn 2.")
    assert differences(trained[1:])[2] == "The loss stayed finite in all of them."


def test_a_training_without_a_finished_epoch_has_no_differences() -> None:
    unfinished = CellSummary("gru", 1.0, 10, 0.0, None, 1.0, (), 0)
    assert differences([unfinished]) == []
