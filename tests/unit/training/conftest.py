"""Training that goes wrong, or is interrupted, where it is told to."""

from __future__ import annotations

import signal
from typing import Any

import numpy as np
import pytest

from recur.engines.base import Chunk, ChunkResult
from recur.engines.pytorch.engine import TorchEngine
from recur.engines.pytorch.trainer import TorchTrainer
from recur.training.progress import Silent


class Poisoned(TorchEngine):
    """An engine whose weights become NaN at given attempts and steps."""

    def __init__(self, poison: set[tuple[int, int]]) -> None:
        super().__init__()
        self.poison = poison

    def trainer(self, *arguments: Any) -> TorchTrainer:
        return PoisonedTrainer(self, *arguments)


class PoisonedTrainer(TorchTrainer):
    def run(self, chunk: Chunk) -> ChunkResult:
        assert isinstance(self._engine, Poisoned)
        result = super().run(chunk)
        for place, counter in enumerate(chunk.counters):
            if (chunk.attempt, int(counter)) in self._engine.poison:
                self._network.flat[:] = float("nan")
                losses = result.losses[: place + 1].copy()
                losses[-1] = np.nan
                return ChunkResult(losses, result.norms[: place + 1], finite=False)
        return result


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
def poisoned() -> type[Poisoned]:
    return Poisoned
