"""PyTorch behind the engine protocol."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recur.arrays import Float32s
from recur.data.sources.windows import Windows
from recur.engines.base import Decoding, Draws, Inputs, Snapshot, Source, StepRecipe
from recur.engines.checks import check_forward, check_stepper
from recur.engines.pytorch.network import Course, FlatNetwork, Tensors
from recur.engines.pytorch.trainer import TorchTrainer
from recur.engines.pytorch.writing import TorchWriter
from recur.engines.rollout import roll_out
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

_PROCESS = threading.RLock()


class TorchEngine:
    """Runs networks with PyTorch, on a CPU or a GPU."""

    def __init__(self, device: str = "cpu", threads: int = 1) -> None:
        self.name = "torch" if device == "cpu" else f"torch:{device}"
        self.device = torch.device(device)
        self.fingerprint = f"{self.name}, threads: {threads}"
        self.threads = threads

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> TorchTrainer:
        """Return a trainer that starts from the snapshot."""
        return TorchTrainer(self, spec, recipe, source, snapshot)

    def forward(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Inputs,
        state: State | None = None,
        *,
        mask: NDArray[np.bool_] | None = None,
        decoding: Decoding | None = None,
        draws: Draws | None = None,
    ) -> tuple[Float32s, State]:
        """Run a network over a batch of sequences; see `Engine.forward`."""
        check_forward(spec, inputs, state, mask=mask, decoding=decoding, draws=draws)
        with self.own_threads(), torch.no_grad():
            outputs, end = FlatNetwork(spec, self.tensor(weights))(
                self.tensor(inputs),
                self.tensors(state or ()) or None,
                mask=None if mask is None else self.tensor(mask),
                course=None if decoding is None else self._course(decoding),
                drop=draws,
            )
            return outputs.cpu().numpy(), tuple(part.cpu().numpy() for part in end)

    def forecast(
        self,
        spec: NetworkSpec,
        weights: Values,
        windows: Windows,
        horizon: int,
        *,
        levels: int = 1,
        samples: int = 0,
        seed: int = 0,
    ) -> NDArray[np.float64]:
        """Return the forecasts from every window; see `Engine.forecast`."""
        return roll_out(
            self, spec, weights, windows, horizon, levels=levels, samples=samples, seed=seed
        )

    def stepper(self, spec: NetworkSpec, weights: Values) -> TorchStepper:
        """Return a network to be fed step by step."""
        check_stepper(spec)
        return TorchStepper(self, spec, weights)

    def writer(self, spec: NetworkSpec, weights: Values) -> TorchWriter:
        """Return a network of symbols that writes and reads; see `Engine.writer`."""
        return TorchWriter(self, spec, weights)

    def tensor(self, array: NDArray[Any]) -> Tensor:
        """Return an array's copy, a tensor on this engine's device."""
        return torch.from_numpy(array.copy()).to(self.device)

    def tensors(self, state: State) -> Tensors:
        """Return a state's copy on this engine's device."""
        return tuple(self.tensor(part) for part in state)

    def _course(self, decoding: Decoding) -> Course:
        truth = None if decoding.truth is None else self.tensor(decoding.truth)
        return Course(self.tensor(decoding.start), decoding.steps, truth)

    @contextmanager
    def own_threads(self) -> Iterator[None]:
        """Run with this engine's thread count, and leave the process as it was.

        The count belongs to the process, so two Python threads take turns.
        """
        with _PROCESS:
            before = torch.get_num_threads()
            torch.set_num_threads(self.threads)
            try:
                yield
            finally:
                torch.set_num_threads(before)


class TorchStepper:
    """A network that is fed one time step after the other."""

    def __init__(self, engine: TorchEngine, spec: NetworkSpec, weights: Values) -> None:
        self._engine = engine
        self._spec = spec
        self._network = FlatNetwork(spec, engine.tensor(weights))

    def step(self, inputs: Inputs, state: State) -> tuple[Float32s, State]:
        """Take one step; see `Stepper.step`."""
        engine = self._engine
        check_forward(self._spec, inputs[None], state)
        with engine.own_threads(), torch.no_grad():
            outputs, end = self._network(engine.tensor(inputs)[None], engine.tensors(state) or None)
            outputs = outputs[0] if self._spec.reads == "every" else outputs
            return outputs.cpu().numpy(), tuple(part.cpu().numpy() for part in end)
