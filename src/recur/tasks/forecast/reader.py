"""How a network reads series that grow: its own window of each, or histories as they are."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import Clock
from recur.data.histories.spans import longest_read
from recur.data.sources.newest import NewestWindows, WindowReading
from recur.engines.base import Follower
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster, FittedMethod
from recur.tasks.forecast.known import Prediction
from recur.tasks.forecast.methods import PRETRAINED
from recur.tasks.forecast.network import quantile_levels
from recur.tasks.forecast.predict import as_prediction, network_engine
from recur.tasks.forecast.pretrained import periods_of, shipped

_FOREVER = 1 << 40  # values of a history in which every season has come round


class Reader(Protocol):
    """What a stream asks of whatever forecasts.

    Attributes:
        newest: the newest values of the series, as many as are read.
        sees_times: whether it has to be told when values come.
    """

    newest: NewestWindows
    sees_times: bool

    def at(self, series: Indices, times: Indices) -> None:
        """Be told when the next values of some series [n] come, before they are taken."""

    def begin(self) -> None:
        """Be told that the newest values, with their times, are those of a history."""

    def follow(self, series: Indices, values: Float64s) -> Prediction:
        """Take one value of each of some series, which are as long as is read, and forecast."""


def reader_of(fitted: AnyFitted, clock: Clock, series: int, horizon: int) -> Reader:
    """Return how a fitted forecaster reads growing series.

    Raises:
        SettingsError: it has to know more than their newest values.
    """
    encoding = fitted.learned.encoding
    numbers = (*encoding.past, *encoding.known, *encoding.statics)
    beside = [*(each.name for each in numbers), *(each.name for each in encoding.labels)]
    if beside:
        raise SettingsError(
            f"this model reads the column `{beside[0]}` beside the values, and a stream has "
            "values alone; fit one without `past`, `known` and `static` columns, or `predict`."
        )
    if isinstance(fitted, FittedForecaster):
        return _OwnWindows(fitted, clock, series, horizon)
    if fitted.settings.method == PRETRAINED:
        return _Histories(fitted, clock, series, horizon)
    raise SettingsError(
        f"the method '{fitted.settings.method}' goes through the whole past for each forecast, and "
        "a stream keeps its newest values alone; take a network, such as 'pretrained'."
    )


class _OwnWindows:
    """A trained network, which reads a window of fixed length."""

    def __init__(self, fitted: FittedForecaster, clock: Clock, series: int, horizon: int) -> None:
        settings, learned = fitted.settings, fitted.learned
        self._fitted, self._clock, self._horizon = fitted, clock, horizon
        columns = learned.encoding.known_columns
        self.sees_times = columns > 0
        reading = WindowReading(
            settings.steps, learned.residual, learned.season, fitted.least_history,
            learned.sees_gaps, settings.steps,
        )  # fmt: skip
        self.newest = NewestWindows(
            series, learned.lookback, learned.scaling, reading, columns=columns,
            spare=max(horizon, settings.steps) if columns else 0,
        )  # fmt: skip
        self._dropout = bool(settings.intervals) and settings.interval_method.endswith("dropout")
        self._follower: Follower | None = None

    def at(self, series: Indices, times: Indices) -> None:
        if not self.sees_times:
            return
        newest = self.newest
        if not newest.left:
            newest.make_room()
        onward = np.arange(newest.spare + 1)
        ahead = self._clock.shift(np.repeat(times, len(onward)), np.tile(onward, len(times)))
        places = (newest.ends - newest.firsts)[series, None] + onward
        newest.columns[series[:, None], places] = self._features(ahead).reshape(*places.shape, -1)

    def begin(self) -> None:
        if not self.sees_times:
            return
        newest = self.newest
        for i in range(len(newest)):
            times = newest.times[i, newest.kept(i)]
            after = self._clock.after(times[-1], newest.spare)
            seen = self._features(np.concatenate([times, after]))
            newest.columns[i, : len(seen)] = seen

    def _features(self, times: Indices) -> Float64s:
        return self._fitted.learned.encoding.features(self._clock, times, "the stream")

    def follow(self, series: Indices, values: Float64s) -> Prediction:
        settings = self._fitted.settings
        if self._dropout:
            self.newest.take(series, values, np.isfinite(values))
            made = network_engine(self._fitted).forecast(
                self._fitted.learned.network, self._fitted.weights, self.newest.windows(series),
                self._horizon, samples=settings.samples, seed=settings.seed,
                levels=max(1, len(quantile_levels(settings))),
            )  # fmt: skip
            return as_prediction(settings, made)
        if self._follower is None:
            self._follower = network_engine(self._fitted).follower(
                self._fitted.learned.network, self._fitted.weights, self.newest, self._horizon,
                max(1, len(quantile_levels(settings))),
            )  # fmt: skip
        return as_prediction(settings, self._follower.follow(series, values)[None])


class _Histories:
    """The pretrained network, or one like it, which reads histories of any length."""

    sees_times = False

    def __init__(self, fitted: FittedMethod, clock: Clock, series: int, horizon: int) -> None:
        self._fitted, self._clock, self._horizon = fitted, clock, horizon
        self._network = fitted.network or shipped()
        own = fitted.settings.interval_method != "conformal"
        self._levels = fitted.settings.intervals if own else ()
        keep = longest_read(*periods_of(fitted.learned.season, clock, _FOREVER))
        self.newest = NewestWindows(series, keep, "none", WindowReading(horizon))

    def at(self, series: Indices, times: Indices) -> None:
        """Nothing is seen of times."""

    def begin(self) -> None:
        """Nothing is to be made ready."""

    def follow(self, series: Indices, values: Float64s) -> Prediction:
        newest = self.newest
        newest.take(series, values, np.isfinite(values))
        kept = [(i, newest.kept(i)) for i in series.tolist()]
        histories = [
            np.where(newest.observed[i, part], newest.values[i, part], np.nan) for i, part in kept
        ]
        periods = periods_of(self._fitted.learned.season, self._clock, int(newest.counts.max()))
        engine = open_engine("compiled", self._fitted.settings.threads)
        return self._network.newest(engine, histories, self._horizon, periods, self._levels)
