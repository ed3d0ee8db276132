"""From windows to forecasts: the network's own steps, as often as the horizon takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.data.panel import Panel
from recur.data.scaling import Scaler
from recur.data.windows import Indices, Windows
from recur.engines.base import Engine
from recur.networks.spec import NetworkSpec, Values

_BATCH = 2048  # windows held in memory at once


def roll_out(
    engine: Engine, network: NetworkSpec, weights: Values, windows: Windows, horizon: int
) -> NDArray[np.float64]:
    """Return the forecasts from every window, float64 [windows, horizon].

    A network that looks less than a horizon ahead is fed its own forecasts: the window moves on
    over them, and is scaled anew, as if they had been observed.
    """
    made = np.empty((len(windows), horizon))
    for start in range(0, len(windows), _BATCH):
        part = np.arange(start, min(start + _BATCH, len(windows)))
        known, series = windows.known(part), windows.series[part]
        for step in range(0, horizon, network.outputs):
            newest = known[:, known.shape[1] - windows.lookback :]
            inputs, centre, spread = windows.scaler.scaled(newest, series)
            outputs, _ = engine.forward(network, weights, inputs)
            ahead = outputs.astype(np.float64) * spread + centre
            made[part, step : step + network.outputs] = ahead
            known = np.concatenate([known, ahead], axis=1)
    return made


def scaler_for(
    panel: Panel, ends: Indices, trained: Scaler, trained_ids: tuple[str, ...]
) -> Scaler:
    """Return the scaler for a panel: as learnt where a series is known, else fitted to it.

    A model of one series takes the one series it is given for the same or a similar one. Only
    values before `ends` [series] are looked at.
    """
    if len(panel) == len(trained_ids) == 1 or panel.ids == trained_ids:
        return trained
    histories = [values[:end] for values, end in zip(panel, ends, strict=True)]
    fitted = Scaler.fit(trained.kind, histories)
    known = {name: i for i, name in enumerate(trained_ids)}
    places = np.array([known.get(name, -1) for name in panel.ids])
    return Scaler(
        trained.kind,
        np.where(places >= 0, trained.centre[places], fitted.centre),
        np.where(places >= 0, trained.spread[places], fitted.spread),
    )
