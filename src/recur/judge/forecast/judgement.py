"""The judgement: forecasts of the network and its references, their errors, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.errors import InputError, nearest
from recur.judge.forecast.baselines import SIMPLE
from recur.judge.forecast.errors import errors_by_horizon, errors_of
from recur.judge.forecast.intervals import Intervals
from recur.judge.forecast.verdict import NETWORK, Verdict, decide
from recur.judge.forecast.walk import Forecasts, Method, Walk


@dataclass(frozen=True, eq=False)
class Judgement:
    """What a walk forward found.

    Attributes:
        walk: what was forecast.
        forecasts: for each method and series, float64 [origins, horizon].
        errors: for each method, every metric; None where it has no finite value.
        by_horizon: for each method and metric, float64 [horizon]; NaN where it has no value.
        verdict: on the method named "network".
        intervals: of its forecasts, where it has any.
    """

    walk: Walk
    forecasts: dict[str, Forecasts]
    errors: dict[str, dict[str, float | None]]
    by_horizon: dict[str, dict[str, NDArray[np.float64]]]
    verdict: Verdict
    intervals: Intervals | None = None

    def __repr__(self) -> str:
        return f"<Judgement: {self.verdict.sentence}>"

    def to_dict(self) -> dict[str, Any]:
        """Return the errors and the verdict, without the forecasts, as plain JSON values."""
        judged = {NETWORK: self.verdict.judged}  # a simple answer stands once, by its name
        by_horizon = {
            judged.get(name, name): {metric: _or_none(values) for metric, values in metrics.items()}
            for name, metrics in self.by_horizon.items()
        }
        told = {
            "errors": {judged.get(name, name): errors for name, errors in self.errors.items()},
            "by_horizon": by_horizon,
            "verdict": self.verdict.to_dict(),
        }
        return told if self.intervals is None else {**told, "intervals": self.intervals.to_dict()}


def judge(
    walk: Walk,
    methods: Mapping[str, Method | Forecasts],
    intervals: Intervals | None = None,
    judged: str = NETWORK,
) -> Judgement:
    """Let every method forecast from every origin of a walk, and compare.

    Args:
        walk: the series, their held-out ends and the horizon.
        methods: the judged one as "network", the simple answers by their names in `SIMPLE` (see
            `references`); any others are measured beside them. Each is a method, or the
            forecasts that it has made already: for each series float64 [origins, horizon].
        intervals: of the network's forecasts.
        judged: what the "network" is, for the verdict and its words, where it is none.

    >>> from recur.judge import references
    >>> series = np.cumsum(np.tile([1.0, -1.0, 2.0, -2.0], 30))
    >>> walk = Walk((series,), starts=(80,), horizon=2, season=4)
    >>> simple = references(walk, lookback=4)
    >>> judgement = judge(walk, {"network": simple["last_value"], **simple})
    >>> judgement.errors["linear"]["mae"] < 1e-9
    True
    >>> judgement.verdict.sentence
    'The network is worse than repeating the last season, which is exact here: use that instead.'
    """
    for name in (NETWORK, *SIMPLE):
        if name not in methods:
            raise InputError(
                f"A judgement needs a method called `{name}`; {nearest(name, methods)}."
            )
    forecasts = {name: walk.forecasts(name, method) for name, method in methods.items()}
    by_horizon = {name: errors_by_horizon(walk, made) for name, made in forecasts.items()}
    return Judgement(
        walk=walk,
        forecasts=forecasts,
        errors={name: errors_of(errors) for name, errors in by_horizon.items()},
        by_horizon=by_horizon,
        verdict=decide(walk, forecasts, judged),
        intervals=intervals,
    )


def _or_none(values: NDArray[np.float64]) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
