"""From windows to forecasts on any engine: the network's own steps, as often as it takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recur.data.windows import Indices, Windows
from recur.engines.base import Decoding, Draws, Engine
from recur.engines.checks import check_windows
from recur.networks.spec import NetworkSpec, Values

_BATCH = 2048  # lanes held in memory at once

_Runs = Callable[[int], Draws | None]
"""What to drop out in the network's run of this number."""


def roll_out(
    engine: Engine,
    spec: NetworkSpec,
    weights: Values,
    windows: Windows,
    horizon: int,
    *,
    samples: int = 0,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return the forecasts from every window with the engine's `forward`; see `Engine.forecast`."""
    check_windows(spec, windows)
    each = max(1, samples)
    size = max(1, _BATCH // each)
    made = np.empty((len(windows), each, horizon))
    for first in range(0, len(windows), size):
        part = np.arange(first, min(first + size, len(windows)))
        runs = partial(_draws, seed, part, samples)
        ahead = _decoded if spec.decoder else _fed_back
        lanes = np.repeat(part, each)
        values = ahead(engine, spec, weights, windows, lanes, horizon, runs)
        made[part] = values.reshape(len(part), each, horizon)
    return np.ascontiguousarray(made.transpose(1, 0, 2))


def _draws(seed: int, part: Indices, samples: int, again: int) -> Draws | None:
    return Draws(seed, part, samples, again) if samples else None


def _fed_back(
    engine: Engine,
    spec: NetworkSpec,
    weights: Values,
    windows: Windows,
    lanes: Indices,
    horizon: int,
    runs: _Runs,
) -> NDArray[np.float64]:
    """Return [lanes, horizon]: the window moves on over what the network has given."""
    known, series = windows.known(lanes), windows.series[lanes]
    for again in range(-(-horizon // spec.outputs)):
        newest = known[:, known.shape[1] - windows.lookback :]
        inputs, centre, spread = windows.scaler.scaled(newest, series)
        outputs, _ = engine.forward(spec, weights, inputs, draws=runs(again))
        known = np.concatenate([known, outputs.astype(np.float64) * spread + centre], axis=1)
    return known[:, windows.lookback :][:, :horizon]


def _decoded(
    engine: Engine,
    spec: NetworkSpec,
    weights: Values,
    windows: Windows,
    lanes: Indices,
    horizon: int,
    runs: _Runs,
) -> NDArray[np.float64]:
    """Return [lanes, horizon]: the decoder goes on by itself."""
    known = windows.known(lanes)
    inputs, centre, spread = windows.scaler.scaled(known, windows.series[lanes])
    start = ((known[:, -1:] - centre) / spread).astype(np.float32)
    decoding = Decoding(start, horizon)
    outputs, _ = engine.forward(spec, weights, inputs, decoding=decoding, draws=runs(0))
    return outputs[:, :, 0].T.astype(np.float64) * spread + centre
