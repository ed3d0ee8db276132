"""The series of the lab `ladder`, and how forecasts of them are judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recur.arrays import Float64s
from recur.data.synthetic import two_sines
from recur.judge import mse
from recur.labs.experiment import Setting
from recur.labs.ladder.limit import two_sines_expected
from recur.report.findings import Row

STEPS, HORIZON, NOISE = 50, 10, 0.05
SERIES, QUICK_SERIES = 10_000, 1_000
STRIDES, QUICK_STRIDES = 1_500, 300  # to the limit
NEXT, TEN, TENTH = "MSE, next step", "MSE, ten steps", "MSE, tenth step"


@dataclass(frozen=True, eq=False)
class MethodForecasts:
    """Forecasts of the judged series.

    Attributes:
        name: of the method.
        values: float64 [series, horizon].
        published: the error that the slides print.
        seconds: that it took to learn and to forecast.
        low: float64 [levels, series, horizon], the lower ends of intervals; None without.
        high: the upper ends.
    """

    name: str
    values: Float64s
    published: float | None = None
    seconds: float | None = None
    low: Float64s | None = None
    high: Float64s | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """Series whose end is to be forecast.

    Attributes:
        training: float64 [series, steps + horizon], what is learnt from.
        choosing: what chooses which weights are kept.
        judging: what is judged.
        setting: of the lab.
    """

    training: Float64s
    choosing: Float64s
    judging: Float64s
    setting: Setting

    @staticmethod
    def simulated(horizon: int, setting: Setting) -> Problem:
        """Make series for a horizon, and split them 7 : 2 : 1."""
        count = QUICK_SERIES if setting.quick else SERIES
        values = two_sines(count, STEPS + horizon, NOISE, setting.seed).values
        training, choosing, judging = np.split(values, [7 * count // 10, 9 * count // 10])
        return Problem(training, choosing, judging, setting)

    @property
    def horizon(self) -> int:
        """Return the steps to be forecast."""
        return int(self.judging.shape[1]) - STEPS

    @property
    def known(self) -> Float64s:
        """Return float64 [series, steps], what forecasts of the judged series may see."""
        return self.judging[:, :STEPS]

    @property
    def truth(self) -> Float64s:
        """Return float64 [series, horizon]."""
        return self.judging[:, STEPS:]

    @property
    def times(self) -> Float64s:
        """Return float64 [steps + horizon], from 0 to 1."""
        return np.linspace(0, 1, self.judging.shape[1])

    @cached_property
    def best(self) -> Float64s:
        """float64 [series, horizon], the best forecasts of all."""
        strides = QUICK_STRIDES if self.setting.quick else STRIDES
        self.setting.say(f"the limit, {self.horizon} ahead")
        curves = two_sines_expected(self.known, self.times, NOISE, strides, self.setting.seed)
        return curves[:, STEPS:]

    def row(self, metric: str, forecasts: MethodForecasts) -> Row:
        """Judge forecasts, beside the best ones."""
        ours, limit = (self._error(metric, values) for values in (forecasts.values, self.best))
        return Row(forecasts.name, metric, ours, forecasts.published, limit, forecasts.seconds)

    def _error(self, metric: str, values: Float64s) -> float:
        shown = slice(-1, None) if metric == TENTH else slice(None)
        return mse(self.truth[:, shown], values[:, shown])
