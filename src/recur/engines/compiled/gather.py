"""Batches straight from where the data lie, scaled on the way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from recur.data.scaling import STILL
from recur.engines.compiled.compiler import kernel
from recur.engines.compiled.plan import Plan

Indices = NDArray[np.int64]
Floats = NDArray[np.float32]

WINDOWS, SEQUENCES = range(2)


class Feed(NamedTuple):
    """Windows or sequences, as compiled code takes them.

    Attributes:
        kind: `WINDOWS` or `SEQUENCES`.
        rows: int64, where each begins: of windows, the first value to be forecast.
        values: float64 [rows], of windows.
        series: int64 [windows].
        centre: float64 [series].
        spread: float64 [series].
        by_window: 1 where each window has a scale of its own.
        horizon: target values of a window.
        inputs: float32 [rows, inputs], of sequences; symbols as their numbers.
        targets: float32 [rows, targets], of sequences.
        lengths: int64 [sequences], real steps of each.
    """

    kind: int
    rows: Indices
    values: NDArray[np.float64]
    series: Indices
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    by_window: int
    horizon: int
    inputs: Floats
    targets: Floats
    lengths: Indices


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
def gather(plan: Plan, feed: Feed, indices: Indices, into: Floats, targets: bool) -> None:
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
def _windows(plan: Plan, feed: Feed, indices: Indices, into: Floats, targets: bool) -> None:
    lanes, steps = len(indices), plan.steps
    for lane in range(lanes):
        index = indices[lane]
        end, series = feed.rows[index], feed.series[index]
        level, centre, spread = window_scale(
            feed.values, end, steps, feed.centre[series], feed.spread[series], feed.by_window
        )
        for step in range(steps):
            value = (feed.values[end - steps + step] - level) / spread
            into[(plan.x + step) * lanes + lane] = value
        if plan.decoding:
            into[plan.start * lanes + lane] = (feed.values[end - 1] - centre) / spread
        if targets:
            for step in range(feed.horizon):
                value = (feed.values[end + step] - centre) / spread
                into[(plan.target + step) * lanes + lane] = value


@kernel
def _sequences(plan: Plan, feed: Feed, indices: Indices, into: Floats, targets: bool) -> None:
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
