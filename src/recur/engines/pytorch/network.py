"""A network in PyTorch whose parameters are views into one flat tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from recur.arrays import Float32s
from recur.engines.pytorch.modules import (
    Attention,
    Bridge,
    Chain,
    Speller,
    activation,
    bound,
    convolution,
    convolved,
    flattened,
    looked_up,
    recurrent,
    tie,
)
from recur.engines.pytorch.recurrent import (
    Tensors,
    as_given,
    as_states,
    last_state,
    over_time,
    pooled,
)
from recur.networks.spec import INPUT_SITE, NetworkSpec

_DECODER = 128  # the first dropout site of a decoder


class Drop(Protocol):
    """Where dropout masks come from: `Stream` while training, `DropoutSamples` at prediction."""

    def dropout(self, site: int, shape: tuple[int, int, int], rate: float) -> Float32s:
        """Return the mask [time, feature, lane] of a site."""


@dataclass(frozen=True)
class DecoderInputs:
    """How a decoder runs.

    Attributes:
        start: [batch, outputs], its first input.
        steps: how many it takes.
        truth: [steps, batch, outputs]; none where it is fed its own outputs.
        forced: bool [steps, batch], which lanes are fed the truth before each step (of the first,
            it says nothing); all where none is given.
    """

    start: Tensor
    steps: int
    truth: Tensor | None = None
    forced: Tensor | None = None

    def before(self, step: int, output: Tensor) -> Tensor:
        """Return [batch, outputs], what a step is fed after the last one's output."""
        if self.truth is None:
            return output
        if self.forced is None:
            return self.truth[step - 1]
        return torch.where(self.forced[step][:, None], self.truth[step - 1], output)

    def inputs(self) -> Tensor | None:
        """Return [steps, batch, outputs], all that is fed, where no output is among it."""
        if self.truth is None or (self.forced is not None and not bool(self.forced[1:].all())):
            return None
        return torch.cat([self.start[None], self.truth[:-1]])


class FlatNetwork:
    """A network whose parameters, and gradients, are views into flat tensors.

    Layers are modules of their own, because their dropout masks are drawn here: PyTorch's own
    dropout would take its numbers from a global generator.
    """

    def __init__(self, spec: NetworkSpec, flat: Tensor) -> None:
        self.spec = spec
        self.flat = flat
        self.gradient = torch.zeros_like(flat)
        self.bound = bound(spec)
        self.activation = activation(spec)
        with torch.random.fork_rng(devices=[]):  # PyTorch's own first values are not wanted
            self.parts = _parts(spec).to(flat.device)
        stacks = {"rnn", "mlp", "decoder"} & set(self.parts)
        self.stacks = {name: list(self.parts[name].children()) for name in stacks}
        self._bind()

    def _bind(self) -> None:
        """Make every parameter, and its gradient, a view into the flat tensors."""
        for entry in self.spec.parameters:
            place = slice(entry.offset, entry.offset + entry.size)
            parameter = self.parts.get_parameter(_place(entry.name))
            parameter.data = self.flat[place].view(entry.shape)
            parameter.grad = self.gradient[place].view(entry.shape)

    def __call__(
        self,
        inputs: Tensor,
        state: Tensors | None = None,
        *,
        mask: Tensor | None = None,
        decoder_inputs: DecoderInputs | None = None,
        fed: Tensor | None = None,
        drop: Drop | None = None,
    ) -> tuple[Tensor, Tensors]:
        """Run over inputs [time, batch, ...]; see `Engine.forward`."""
        spec, parts = self.spec, self.parts
        if spec.symbols:
            inputs = looked_up(parts, inputs)
        if spec.convolution is not None:
            inputs = convolved(parts["convolution"], inputs)
        drop = drop if spec.dropout else None
        if not spec.recurrent:
            return self._dense(inputs, drop), ()
        time, batch = inputs.shape[:2]
        every = spec.reads == "every"
        before_head = None if spec.decoder else time if every else 1
        masks = self._masks(drop, 0, time, batch, before_head)
        if INPUT_SITE in masks:
            inputs = inputs * masks[INPUT_SITE]
        hidden, end = self._stack("rnn", inputs, state, masks, mask)
        if fed is not None:
            return self._translate(fed, hidden, self._handed(end), mask, drop)
        if decoder_inputs is not None:
            return self._decode(decoder_inputs, self._handed(end), drop)
        read = hidden if every else self._at_the_end(hidden, end, mask)[None]
        read = self._read(read, masks)
        return read if every else read[0], end

    def _at_the_end(self, hidden: Tensor, end: Tensors, mask: Tensor | None) -> Tensor:
        """Return [batch, width], what the head reads where it answers once."""
        if self.spec.reads == "last":
            return last_state(end[0], self.spec.directions)
        return pooled(hidden, mask, self.spec.reads)

    def _handed(self, end: Tensors) -> Tensors:
        """Return the state with which the decoder begins."""
        if not self.spec.bidirectional:
            return end
        return as_states(self.parts["bridge"](as_given(end)))

    def _dense(self, inputs: Tensor, drop: Drop | None) -> Tensor:
        hidden = flattened(inputs)[None]
        masks = self._masks(drop, 0, 1, inputs.shape[1], 1)
        for i, layer in enumerate(self.stacks["mlp"]):
            if i in masks and i:
                hidden = hidden * masks[i]
            hidden = self.activation(layer(hidden))
        return self._read(hidden, masks)[0]

    def _stack(
        self,
        stack: str,
        inputs: Tensor,
        state: Tensors | None,
        masks: dict[int, Tensor],
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensors]:
        """Run the layers of a stack over [time, batch, ...]."""
        directions = 1 if stack == "decoder" else self.spec.directions
        ends: list[Tensors] = []
        for i, layer in enumerate(self.stacks[stack]):
            if i in masks and i:
                inputs = inputs * masks[i]
            own = None
            if state:
                own = tuple(part[i * directions : (i + 1) * directions] for part in state)
            inputs, end = (
                _run(layer, inputs, own)
                if mask is None
                else over_time(self.spec, layer, 0, inputs, own or (), mask)
            )
            ends.append(end)
        return inputs, tuple(torch.cat(parts) for parts in zip(*ends, strict=True))

    def _decode(
        self, decoder_inputs: DecoderInputs, state: Tensors, drop: Drop | None
    ) -> tuple[Tensor, Tensors]:
        steps, batch = decoder_inputs.steps, len(decoder_inputs.start)
        masks = self._masks(drop, _DECODER, steps, batch, steps)
        inputs = decoder_inputs.inputs()
        if inputs is not None:  # nothing has to be waited for
            hidden, state = self._stack("decoder", inputs, state, masks)
            return self._read(hidden, masks), state
        outputs: list[Tensor] = []
        for step in range(steps):
            fed = decoder_inputs.before(step, outputs[-1]) if step else decoder_inputs.start
            own = {i: drawn[step if len(drawn) > 1 else 0][None] for i, drawn in masks.items()}
            hidden, state = self._stack("decoder", fed[None], state, own)
            outputs.append(self._read(hidden, own)[0])
        return torch.stack(outputs), state

    def _translate(
        self, fed: Tensor, memory: Tensor, state: Tensors, mask: Tensor | None, drop: Drop | None
    ) -> tuple[Tensor, Tensors]:
        """Run a decoder of symbols, which is fed [steps, batch]; all its steps at once."""
        steps, batch = fed.shape
        masks = self._masks(drop, _DECODER, steps, batch, steps)
        inputs = self.parts["target"](fed)
        if INPUT_SITE in masks:
            inputs = inputs * masks[INPUT_SITE]
        hidden, state = self._stack("decoder", inputs, state, masks)
        if "attention" in self.parts:
            context = self.parts["attention"](hidden, memory, mask)
            hidden = self.parts["combine"](torch.cat([context, hidden], -1))
        return self._read(hidden, masks), state

    def _read(self, hidden: Tensor, masks: dict[int, Tensor]) -> Tensor:
        """Return what the head makes of [time, batch, width]."""
        if 0 in masks:
            hidden = hidden * masks[0]
        return hidden if self.spec.head == "none" else self.bound(self.parts["head"](hidden))

    def _masks(
        self, drop: Drop | None, first: int, time: int, batch: int, before_head: int | None
    ) -> dict[int, Tensor]:
        """Return the masks [time or 1, batch, width] in front of layers, under 0 the head's.

        That in front of the first layer stands under `INPUT_SITE`.

        Args:
            drop: where they come from; none are drawn without it.
            first: the stack's first dropout site.
            time: steps between the layers.
            batch: lanes.
            before_head: steps that the head reads; none where the stack has no head.
        """
        layers = self.spec.layers
        steps = dict.fromkeys(range(1, layers), time)
        if layers == 1 and before_head is not None:
            steps = {0: before_head}
        if drop is None:
            return {}
        once = self.spec.mask == "sequence"
        rate = self.spec.dropout
        width = self.spec.hidden if first == _DECODER else self.spec.width
        widths = dict.fromkeys(steps, width)
        if self.spec.drops_inputs and (first == 0 or self.spec.translates):
            steps[INPUT_SITE], widths[INPUT_SITE] = time, self.spec.features
        drawn = {
            i: drop.dropout(first + i, (1 if once else count, widths[i], batch), rate)
            for i, count in steps.items()
        }
        return {
            i: torch.from_numpy(mask).to(self.flat.device).transpose(1, 2).contiguous()
            for i, mask in drawn.items()
        }


def _parts(spec: NetworkSpec) -> nn.ModuleDict:
    """Return the modules of a network, a recurrent layer at a time."""
    parts = nn.ModuleDict()
    if spec.symbols:
        parts["embedding"] = nn.Embedding(spec.symbols, spec.inputs)
    if spec.spelling is not None:
        parts["spelling"] = Speller(spec.spelling)
    if spec.convolution is not None:
        parts["convolution"] = convolution(spec)
    if not spec.recurrent:
        widths = [spec.window] + [spec.hidden] * (spec.layers - 1)
        parts["mlp"] = nn.ModuleList(nn.Linear(width, spec.hidden) for width in widths)
    else:
        parts["rnn"] = _stacked(spec, spec.features)
        if spec.decoder and spec.bidirectional:
            parts["bridge"] = Bridge(spec)
        if spec.decoder:
            forwards = spec.model_copy(update={"bidirectional": False})
            parts["decoder"] = _stacked(forwards, spec.inputs if spec.symbols else spec.outputs)
        if spec.translates:
            parts["target"] = nn.Embedding(spec.outputs, spec.inputs)
        if spec.attention != "none":
            parts["attention"] = Attention(spec)
            parts["combine"] = nn.Linear(spec.width + spec.hidden, spec.hidden)
    if spec.head != "none":
        parts["head"] = nn.Linear(spec.head_width, spec.outputs)
    if spec.tied:
        tie(parts["head"], parts["embedding"])
    if spec.chain:
        parts["chain"] = Chain(spec.outputs)
    return parts


def _stacked(spec: NetworkSpec, inputs: int) -> nn.ModuleList:
    widths = [inputs] + [spec.width] * (spec.layers - 1)
    return nn.ModuleList(recurrent(spec, width, 1, 0.0) for width in widths)


def _place(name: str) -> str:
    """Return where the parts hold a parameter of the network's table.

    >>> _place("rnn.weight_ih_l2_reverse"), _place("mlp.0.bias")
    ('rnn.2.weight_ih_l0_reverse', 'mlp.0.bias')
    """
    part, _, rest = name.partition(".")
    if part not in ("rnn", "decoder"):
        return name
    block, _, place = rest.rpartition("_l")
    layer, _, suffix = place.partition("_")
    return f"{part}.{layer}.{block}_l0{'_' * bool(suffix)}{suffix}"


def _run(layer: nn.Module, inputs: Tensor, state: Tensors | None) -> tuple[Tensor, Tensors]:
    """Run one layer over all time steps at once."""
    outputs, end = layer(inputs, as_given(state) if state else None)
    return outputs, as_states(end)
