"""The pretrained forecaster: engines held to the equations, and its file to what was trained."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
import torch
from benchmarks.pretraining.network import Network, packed
from torch import nn

from recur.arrays import Float64s
from recur.data.histories.inputs import HistoryInputs
from recur.data.simulated.series import simulate
from recur.engines.base import Engine
from recur.networks import reference
from recur.tasks.forecast.pretrained import Pretrained, shipped

HORIZON = 15


class Equations:
    """An engine that runs a network as it is written down, in double precision."""

    def forward(self, spec: Any, values: Any, inputs: Any, *, mask: Any = None) -> Any:
        return reference.forward(
            spec, values.astype(np.float64), inputs.astype(np.float64), mask=mask
        )


def taught(cell: str) -> Network:
    """Return a network whose every weight matters."""
    torch.manual_seed(3)
    network = Network(cell, hidden=10, dense=12)
    for block in network.parameters():
        nn.init.normal_(block, std=0.3)
    return network


def agree(made: Float64s, true: Float64s) -> None:
    """Hold forecasts to others, each series by its own size."""
    size = np.abs(true).max(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(made / size, true / size, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", ["gru", "lstm", "shipped"])
@pytest.mark.parametrize(("period", "second"), [(1, 0), (12, 0), (24, 168)])
def test_engines_forecast_as_the_equations_say(
    engine: Engine, cell: str, period: int, second: int
) -> None:
    network: Pretrained = shipped() if cell == "shipped" else packed(taught(cell))
    whole = simulate(12, 400, period, second, seed=2)
    histories = [values[-length:] for values, length in zip(whole, range(40, 400, 30), strict=True)]
    histories[0][5:9] = np.nan  # and the shorter ones begin later than the others
    made, true = (
        network.quantiles(one, histories, HORIZON, period, second)
        for one in (engine, cast(Engine, Equations()))
    )
    agree(made, true)


@pytest.mark.parametrize("cell", ["gru", "lstm", "none"])
@pytest.mark.parametrize(("period", "second"), [(1, 0), (12, 0), (24, 168)])
def test_the_file_forecasts_as_the_network_that_was_trained(
    engine: Engine, cell: str, period: int, second: int
) -> None:
    network = taught(cell)
    values = simulate(12, 400, period, second, seed=4)
    values -= values.mean(axis=1, keepdims=True)  # below 0 too, so that none has a logarithm
    inputs = HistoryInputs.read(values, period, second)
    ahead, base = inputs.ahead(np.arange(1, HORIZON + 1))
    with torch.no_grad():
        told = (torch.from_numpy(part) for part in (inputs.patches, inputs.summary, ahead))
        true = network(*told).numpy() * inputs.scale[:, None] + base[..., None]
    made = packed(network).quantiles(engine, list(values), HORIZON, period, second)
    agree(made, true.transpose(1, 0, 2))
