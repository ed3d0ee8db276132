"""PyTorch behind the engine protocol."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from recur.arrays import Flags, Float32s, Float64s
from recur.data.sources.newest import NewestWindows
from recur.data.sources.windows import Windows
from recur.engines.base import (
    Decoding,
    DropoutSamples,
    FollowedEnds,
    Inputs,
    Snapshot,
    Source,
    StepRecipe,
)
from recur.engines.checks.forward import check_forward, check_gradient, check_stepper, check_weights
from recur.engines.following import WindowFollower
from recur.engines.mixing import Mixture
from recur.engines.pytorch.device import Device
from recur.engines.pytorch.network import DecoderInputs, FlatNetwork
from recur.engines.pytorch.trainer import TorchTrainer
from recur.engines.pytorch.writing import TorchWriter
from recur.engines.rollout import roll_out
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values


class TorchEngine:
    """Runs networks with PyTorch, on a CPU or a GPU."""

    def __init__(self, device: str = "cpu", threads: int = 1) -> None:
        self.name = "torch" if device == "cpu" else f"torch:{device}"
        self._device = Device(device, threads)
        self.fingerprint = f"{self.name}, threads: {threads}"

    def trainer(
        self, spec: NetworkSpec, recipe: StepRecipe, source: Source, snapshot: Snapshot
    ) -> TorchTrainer:
        """Return a trainer that starts from the snapshot."""
        return TorchTrainer(self._device, spec, recipe, source, snapshot)

    def forward(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Inputs,
        state: State | None = None,
        *,
        mask: Flags | None = None,
        decoding: Decoding | None = None,
        draws: DropoutSamples | None = None,
    ) -> tuple[Float32s, State]:
        """Run a network over a batch of sequences; see `Engine.forward`."""
        check_forward(spec, inputs, state, mask=mask, decoding=decoding, draws=draws)
        check_weights(spec, weights)
        with self.own_threads(), torch.no_grad():
            outputs, end = FlatNetwork(spec, self._device.tensor(weights))(
                self._device.tensor(inputs),
                self._device.tensors(state or ()) or None,
                mask=None if mask is None else self._device.tensor(mask),
                decoder_inputs=None
                if decoding is None
                else _decoder_inputs(self._device, decoding),
                drop=draws,
            )
            return outputs.cpu().numpy(), tuple(part.cpu().numpy() for part in end)

    def gradient(
        self,
        spec: NetworkSpec,
        weights: Values,
        inputs: Float32s,
        output_grad: Float32s,
        *,
        mask: Flags | None = None,
    ) -> tuple[Values, Float32s]:
        """Return the grads of weights and inputs; see `Engine.gradient`."""
        check_gradient(spec, inputs, output_grad, mask)
        check_weights(spec, weights)
        with self.own_threads():
            network = FlatNetwork(spec, self._device.tensor(weights))
            given = self._device.tensor(inputs).requires_grad_()
            real = None if mask is None else self._device.tensor(mask)
            outputs, _ = network(given, mask=real)
            input_grad = torch.zeros_like(given)
            given.grad = input_grad
            outputs.backward(self._device.tensor(output_grad))  # type: ignore[no-untyped-call]
            return network.gradient.cpu().numpy(), input_grad.cpu().numpy()

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
    ) -> Float64s:
        """Return the forecasts from every window; see `Engine.forecast`."""
        return roll_out(
            self, spec, weights, windows, horizon, levels=levels, samples=samples, seed=seed
        )

    def stepper(self, spec: NetworkSpec, weights: Values) -> TorchStepper:
        """Return a network to be fed step by step."""
        check_stepper(spec)
        return TorchStepper(self._device, spec, weights)

    def follower(
        self,
        spec: NetworkSpec,
        weights: Values,
        newest: NewestWindows,
        horizon: int,
        ends: FollowedEnds,
    ) -> WindowFollower:
        """Return a network that forecasts series as they grow; see `Engine.follower`."""
        return WindowFollower(self, spec, weights, newest, horizon, ends)

    def writer(
        self, spec: NetworkSpec, weights: Values, mixture: Mixture | None = None
    ) -> TorchWriter:
        """Return a network of symbols that writes and reads; see `Engine.writer`."""
        return TorchWriter(spec, weights, self.stepper(spec, weights), self.forward, mixture)

    def own_threads(self) -> AbstractContextManager[None]:
        """Run with this engine's thread count, and leave the process as it was."""
        return self._device.own_threads()


def _decoder_inputs(device: Device, decoding: Decoding) -> DecoderInputs:
    truth = None if decoding.truth is None else device.tensor(decoding.truth)
    return DecoderInputs(device.tensor(decoding.start), decoding.steps, truth)


class TorchStepper:
    """A network that is fed one time step after the other."""

    def __init__(self, device: Device, spec: NetworkSpec, weights: Values) -> None:
        check_weights(spec, weights)
        self._device = device
        self._spec = spec
        self._network = FlatNetwork(spec, device.tensor(weights))

    def step(self, inputs: Inputs, state: State) -> tuple[Float32s, State]:
        """Take one step; see `Stepper.step`."""
        device = self._device
        check_forward(self._spec, inputs[None], state)
        with device.own_threads(), torch.no_grad():
            outputs, end = self._network(device.tensor(inputs)[None], device.tensors(state) or None)
            outputs = outputs[0] if self._spec.reads == "every" else outputs
            return outputs.cpu().numpy(), tuple(part.cpu().numpy() for part in end)
