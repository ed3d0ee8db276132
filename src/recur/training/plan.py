"""The settings of a training run, and the learning rate of each of its steps."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from recur.arrays import Float64s
from recur.engines.base import StepRecipe
from recur.settings import Settings, Share

RESCUES = 3
"""How often a run whose loss stopped being finite goes back to its last good epoch."""

_WARM_UP = 0.3  # share of the steps in which a one-cycle rate rises
_START = 1 / 25  # of the peak, where it starts
_END = 1e-4  # of the peak, where it ends


class TrainingPlan(Settings):
    """How long, how fast and in which order.

    Attributes:
        epochs: passes over the training windows.
        batch: windows in a step.
        rate: the learning rate; the peak of a one-cycle schedule.
        schedule: `onecycle` (rises over three tenths of the steps, then falls to nearly 0, both
            along a cosine) or `constant`.
        order: `shuffled` anew every epoch, or `sequential`.
        patience: epochs without a better validation loss after which training stops, counted
            only once the rate is falling; none where it never stops early.
        keep_best: end with the weights of the best validation loss rather than the last ones.
        forcing: how likely a decoder is fed the truth, at the first step and at the last one;
            in between it changes along a straight line.
        recipe: what one step does.
        seed: of every random number.
    """

    epochs: int = Field(ge=1)
    batch: int = Field(ge=1)
    rate: float = Field(gt=0)
    schedule: Literal["onecycle", "constant"]
    order: Literal["shuffled", "sequential"] = "shuffled"
    patience: int | None = Field(None, ge=1)
    keep_best: bool = True
    forcing: tuple[Share, Share] = (1.0, 1.0)
    recipe: StepRecipe = StepRecipe()
    seed: int = Field(0, ge=0, lt=2**63)

    def rates(self, first: int, count: int, total: int) -> Float64s:
        """Return float64 [count], the rates of the steps from `first` on, of `total` in all."""
        if self.schedule == "constant":
            return np.full(count, self.rate)
        step = np.arange(first, first + count)
        peak = max(1.0, _WARM_UP * total - 1)
        rising = _cosine(_START, 1.0, step / peak)
        falling = _cosine(1.0, _END, (step - peak) / max(1.0, total - 1 - peak))
        return self.rate * np.where(step <= peak, rising, falling)

    def forcing_of(self, first: int, count: int, total: int) -> Float64s:
        """Return float64 [count], how likely a decoder is fed the truth at some steps."""
        begin, end = self.forcing
        done = np.arange(first, first + count) / max(1, total - 1)
        return begin + (end - begin) * done

    def is_falling(self, step: int, total: int) -> bool:
        """Say whether the rate has begun to fall for good."""
        return self.schedule == "constant" or step > _WARM_UP * total


def _cosine(start: float, end: float, share: NDArray[np.floating]) -> Float64s:
    share = np.clip(share, 0, 1)
    return np.asarray(end + (start - end) * (1 + np.cos(np.pi * share)) / 2, np.float64)
