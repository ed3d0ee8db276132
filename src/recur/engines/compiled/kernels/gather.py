"""Batches straight from where the data lie, scaled on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Indices
from recur.data.panel.scaling import STILL
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.plan import Plan

WINDOWS, SEQUENCES = range(2)
RESIDUALS = ("none", "last", "seasonal")
_NONE, _LAST, _SEASONAL = range(3)


class Feed(NamedTuple):
    """Windows or sequences, as compiled code takes them.

    Attributes:
        kind: `WINDOWS` or `SEQUENCES`.
        rows: int64, where each begins: of windows, the first value to be forecast.
        values: float64 [rows], of windows.
        series: int64 [windows].
        begins: int64 [series], where each begins.
        centre: float64 [series].
        spread: float64 [series].
        by_window: 1 where each window has a scale of its own.
        residual: what its targets count from, a place in `RESIDUALS`.
        season: steps in a season.
        horizon: target values of a window.
        beside: float32 [rows + series * spare, columns], what is seen beside the values.
        past: columns of it that are known only up to the newest value.
        ahead: rows by which the others are seen ahead, too.
        spare: rows of a series beyond its end.
        constants: float32 [series, constants].
        observed: bool [rows], which values were; of no rows where all were.
        inputs: float32 [rows, inputs], of sequences; symbols as their numbers.
        targets: float32 [rows, targets], of sequences.
        lengths: int64 [sequences], real steps of each.
    """

    kind: int
    rows: Indices
    values: NDArray[np.float64]
    series: Indices
    begins: Indices
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    by_window: int
    residual: int
    season: int
    horizon: int
    beside: Float32s
    past: int
    ahead: int
    spare: int
    constants: Float32s
    observed: NDArray[np.bool_]
    inputs: Float32s
    targets: Float32s
    lengths: Indices


class Sight(NamedTuple):
    """What a window was measured from.

    Attributes:
        level: of the inputs.
        newest: the newest value.
        spread: the unit.
        real: known values.
    """

    level: float
    newest: float
    spread: float
    real: int


@kernel
def real_steps(plan: Plan, feed: Feed, index: int) -> int:
    """Return how many time steps of a window or sequence are real."""
    if feed.kind == SEQUENCES:
        return int(feed.lengths[index])
    return min(plan.steps, int(feed.rows[index] - feed.begins[feed.series[index]]))


@kernel
def count_observed(plan: Plan, feed: Feed, index: int) -> int:
    """Return how many targets of a window were observed."""
    end, count = feed.rows[index], 0
    steps = plan.out_steps if plan.every else 1
    for step in range(steps):
        first = end
        if plan.every:
            read = plan.read_first + step * plan.read_stride
            first = end - plan.steps + read + 1
            if plan.mask >= 0 and read < plan.steps - real_steps(plan, feed, index):
                continue
        for i in range(first, first + feed.horizon):
            count += 1 if feed.observed[i] else 0
    return count


@kernel
def window_scale(
    values: NDArray[np.float64], end: int, steps: int, centre: float, spread: float, by_window: int
) -> tuple[float, float, float]:
    """Return what a window's inputs and its targets count from, and their unit; see `Scaler`."""
    if not by_window:
        return centre, centre, spread
    newest = values[end - 1]
    mean, moves = 0.0, 0.0
    for i in range(end - steps, end):
        mean += values[i] - newest
        if i > end - steps:
            moves += (values[i] - values[i - 1]) ** 2
    mean /= steps
    variance = 0.0
    for i in range(end - steps, end):
        variance += (values[i] - newest - mean) ** 2
    own = np.sqrt(variance / steps + moves / steps)
    return newest + mean, newest, own + max(0.0, spread - own / STILL)


@kernel
def gather(plan: Plan, feed: Feed, indices: Indices, into: Float32s, targets: bool) -> None:
    """Write inputs, targets, masks and a decoder's first input into a tile's rows.

    Args:
        plan: of the network.
        feed: where the data lie.
        indices: int64 [lanes], the windows or sequences.
        into: float32 [rows * lanes], the tile's values.
        targets: whether targets are wanted.
    """
    if feed.kind == WINDOWS:
        _windows(plan, feed, indices, into, targets)
    else:
        _sequences(plan, feed, indices, into, targets)


@kernel
def write_window(
    plan: Plan, feed: Feed, values: NDArray[np.float64], end: int, row: int, origin: int,
    series: int, lane: int, lanes: int, into: Float32s,
) -> Sight:  # fmt: skip
    """Write what a network is given of a window into one lane.

    Args:
        plan: of the network.
        feed: where the data lie.
        values: float64, in which the window's values end before `end`.
        end: see there.
        row: the row of the panel at which that is.
        origin: the row of the panel from which on nothing is known.
        series: of the window.
        lane: where to write.
        lanes: of the tile.
        into: float32 [rows * lanes].
    """
    steps = plan.steps
    real = min(steps, row - feed.begins[series]) if plan.mask >= 0 else steps
    level, _, spread = window_scale(
        values, end, real, feed.centre[series], feed.spread[series], feed.by_window
    )
    columns, constants = feed.beside.shape[1], feed.constants.shape[1]
    for step in range(steps):
        back = min(steps - step, real)
        place = (plan.x + step * plan.inputs) * lanes + lane
        into[place] = (values[end - back] - level) / spread
        side = row - back + series * feed.spare
        for i in range(columns):
            place += lanes
            into[place] = feed.beside[side, i]
        for i in range(feed.past, columns):
            place += lanes
            into[place] = feed.beside[side + feed.ahead, i]
        for i in range(constants):
            place += lanes
            into[place] = feed.constants[series, i]
        if len(feed.observed) > 0:
            seen = row - back >= origin or feed.observed[row - back]
            into[place + lanes] = 1.0 if seen else 0.0
        if plan.mask >= 0:
            into[(plan.mask + step) * lanes + lane] = 1.0 if steps - step <= real else 0.0
    sight = Sight(level, values[end - 1], spread, real)
    if plan.decoding:
        base = base_of(feed, values, end, -1, sight)
        into[plan.start * lanes + lane] = (values[end - 1] - base) / spread
    return sight


@kernel
def base_of(feed: Feed, values: NDArray[np.float64], end: int, step: int, sight: Sight) -> float:
    """Return what a step's target counts from; step -1 is the newest value itself."""
    if feed.residual == _NONE:
        return sight.level
    if feed.residual == _LAST:
        return sight.newest
    back = feed.season - (-1 if step < 0 else step % feed.season)
    return float(values[end - back]) if back <= sight.real else sight.newest


@kernel
def _windows(plan: Plan, feed: Feed, indices: Indices, into: Float32s, targets: bool) -> None:
    lanes = len(indices)
    for lane in range(lanes):
        index = indices[lane]
        end, series = feed.rows[index], feed.series[index]
        sight = write_window(plan, feed, feed.values, end, end, end, series, lane, lanes, into)
        if not targets:
            continue
        for out in range(plan.out_steps if plan.every else 1):
            first = end
            if plan.every:
                first = end - plan.steps + plan.read_first + out * plan.read_stride + 1
            row = plan.target + out * feed.horizon
            _write_targets(plan, feed, first, end, series, sight, row, lane, lanes, into)


@kernel
def _write_targets(
    plan: Plan, feed: Feed, first: int, end: int, series: int, sight: Sight, row: int, lane: int,
    lanes: int, into: Float32s,
) -> None:  # fmt: skip
    """Write the horizon that begins at `first` of a window that ends before `end`."""
    begin = feed.begins[series]
    real = first > begin  # else a masked step, before the first value of the series
    for step in range(feed.horizon):
        at = max(0, first + step)
        if plan.every and feed.residual == _LAST:
            base = feed.values[max(begin, first - 1)]
        elif plan.every and feed.residual == _SEASONAL:
            ago = first - feed.season + step % feed.season
            base = feed.values[ago if ago >= begin else max(begin, first - 1)]
        else:
            base = base_of(feed, feed.values, end, step, sight)
        place = (row + step) * lanes + lane
        into[place] = (feed.values[at] - base) / sight.spread
        if plan.counted >= 0:
            into[place + (plan.counted - plan.target) * lanes] = (
                1.0 if real and feed.observed[at] else 0.0
            )


@kernel
def _sequences(plan: Plan, feed: Feed, indices: Indices, into: Float32s, targets: bool) -> None:
    lanes, steps = len(indices), plan.steps
    width = feed.targets.shape[1]
    for lane in range(lanes):
        index = indices[lane]
        first = feed.rows[index]
        real = feed.lengths[index] if plan.mask >= 0 else steps
        for step in range(steps):
            row = first + (step if step < real else 0)
            for i in range(plan.inputs):
                into[(plan.x + step * plan.inputs + i) * lanes + lane] = feed.inputs[row, i]
            if plan.mask >= 0:
                into[(plan.mask + step) * lanes + lane] = 1.0 if step < real else 0.0
            if targets and plan.every:
                for i in range(width):
                    into[(plan.target + step * width + i) * lanes + lane] = feed.targets[row, i]
        if targets and not plan.every:
            for i in range(width):
                value = feed.targets[first + real - 1, i]
                into[(plan.target + i) * lanes + lane] = value
