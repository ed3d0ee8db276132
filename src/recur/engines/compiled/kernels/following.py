"""Growing series: a value is taken and what follows it is forecast, in one call from Python."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.engines.compiled.build.compiler import entry
from recur.engines.compiled.kernels.gather import WINDOWS, BatchSource
from recur.engines.compiled.kernels.plan import plan_of
from recur.engines.compiled.kernels.predict import SampleKeys, forecast
from recur.engines.compiled.kernels.tiles import Workspace

_ALL = 1 << 30  # lanes of one window


@entry
def follow(
    stages: Indices, sizes: Indices, weights: Float32s, values: Float32s, numbers: Indices,
    zeros: Float32s, states: Float32s, fresh: Flags, into: Float64s, seen: Flags, ends: Indices,
    counts: Indices, places: Indices, known: Float64s, observed: Flags, begins: Indices,
    rows: Indices, scales: Float64s, beside: Float32s, constants: Float32s, nothing: Float32s,
    settings: Indices, series: Indices, given: Float64s,
) -> Float64s:  # fmt: skip
    """Write a value of each of some series behind the others; return [1, series, width].

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
        settings: int64: scale, residual, season, ahead and spare, as `BatchSource` has them, the
            values of each step, and all that are forecast.
        series: int64 [series].
        given: float64 [series], the new values.
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
        settings[2], 0, beside, 0, settings[3], settings[4], constants, observed, nothing, nothing,
        none, none, none,
    )  # fmt: skip
    plan = plan_of(stages, sizes)
    workspace = Workspace(weights, values, numbers, zeros, states, 0)
    samples = SampleKeys(0, 0, _ALL, counts, 0.0)
    out = np.empty((1, len(series), settings[6]))
    forecast(plan, workspace, fresh, batches, samples, out, settings[5], 1, 0, 0)
    return out
