"""Growing series forecast by compiled code, with nothing made anew from value to value."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.sources.newest import NewestWindows
from recur.engines.base import FollowedEnds
from recur.engines.checks.windows import check_rollout
from recur.engines.compiled import border
from recur.engines.compiled.kernels import predict
from recur.engines.compiled.kernels.following import follow, surround
from recur.engines.compiled.kernels.plan import blocks_for
from recur.engines.compiled.kernels.threads import run_threads
from recur.engines.compiled.kernels.tiles import LANES
from recur.engines.compiled.layout import lay_out
from recur.engines.compiled.sources import batch_source, lent
from recur.engines.compiled.threads import Threads
from recur.networks.spec import NetworkSpec, Values

_Call = Callable[[Indices, Float64s], Float64s]


class CompiledFollower:
    """A network that forecasts growing series; see `Follower`."""

    def __init__(
        self,
        threads: Threads,
        spec: NetworkSpec,
        weights: Values,
        newest: NewestWindows,
        horizon: int,
        ends: FollowedEnds,
    ) -> None:
        windows = newest.windows(np.arange(len(newest)))
        check_rollout(spec, windows, horizon, ends.quantiles)
        self._threads, self._spec, self._newest = threads, spec.reading_last, newest
        self._weights = border.weights_in(spec, weights)
        self._horizon, self._ends, self._masked = horizon, ends, windows.masked
        # Views, which see all that is written to what they are views of.
        self._batches = batch_source(windows)._replace(horizon=0)
        self._scales = lent(newest.scales, np.float64)
        self._series = self._lent = np.zeros(0, np.int64)
        self._calls: dict[int, _Call] = {}

    def follow(self, series: Indices, values: Float64s) -> Float64s:
        """Take one value of each of some series, and forecast; see `Follower.follow`."""
        newest, lanes = self._newest, len(series)
        if not newest.left:
            newest.make_room()
        newest.left -= 1
        if series is not self._series:
            self._series, self._lent = series, lent(series, np.int64)
        call = self._calls.get(lanes) or self._laid_out(lanes)
        return call(self._lent, values)

    def _laid_out(self, lanes: int) -> _Call:
        """Return what forecasts so many series; that of the last number is kept."""
        spec, newest, batches = self._spec, self._newest, self._batches
        most = min(lanes, LANES)
        plan = lay_out(
            spec, newest.keep, lanes=most, blocks=blocks_for(spec, lanes), training=False,
            dropout=False, decoder_steps=self._horizon if spec.decoder else 0, targets=1,
            masked=self._masked,
        )  # fmt: skip
        size = self._threads.team(plan, lanes, -(-lanes // LANES))
        workspace = border.workspace_for(plan, self._weights, border.no_states(), most, size)
        places, fresh = np.zeros(lanes, np.int64), np.zeros(0, np.bool_)
        quantiles = self._ends.quantiles
        reach, kept, whole = self._ends.reach, self._ends.bounds.kept, self._ends.bounds.whole
        settings = [
            batches.scale, batches.residual, batches.season, batches.past, batches.ahead,
            batches.spare, self._horizon, quantiles,
        ]  # fmt: skip
        alone = partial(
            follow, plan.stages, np.array(plan[1:], np.int64), workspace.weights, workspace.values,
            workspace.numbers, workspace.zeros, workspace.states, fresh, newest.values.reshape(-1),
            newest.observed.reshape(-1), newest.ends, newest.counts, places, batches.values,
            batches.observed, batches.begins, lent(places, np.int64), self._scales, batches.beside,
            batches.constants, batches.inputs, np.array(settings, np.int64), reach,
            kept, whole,
        )  # fmt: skip

        def together(series: Indices, values: Float64s) -> Float64s:
            newest.left += 1
            newest.take(series, values, np.isfinite(values))
            out = np.empty((1, lanes, self._horizon * quantiles))
            placed = batches._replace(rows=lent(newest.ends[series], np.int64), series=series)
            samples = border.samples_in(None, 0.0)
            work = partial(
                predict.forecast, plan, workspace, fresh, placed, samples, out, quantiles, size
            )
            run_threads(size, work)
            into = newest.values.reshape(-1)
            return np.asarray(
                surround(into, newest.ends, reach, kept, whole, placed.series, out[0], quantiles)
            )

        call = alone if size == 1 else together
        self._calls = {lanes: call}
        return call
