"""A network as plain PyTorch modules, and weights in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from recur.engines.pytorch.recurrent import RecurrentLayers, as_given, last_state, pooled
from recur.errors import SettingsError
from recur.networks.spec import NetworkSpec, Spelling, Values


class _Network(nn.Module):
    """What all have in common: what stands in front of the layers, and the head behind them."""

    head: nn.Linear

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        if spec.symbols:
            self.embedding = nn.Embedding(spec.symbols, spec.inputs)
        if spec.spelling is not None:
            self.spelling = Speller(spec.spelling)
        if spec.chain:
            self.chain = Chain(spec.outputs)
        if spec.convolution is not None:
            self.convolution = convolution(spec)
        # With one layer there is nothing between layers: the dropout acts before the head.
        self.dropout = nn.Dropout(spec.dropout if spec.layers == 1 else 0.0)
        self.input_dropout = nn.Dropout(spec.dropout if spec.drops_inputs else 0.0)
        self.bound = bound(spec)

    def features(self, inputs: Tensor) -> Tensor:
        """Return what the first layer sees at each time step."""
        if hasattr(self, "embedding"):
            inputs = looked_up(dict(self.named_children()), inputs)
        if hasattr(self, "convolution"):
            inputs = convolved(self.convolution, inputs)
        return cast("Tensor", self.input_dropout(inputs))

    def read(self, hidden: Tensor) -> Tensor:
        """Return what the head makes of the layers' last one."""
        hidden = self.dropout(hidden)
        return cast("Tensor", self.bound(self.head(hidden))) if hasattr(self, "head") else hidden


class RecurrentNetwork(_Network):
    """A recurrent stack and its head, with nothing of this product in it.

    `rnn` is an `nn.RNN`, `nn.GRU` or `nn.LSTM` and `head` an `nn.Linear`; an `nn.Embedding` or an
    `nn.Conv1d` may stand in front. The names of the parameters are those of the network's table.
    """

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec)
        self.rnn = recurrent(spec, spec.features, spec.layers, spec.dropout)
        if spec.head != "none":
            self.head = nn.Linear(spec.width, spec.outputs)
        if spec.tied:
            tie(self.head, self.embedding)
        self.reads = spec.reads
        self.directions = spec.directions

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Run over inputs [time, batch, inputs]; return the outputs and the final state."""
        outputs, end = self.rnn(self.features(inputs), state)
        hidden = end[0] if isinstance(end, tuple) else end
        if self.reads == "last":
            outputs = last_state(hidden, self.directions)
        elif self.reads != "every":
            outputs = pooled(outputs, None, self.reads)
        return self.read(outputs), end


class DenseNetwork(_Network):
    """Dense layers that take in a whole window: `mlp` is a list of `nn.Linear`."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec)
        widths = [spec.window] + [spec.hidden] * (spec.layers - 1)
        self.mlp = nn.ModuleList(nn.Linear(width, spec.hidden) for width in widths)
        if spec.head != "none":
            self.head = nn.Linear(spec.width, spec.outputs)
        self.between = nn.Dropout(spec.dropout)
        self.activation = activation(spec)

    def forward(self, inputs: Tensor, state: tuple[()] = ()) -> tuple[Tensor, tuple[()]]:
        """Run over inputs [time, batch, inputs]; the state is empty."""
        hidden = flattened(self.features(inputs))
        for i, layer in enumerate(self.mlp):
            hidden = self.activation(layer(self.between(hidden) if i else hidden))
        return self.read(hidden), state


class Speller(nn.Module):
    """Filters over the characters of each symbol, of which the greatest value is kept."""

    def __init__(self, spelling: Spelling) -> None:
        super().__init__()
        self.embedding = nn.Embedding(spelling.symbols, spelling.embedding)
        self.convolution = nn.Conv1d(spelling.embedding, spelling.filters, spelling.kernel)

    def forward(self, characters: Tensor) -> Tensor:
        """Return [time, batch, filters] of characters [time, batch, longest]; 0 is padding."""
        flat = characters.flatten(0, 1)
        sums: Tensor = self.convolution(self.embedding(flat).transpose(1, 2))
        padding = flat[:, self.convolution.kernel_size[0] - 1 :] == 0
        padding[:, 0] = False
        sums = sums.masked_fill(padding[:, None], -torch.inf)
        return sums.max(dim=2).values.view(*characters.shape[:2], -1)


class Chain(nn.Module):
    """The weights from answer to answer, from the start, and to the end; nothing runs them."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs + 2, outputs))


class Bridge(nn.Module):
    """What makes a decoder's first state of the last outputs of an encoder's two directions."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.layers, self.states = spec.layers, spec.states
        self.bridged = spec.recurrent_cell.bridged
        rows = spec.hidden * self.bridged
        for layer in range(spec.layers):
            self.register_parameter(f"weight_l{layer}", nn.Parameter(torch.zeros(rows, spec.width)))
            self.register_parameter(f"bias_l{layer}", nn.Parameter(torch.zeros(rows)))

    def forward(self, state: Any) -> Any:
        """Turn a state [layers * 2, batch, hidden] into one [layers, batch, hidden]."""
        hidden = state[0] if isinstance(state, tuple) else state
        bridged = [
            functional.linear(
                last_state(hidden[: 2 * layer + 2], 2),
                self.get_parameter(f"weight_l{layer}"),
                self.get_parameter(f"bias_l{layer}"),
            )
            for layer in range(self.layers)
        ]
        parts = [part.contiguous() for part in torch.stack(bridged).chunk(self.bridged, dim=-1)]
        parts += [torch.zeros_like(parts[0])] * (self.states - self.bridged)
        return as_given(tuple(parts))


class Attention(nn.Module):
    """What a decoder of symbols sees of an encoder's outputs; see `recur.networks.attention`."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__()
        self.key = nn.Linear(spec.width, spec.hidden, bias=False)
        if spec.attention == "additive":
            self.query = nn.Linear(spec.hidden, spec.hidden)
            self.score = nn.Linear(spec.hidden, 1, bias=False)

    def forward(self, state: Tensor, memory: Tensor, mask: Tensor | None) -> Tensor:
        """Return [steps, batch, width].

        Args:
            state: [steps, batch, hidden], of the decoder's top layer.
            memory: [source time, batch, width].
            mask: bool [source time, batch], the real ones; all where there is none.
        """
        keys = self.key(memory)
        if hasattr(self, "score"):
            scores = self.score(torch.tanh(self.query(state)[:, None] + keys))[..., 0]
        else:
            scores = torch.einsum("sbh,tbh->stb", state, keys)
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        return torch.einsum("stb,tbw->sbw", scores.softmax(1), memory)


class EncoderDecoder(_Network):
    """A recurrent stack, and a second one, `decoder`, that goes on from the state it ends in."""

    def __init__(self, spec: NetworkSpec) -> None:
        super().__init__(spec)
        self.rnn = recurrent(spec, spec.features, spec.layers, spec.dropout)
        self.bridge = Bridge(spec) if spec.bidirectional else None
        forwards = spec.model_copy(update={"bidirectional": False})
        self.decoder = recurrent(forwards, spec.outputs, spec.layers, spec.dropout)
        self.head = nn.Linear(spec.head_width, spec.outputs)

    def forward(
        self, inputs: Tensor, start: Tensor, steps: int, truth: Tensor | None = None
    ) -> tuple[Tensor, Any]:
        """Run the encoder, then the decoder step by step.

        Args:
            inputs: [time, batch, inputs].
            start: [batch, outputs], the decoder's first input, the last known value.
            steps: how many the decoder takes.
            truth: [steps, batch, outputs], fed instead of its own outputs where it is given.

        Returns:
            [steps, batch, outputs], and the decoder's final state.
        """
        _, state = self.rnn(self.features(inputs))
        if self.bridge is not None:
            state = self.bridge(state)
        outputs: list[Tensor] = []
        for step in range(steps):
            if step:
                start = outputs[-1] if truth is None else truth[step - 1]
            hidden, state = self.decoder(start[None], state)
            outputs.append(self.read(hidden[0]))
        return torch.stack(outputs), state


def looked_up(parts: Mapping[str, nn.Module] | nn.ModuleDict, symbols: Tensor) -> Tensor:
    """Return the vector of each symbol, and behind it what filters make of its characters."""
    if "spelling" not in parts:
        return cast("Tensor", parts["embedding"](symbols))
    known, spelt = parts["embedding"](symbols[..., 0]), parts["spelling"](symbols[..., 1:])
    return torch.cat([known, spelt], dim=-1)


def tie(head: nn.Module, embedding: nn.Module) -> None:
    """Make the vectors of symbols the weights of a head."""
    head.weight = embedding.weight


def recurrent(spec: NetworkSpec, inputs: int, layers: int, dropout: float) -> nn.Module:
    """Return some layers of a network: PyTorch's own module, or the cell's equations in one."""
    own: str = spec.recurrent_cell.torch
    if not own:
        return RecurrentLayers(spec, inputs, layers, dropout)
    options: dict[str, Any] = {"bidirectional": spec.bidirectional}
    if len(spec.recurrent_cell.variants) > 1:
        options["nonlinearity"] = spec.nonlinearity
    if layers > 1:
        options["dropout"] = dropout
    module: nn.Module = getattr(nn, own)(inputs, spec.hidden, layers, **options)
    return module


def bound(spec: NetworkSpec) -> nn.Module:
    """Return what bounds the head's output; nothing does for a linear head."""
    return {"tanh": nn.Tanh, "sigmoid": nn.Sigmoid}.get(spec.head, nn.Identity)()


def activation(spec: NetworkSpec) -> nn.Module:
    """Return what a dense layer does to its sums."""
    return nn.ReLU() if spec.nonlinearity == "relu" else nn.Tanh()


def convolution(spec: NetworkSpec) -> nn.Conv1d:
    """Return PyTorch's own module for a network's convolution."""
    assert spec.convolution is not None
    shape = spec.convolution
    return nn.Conv1d(spec.inputs, shape.filters, shape.kernel, shape.stride)


def convolved(module: nn.Module, inputs: Tensor) -> Tensor:
    """Return [time, batch, filters] of inputs [time, batch, inputs].

    The oldest steps that fill no stride are left out, so that the newest is always seen.
    """
    assert isinstance(module, nn.Conv1d)
    spare = (len(inputs) - module.kernel_size[0]) % module.stride[0]
    outputs: Tensor = module(inputs[spare:].permute(1, 2, 0))
    return outputs.permute(2, 0, 1).contiguous()


def flattened(inputs: Tensor) -> Tensor:
    """Return [batch, time * features], of each lane all time steps one after the other."""
    return inputs.transpose(0, 1).flatten(1)


def torch_module(spec: NetworkSpec, values: Values) -> nn.Module:
    """Return a plain module with the network's weights, ready for prediction.

    It is a `RecurrentNetwork`, a `DenseNetwork` or an `EncoderDecoder`. Its dropout, should it be
    trained on, is PyTorch's own, drawn for each time step.
    """
    with torch.random.fork_rng(devices=[]):  # PyTorch's own first values are not wanted
        module = _kind(spec)(spec)
    blocks = {name: torch.from_numpy(block.copy()) for name, block in spec.named(values).items()}
    if spec.tied:
        blocks["head.weight"] = blocks["embedding.weight"]
    module.load_state_dict(blocks)
    return module.eval()


def _kind(spec: NetworkSpec) -> type[_Network]:
    if spec.translates:
        raise SettingsError("there is no plain module of a network of symbols with a decoder yet.")
    if not spec.recurrent:
        return DenseNetwork
    return EncoderDecoder if spec.decoder else RecurrentNetwork
