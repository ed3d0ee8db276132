"""Whole runs of the compiled engine beside PyTorch's, its gradients beside finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Snapshot, Source, StepRecipe
from recur.engines.compiled.kernels.sampling import DropoutKeys, dropout_mask, words
from recur.engines.registry import open_engine
from recur.networks.initial import initial_values
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose, Stream

BASE: dict[str, Any] = {"cell": "gru", "outputs": 3}
RUNS: dict[str, dict[str, Any]] = {
    "rnn": {"cell": "rnn", "outputs": 3},
    "relu": {"cell": "rnn", "nonlinearity": "relu", "outputs": 3},
    "gru": {"cell": "gru", "outputs": 3},
    "lstm": {"cell": "lstm", "outputs": 3},
    "mlp": {"cell": "mlp", "steps": 12, "layers": 2, "outputs": 3},
    "both directions, dropout": BASE | {"layers": 2, "bidirectional": True, "dropout": 0.3},
    "convolution, one mask": BASE
    | {"convolution": {"filters": 4, "kernel": 3}, "dropout": 0.2, "mask": "sequence"},
    "decoder": {"cell": "lstm", "decoder": True},
    "decoder, dropout": {"cell": "gru", "decoder": True, "layers": 2, "dropout": 0.2},
}


def windows() -> Windows:
    values = sine(160, period=12, noise=0.2).values
    return Windows.over(read_panel(values), Scaler.fit("window", [values]), lookback=12, horizon=3)


@pytest.mark.parametrize("name", RUNS)
def test_losses_of_whole_runs_are_those_of_pytorch(name: str) -> None:
    spec, source, steps = NetworkSpec(hidden=8, **RUNS[name]), windows(), 200
    order = np.random.default_rng(0).integers(0, len(source), (steps, 16))
    rates = 0.005 * np.minimum(1, np.linspace(2, 0, steps))
    forcing = np.linspace(1, 0, steps) if spec.decoder else None
    chunk = Chunk(order, rates, np.arange(steps), seed=4, forcing=forcing)
    curves, ends = [], []
    for engine in ("torch", "compiled"):
        first = Snapshot.first(initial_values(spec, 2))
        trainer = open_engine(engine).trainer(spec, StepRecipe(decay=0.01), source, first)
        curves.append(trainer.run(chunk).losses)
        ends.append(trainer.evaluate(np.arange(len(source))))
    assert curves[0][-20:].mean() < 0.8 * curves[0][:20].mean()  # something is learnt
    np.testing.assert_allclose(curves[1], curves[0], rtol=1e-3)
    assert ends[1] == pytest.approx(ends[0], rel=1e-3)


def test_all_that_the_compiled_engine_computes_in_was_filled_with_nan(
    fresh: list[tuple[int, ...]],
) -> None:
    spec, source, engine = NetworkSpec(hidden=8, outputs=3), windows(), open_engine("compiled")
    weights, every = initial_values(spec, 2), np.arange(len(source))
    trainer = engine.trainer(spec, StepRecipe(), source, Snapshot.first(weights))
    for call in (
        lambda: trainer.run(Chunk(every[None], np.array([0.01]), np.array([0]), seed=1)),
        lambda: trainer.evaluate(every),
        lambda: engine.forecast(spec, weights, source, 3),
        lambda: engine.forward(spec, weights, source.gather(every).inputs),
    ):
        before = len(fresh)
        call()
        assert len(fresh) > before


SLOPED: dict[str, dict[str, Any]] = {
    "rnn of three": {"cell": "rnn", "layers": 3, "head": "tanh"},
    "gru, both, every": {"cell": "gru", "bidirectional": True, "reads": "every", "layers": 2},
    "lstm, convolution": {"cell": "lstm", "convolution": {"filters": 2, "kernel": 2, "stride": 2}},
    "lstm, symbols": {"cell": "lstm", "symbols": 4, "reads": "every", "head": "sigmoid"},
    "mlp": {"cell": "mlp", "steps": 5, "layers": 2},
    "decoder": {"cell": "gru", "inputs": 1, "outputs": 1, "decoder": True, "layers": 2},
}


def sloped(spec: NetworkSpec) -> Source:
    random = np.random.default_rng(3)
    if spec.decoder:
        values = random.normal(size=40)
        return Windows.over(read_panel(values), Scaler.fit("none", [values]), 5, 3)
    inputs: Any = random.normal(size=(40, spec.inputs)).astype(np.float32)
    if spec.symbols:
        inputs = random.integers(0, spec.symbols, 40).astype(np.int32)
    targets = random.normal(size=(40, spec.outputs)).astype(np.float32)
    return Sequences(inputs, targets, np.arange(30), 5)


@pytest.mark.parametrize("name", SLOPED)
def test_gradients_are_the_slopes_of_the_equations(name: str) -> None:
    spec = NetworkSpec(**{"inputs": 2, "outputs": 2, "hidden": 3, **SLOPED[name]})
    source, weights = sloped(spec), initial_values(spec, 1)
    batch = source.gather(np.array([0, 7, 20]))

    def loss(values: NDArray[Any]) -> float:
        more: dict[str, Any] = {}
        targets = batch.targets if spec.reads == "every" else batch.targets[-1]
        if spec.decoder:
            targets = batch.targets.T[:, :, None]
            more = {"start": batch.start, "steps": 3, "truth": targets}
        outputs, _ = forward(spec, values, batch.inputs, **more)
        return float(((outputs - targets) ** 2).mean())

    trainer = open_engine("compiled").trainer(
        spec, StepRecipe(clip=None), source, Snapshot.first(weights)
    )
    trainer.run(Chunk(np.array([[0, 7, 20]]), np.array([0.01]), np.array([0]), seed=1))
    gradient = trainer.snapshot().mean / np.float32(0.1)
    exact, step = weights.astype(np.float64), 1e-6
    slopes = np.empty(spec.size)
    for i in range(spec.size):
        ahead, behind = exact.copy(), exact.copy()
        ahead[i], behind[i] = exact[i] + step, exact[i] - step
        slopes[i] = (loss(ahead) - loss(behind)) / (2 * step)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-4, atol=1e-6 * np.abs(slopes).max() + 1e-7)


@pytest.mark.parametrize("seed", [0, 9, 2**31 + 5, 2**63 - 1])
def test_random_words_are_those_of_numpy(seed: int) -> None:
    stream = Stream(seed, Purpose.FORCING, attempt=3, step=2**33 + 7)
    ours = [
        word
        for index in range(5)
        for word in words(index, stream.step, int(stream.purpose) | (3 << 8), stream.seed)
    ]
    assert [int(word) for word in ours] == stream.words(20).tolist()


@pytest.mark.parametrize("features", [1, 2, 3, 4, 7, 64])
@pytest.mark.parametrize("lanes", [1, 5, 17])
def test_dropout_masks_are_those_of_numpy_whatever_the_tile(features: int, lanes: int) -> None:
    stream = Stream(2**40 + 1, Purpose.DROPOUT, attempt=2, step=11)
    expected = stream.dropout(130, (3, features, lanes), 0.4)
    for first, last in ((0, lanes), (lanes // 2, lanes)):
        own = np.arange(first, last)
        draw = DropoutKeys(
            stream.seed,
            int(stream.purpose) | (2 << 8),
            lanes,
            own,
            np.full(len(own), stream.step),
            round(0.4 * 2**32),
            1 / (1 - 0.4),
        )
        for time in range(3):
            mask = np.full(features * len(own), np.nan, np.float32)
            dropout_mask(mask, 130, time, features, len(own), draw)
            np.testing.assert_array_equal(
                mask.reshape(features, len(own)), expected[time, :, first:last]
            )
