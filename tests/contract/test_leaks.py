"""Every forecast step depends on the newest observation, and none on anything after it.

Gradients are taken of the network alone, after the scaling: a mean of the window would bring the
newest observation into everything, and hide a network that does not see it. Each check is tried on
a planted mistake as well: a check that cannot fail protects nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

import recur
from recur.arrays import Indices
from recur.data.panel.scaling import Scaler
from recur.data.sources.batch import Batch
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.pytorch.network import DecoderInputs, FlatNetwork
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.spec import Convolution, NetworkSpec
from recur.tasks.forecast.forecaster import Forecaster

HORIZON, LOOKBACK = 4, 10
Network = Callable[[Tensor], Tensor]
Sizes = NDArray[np.float64]


def mask_of(model: Forecaster) -> Tensor | None:
    """Return [lookback, 1], with the two oldest steps masked where a model knows masks."""
    return None if model.least_history is None else torch.arange(LOOKBACK)[:, None] >= 2


def run_of(model: Forecaster, spec: NetworkSpec) -> Callable[..., Tensor]:
    flat = FlatNetwork(spec, torch.from_numpy(model.weights_.copy()))
    return lambda inputs, **more: flat(inputs[:, None], mask=mask_of(model), **more)[0]


def forecast_of(model: Forecaster) -> Network:
    """Return scaled inputs [lookback, inputs] to all forecast steps [horizon], with a gradient."""
    run = run_of(model, model.network_.reading_last)

    def forecast(inputs: Tensor) -> Tensor:
        if model.network_.decoder:
            return run(inputs, decoder_inputs=DecoderInputs(torch.zeros(1, 1), HORIZON))[:, 0, 0]
        steps: list[Tensor] = []
        while len(steps) < HORIZON:
            steps += run(inputs)[0].unbind()
            fed = torch.cat([steps[-1][None], inputs[-1, 1:]])
            inputs = torch.cat([inputs[1:], fed[None]])
        return torch.stack(steps)

    return forecast


def influence(network: Network, columns: int) -> Sizes:
    """Return [outputs..., lookback, columns], the size of each output's slope in each input."""
    inputs = torch.linspace(-1, 1, LOOKBACK)[:, None] + 0.1 * torch.arange(columns)
    jacobian = torch.autograd.functional.jacobian(network, inputs)  # type: ignore[no-untyped-call]
    return np.abs(np.asarray(jacobian, np.float64))


def ends_of(spec: NetworkSpec) -> Indices:
    """Return the newest time step that each step of the output may have seen."""
    shape = spec.convolution or Convolution(filters=1, kernel=1)
    return np.arange(LOOKBACK - 1, shape.kernel - 2, -shape.stride)[::-1]


def seen_at_each_step(network: Network, spec: NetworkSpec) -> tuple[float, float]:
    """Return the least slope in the newest step that may be seen, the greatest in later ones."""
    found = influence(network, spec.inputs)  # [steps out, horizon, lookback, columns]
    ends = ends_of(spec)
    assert len(found) == len(ends)
    newest = min(found[i, :, end].min() for i, end in enumerate(ends))
    later = max(found[i, :, end + 1 :].max(initial=0) for i, end in enumerate(ends))
    return newest, later


def test_every_step_depends_on_the_newest_observation(
    strategy: str, network: str, fitted: Any
) -> None:
    model = fitted(strategy, network)
    found = influence(forecast_of(model), model.network_.inputs)
    assert (found[:, -1] > 1e-9).all()
    if mask_of(model) is not None:
        assert (found[0, :2] == 0).all()


@pytest.mark.parametrize("name", ["rnn", "lstm", "deep", "convolution", "beside, masked"])
def test_plain_modules_see_what_the_model_sees(name: str, fitted: Any) -> None:
    model = fitted("direct", name)
    module = recur.torch_module(model)
    found = influence(lambda inputs: module(inputs[:, None])[0][0], model.network_.inputs)
    assert (found[:, -1] > 1e-9).all()


@pytest.mark.parametrize("late", [1, HORIZON])
@pytest.mark.parametrize("strategy", ["direct", "all_steps", "encoder_decoder"])
def test_a_network_that_reads_late_is_found_out(strategy: str, late: int, fitted: Any) -> None:
    network = forecast_of(fitted(strategy, "gru"))

    def reads_late(inputs: Tensor) -> Tensor:
        return network(torch.cat([inputs[:1].expand(late, -1), inputs[:-late]]))

    assert (influence(reads_late, 1)[:, -late:] == 0).all()
    # Before the scaling the mistake could not be seen.
    assert (influence(lambda x: reads_late(x - x.mean()), 1)[:, -1] > 1e-9).all()


ALL_STEPS = ["rnn", "gru", "lstm", "deep", "convolution", "strided convolution", "dropout"]


@pytest.mark.parametrize("name", [*ALL_STEPS, "beside", "beside, convolution"])
def test_every_step_of_the_window_is_trained_on_what_it_could_know(name: str, fitted: Any) -> None:
    model = fitted("all_steps", name)
    run = run_of(model, model.network_)
    newest, later = seen_at_each_step(lambda inputs: run(inputs)[:, 0], model.network_)
    assert newest > 1e-9
    assert later == 0


@pytest.mark.parametrize("name", [*ALL_STEPS, "masked", "beside, masked", "beside, convolution"])
def test_no_step_of_the_compiled_engine_has_seen_a_later_one(name: str, fitted: Any) -> None:
    model = fitted("all_steps", name)
    mask = mask_of(model)
    engine, spec = open_engine("compiled"), model.network_
    inputs = np.random.default_rng(0).normal(size=(LOOKBACK, 1, spec.inputs)).astype(np.float32)
    real = None if mask is None else mask.numpy()
    first, _ = engine.forward(spec, model.weights_, inputs, mask=real)
    for t in range(LOOKBACK):
        changed = inputs.copy()
        changed[t] += 1
        second, _ = engine.forward(spec, model.weights_, changed, mask=real)
        ends = ends_of(spec)
        told = ends >= (0 if mask is None else 2)
        differs = (first != second).any(axis=(1, 2))
        assert not differs[told & (ends < t)].any()
        if t >= 2:
            assert differs[told & (ends == t)].all()


def answers_of(spec: NetworkSpec, look: Network = lambda inputs: inputs) -> Network:
    """Return scaled inputs to the outputs at every time step, of a network with first weights."""
    flat = FlatNetwork(spec, torch.from_numpy(initial_values(spec, 0)))
    return lambda inputs: flat(look(inputs)[:, None])[0][:, 0]


def test_a_network_that_looks_ahead_is_found_out() -> None:
    spec = NetworkSpec(reads="every", outputs=HORIZON, hidden=3)
    both = spec.but(bidirectional=True)
    centred = answers_of(spec, lambda inputs: inputs + inputs.roll(-1, 0))
    for network in (answers_of(both), centred):
        _, later = seen_at_each_step(network, spec)
        assert later > 1e-4


def test_there_is_no_convolution_that_looks_ahead() -> None:
    assert set(Convolution.model_fields) == {"filters", "kernel", "stride"}
    for kernel, stride in product((1, 2, 5, LOOKBACK), (1, 2, 3, 7)):
        shape = Convolution(filters=2, kernel=kernel, stride=stride)
        spec = NetworkSpec(convolution=shape, reads="every", outputs=2, hidden=3)
        newest, later = seen_at_each_step(answers_of(spec), spec)
        assert newest > 0
        assert later == 0


def test_what_would_leak_is_refused_with_its_reason(fitted: Any) -> None:
    with pytest.raises(SettingsError, match="every time step has seen the values it is to"):
        fitted("all_steps", "bidirectional")


# What training aims at: rows of the series, found by moving one value after the other.


def rows_of(windows: Windows) -> tuple[list[list[set[int]]], list[list[set[int]]]]:
    """Return the rows, counted from the origin, of inputs [step] and of targets [step][ahead]."""
    whole, index = windows.gather(np.array([0])), np.array([0])
    origin = int(windows.origins[0])
    steps = whole.targets.reshape(-1, windows.horizon).shape[0]
    inputs = [[set[int]()] for _ in range(windows.lookback)]
    targets = [[set[int]() for _ in range(windows.horizon)] for _ in range(steps)]
    for row in range(origin - LOOKBACK - 1, min(origin + HORIZON + 1, len(windows.values))):
        values = windows.values.copy()
        values[row] += 1
        moved = replace(windows, values=values).gather(index)
        for step in np.flatnonzero((moved.inputs != whole.inputs).any(axis=(1, 2))):
            inputs[step][0].add(row - origin)
        differs = (moved.targets != whole.targets).reshape(steps, windows.horizon)
        for step, ahead in zip(*np.nonzero(differs), strict=True):
            targets[step][ahead].add(row - origin)
    return inputs, targets


def windows_of(kind: Any, *, every: bool, of: type[Windows] = Windows, **more: Any) -> Windows:
    panel = read_panel(np.random.default_rng(0).normal(size=60))
    windows = of.over(panel, Scaler.fit(kind, list(panel)), LOOKBACK, HORIZON, every=every, **more)
    window = windows.from_origins(np.array([30]), np.array([0]))
    return of(**{entry.name: getattr(window, entry.name) for entry in fields(Windows)})


def aims_right(windows: Windows) -> bool:
    """Say whether each step has seen up to its own row and aims at the rows that follow it."""
    inputs, targets = rows_of(windows)
    own = range(-LOOKBACK, 0)
    first = own if windows.every else own[-1:]
    right = [[{row + 1 + ahead} for ahead in range(HORIZON)] for row in first]
    return inputs == [[{row}] for row in own] and targets == right


@pytest.mark.parametrize("every", [False, True])
def test_each_step_is_trained_on_the_values_that_follow_it(every: bool) -> None:
    assert aims_right(windows_of("series", every=every, residual="none"))
    for kind, residual in product(("window", "series"), ("last", "seasonal", "none")):
        windows = windows_of(kind, every=every, residual=residual, season=7)
        inputs, targets = rows_of(windows)
        assert max(row for (rows,) in inputs for row in rows) == -1
        for i, step in enumerate(targets):
            row = i - len(targets)
            for ahead, rows in enumerate(step):
                seen = {r for r in rows if r <= (row if kind == "series" else -1)}
                assert rows - seen <= {row + 1 + ahead}
                assert row + 1 + ahead in rows


class Shifted(Windows):
    """Windows whose targets begin one row late."""

    def gather(self, indices: Indices) -> Batch:
        late = replace(self, firsts=self.firsts + 1)
        return replace(super().gather(indices), targets=Windows.gather(late, indices).targets)


class Told(Windows):
    """Windows that are centred on a mean over their future too."""

    def gather(self, indices: Indices) -> Batch:
        batch = super().gather(indices)
        whole = np.concatenate([self.known(indices), self.future(indices)], axis=1)
        centred = batch.inputs - whole.mean(axis=1)[None, :, None].astype(np.float32)
        return replace(batch, inputs=centred)


@pytest.mark.parametrize("every", [False, True])
@pytest.mark.parametrize("mistaken", [Shifted, Told])
def test_windows_that_aim_or_see_wrongly_are_found_out(
    mistaken: type[Windows], every: bool
) -> None:
    assert not aims_right(windows_of("series", every=every, of=mistaken, residual="none"))


@pytest.mark.parametrize("engine", ["torch", "compiled"])
@pytest.mark.parametrize("every", [False, True])
def test_engines_aim_at_the_targets_of_windows(every: bool, engine: str) -> None:
    windows = windows_of("series", every=every, residual="none")
    spec = NetworkSpec(outputs=HORIZON, hidden=3, reads="every" if every else "last")
    zeros = Snapshot.first(np.zeros(spec.size, np.float32))  # with which the answer is always zero
    trainer = open_engine(engine).trainer(spec, StepRecipe(), windows, zeros)
    result = trainer.run(Chunk(np.array([[0]]), np.zeros(1), np.zeros(1, np.int64), seed=0))
    targets = windows.gather(np.array([0])).targets
    assert result.losses[0] == pytest.approx(np.mean(targets**2), rel=1e-5)
