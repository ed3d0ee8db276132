"""From windows to forecasts on any engine: the network's own steps, as often as it takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, DropoutSamples, Engine
from recur.engines.checks.windows import check_rollout
from recur.networks.spec import NetworkSpec, Values

_BATCH = 2048

_Runs = Callable[[int], DropoutSamples | None]
"""What to drop out in the network's run of this number."""


def roll_out(
    engine: Engine,
    spec: NetworkSpec,
    weights: Values,
    windows: Windows,
    horizon: int,
    *,
    levels: int = 1,
    samples: int = 0,
    seed: int = 0,
    most: int = _BATCH,
) -> Float64s:
    """Return the forecasts from every window with the engine's `forward`; see `Engine.forecast`.

    Of the lanes, windows times samples, no more than `most` are held in memory at once.
    """
    check_rollout(spec, windows, horizon, levels)
    spec = spec.reading_last
    each = max(1, samples)
    size = max(1, most // each)
    forecasts = np.empty((len(windows), each, horizon * levels))
    for first in range(0, len(windows), size):
        part = np.arange(first, min(first + size, len(windows)))
        runs = partial(_draws, seed, part, samples)
        lanes = np.repeat(part, each)
        if spec.decoder:
            values = _decoded(engine, spec, weights, windows, lanes, horizon, runs)
        else:
            values = _fed_back(engine, spec, weights, windows, lanes, horizon, levels, runs)
        forecasts[part] = values.reshape(len(part), each, horizon * levels)
    return np.ascontiguousarray(forecasts.transpose(1, 0, 2))


def _draws(seed: int, part: Indices, samples: int, again: int) -> DropoutSamples | None:
    return DropoutSamples(seed, part, samples, again) if samples else None


def _fed_back(
    engine: Engine,
    spec: NetworkSpec,
    weights: Values,
    windows: Windows,
    lanes: Indices,
    horizon: int,
    levels: int,
    runs: _Runs,
) -> Float64s:
    """Return [lanes, horizon]: the window moves on over what the network has given."""
    known, ahead = windows.known(lanes), spec.outputs // levels
    for again in range(-(-horizon // ahead)):
        newest = known[:, known.shape[1] - windows.lookback :]
        seen = windows.model_inputs(newest, lanes, again * ahead, ahead)
        outputs, _ = engine.forward(spec, weights, seen.inputs, mask=seen.mask, draws=runs(again))
        ahead_values = outputs * seen.spread + np.repeat(seen.bases, levels, axis=1)
        known = np.concatenate([known, ahead_values], axis=1)
    return known[:, windows.lookback :][:, : horizon * levels]


def _decoded(
    engine: Engine,
    spec: NetworkSpec,
    weights: Values,
    windows: Windows,
    lanes: Indices,
    horizon: int,
    runs: _Runs,
) -> Float64s:
    """Return [lanes, horizon]: the decoder goes on by itself."""
    seen = windows.model_inputs(windows.known(lanes), lanes, ahead=horizon)
    decoding = Decoding(seen.start, horizon)
    outputs, _ = engine.forward(
        spec, weights, seen.inputs, mask=seen.mask, decoding=decoding, draws=runs(0)
    )
    return outputs[:, :, 0].T.astype(np.float64) * seen.spread + seen.bases
