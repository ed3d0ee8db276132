"""Cells that learn the same text are compared at the same loss, and none is favoured."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recur import SettingsError, Text, TrainingDiverged, Writer
from recur.tasks.write import compare as write_compare
from recur.tasks.write.compare import compare_cells

TEXT = Text.of("the cat sat on a mat. a dog ran far away. we saw the moon rise. " * 16)
BASE = Writer(embedding=4, hidden=6, layers=1, steps=8, streams=2, epochs=2, dropout=0.0)


def compared(*cells: str, **more: Any) -> write_compare.CellComparison:
    return compare_cells(TEXT, cells, base=BASE.clone().set_params(**more), progress=False)


def test_every_cell_is_what_it_would_be_alone() -> None:
    found = compared("rnn", "lstm")
    assert [one.model.cell for one in found.trained] == ["rnn", "lstm"]
    for one in found.trained:
        alone = BASE.clone().set_params(cell=one.model.cell).fit(TEXT, progress=False)
        assert np.array_equal(one.model.weights_, alone.weights_)
        assert len(one.times) == 2
        assert sorted(one.times) == list(one.times)


def test_the_base_is_left_as_it_was() -> None:
    before = BASE.get_params()
    compared("rnn")
    assert BASE.get_params() == before


def test_what_is_left_open_is_chosen_alike_for_all() -> None:
    found = compared("gru", "rnn", embedding=None, steps=None, epochs=1)
    first, second = (one.model.chosen() for one in found.trained)
    assert all(first[name] == second[name] for name in ("embedding", "steps", "hidden"))


def test_the_same_loss_is_the_worst_of_those_reached() -> None:
    found = compared("rnn", "gru")
    reached = [one.reached for one in found.trained if one.reached is not None]
    assert found.same_loss == max(reached)
    for one, contender in zip(found.trained, found.cell_summaries, strict=True):
        assert contender.to_same_loss in one.times
        assert contender.seconds == one.times[-1]
    assert found.trained[0].seconds_to(0.0) is None


def test_without_validation_the_training_losses_are_compared() -> None:
    found = compared("rnn", "gru", validation=0.0)
    for one, contender in zip(found.trained, found.cell_summaries, strict=True):
        assert contender.nats == one.reached == one.model.history_[-1].training


def test_a_cell_that_diverges_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    trained = write_compare._trained

    def diverging(model: Writer, *given: Any, **more: Any) -> write_compare.TrainedCell:
        if model.cell == "rnn":
            raise TrainingDiverged("training diverged.")
        return trained(model, *given, **more)

    monkeypatch.setattr(write_compare, "_trained", diverging)
    found = compared("rnn", "gru")
    assert [one.model.cell for one in found.trained] == ["gru"]
    assert found.skipped == {"rnn": "training diverged."}
    with pytest.raises(TrainingDiverged):
        compared("rnn")


def test_an_interrupted_cell_is_the_last() -> None:
    def stop(cell: str, number: int, write: Callable[[int], str]) -> None:
        if number == 1:
            os.kill(os.getpid(), signal.SIGINT)

    base = BASE.clone().set_params(epochs=9)
    found = compare_cells(TEXT, ("rnn", "gru"), base=base, progress=False, after_epoch=stop)
    assert [one.model.ended_ for one in found.trained] == ["interrupted"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [(("rnn", "mlp"), "no cell `mlp`"), (("rnn", "rnn"), "`rnn` twice"), ((), "names no cell")],
)
def test_cells_that_cannot_be_compared_are_refused(cells: tuple[str, ...], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        compared(*cells)
