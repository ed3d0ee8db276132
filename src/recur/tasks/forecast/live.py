"""Forecasts of series that grow: a value comes in, and what follows it is forecast at once.

Of each series the newest values are kept, as many as the network reads, so that a value takes the
same time and memory however many came before it. What is forecast is what `predict` would say of
the whole past. Until a series is as long as the network reads, all of it is here, and it is
predicted anew; then its scale is settled, as it is for a walk that begins there.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.arrays import Float64s, Indices, require_finite
from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.errors import DataError, ModelFileError, SettingsError, nearest
from recur.files.modelfile import Contents
from recur.notices import unheard
from recur.tasks.forecast.arrivals import Arrivals
from recur.tasks.forecast.checks import check_further
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.known import Prediction
from recur.tasks.forecast.live_beside import Beside
from recur.tasks.forecast.live_result import LiveForecast
from recur.tasks.forecast.predict import predict_at
from recur.tasks.forecast.reader import Following, columns_beside, reader_of
from recur.tasks.forecast.scales import error_units, window_scaler
from recur.tasks.streams import State, Stream


class LiveForecaster(Stream):
    """A forecaster that is given one value after the other; see `Forecaster.live`.

    Attributes:
        ids: the name of each series.
        clock: what one step is.
        levels: of the intervals, in percent.
    """

    task = "forecast"

    def __init__(
        self,
        fitted: AnyFitted,
        ids: tuple[str, ...],
        clock: Clock,
        *,
        single: bool,
        horizon: int | None = None,
        beside: Beside | None = None,
    ) -> None:
        super().__init__(fitted)
        settings, count = fitted.settings, len(ids)
        self._horizon = settings.horizon if horizon is None else horizon
        if self._horizon < 1:
            raise SettingsError(f"`horizon` is {horizon}; it must be 1 or more.")
        if self._horizon > settings.horizon:
            check_further(fitted, self._horizon)
        self.ids, self.clock, self.levels = ids, clock, settings.intervals
        self._fitted, self._single = fitted, single
        self._ahead = max(self._horizon, settings.horizon)
        self._every, self._places = np.arange(count), {name: i for i, name in enumerate(ids)}
        self._beside = columns_beside(fitted, ids, self._ahead, beside)
        self._following = Following.of(fitted, clock, count, self._ahead)
        self._reader = reader_of(fitted, self._following, self._beside)
        self._newest, self._bounds = self._reader.newest, self._following.ends.bounds
        self._arrivals = Arrivals(clock, count, fitted.learned.seen_until)
        self._settled = np.zeros(count, np.bool_)
        self._one = np.zeros(1)
        self._all_settled = False

    def reset(self) -> None:
        """Forget all values, as if none had come."""
        for part in (self._newest, self._arrivals, self._bounds, self._beside):
            part.forget()
        self._settled[:] = self._all_settled = False

    def begin(self, panel: Panel) -> None:
        """Take a history of all series, which bears their names."""
        self.reset()
        newest = self._newest
        for i, values in enumerate(panel):
            kept = slice(-min(len(values), newest.keep), None)
            count = len(values[kept])
            newest.values[i, :count] = values[kept]
            newest.observed[i, :count] = ~panel.filled_in(i)[kept]
            newest.times[i, :count] = panel.clock_times(i)[kept]
            newest.ends[i] += count
            self._bounds.take_all(i, values)
        newest.counts[:], newest.left = panel.lengths, newest.room - newest.keep
        self._reader.begin(panel)
        self._beside.begin(panel)
        self._arrivals.begin(panel.times[panel.offsets[1:] - 1])
        full = np.flatnonzero(panel.lengths >= newest.keep)
        if len(full):
            self._settle(full, panel, full, panel.lengths[full])

    @property
    def seen(self) -> Indices:
        """Return int64 [series], how many values of each came, those of a history included."""
        return self._newest.counts.copy()

    def push(
        self, value: Any, time: Any = None, *, series: Any = None, beside: Beside | None = None
    ) -> LiveForecast:
        """Take the newest value, or one of each series, and return what follows.

        Args:
            value: a number, NaN or None where it is missing; of several series [series].
            time: of the value, or one of each series; by default a step after the one before.
                Steps that lie between are taken as missing.
            series: the names or places of those series that values have come of; by default all.
            beside: columns that the network reads beside the values, by their names: of one known
                up to now a number, or one of each series, None where it is missing; of one known
                ahead those of this step and of those after it, [steps] or [series, steps].

        Raises:
            DataError: a value is no number, or a time is off the clock.
            SettingsError: a column is not said, or not as far ahead as the network reads it.
        """
        which = self._every if series is None else self._some(series)
        values = self._numbers(value, len(which))
        alone = beside is None and not self._beside.come
        if self._all_settled and series is None and alone and self._arrivals.is_next(time):
            self._reader.onward(self._arrivals.all_newest)
            self._arrivals.go_on()
            return self._shown(which, self._reader.follow(which, values))
        if time is None and self._reader.sees_times and not self._arrivals.timed[which].all():
            raise SettingsError(
                "this network sees the calendar, and nobody has said when the stream begins; give "
                "the `time` of its first value, or a history."
            )
        coming, said = self._arrivals.coming(which, time), self._beside.read(beside, len(which))
        begun = self._newest.counts[which] > 0
        come = begun | np.isfinite(values)
        self._beside.check(which[come], said[come], begun[come], coming.passed[come])
        self._arrivals.take(which, coming)
        self._pass_over(which, coming.passed)
        return self._took(which, values, said)

    def _took(self, which: Indices, values: Float64s, said: Float64s) -> LiveForecast:
        """Take values whose times have come, some of which may be the first of their series."""
        begun = (self._newest.counts[which] > 0) | np.isfinite(values)
        shape = (len(which), self._ahead)
        ends = np.full((2, len(self.levels), *shape), np.nan)
        made, settled = Prediction(np.full(shape, np.nan), *ends), self._settled[which]
        for some, answer in ((settled, self._followed), (begun & ~settled, self._anew)):
            if some.any():
                for part, own in zip(
                    made, answer(which[some], values[some], said[some]), strict=True
                ):
                    part[..., some, :] = own
        return self._shown(which, made)

    def _followed(self, which: Indices, values: Float64s, said: Float64s) -> Prediction:
        """Take values of series that are as long as is read, and forecast."""
        self._reader.at(which, self._arrivals.newest(which))
        self._beside.write(self._newest, which, said)
        return self._reader.follow(which, values)

    def _anew(self, which: Indices, values: Float64s, said: Float64s) -> Prediction:
        """Take values of series that are still short, and predict them from all that there is."""
        self._write(which, values, self._arrivals.newest(which), said)
        panel, places = self._panel()
        with unheard():
            made = predict_at(
                self._fitted, panel, places[which], self._newest.counts[which], self._ahead
            )
        self._settle_full(which)
        return made

    def _write(
        self, which: Indices, values: Float64s, times: Indices, said: Float64s | None = None
    ) -> None:
        """Write values behind the others of their series."""
        self._reader.at(which, times)
        self._beside.write(self._newest, which, said)
        self._newest.take(which, values, np.isfinite(values), times)
        self._bounds.take(which, self._newest.newest_values(which))

    def _settle_full(self, which: Indices) -> None:
        """Settle the scales of those series that have become as long as is read."""
        full = (self._newest.counts[which] >= self._newest.keep) & ~self._settled[which]
        if full.any():
            panel, places = self._panel()
            some = which[full]
            self._settle(some, panel, places[some], self._newest.counts[some])

    def _settle(self, which: Indices, panel: Panel, places: Indices, origins: Indices) -> None:
        """Settle the scales of series by what a panel holds of them before some origins."""
        self._following.units[which] = error_units(self._fitted, panel, places, origins)
        self._following.settle(self._fitted, which)
        if isinstance(self._fitted, FittedForecaster):
            scaler = window_scaler(self._fitted, panel, places, origins)
            self._newest.scales[:, which] = scaler.centre[places], scaler.spread[places]
        self._settled[which] = True
        self._all_settled = bool(self._settled.all())

    def _pass_over(self, which: Indices, steps: Indices) -> None:
        """Take steps that lie before the newest one as missing, int64 [n] of each series."""
        for i, passed in zip(which.tolist(), steps.tolist(), strict=True):
            own = which[:1] * 0 + i
            if not passed or not self._newest.counts[i]:
                continue
            written = min(passed, self._newest.keep)
            if passed > written:
                self._beside.pass_on(own)
            back = np.arange(-written, 0)
            for time in self.clock.shift(np.repeat(self._arrivals.newest(own), written), back):
                self._write(own, np.array([np.nan]), np.array([time]))
                self._settle_full(own)
            rest = passed - written  # which nothing looks at any more
            self._newest.counts[i] += rest
            self._bounds.take(own, self._newest.newest_values(own), rest)

    def _panel(self) -> tuple[Panel, Indices]:
        """Return what is kept of the series that have begun, and the place of each of all."""
        newest = self._newest
        begun = np.flatnonzero(newest.counts)
        parts = [(i, newest.kept(i)) for i in begun.tolist()]
        filled = ~np.concatenate([newest.observed[i, part] for i, part in parts])
        places = np.full(len(newest), -1)
        places[begun] = np.arange(len(begun))
        lengths = [part.stop - part.start for _, part in parts]
        panel = Panel(
            values=np.concatenate([newest.values[i, part] for i, part in parts]),
            times=np.concatenate([newest.times[i, part] for i, part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            ids=tuple(self.ids[i] for i in begun),
            clock=self.clock,
            target=self._fitted.learned.target,
            source="the stream",
            filled=filled if filled.any() else None,
            covariates=self._beside.covariates(begun, np.array(lengths, np.int64)),
        )
        return panel, places

    def _shown(self, which: Indices, made: Prediction) -> LiveForecast:
        """Return a prediction in the form in which values come, as far as is asked."""
        known = made
        if not self._all_settled:
            begun = self._newest.counts[which] > 0  # of the others nothing is known
            known = Prediction(*(part[..., begun, :] for part in made))
        require_finite("the forecast", *known)
        centre, low, high = made
        if self._ahead != self._horizon:
            centre, low, high = (part[..., : self._horizon] for part in made)
        since, steps = self._arrivals.since
        if since is not None and which is not self._every:
            since = since[which]
        if self._single:
            centre, low, high = centre[0], low[:, 0], high[:, 0]
            since = None if since is None else since[0]
        return LiveForecast(centre, low, high, self.levels, self.clock, since, steps)

    def _header(self) -> dict[str, Any]:
        return {
            "ids": list(self.ids),
            "single": self._single,
            "clock": self.clock.to_dict(),
            "horizon": self._horizon,
            **({"beside": self._beside.statics} if self._beside.statics else {}),
        }

    def _state(self) -> State:
        newest, arrivals, bounds = self._newest, self._arrivals, self._bounds
        own = {"settled": self._settled, "units": self._following.units}
        return own | newest.state() | arrivals.state() | bounds.state() | self._beside.state()

    def _take(self, contents: Contents) -> None:
        super()._take(contents)
        self._newest.check()
        self._following.settle(self._fitted, self._every)
        kept = self._newest.ends - self._newest.begins
        if (self._settled & (kept < self._newest.keep)).any():
            raise ModelFileError("a series of it is settled before it is as long as is read.")
        if (~self._settled & (kept != self._newest.counts)).any():  # of these all is kept
            raise ModelFileError("a series of it is short, and not all of its values are there.")
        self._all_settled = bool(self._settled.all())

    def _some(self, series: Any) -> Indices:
        """Return int64 [n], the places of series by their names or places."""
        names = [series] if isinstance(series, str | int | np.integer) else list(series)
        found = []
        for name in names:
            place = self._places.get(name, -1) if isinstance(name, str) else int(name)
            if not 0 <= place < len(self.ids):
                raise SettingsError(
                    f"the stream has no series `{name}`; {nearest(str(name), self.ids)}."
                )
            found.append(place)
        if len(set(found)) < len(found):
            raise SettingsError("a series is named twice; push its values one after the other.")
        return np.array(found, np.int64)

    def _numbers(self, value: Any, count: int) -> Float64s:
        """Return float64 [count], NaN where a value is missing."""
        if count == 1 and isinstance(value, float | int):
            self._one[0] = value  # which is taken before anybody gives another
            return self._one
        try:
            values = np.array(value, np.float64, ndmin=1)
        except (TypeError, ValueError):
            raise DataError(f"the value {value!r} is not a number.") from None
        if values.shape != (count,):
            raise DataError(
                f"a value of the shape {values.shape} was given, and {count} are expected, one of "
                "each series."
            )
        return values
