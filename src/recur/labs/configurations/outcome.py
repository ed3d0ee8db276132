"""What came out of one configuration of the lab, and how it is counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recur.labs.experiment import Setting
from recur.report.findings import Row

TAUGHT, JUDGED = 2000, 1000
HIDDEN, BATCH, RATE = 32, 32, 0.01


def epochs(setting: Setting) -> int:
    """Return how often a network sees what it learns from."""
    return 10 if setting.quick else 20


@dataclass(frozen=True)
class Outcome:
    """What came out of one configuration.

    Attributes:
        name: of the configuration, and its use.
        metric: what the errors measure.
        ours: the network's error.
        simple: the error of the simple answer.
        simply: what that does.
        example: what went in, what came out, and what should have.
        seconds: that the training took.
    """

    name: str
    metric: str
    ours: float
    simple: float
    simply: str
    example: str
    seconds: float

    @property
    def rows(self) -> tuple[Row, Row]:
        """Return the network's row, and that of the simple answer."""
        return (
            Row(self.name, self.metric, self.ours, limit=0.0, seconds=self.seconds),
            Row(f"simple answer: {self.simply}", self.metric, self.simple, limit=0.0),
        )


def wrong(said: NDArray[np.integer], truth: NDArray[np.integer], *, whole: bool = False) -> float:
    """Return the share of wrong answers, or of rows with any, where they count as a whole."""
    mistakes = said != truth
    return float(np.mean(mistakes.any(axis=1) if whole else mistakes))
