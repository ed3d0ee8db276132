"""The judgement: forecasts of the network and its references, their errors, and the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s, Indices
from recur.errors import InputError, nearest
from recur.judge.forecast.baselines import SIMPLE
from recur.judge.forecast.errors import METRICS, error_sums, errors_from, errors_of
from recur.judge.forecast.intervals import (
    Intervals,
    MeasuredIntervals,
    PlainIntervals,
    measures_from,
)
from recur.judge.forecast.losses import loss_sums, losses_from, without_rounding
from recur.judge.forecast.tracking import (
    direction_counts,
    hits_from,
    lag_from,
    lag_sums,
    longest_lag,
)
from recur.judge.forecast.verdict import NETWORK, Verdict, decided
from recur.judge.forecast.walk import Forecasts, Method, Walk, WalkSize
from recur.markup import card
from recur.settings import from_plain

_Told = TypeVar("_Told")

OfPart = tuple[Mapping[str, Method | Forecasts], Intervals | None]
"""The methods that are judged on a part of a walk, and the intervals of the network."""


@dataclass(frozen=True, eq=False)
class JudgementSummary:
    """What a walk forward found, without its forecasts: as much as a model's file holds.

    Attributes:
        walk: what was forecast, or how much.
        errors: for each method, every metric; None where it has no finite value.
        by_horizon: for each method and metric, float64 [horizon]; NaN where it has no value.
        verdict: on the method named "network".
        intervals: of its forecasts, where it has any.
    """

    walk: Walk | WalkSize
    errors: dict[str, dict[str, float | None]]
    by_horizon: dict[str, dict[str, NDArray[np.float64]]]
    verdict: Verdict
    intervals: Intervals | MeasuredIntervals | None = None

    def __repr__(self) -> str:
        return f"<Judgement: {self.verdict.sentence}>"

    def _repr_html_(self) -> str:
        return card(
            "Judgement",
            text=self.verdict.sentence,
            header=("", "MAE", "RMSE", "sMAPE %", "MASE"),
            rows=[
                (
                    (self.verdict.judged if name == NETWORK else name).replace("_", " "),
                    *(
                        "" if measured[metric] is None else f"{measured[metric]:.4g}"
                        for metric in ("mae", "rmse", "smape", "mase")
                    ),
                )
                for name, measured in self.errors.items()
                if name == NETWORK or name != self.verdict.judged
            ],
        )

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
            "walk": asdict(self.walk.size if isinstance(self.walk, Walk) else self.walk),
        }
        return told if self.intervals is None else {**told, "intervals": self.intervals.to_dict()}

    @staticmethod
    def from_dict(told: Any) -> JudgementSummary | None:
        """Return what `to_dict` told; None where this version does not understand it.

        What older versions told has no walk: their verdict is by another test.
        """
        plain = from_plain(_Plain, told)
        plain = plain and plain.by_role()
        if plain is None or not plain.is_whole():
            return None
        by_horizon = {
            name: {metric: np.array(values, dtype=np.float64) for metric, values in metrics.items()}
            for name, metrics in plain.by_horizon.items()
        }
        walk, made = plain.walk, plain.intervals
        intervals = None if made is None else MeasuredIntervals.told(walk, made)
        return JudgementSummary(walk, plain.errors, by_horizon, plain.verdict, intervals)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Judgement(JudgementSummary):
    """What a walk forward found.

    Attributes, beside those of the summary:
        forecasts: for each method and series, float64 [origins, horizon].
    """

    walk: Walk
    forecasts: dict[str, Forecasts]
    intervals: Intervals | None = None


@dataclass(frozen=True)
class _Plain:
    """What `JudgementSummary.to_dict` tells."""

    errors: dict[str, dict[str, float | None]]
    by_horizon: dict[str, dict[str, list[float | None]]]
    verdict: Verdict
    walk: WalkSize
    intervals: PlainIntervals | None = None

    def by_role(self) -> _Plain:
        """Return the same with what was judged as "network", whatever its name is."""
        judged = self.verdict.judged
        return replace(
            self,
            errors=_by_role(self.errors, judged),
            by_horizon=_by_role(self.by_horizon, judged),
        )

    def is_whole(self) -> bool:
        """Say whether there are all the errors of all methods that are shown."""
        methods = (NETWORK, *SIMPLE)
        lengths = {
            len(self.by_horizon.get(name, {}).get(metric, ()))
            for name in methods
            for metric in METRICS
        }
        over = {self.verdict.against, self.verdict.over_naive.against}
        measured = all(set(METRICS) <= set(self.errors.get(name, ())) for name in methods)
        return measured and lengths == {self.walk.horizon} and over <= set(SIMPLE)


class Tally:
    """What a judgement is made of, summed over the forecasts of a walk, part after part.

    Attributes:
        walk: the whole of it.
        errors: by method, the sums that its errors at each step ahead come from.
        losses: by method, the sums of its losses at each time of origin.
        lags: the sums of squared distances of the network from older truths.
        directions: counted over the forecasts of the network.
        intervals: their method and levels, and the sums that their measures come from.
    """

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.errors: dict[str, Float64s | float] = {}
        self.losses: dict[str, Float64s] = {}
        self.lags = np.zeros((2, longest_lag(walk) + 1))
        self.directions: Indices = np.zeros(3, np.int64)
        self.intervals: tuple[str, tuple[float, ...], Float64s] | None = None

    def add(
        self, part: Walk, forecasts: Mapping[str, Float64s], intervals: Intervals | None = None
    ) -> None:
        """Add a part of the walk.

        Args:
            part: of the walk.
            forecasts: by method, float64 [origins, horizon].
            intervals: of the network's.
        """
        times = self.walk.times
        for name, made in forecasts.items():
            exact = without_rounding(part, made)
            self.errors[name] = self.errors.get(name, 0.0) + error_sums(part, exact)
            losses = self.losses.setdefault(name, np.zeros((2, times)))
            losses[:, times - part.times :] += loss_sums(part, exact)
        self.lags += lag_sums(part, forecasts[NETWORK], self.lags.shape[1] - 1)
        self.directions += direction_counts(part, forecasts[NETWORK])
        if intervals is not None:
            before = 0.0 if self.intervals is None else self.intervals[2]
            self.intervals = intervals.method, intervals.levels, before + intervals.sums

    def judgement(self, judged: str) -> JudgementSummary:
        """Return what it comes to.

        Args:
            judged: what the "network" is.
        """
        walk, measured = self.walk, None
        by_horizon = {name: errors_from(np.asarray(sums)) for name, sums in self.errors.items()}
        losses = {name: losses_from(sums) for name, sums in self.losses.items()}
        hits = hits_from(walk, self.directions)
        if self.intervals is not None:
            method, levels, sums = self.intervals
            measured = MeasuredIntervals(walk.size, method, measures_from(walk, levels, sums))
        return JudgementSummary(
            walk=walk,
            errors={name: errors_of(walk, errors) for name, errors in by_horizon.items()},
            by_horizon=by_horizon,
            verdict=decided(walk, losses, hits, lag_from(self.lags), judged),
            intervals=measured,
        )


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
    tally = Tally(walk)
    for some, part in walk.parts():
        tally.add(part, {name: np.concatenate(made[some]) for name, made in forecasts.items()})
    found = tally.judgement(judged)
    return Judgement(
        walk=walk,
        forecasts=forecasts,
        errors=found.errors,
        by_horizon=found.by_horizon,
        verdict=found.verdict,
        intervals=intervals,
    )


def judge_in_parts(
    walk: Walk,
    of_part: Callable[[slice, Walk], OfPart],
    judged: str = NETWORK,
) -> JudgementSummary:
    """Judge as `judge` does, with the same figures, and keep no forecast.

    Args:
        walk: the series, their held-out ends and the horizon.
        of_part: returns the methods and the intervals of one part of the series.
        judged: see `judge`.
    """
    tally = Tally(walk)
    for some, part in walk.parts():
        methods, intervals = of_part(some, part)
        made = {name: part.forecasts(name, method) for name, method in methods.items()}
        tally.add(part, {name: np.concatenate(each) for name, each in made.items()}, intervals)
    return tally.judgement(judged)


def _by_role(told: dict[str, _Told], judged: str) -> dict[str, _Told]:
    """Return what was told of what was judged as that of "network"; a simple answer is both."""
    simple = {name: values for name, values in told.items() if name in SIMPLE}
    return {NETWORK if name == judged else name: values for name, values in told.items()} | simple


def _or_none(values: NDArray[np.float64]) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in values]
