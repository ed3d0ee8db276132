"""Ctrl-C ends a lab at whichever training it comes in: no figure is of half a training."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recur.data.synthetic import sine, two_waves
from recur.labs.configurations import by_hand, with_tasks
from recur.labs.denoise import lab as denoise
from recur.labs.denoise.problem import Sines
from recur.labs.experiment import Setting
from recur.labs.gradients.remembering import remember
from recur.labs.ladder import lab as ladder
from recur.labs.ladder.problem import Problem
from recur.labs.lookback import one_or_two, windows
from recur.labs.shakespeare import lab as shakespeare
from recur.labs.sherlock import lab as sherlock
from recur.labs.signal import models
from recur.labs.stocks import lab as stocks
from recur.labs.stocks.prices import simulated
from recur.labs.text import lab_text
from recur.networks.spec import NetworkSpec
from recur.tasks.write.writer import Writer
from recur.training.interruption import Interruption

QUICK = Setting(quick=True)
TRAININGS: dict[str, Callable[[], object]] = {
    "lookback, ours": lambda: one_or_two.own(sine(500, 50).values, 2, epochs=2, seed=0),
    "lookback, course's": lambda: one_or_two.course(2, seed=0),
    "lookback, windows": lambda: windows.losses_of(2, seed=0),
    "lookback, histories": lambda: windows.own([sine(100, 50).values], 1, QUICK),
    "gradients": lambda: remember(NetworkSpec(cell="gru"), learnt=64, epochs=2, seed=0),
    "denoise, course's": lambda: denoise.course("any", Sines.simulated(700, 200, seed=0), QUICK),
    "denoise, ours": lambda: denoise.own("any", Sines.simulated(120, 100, seed=0), QUICK),
    "denoise, others": lambda: denoise.other_noise("impulses", Sines.simulated(120, 100, 0), QUICK),
    "signal": lambda: models.own("any", two_waves(500, 0.1).values, QUICK),
    "ladder": lambda: ladder.network(Problem.simulated(1, QUICK), "any", {}),
    "stocks": lambda: stocks.trained(simulated(QUICK), "any", {}, QUICK),
    "shakespeare": lambda: shakespeare.learn("any", Writer(), lab_text(QUICK, 12_000), QUICK),
    "sherlock": lambda: sherlock.learn(lab_text(QUICK, 10_000), QUICK),
    "configurations, by hand": lambda: by_hand.one_to_one(QUICK),
    "configurations, with tasks": lambda: with_tasks.not_aligned(QUICK),
}


@pytest.mark.parametrize("training", TRAININGS.values(), ids=TRAININGS)
def test_an_interrupted_training_ends_the_lab(
    monkeypatch: pytest.MonkeyPatch, training: Callable[[], object]
) -> None:
    monkeypatch.setattr(Interruption, "asked", True)
    with pytest.raises(KeyboardInterrupt):
        training()
