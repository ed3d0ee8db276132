"""A network as plain PyTorch modules, and weights in both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from recur.networks.spec import NetworkSpec, Values

_CELLS: dict[str, Callable[..., nn.RNNBase]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class RecurrentNetwork(nn.Module):
    """A recurrent stack and its head, with nothing of this product in it.

    `rnn` is an `nn.RNN`, `nn.GRU` or `nn.LSTM` and `head` an `nn.Linear`; the names of the
    parameters are those of the network's table.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.rnn = recurrent(spec, spec.inputs, spec.layers, spec.dropout)
        # With one layer there is nothing between layers: the dropout acts before the head.
        self.dropout = nn.Dropout(spec.dropout if spec.layers == 1 else 0.0)
        if spec.head != "none":
            self.head = nn.Linear(spec.width, spec.outputs)
        self.bound = bound(spec)
        self.reads = spec.reads
        self.directions = spec.directions

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Run over inputs [time, batch, inputs]; return the outputs and the final state."""
        outputs, end = self.rnn(inputs, state)
        hidden = end[0] if isinstance(end, tuple) else end
        read = outputs if self.reads == "every" else last_state(hidden, self.directions)
        read = self.dropout(read)
        return self.bound(self.head(read)) if hasattr(self, "head") else read, end


def recurrent(spec: NetworkSpec, inputs: int, layers: int, dropout: float) -> nn.RNNBase:
    """Return PyTorch's own recurrent module for some layers of a network."""
    options: dict[str, Any] = {"bidirectional": spec.bidirectional}
    if spec.cell == "rnn":
        options["nonlinearity"] = spec.nonlinearity
    if layers > 1:
        options["dropout"] = dropout
    return _CELLS[spec.cell](inputs, spec.hidden, layers, **options)


def bound(spec: NetworkSpec) -> nn.Module:
    """Return what bounds the head's output; nothing does for a linear head."""
    return {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid}.get(spec.head, nn.Identity)()


def last_state(hidden: Tensor, directions: int) -> Tensor:
    """Return [batch, directions * hidden], the last layer's final state of each direction."""
    return torch.cat(list(hidden[-directions:]), dim=-1)


def torch_module(spec: NetworkSpec, values: Values) -> RecurrentNetwork:
    """Return a plain module with the network's weights, ready for prediction."""
    with torch.random.fork_rng(devices=[]):  # PyTorch's own first values are not wanted
        module = RecurrentNetwork(spec)
    blocks = {name: torch.from_numpy(block.copy()) for name, block in spec.named(values).items()}
    module.load_state_dict(blocks)
    return module.eval()
