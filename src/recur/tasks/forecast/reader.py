"""How a network reads series that grow: its own window of each, or histories as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import Clock
from recur.data.histories.spans import longest_read
from recur.data.panel.bounds import RunningBounds
from recur.data.panel.panel import Panel
from recur.data.sources.newest import NewestWindows, WindowReading
from recur.engines.base import FollowedEnds, Follower
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster, FittedMethod
from recur.tasks.forecast.known import Prediction
from recur.tasks.forecast.live_beside import Beside, BesideColumns
from recur.tasks.forecast.methods import PRETRAINED
from recur.tasks.forecast.network import quantile_levels
from recur.tasks.forecast.predict import network_engine, prediction_from, with_intervals
from recur.tasks.forecast.pretrained import periods_of, shipped

_LOOK = 64  # values to come whose times are looked at together
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

    def onward(self, newest: Callable[[], Indices]) -> None:
        """Be told that the next value of every series comes a step after its newest time."""

    def begin(self, panel: Panel) -> None:
        """Be told that the newest values, with their times, are those of a history."""

    def follow(self, series: Indices, values: Float64s) -> Prediction:
        """Take one value of each of some series, which are as long as is read, and forecast.

        The prediction has its intervals, and is within the bounds.
        """


@dataclass(frozen=True, eq=False)
class Following:
    """What growing series are followed with.

    Attributes:
        clock: what one step is.
        series: how many there are.
        horizon: steps ahead.
        units: float64 [series], what errors are measured in; found in time.
        ends: what stands around forecasts, found in time, and what values keep to.
    """

    clock: Clock
    series: int
    horizon: int
    units: Float64s
    ends: FollowedEnds

    @staticmethod
    def of(fitted: AnyFitted, clock: Clock, series: int, horizon: int) -> Following:
        """Return it for series of which nothing is known yet."""
        settings = fitted.settings
        quantiles = 1
        if isinstance(fitted, FittedForecaster):
            quantiles = max(1, len(quantile_levels(settings)))
        around = settings.interval_method == "conformal" or quantiles > 1
        levels = len(settings.intervals) if around else 0
        reach = np.zeros((levels, series, horizon))
        ends = FollowedEnds(reach, RunningBounds(series), quantiles)
        return Following(clock, series, horizon, np.ones(series), ends)

    def settle(self, fitted: AnyFitted, series: Indices) -> None:
        """Find how far intervals reach around the forecasts of series whose units are known."""
        if len(self.ends.reach) and fitted.settings.conformal:
            units = self.units[series, None]
            self.ends.reach[:, series] = fitted.interval_margins[:, None] * units

    def finished(
        self, fitted: AnyFitted, series: Indices, values: Float64s, own: Prediction
    ) -> Prediction:
        """Return a network's own prediction with its intervals, within the bounds.

        Args:
            fitted: the forecaster.
            series: int64 [n], of the origins.
            values: float64 [n], their newest values, which the bounds have not seen yet.
            own: what the network says.
        """
        self.ends.bounds.take(series, values)
        made = with_intervals(fitted, own, self.units[series])
        bounds = self.ends.bounds.at(series)
        return made if bounds is None else Prediction(*(np.clip(part, *bounds) for part in made))


def columns_beside(
    fitted: AnyFitted, ids: tuple[str, ...], horizon: int, statics: Beside | None
) -> BesideColumns:
    """Return what a fitted forecaster reads beside growing series; see `BesideColumns`."""
    settings, learned = fitted.settings, fitted.learned
    spare = max(horizon, settings.steps)
    return BesideColumns(learned.encoding, ids, learned.lookback, spare, statics)


def reader_of(fitted: AnyFitted, following: Following, beside: BesideColumns) -> Reader:
    """Return how a fitted forecaster reads growing series.

    Raises:
        SettingsError: it has to know more than their newest values.
    """
    if isinstance(fitted, FittedForecaster):
        return _OwnWindows(fitted, following, beside)
    if fitted.settings.method == PRETRAINED:
        return _Histories(fitted, following)
    raise SettingsError(
        f"the method '{fitted.settings.method}' goes through the whole past for each forecast, and "
        "a stream keeps its newest values alone; take a network, such as 'pretrained'."
    )


class _OwnWindows:
    """A trained network, which reads a window of fixed length."""

    def __init__(
        self, fitted: FittedForecaster, following: Following, beside: BesideColumns
    ) -> None:
        settings, learned, horizon = fitted.settings, fitted.learned, following.horizon
        self._fitted, self._following, self._clock = fitted, following, following.clock
        encoding = learned.encoding
        columns = encoding.past_columns + encoding.known_columns
        self._ready = 0  # values to come of all series whose times have been looked at
        self._features_at = len(encoding.past) + len(encoding.known)
        self.sees_times = columns > self._features_at
        reading = WindowReading(
            settings.steps, learned.residual, learned.season, fitted.least_history,
            learned.sees_gaps, encoding.past_columns, settings.steps,
        )  # fmt: skip
        self.newest = NewestWindows(
            following.series, learned.lookback, learned.scaling, reading, columns=columns,
            spare=max(horizon, settings.steps) if columns or beside.constants.size else 0,
            constants=beside.constants,
        )  # fmt: skip
        # What needs more than its forecasts and a reach around them takes the longer way.
        self._follower: Follower | None = None
        if not (settings.intervals and settings.interval_method.endswith("dropout")):
            self._follower = network_engine(fitted).follower(
                learned.network, fitted.weights, self.newest, horizon, following.ends
            )

    def at(self, series: Indices, times: Indices) -> None:
        if not self.sees_times:
            return
        self._look(series, times, 0, 1)
        self._ready = 0

    def onward(self, newest: Callable[[], Indices]) -> None:
        if not self.sees_times:
            return
        if not self._ready:  # a look at many times takes as long as one at a few
            if not self.newest.left:
                self.newest.make_room()
            self._ready = min(_LOOK, self.newest.left)
            self._look(np.arange(len(self.newest)), newest(), 1, self._ready)
        self._ready -= 1

    def _look(self, series: Indices, times: Indices, first: int, count: int) -> None:
        """Write the calendar of so many values to come, the first so many steps after times."""
        newest = self.newest
        if not newest.left:
            newest.make_room()
        onward = np.arange(count + newest.spare)
        steps = np.tile(first + onward, len(times))
        ahead = self._clock.shift(np.repeat(times, len(onward)), steps)
        places = (newest.ends - newest.firsts)[series, None] + onward
        seen = self._features(ahead).reshape(*places.shape, -1)
        newest.columns[series[:, None], places, self._features_at :] = seen

    def begin(self, panel: Panel) -> None:
        newest, self._ready = self.newest, 0
        if not newest.columns.shape[2]:
            return
        steps = self._fitted.learned.encoding.encode(panel, newest.spare).steps
        ends = np.cumsum(panel.lengths + newest.spare)
        for i, end in enumerate(ends.tolist()):
            count = newest.kept(i).stop + newest.spare
            newest.columns[i, :count] = steps[end - count : end]

    def _features(self, times: Indices) -> Float64s:
        return self._fitted.learned.encoding.features(self._clock, times, "the stream")

    def follow(self, series: Indices, values: Float64s) -> Prediction:
        if self._follower is not None:
            made = self._follower.follow(series, values)
            levels = len(made) // 2
            return Prediction(made[0], made[1 : 1 + levels], made[1 + levels :])
        fitted, newest = self._fitted, self.newest
        newest.take(series, values, np.isfinite(values))
        own = prediction_from(fitted, newest.windows(series), self._following.horizon)
        return self._following.finished(fitted, series, newest.newest_values(series), own)


class _Histories:
    """The pretrained network, or one like it, which reads histories of any length."""

    sees_times = False

    def __init__(self, fitted: FittedMethod, following: Following) -> None:
        self._fitted, self._following = fitted, following
        self._network = fitted.network or shipped()
        own = fitted.settings.interval_method != "conformal"
        self._levels = fitted.settings.intervals if own else ()
        keep = longest_read(*periods_of(fitted.learned.season, following.clock, _FOREVER))
        reading = WindowReading(following.horizon)
        self.newest = NewestWindows(following.series, keep, "none", reading)

    def at(self, series: Indices, times: Indices) -> None:
        """Nothing is seen of times."""

    def onward(self, newest: Callable[[], Indices]) -> None:
        """Nothing is seen of times."""

    def begin(self, panel: Panel) -> None:
        """Nothing is to be made ready."""

    def follow(self, series: Indices, values: Float64s) -> Prediction:
        newest = self.newest
        newest.take(series, values, np.isfinite(values))
        kept = [(i, newest.kept(i)) for i in series.tolist()]
        histories = [
            np.where(newest.observed[i, part], newest.values[i, part], np.nan) for i, part in kept
        ]
        following, season = self._following, self._fitted.learned.season
        periods = periods_of(season, following.clock, int(newest.counts.max()))
        engine = open_engine("compiled", self._fitted.settings.threads)
        own = self._network.newest(engine, histories, following.horizon, periods, self._levels)
        return following.finished(self._fitted, series, newest.newest_values(series), own)
