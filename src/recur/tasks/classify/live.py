"""The class of a series as it comes: a time step goes in, and the answer so far comes out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Float64s
from recur.engines.registry import open_engine
from recur.errors import DataError, SettingsError
from recur.judge.classify.calibration import tempered
from recur.networks.reference import zero_state
from recur.tasks.classify.fitted import FittedClassifier
from recur.tasks.classify.predict import probable
from recur.tasks.streams import State, Stream, read_stream

_REAL = np.ones((1, 1), np.bool_)
"""The mask that `predict` reads with, which its bits depend on."""


class RunningClass(NamedTuple):
    """What a series is by what has come of it.

    Attributes:
        probabilities: float64 [classes].
        classes: their labels, in the same order.
    """

    probabilities: Float64s
    classes: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the likeliest class."""
        return self.classes[int(self.probabilities.argmax())]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: the likeliest label, and the probability of each."""
        chances = dict(zip(self.classes, self.probabilities.tolist(), strict=True))
        return {"label": self.label, "probabilities": chances}


class LiveClassifier(Stream):
    """A classifier that is given one time step after the other; see `Classifier.live`."""

    task = "classify"

    def __init__(self, fitted: FittedClassifier) -> None:
        super().__init__(fitted)
        learned, spec = fitted.learned, fitted.learned.network
        for what, given, change in (
            ("reads texts", learned.kind == "texts", "give `predict` whole ones"),
            ("reads series backwards too", spec.bidirectional, "fit one with `bidirectional` off"),
            ("has a convolution", spec.convolution is not None, "fit one with `filters` 0"),
            (
                f"reads the {spec.reads} over time",
                spec.reads != "last",
                "fit one with `reads` 'last'",
            ),
            ("is mixed with a simple answer", bool(learned.mixed_with), "fit one with `mix` off"),
        ):  # fmt: skip
            if given:
                raise SettingsError(
                    f"this classifier {what}, and cannot be followed step by step; {change}."
                )
        self._fitted, self._weights = fitted, (fitted.weights, *fitted.others)
        self._engine = open_engine(learned.engine, fitted.settings.threads)
        self.reset()

    def reset(self) -> None:
        """Forget the series, as if no time step had come."""
        zero = zero_state(self._fitted.learned.network, 1)
        self._parts = [tuple(part.copy() for part in zero) for _ in self._weights]
        self._seen = np.zeros(1, np.int64)
        self._answer = np.zeros(len(self._fitted.learned.classes))

    def push(self, value: Any) -> RunningClass:
        """Take a time step, a number or [channels], and return the answer for all so far.

        As `predict` looks at no more steps than the longest series of training had, so does this.

        Raises:
            DataError: a value is missing or no number, or there are too few or too many.
        """
        learned = self._fitted.learned
        try:
            values = np.array(value, np.float64, ndmin=1)
        except (TypeError, ValueError):
            raise DataError(f"the value {value!r} is not a number.") from None
        if values.shape != (learned.channels,) or not np.isfinite(values).all():
            raise DataError(
                f"the time step {value!r} is not of {learned.channels} finite numbers, one of each "
                "channel."
            )
        if self._seen[0] < learned.chosen.longest:
            scaled = ((values - self._fitted.centre) / self._fitted.spread).astype(np.float32)
            made = []
            for i, weights in enumerate(self._weights):
                outputs, self._parts[i] = self._engine.forward(
                    learned.network, weights, scaled[None, None], self._parts[i], mask=_REAL
                )
                made.append(probable(outputs))
            self._answer = tempered(np.mean(made, axis=0), learned.temperature)[0]
            self._seen += 1
        return RunningClass(self._answer.copy(), learned.classes)

    def _state(self) -> State:
        parts = {
            f"state.{i}.{j}": part
            for i, own in enumerate(self._parts)
            for j, part in enumerate(own)
        }
        return {**parts, "seen": self._seen, "answer": self._answer}


def live_classifier(fitted: FittedClassifier, state: str | Path | None) -> LiveClassifier:
    """Return a stream that begins anew, or goes on where one was saved."""
    live = LiveClassifier(fitted)
    if state is not None:
        contents = read_stream(state, LiveClassifier.task, fitted)
        live.go_on(contents, state)
    return live
