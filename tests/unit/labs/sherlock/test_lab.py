"""A short run sets both cells beside counting, and says how they differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recur.labs.text import python_text
from recur.report.findings import Findings


def test_both_cells_stand_beside_counting(findings: Findings) -> None:
    losses = [row for row in findings.rows if row.metric == "nats, held-out text"]
    assert [row.name for row in losses[:2]] == ["vanilla RNN", "GRU"]
    assert losses[2].name.startswith("counting: best n-gram")
    assert all(0 < (row.ours or 0) < np.inf for row in losses)
    assert all(row.published is None and row.limit is None for row in findings.rows)


def test_both_cells_learn_something(findings: Findings) -> None:
    uniform = np.log(len(set(python_text()[:20_000])))
    assert all((row.ours or np.inf) < 0.9 * uniform for row in findings.rows[:2])


def test_the_seconds_are_to_a_loss_that_both_have_reached(findings: Findings) -> None:
    losses, times = findings.rows[:2], findings.rows[3:]
    assert [row.name for row in times] == ["vanilla RNN", "GRU"]
    for loss, time in zip(losses, times, strict=True):
        assert 0 < (time.ours or 0) <= (loss.seconds or 0)


def test_the_differences_are_told_in_words(findings: Findings) -> None:
    words = "\n".join(findings.words)
    for part in ("first 20,000 characters of Python's own help", "norm of the gradient"):
        assert part in words
    for cell in ("vanilla RNN", "GRU"):
        assert f"{cell}: The network writes at" in words


def test_each_writes_a_sample(findings: Findings) -> None:
    assert [name for name, _ in findings.texts] == ["vanilla RNN writes", "GRU writes"]
    assert findings.texts[0][1] != findings.texts[1][1]


def test_progress_is_told_after_every_epoch_of_each(said: Callable[[str], list[str]]) -> None:
    assert [line.split(":")[0] for line in said("sherlock")] == [
        f"{cell}, epoch {number}" for cell in ("vanilla RNN", "GRU") for number in range(1, 13)
    ]
