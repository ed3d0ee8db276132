"""Batches straight from where the data lie, scaled on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices
from recur.data.panel.scaling import FAR, FEWEST, STILL
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.plan import Plan

WINDOWS, SEQUENCES, PAIRS = range(3)
SCALES = ("none", "window", "series")
_BY_WINDOW, _BY_SERIES = 1, 2
RESIDUALS = ("none", "last", "seasonal")
_NONE, _LAST, _SEASONAL = range(3)


class BatchSource(NamedTuple):
    """Windows, sequences or pairs of them, as compiled code takes them.

    Attributes:
        kind: `WINDOWS`, `SEQUENCES` or `PAIRS`.
        rows: int64, where each begins: of windows, the first value to be forecast.
        values: float64 [rows], of windows.
        series: int64 [windows].
        begins: int64 [series], where each begins.
        centre: float64 [series].
        spread: float64 [series].
        scale: how windows are scaled, a place in `SCALES`; others are as "none".
        residual: what its targets count from, a place in `RESIDUALS`.
        season: steps in a season.
        horizon: target values of a window, or the most of a pair.
        beside: float32 [rows + series * spare, columns], what is seen beside the values.
        past: columns of it that are known only up to the newest value.
        ahead: rows by which the others are seen ahead, too.
        spare: rows of a series beyond its end.
        constants: float32 [series, constants].
        observed: bool [rows], which values were; of no rows where all were.
        inputs: float32 [rows, inputs], of sequences; symbols as their numbers.
        targets: float32 [rows, targets], of sequences.
        lengths: int64 [sequences], real steps of each.
        target_rows: int64 [pairs], where the targets of each begin.
        target_lengths: int64 [pairs], targets of each.
    """

    kind: int
    rows: Indices
    values: Float64s
    series: Indices
    begins: Indices
    centre: Float64s
    spread: Float64s
    scale: int
    residual: int
    season: int
    horizon: int
    beside: Float32s
    past: int
    ahead: int
    spare: int
    constants: Float32s
    observed: Flags
    inputs: Float32s
    targets: Float32s
    lengths: Indices
    target_rows: Indices
    target_lengths: Indices


class WindowScale(NamedTuple):
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
def real_steps(plan: Plan, batches: BatchSource, index: int) -> int:
    """Return how many time steps of a window or sequence are real."""
    if batches.kind != WINDOWS:
        return int(batches.lengths[index])
    return min(plan.steps, int(batches.rows[index] - batches.begins[batches.series[index]]))


@kernel
def count_observed(plan: Plan, batches: BatchSource, index: int) -> int:
    """Return how many targets of a window were observed, or how many a pair has."""
    if batches.kind == PAIRS:
        return int(batches.target_lengths[index])
    end, count = batches.rows[index], 0
    steps = plan.out_steps if plan.every else 1
    for step in range(steps):
        first = end
        if plan.every:
            read = plan.read_first + step * plan.read_stride
            first = end - plan.steps + read + 1
            if plan.mask >= 0 and read < plan.steps - real_steps(plan, batches, index):
                continue
        for i in range(first, first + batches.horizon):
            count += 1 if batches.observed[i] else 0
    return count


@kernel
def gone_by(values: Float64s, end: int, steps: int, centre: float, spread: float) -> float:
    """Return how far a window has gone from the level of its series; see `Scaler`."""
    part = max(FEWEST, steps // 3)
    if steps < part:
        return 0.0
    above, below, total = True, True, 0.0
    for i in range(end - part, end):
        away = (values[i] - centre) / spread
        above = above and away > FAR
        below = below and away < -FAR
        if not (above or below):
            return 0.0
        total += values[i] - centre
    return total / part


@kernel
def window_scale(
    values: Float64s, end: int, steps: int, centre: float, spread: float, scale: int
) -> tuple[float, float, float]:
    """Return what a window's inputs and its targets count from, and their unit; see `Scaler`."""
    if scale == _BY_SERIES:
        level = centre + gone_by(values, end, steps, centre, spread)
        return level, level, spread
    if scale != _BY_WINDOW:
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
def gather(
    plan: Plan, batches: BatchSource, indices: Indices, into: Float32s, targets: bool
) -> None:
    """Write inputs, targets, masks and a decoder's first input into a tile's rows.

    Args:
        plan: of the network.
        batches: where the data lie.
        indices: int64 [lanes], the windows or sequences.
        into: float32 [rows * lanes], the tile's values.
        targets: whether targets are wanted.
    """
    if batches.kind == WINDOWS:
        _windows(plan, batches, indices, into, targets)
    else:
        _sequences(plan, batches, indices, into, targets and batches.kind == SEQUENCES)
        if batches.kind == PAIRS:
            _answers(plan, batches, indices, into)


@kernel
def write_window(
    plan: Plan, batches: BatchSource, values: Float64s, end: int, row: int, origin: int,
    series: int, lane: int, lanes: int, into: Float32s,
) -> WindowScale:  # fmt: skip
    """Write what a network is given of a window into one lane.

    Args:
        plan: of the network.
        batches: where the data lie.
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
    real = min(steps, row - batches.begins[series]) if plan.mask >= 0 else steps
    level, _, spread = window_scale(
        values, end, real, batches.centre[series], batches.spread[series], batches.scale
    )
    columns, constants = batches.beside.shape[1], batches.constants.shape[1]
    for step in range(steps):
        back = min(steps - step, real)
        place = (plan.x + step * plan.inputs) * lanes + lane
        into[place] = (values[end - back] - level) / spread
        side = row - back + series * batches.spare
        for i in range(columns):
            place += lanes
            into[place] = batches.beside[side, i]
        for i in range(batches.past, columns):
            place += lanes
            into[place] = batches.beside[side + batches.ahead, i]
        for i in range(constants):
            place += lanes
            into[place] = batches.constants[series, i]
        if len(batches.observed) > 0:
            seen = row - back >= origin or batches.observed[row - back]
            into[place + lanes] = 1.0 if seen else 0.0
        if plan.mask >= 0:
            into[(plan.mask + step) * lanes + lane] = 1.0 if steps - step <= real else 0.0
    scale = WindowScale(level, values[end - 1], spread, real)
    if plan.decoding:
        base = base_of(batches, values, end, -1, scale)
        into[plan.start * lanes + lane] = (values[end - 1] - base) / spread
    return scale


@kernel
def base_of(
    batches: BatchSource, values: Float64s, end: int, step: int, scale: WindowScale
) -> float:
    """Return what a step's target counts from; step -1 is the newest value itself."""
    if batches.residual == _NONE:
        return scale.level
    if batches.residual == _LAST:
        return scale.newest
    back = batches.season - (-1 if step < 0 else step % batches.season)
    return float(values[end - back]) if back <= scale.real else scale.newest


@kernel
def _windows(
    plan: Plan, batches: BatchSource, indices: Indices, into: Float32s, targets: bool
) -> None:
    lanes = len(indices)
    for lane in range(lanes):
        index = indices[lane]
        end, series = batches.rows[index], batches.series[index]
        scale = write_window(
            plan, batches, batches.values, end, end, end, series, lane, lanes, into
        )
        if not targets:
            continue
        for out in range(plan.out_steps if plan.every else 1):
            first = end
            if plan.every:
                first = end - plan.steps + plan.read_first + out * plan.read_stride + 1
            row = plan.target + out * batches.horizon
            _write_targets(plan, batches, first, end, series, scale, row, lane, lanes, into)


@kernel
def _write_targets(
    plan: Plan, batches: BatchSource, first: int, end: int, series: int, scale: WindowScale,
    row: int, lane: int, lanes: int, into: Float32s,
) -> None:  # fmt: skip
    """Write the horizon that begins at `first` of a window that ends before `end`."""
    begin = batches.begins[series]
    real = first > begin  # else a masked step, before the first value of the series
    for step in range(batches.horizon):
        at = max(0, first + step)
        if plan.every and batches.residual == _LAST:
            base = batches.values[max(begin, first - 1)]
        elif plan.every and batches.residual == _SEASONAL:
            ago = first - batches.season + step % batches.season
            base = batches.values[ago if ago >= begin else max(begin, first - 1)]
        else:
            base = base_of(batches, batches.values, end, step, scale)
        place = (row + step) * lanes + lane
        into[place] = (batches.values[at] - base) / scale.spread
        if plan.counted >= 0:
            into[place + (plan.counted - plan.target) * lanes] = (
                1.0 if real and batches.observed[at] else 0.0
            )


@kernel
def _sequences(
    plan: Plan, batches: BatchSource, indices: Indices, into: Float32s, targets: bool
) -> None:
    lanes, steps = len(indices), plan.steps
    width = batches.targets.shape[1]
    for lane in range(lanes):
        index = indices[lane]
        first = batches.rows[index]
        real = batches.lengths[index] if plan.mask >= 0 else steps
        for step in range(steps):
            row = first + (step if step < real else 0)
            for i in range(plan.inputs):
                into[(plan.x + step * plan.inputs + i) * lanes + lane] = batches.inputs[row, i]
            if plan.mask >= 0:
                into[(plan.mask + step) * lanes + lane] = 1.0 if step < real else 0.0
            if targets and plan.every:
                for i in range(width):
                    into[(plan.target + step * width + i) * lanes + lane] = batches.targets[row, i]
        if targets and not plan.every:
            for i in range(width):
                value = batches.targets[first + real - 1, i]
                into[(plan.target + i) * lanes + lane] = value


@kernel
def _answers(plan: Plan, batches: BatchSource, indices: Indices, into: Float32s) -> None:
    """Write of pairs what a decoder is fed, what should come out, and which steps are real."""
    lanes = len(indices)
    for lane in range(lanes):
        first, real = batches.target_rows[indices[lane]], batches.target_lengths[indices[lane]]
        for step in range(plan.out_steps):
            row = first + (step if step < real else 0)
            into[(plan.start + step) * lanes + lane] = batches.targets[row, 0]
            into[(plan.target + step) * lanes + lane] = batches.targets[row + 1, 0]
            into[(plan.counted + step) * lanes + lane] = 1.0 if step < real else 0.0
