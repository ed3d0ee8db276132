"""A head that shares the vectors of the symbols, on both engines."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from recur.data.sources.streams import Streams
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.pytorch.modules import torch_module
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.reference import forward
from recur.networks.spec import NetworkSpec

SPEC = NetworkSpec(symbols=7, outputs=7, inputs=5, hidden=5, layers=2, reads="every", tied=True)


def test_training_steps_agree() -> None:
    symbols = np.random.default_rng(0).integers(0, 7, 90).astype(np.uint8)
    ends = []
    for name in ("torch", "compiled"):
        first = Snapshot.first(initial_values(SPEC, 1))
        recipe, source = StepRecipe(loss="cross_entropy"), Streams(symbols, 6)
        trainer = open_engine(name).trainer(SPEC, recipe, source, first)
        rows = np.array([[0, 40], [6, 46], [12, 52]])
        result = trainer.run(Chunk(rows, np.full(3, 0.01), np.arange(3), 0))
        ends.append((result.losses, result.norms, trainer.snapshot().mean))
    for ours, theirs in zip(*ends, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_module_and_the_equations_share_it_too() -> None:
    weights = initial_values(SPEC, 1)
    inputs = np.array([[0], [3], [6]])
    module = torch_module(SPEC, weights)
    with torch.no_grad():
        outputs, _ = module(torch.from_numpy(inputs))
    expected, _ = forward(SPEC, weights.astype(np.float64), inputs)
    np.testing.assert_allclose(outputs.numpy(), expected, rtol=1e-5, atol=1e-6)
    assert "head.weight" not in {p.name for p in SPEC.parameters}


def test_vectors_of_another_width_cannot_be_shared() -> None:
    with pytest.raises(SettingsError, match="width of the hidden state"):
        NetworkSpec(symbols=7, outputs=7, inputs=4, hidden=5, reads="every", tied=True)
