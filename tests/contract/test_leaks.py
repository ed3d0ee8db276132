"""Every forecast step depends on the newest observation, and nothing depends on the future.

Each check is tried on a planted mistake as well: a check that cannot fail protects nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import recur
from recur.data.readers import read_panel
from recur.data.windows import Windows
from recur.engines.compiled import engine as compiled
from recur.engines.compiled.memory import placed
from recur.tasks import assembly
from recur.tasks.forecast import Forecaster

HORIZON = 4
ENGINES = ("torch", "compiled")
NETWORKS = [
    pytest.param(
        {"cell": cell, "layers": layers, "bidirectional": both, "strategy": strategy},
        id=f"{cell}-{layers}{'-bidirectional' * both}-{strategy}",
    )
    for cell, layers, both, strategy in itertools.product(
        ("rnn", "gru", "lstm"), (1, 2), (False, True), ("direct", "recursive")
    )
]


def fitted(**parameters: Any) -> Forecaster:
    values = recur.synthetic.sine(120, period=12, noise=0.1).values
    model = Forecaster(horizon=HORIZON, hidden=5, epochs=1, lookback=10, season=12, **parameters)
    return model.fit(values, test=20, progress=False)


Network = Callable[[torch.Tensor], torch.Tensor]


def network_of(model: Forecaster) -> Network:
    """Return scaled inputs [lookback] to all forecast steps [horizon], with a gradient."""
    module = recur.torch_module(model)

    def forecast(inputs: torch.Tensor) -> torch.Tensor:
        steps: list[torch.Tensor] = []
        while len(steps) < HORIZON:
            window = torch.cat([inputs, *steps])[-model.lookback_ :]
            steps += module(window[:, None, None])[0][0].split(1)
        return torch.cat(steps)

    return forecast


def influence(network: Network) -> NDArray[np.float64]:
    """Return [horizon, lookback], the size of each step's gradient in each scaled observation."""
    inputs = torch.linspace(-1, 1, 10, requires_grad=True)
    jacobian = torch.autograd.functional.jacobian(network, inputs)  # type: ignore[no-untyped-call]
    return np.abs(np.asarray(jacobian, np.float64))


@pytest.mark.parametrize("parameters", NETWORKS)
def test_every_step_depends_on_the_newest_observation(parameters: dict[str, Any]) -> None:
    newest = influence(network_of(fitted(**parameters)))[:, -1]
    assert (newest > 1e-6).all()


def test_a_network_that_cannot_see_the_newest_observation_is_found_out() -> None:
    network = network_of(fitted())

    def late(inputs: torch.Tensor) -> torch.Tensor:
        return network(torch.cat([inputs[:1], inputs[:-1]]))

    assert (influence(late)[:, -1] == 0).all()


def forecasts_with_the_future_changed(model: Forecaster) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the forecasts from one origin, with the future as it was and with another one."""
    assert model.panel_ is not None
    values = model.panel_.series(0).copy()
    origin = len(values) - HORIZON
    made = []
    for change in (0.0, 1e6):
        values[origin:] += change
        judged = model.judge(values.copy(), test=HORIZON)
        made.append(judged.forecasts["network"][0])
    return made[0], made[1]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scaling", ["window", "series", "minmax", "none"])
@pytest.mark.parametrize("parameters", NETWORKS)
def test_nothing_depends_on_the_future(
    parameters: dict[str, Any], scaling: str, engine: str
) -> None:
    model = fitted(**parameters, scaling=scaling, engine=engine)
    first, second = forecasts_with_the_future_changed(model)
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_window_that_reaches_into_the_future_is_found_out(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(windows: Windows) -> Windows:
        return replace(windows, firsts=windows.firsts + 1)

    known = Windows.known
    model = fitted(engine=engine)
    # PyTorch's engine asks windows for their values, the compiled one for where they lie.
    monkeypatch.setattr(Windows, "known", lambda self, indices: known(late(self), indices))
    monkeypatch.setattr(
        compiled, "placed", lambda feed, windows, wanted: placed(feed, late(windows), wanted)
    )
    first, second = forecasts_with_the_future_changed(model)
    assert first.tobytes() != second.tobytes()


def test_training_windows_end_where_the_validation_begins_and_the_test_is_never_touched() -> None:
    values = recur.synthetic.sine(120, period=12, noise=0.1).values
    panel = read_panel(values)
    model = Forecaster(horizon=HORIZON, lookback=10, season=12)
    job = assembly.assemble(model, panel, panel.lengths - 20, learning=1).job
    assert isinstance(job.windows, Windows)
    training, validation = (
        np.unique(job.windows.origins[part][:, None] + np.arange(HORIZON))
        for part in (job.training, job.validation)
    )
    assert training.max() == 79
    assert validation.min() == 80
    assert validation.max() == 99


@pytest.mark.parametrize("scaling", ["series", "minmax"])
def test_the_scale_of_an_unseen_series_does_not_see_its_future(scaling: str) -> None:
    model = fitted(scaling=scaling)
    known = recur.synthetic.sine(120, period=12, noise=0.1, seed=1).values
    changed = known.copy()
    changed[-HORIZON:] += 1e6
    made = [
        model.judge([values, known], test=HORIZON).forecasts["network"][0]
        for values in (known, changed)
    ]
    assert made[0].tobytes() == made[1].tobytes()
