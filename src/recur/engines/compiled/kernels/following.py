"""Growing series: a value is taken and what follows it is forecast, in one call from Python."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.panel.bounds import ENOUGH, NEAR, ON_CEILING
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.gather import WINDOWS, BatchSource
from recur.engines.compiled.kernels.plan import plan_of
from recur.engines.compiled.kernels.predict import SampleKeys, forecast
from recur.engines.compiled.kernels.tiles import Workspace

_ALL = 1 << 30  # lanes of one window


@kernel
def bounds_of(kept: Float64s, whole: Flags, own: int, value: float) -> tuple[float, float]:
    """Take a value of a series, and return the bounds that it keeps to; see `RunningBounds`."""
    kept[0, own], kept[1, own] = min(kept[0, own], value), max(kept[1, own], value)
    kept[2, own] += 1.0
    kept[3, own] += 1.0 if value == 100.0 else 0.0
    kept[4, own] += 1.0 if value == 1.0 else 0.0
    whole[own] = whole[own] and value == np.rint(value)
    least, most, count = kept[0, own], kept[1, own], kept[2, own]
    if least < 0:
        return -np.inf, np.inf
    room, many = NEAR * (most - least), max(2.0, ON_CEILING * count)
    floor = whole[own] or (least <= room and count >= ENOUGH)
    low, high = 0.0 if floor else -np.inf, np.inf
    if most <= 100.0 and kept[3, own] >= many:
        high = 100.0
    if most <= 1.0 and (kept[4, own] >= many or (floor and 1.0 - most <= room)):
        high = 1.0
    return low, high


@entry
def follow(
    stages: Indices, sizes: Indices, weights: Float32s, values: Float32s, numbers: Indices,
    zeros: Float32s, states: Float32s, fresh: Flags, into: Float64s, seen: Flags, ends: Indices,
    counts: Indices, places: Indices, known: Float64s, observed: Flags, begins: Indices,
    rows: Indices, scales: Float64s, beside: Float32s, constants: Float32s, nothing: Float32s,
    settings: Indices, reach: Float64s, kept: Float64s, whole: Flags, series: Indices,
    given: Float64s,
) -> Float64s:  # fmt: skip
    """Write a value of each of some series behind the others, and forecast what follows.

    What is written and what is read of the same memory are two arrays, since compiled code knows
    one kind of array for each.

    Args:
        stages: the plan's.
        sizes: int64, the plan's other entries.
        weights: float32 [parameters].
        values: float32 [1, values of a tile].
        numbers: int64 [1, 2, lanes].
        zeros: float32, as many as a stage has biases.
        states: float32 [0, 0, 0].
        fresh: bool [0].
        into: float64 [rows], the rooms of all series, written to.
        seen: bool [rows], which values were observed, written to.
        ends: int64 [all series], where the next value of each goes.
        counts: int64 [all series], how many came.
        places: int64 [series], written to.
        known: `into` for reading.
        observed: `seen` for reading; of no rows where the network does not look at it.
        begins: int64 [all series].
        rows: `places` for reading.
        scales: float64 [2, all series], centres and spreads.
        beside: float32 [rows + all series * spare, columns].
        constants: float32 [all series, constants].
        nothing: float32 [0, 0].
        settings: int64: scale, residual, season, past, ahead and spare, as `BatchSource` has
            them, the horizon, and how many quantiles of a step the network gives, 1 for none.
        reach: float64 [levels, all series, horizon], how far intervals reach.
        kept: float64 [5, all series], see `RunningBounds`, written to.
        whole: bool [all series], see there, written to.
        series: int64 [series].
        given: float64 [series], the new values.

    Returns:
        float64 [1 + 2 * levels, series, horizon].
    """
    for i in range(len(series)):
        own = series[i]
        end, value = ends[own], given[i]
        came = np.isfinite(value)
        into[end] = value if came else into[max(0, end - 1)]
        seen[end] = came
        places[i] = ends[own] = end + 1
        counts[own] += 1
    none = series[:0]
    batches = BatchSource(
        WINDOWS, rows, known, series, begins, scales[0], scales[1], settings[0], settings[1],
        settings[2], 0, beside, settings[3], settings[4], settings[5], constants, observed, nothing,
        nothing, none, none, none,
    )  # fmt: skip
    plan = plan_of(stages, sizes)
    workspace = Workspace(weights, values, numbers, zeros, states, 0)
    samples = SampleKeys(0, 0, _ALL, counts, 0.0)
    made = np.empty((1, len(series), settings[6] * settings[7]))
    forecast(plan, workspace, fresh, batches, samples, made, settings[7], 1, 0, 0)
    return surround(into, ends, reach, kept, whole, series, made[0], settings[7])


@entry
def surround(
    into: Float64s, ends: Indices, reach: Float64s, kept: Float64s, whole: Flags, series: Indices,
    made: Float64s, quantiles: int,
) -> Float64s:  # fmt: skip
    """Put intervals around forecasts, and hold all to the bounds; see `follow`.

    Args:
        into: see there.
        ends: see there.
        reach: see there.
        kept: see there.
        whole: see there.
        series: see there.
        made: float64 [series, horizon * quantiles], what the network says.
        quantiles: of each step, 1 for none.
    """
    levels, horizon = len(reach), made.shape[1] // quantiles
    out = np.empty((1 + 2 * levels, len(series), horizon))
    for i in range(len(series)):
        own = series[i]
        low, high = bounds_of(kept, whole, own, into[ends[own] - 1])
        for j in range(horizon):
            # Sorted, since quantiles that were learnt apart may cross.
            said = np.sort(made[i, j * quantiles : (j + 1) * quantiles])
            middle = quantiles // 2
            centre = said[middle]
            out[0, i, j] = min(max(centre, low), high)
            lower, upper = np.inf, -np.inf
            for level in range(levels):
                far, side = reach[level, own, j], min(middle, 1 + level)
                below, above = said[middle - side] - far, said[middle + side] + far
                if quantiles > 1:  # none ends before the centre, or before the level below
                    lower = below = min(below, centre, lower)
                    upper = above = max(above, centre, upper)
                out[1 + level, i, j] = min(max(below, low), high)
                out[1 + levels + level, i, j] = min(max(above, low), high)
    return out
