"""Ends a Lightning training when its processor seconds are used up."""

from __future__ import annotations

from typing import Any

from benchmarks.peers.workers.protocol import processor
from pytorch_lightning.callbacks import Callback

SKIPPED = 3  # steps before the pace is taken


class Budget(Callback):  # type: ignore[misc]  # has no types here
    """Counts steps, and stops after so many processor seconds.

    Attributes:
        steps: that were made.
    """

    def __init__(self, seconds: float) -> None:
        self.steps = 0
        self._seconds, self._began, self._paced = seconds, processor(), 0.0

    def __deepcopy__(self, _: Any) -> Budget:
        """Stay one where a library copies its settings, so that the steps can be read here."""
        return self

    def on_train_start(self, *_: Any) -> None:
        """Begin to count."""
        self.steps, self._began = 0, processor()

    def on_train_batch_end(self, trainer: Any, *_: Any) -> None:
        """Count a step; after the last one that there is time for, stop."""
        self.steps += 1
        if self.steps == SKIPPED:
            self._paced = processor()
        if processor() - self._began > self._seconds:
            trainer.should_stop = True

    def pace(self) -> float:
        """Return the processor seconds of a step."""
        return (processor() - self._paced) / max(self.steps - SKIPPED, 1)
