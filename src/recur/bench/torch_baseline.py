"""The same work written plainly in PyTorch: what the compiled engine is measured against.

Eager PyTorch as a user writes it, in the fastest plain form it was found to have: time first,
which `nn.RNN`, `nn.GRU` and `nn.LSTM` work in, and `torch.optim.Adam(fused=True)`, which is faster
on a CPU than its default and than `foreach=True`. Nothing of this product's own PyTorch engine,
which has work of its own to do, takes part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recur.arrays import Float32s, Indices
from recur.bench.timing import Work
from recur.data.sources.windows import Windows
from recur.engines.base import Source
from recur.engines.pytorch.modules import recurrent
from recur.networks.spec import NetworkSpec, Values


class PlainNetwork(nn.Module):
    """`nn.RNN`, `nn.GRU` or `nn.LSTM`, and `nn.Linear` if there is a head."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.rnn = recurrent(spec, spec.inputs, spec.layers, 0.0)
        self.head = None if spec.head == "none" else nn.Linear(spec.hidden, spec.outputs)
        self.every = spec.reads == "every"

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Run over inputs [time, batch, inputs]; return the outputs and the final state."""
        hidden, end = self.rnn(inputs, state)
        if not self.every:
            hidden = hidden[-1]
        return (hidden if self.head is None else self.head(hidden)), end


class PlainDecoder(nn.Module):
    """An encoder, and a decoder that is fed the true values, step by step."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.rnn = recurrent(spec, spec.inputs, spec.layers, 0.0)
        self.decoder = recurrent(spec, spec.outputs, spec.layers, 0.0)
        self.head = nn.Linear(spec.hidden, spec.outputs)

    def forward(self, inputs: Tensor, truth: Tensor) -> Tensor:
        """Run over inputs [time, batch, 1] and the truth [steps, batch, 1]; return its shape."""
        _, state = self.rnn(inputs)
        fed, outputs = inputs[-1:], []
        for step in range(len(truth)):
            hidden, state = self.decoder(fed, state)
            outputs.append(self.head(hidden[0]))
            fed = truth[step : step + 1]
        return torch.stack(outputs)


class PlainCell(nn.Module):
    """`nn.GRUCell` and `nn.Linear`, made for one step at a time."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.rnn = nn.GRUCell(spec.inputs, spec.hidden)
        self.head = nn.Linear(spec.hidden, spec.outputs)

    def forward(self, inputs: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """Take inputs [batch, inputs]; return outputs [batch, outputs] and the state."""
        state = self.rnn(inputs, state)
        return self.head(state), state


def training_steps(
    spec: NetworkSpec, weights: Values, source: Source, batches: Indices, rate: float
) -> Work:
    """Return whole training steps: forward, squared error, backward, clipping at 1, Adam.

    Args:
        spec: of one direction, without dropout; with a decoder the source is windows.
        weights: float32 [size], the first ones.
        source: what is learnt; its tensors are made beforehand, and indexed in every step.
        batches: int64 [batches, batch], what each step takes, over and over.
        rate: of Adam.

    Returns:
        Gives the loss before each step, and the norm of the gradient before it is clipped.
    """
    network = _loaded(PlainDecoder(spec) if spec.decoder else PlainNetwork(spec), spec, weights)
    inputs, targets = _tensors(spec, source)
    rows = [torch.from_numpy(row) for row in batches]
    parameters = list(network.parameters())
    optimiser = torch.optim.Adam(parameters, lr=rate, fused=True)
    taken = 0

    def step() -> tuple[float, float]:
        nonlocal taken
        row = rows[taken % len(rows)]
        taken += 1
        x, y = inputs[:, row], targets[:, row]
        outputs = network(x, y) if spec.decoder else network(x)[0]
        loss = nn.functional.mse_loss(outputs, y if outputs.ndim == y.ndim else y[0])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        return loss.item(), norm.item()

    return lambda count: [step() for _ in range(count)]


def single_steps(
    spec: NetworkSpec, weights: Values, values: Float32s, *, cell: bool = False
) -> Work:
    """Return a network that is given one observation after the other, in inference mode.

    Args:
        spec: the network.
        weights: float32 [size].
        values: float32 [observations, batch, inputs], given over and over.
        cell: whether `nn.GRUCell` is called, instead of `nn.GRU` with a time axis of one step.

    Returns:
        Gives the outputs [batch, outputs] of each step.
    """
    network = _loaded(PlainCell(spec) if cell else PlainNetwork(spec), spec, weights).eval()
    observations = [torch.from_numpy(x if cell else x[None]) for x in values]
    state, taken = None, 0

    def run(count: int) -> Sequence[Tensor]:
        nonlocal state, taken
        outputs = []
        with torch.inference_mode():
            for _ in range(count):
                output, state = network(observations[taken % len(observations)], state)
                outputs.append(output)
                taken += 1
        return outputs

    return run


def square_products(size: int) -> Work:
    """Return float32 products of two square matrices, about the fastest thing a processor does."""
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.rand(size, size, generator=generator) for _ in range(2))
    out = torch.empty(size, size)
    return lambda count: [torch.mm(first, second, out=out) for _ in range(count)]


def _tensors(spec: NetworkSpec, source: Source) -> tuple[Tensor, Tensor]:
    """Return all inputs [time, sequences, inputs], and targets [time, sequences, outputs]."""
    batch = source.gather(np.arange(len(source)))
    if isinstance(source, Windows):
        targets: NDArray[Any] = batch.targets.T[:, :, None]
    else:
        targets = batch.targets if spec.reads == "every" else batch.last_targets()[None]
    return torch.from_numpy(batch.inputs), torch.from_numpy(np.ascontiguousarray(targets))


def _loaded(network: nn.Module, spec: NetworkSpec, weights: Values) -> nn.Module:
    """Give a network its weights by their names; a cell has no layers to number."""
    cell = isinstance(network, PlainCell)
    named = {
        name.removesuffix("_l0") if cell else name: torch.from_numpy(block.copy())
        for name, block in spec.named(weights).items()
    }
    network.load_state_dict(named)
    return network
