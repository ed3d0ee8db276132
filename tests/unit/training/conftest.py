"""Training that goes wrong, or is interrupted, where it is told to."""

from __future__ import annotations

import signal
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from recur.engines.base import Chunk, ChunkResult, Engine, Trainer
from recur.training.progress import Silent


class PoisonedTrainer:
    """A trainer whose weights are lost at given attempts and steps."""

    def __init__(self, trainer: Trainer, poison: set[tuple[int, int]]) -> None:
        self._trainer, self._poison = trainer, poison
        self.evaluate, self.snapshot = trainer.evaluate, trainer.snapshot
        self.restore = trainer.restore

    def run(self, chunk: Chunk) -> ChunkResult:
        result = self._trainer.run(chunk)
        for place, counter in enumerate(chunk.counters):
            if (chunk.attempt, int(counter)) in self._poison:
                now = self._trainer.snapshot()
                self._trainer.restore(replace(now, weights=np.full_like(now.weights, 1e30)))
                losses = result.losses[: place + 1].copy()
                losses[-1] = np.nan
                return ChunkResult(losses, result.norms[: place + 1], finite=False)
        return result


def poison(engine: Engine, places: set[tuple[int, int]]) -> Engine:
    """Return the engine, whose trainers now go wrong at given attempts and steps."""
    changed: Any = copy(engine)
    changed.trainer = lambda *given: PoisonedTrainer(engine.trainer(*given), places)
    return cast("Engine", changed)


class Interrupting(Silent):
    """Presses Ctrl-C once, at a given step."""

    def __init__(self, at: int) -> None:
        self.at = at

    def stepped(self, done: int, total: int, loss: float) -> None:
        if done >= self.at:
            self.at = total + 1
            signal.raise_signal(signal.SIGINT)

    def say(self, message: str) -> None:
        pass


@pytest.fixture
def interrupting() -> type[Interrupting]:
    return Interrupting


@pytest.fixture
def poisoned() -> Callable[[Engine, set[tuple[int, int]]], Engine]:
    return poison
