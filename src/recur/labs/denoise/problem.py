"""What the lab `denoise` asks: sines in noise, the best answers to them, and a network's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from recur.arrays import Float64s
from recur.data.synthetic import noisy_sines
from recur.labs.denoise.limits import denoising_limit

PUBLISHED = 0.0416  # mean absolute error on the test sequences, as the course prints it


@dataclass(frozen=True)
class Sines:
    """Sines in noise, the first ones to learn from and the others to be tested on.

    Attributes:
        noisy: float64 [series, time].
        clean: of the same shape.
        learnt: how many there are to learn from.
        best: float64 [tested, time], the best answers to the test sequences of somebody who sees
            what came before, and (True) of somebody who sees both ways.
    """

    noisy: Float64s
    clean: Float64s
    learnt: int
    best: Mapping[bool, Float64s]

    @staticmethod
    def simulated(series: int, learnt: int, seed: int) -> Sines:
        """Return so many sequences, of which so many are to learn from."""
        sines = noisy_sines(series, seed=seed)
        best = {x: denoising_limit(sines.values[learnt:], both=x) for x in (False, True)}
        return Sines(sines.values, sines.answer, learnt, best)

    @property
    def tested(self) -> tuple[Float64s, Float64s]:
        """Return the test sequences, noisy and clean."""
        return self.noisy[self.learnt :], self.clean[self.learnt :]

    def errors(self, answers: Float64s) -> Float64s:
        """Return float64 [time], the mean absolute error of answers to them at each step."""
        errors = np.abs(answers - self.tested[1]).mean(axis=0)
        return np.asarray(errors.round(9))  # beyond that, the rounding of the sines themselves

    def error(self, answers: Float64s) -> float:
        """Return their mean absolute error over all steps."""
        return float(self.errors(answers).mean())

    def limit(self, both: bool) -> float:
        """Return the least possible error."""
        return self.error(self.best[both])


@dataclass(frozen=True)
class Cleaner:
    """A trained network.

    Attributes:
        name: how it was trained.
        both: whether it reads both ways.
        answers: float64 [tested, time], to the test sequences.
        seconds: that the training took.
        curve: float64 [epochs], mean absolute errors on sequences that it does not learn from;
            none where nobody noted them.
    """

    name: str
    both: bool
    answers: Float64s
    seconds: float
    curve: Float64s
