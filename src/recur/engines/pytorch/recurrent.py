"""Recurrent layers from a cell's equations, in the form of PyTorch's own modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from recur.networks.spec import NetworkSpec

Tensors = tuple[Tensor, ...]
_Step = Callable[[int, Tensors], Tensors]
"""From the number of a time step and the states before to those after."""


class RecurrentLayers(nn.Module):
    """Some recurrent layers of a network whose cell PyTorch does not have.

    Arguments, states and names of parameters are as those of `nn.GRU`, or of `nn.LSTM` where the
    cell has several states.
    """

    def __init__(self, spec: NetworkSpec, inputs: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.spec, self.layers = spec, layers
        self.dropout = nn.Dropout(dropout)
        for layer in range(layers):
            width = spec.width if layer else inputs
            for suffix in ("", "_reverse")[: spec.directions]:
                for name, shape in spec.blocks(width):
                    values = nn.Parameter(torch.empty(shape))
                    nn.init.uniform_(values, -(spec.hidden**-0.5), spec.hidden**-0.5)
                    self.register_parameter(f"{name}_l{layer}{suffix}", values)

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Run over inputs [time, batch, inputs]; return the outputs and the final state."""
        directions, states = self.spec.directions, as_states(state)
        ends: list[Tensors] = []
        for layer in range(self.layers):
            if layer:
                inputs = self.dropout(inputs)
            own = tuple(part[layer * directions : (layer + 1) * directions] for part in states)
            inputs, end = over_time(self.spec, self, layer, inputs, own)
            ends.append(end)
        return inputs, as_given(tuple(torch.cat(parts) for parts in zip(*ends, strict=True)))


def over_time(
    spec: NetworkSpec,
    module: nn.Module,
    layer: int,
    inputs: Tensor,
    state: Tensors,
    mask: Tensor | None = None,
) -> tuple[Tensor, Tensors]:
    """Run one layer by its cell's equations, step by step.

    Args:
        spec: of the network.
        module: what holds the parameters.
        layer: the number in their names.
        inputs: [time, batch, inputs].
        state: each [directions, batch, hidden]; none to start from zeros.
        mask: bool [time, batch], the steps to be taken; over the others the state is carried.

    Returns:
        [time, batch, directions * hidden], and the final states.
    """
    outputs, ends = [], []
    for direction, suffix in enumerate(("", "_reverse")[: spec.directions]):
        names = (name for name, _ in spec.blocks(0))
        weights = [module.get_parameter(f"{name}_l{layer}{suffix}") for name in names]
        if isinstance(module, nn.RNNBase):
            take = _torch_step(module.mode, weights, inputs)
        else:
            take = _own_step(spec, weights, inputs)
        zeros = inputs.new_zeros(inputs.shape[1], spec.hidden)
        own = tuple(part[direction] for part in state) or (zeros,) * spec.states
        steps: list[Tensor] = [zeros] * len(inputs)
        for t in range(len(inputs))[:: -1 if direction else 1]:
            new = take(t, own)
            if mask is not None:
                real = mask[t][:, None]
                new = tuple(torch.where(real, b, a) for a, b in zip(own, new, strict=True))
            own = new
            steps[t] = own[0]
        outputs.append(torch.stack(steps))
        ends.append(own)
    return torch.cat(outputs, -1), tuple(torch.stack(parts) for parts in zip(*ends, strict=True))


def as_states(state: Any) -> Tensors:
    """Return states in a tuple, which is empty where none are given."""
    if state is None:
        return ()
    return state if isinstance(state, tuple) else (state,)


def as_given(states: Tensors) -> Any:
    """Return states as PyTorch's modules take and give them: a single one by itself."""
    return states if len(states) > 1 else states[0]


def last_state(hidden: Tensor, directions: int) -> Tensor:
    """Return [batch, directions * hidden], the last layer's final state of each direction."""
    return torch.cat(list(hidden[-directions:]), dim=-1)


def pooled(hidden: Tensor, mask: Tensor | None, reads: str) -> Tensor:
    """Return [batch, width], the mean or the greatest over the real steps of [time, batch, width].

    Args:
        hidden: of all steps.
        mask: bool [time, batch], the real ones; all where there is none.
        reads: `mean` or `max`.
    """
    if mask is None:
        return hidden.amax(0) if reads == "max" else hidden.mean(0)
    if reads == "max":
        return hidden.masked_fill(~mask[..., None], -torch.inf).max(dim=0).values
    return (hidden * mask[..., None]).sum(0) / mask.sum(0)[:, None]


def _torch_step(mode: str, weights: Sequence[Tensor], inputs: Tensor) -> _Step:
    """Return a step of one of PyTorch's own modules, for which it has a function."""
    step = getattr(torch, f"{mode.lower()}_cell")
    return lambda t, state: as_states(step(inputs[t], as_given(state), *weights))


def _own_step(spec: NetworkSpec, weights: Sequence[Tensor], inputs: Tensor) -> _Step:
    """Return a step by the cell's equations; the products with all inputs are taken at once."""
    cell, hidden = spec.recurrent_cell, spec.hidden
    names = [name for name, _ in spec.blocks(0)]
    named = dict(zip(names, weights, strict=True))
    from_inputs = functional.linear(inputs, named["weight_ih"], named["bias_ih"])

    def step(t: int, state: Tensors) -> Tensors:
        sums = list(torch.split(from_inputs[t], hidden, -1))
        if cell.recurrent:
            from_state = functional.linear(state[0], named["weight_hh"], named["bias_hh"])
            others = torch.split(from_state, hidden, -1)
            sums[: cell.joint] = [a + b for a, b in zip(sums, others[: cell.joint], strict=False)]
            sums += others[cell.joint :]
        return spec.equations.step(tuple(sums), state)[1]

    return step
