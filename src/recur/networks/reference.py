"""The equations of a whole network, written out in NumPy; those of its cell are the cell's own.

This is the text to read and the slow truth that engines are compared with; it keeps whatever
precision it is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags
from recur.errors import SettingsError
from recur.networks import layers
from recur.networks.functions import sigmoid
from recur.networks.spec import NetworkSpec

Array = NDArray[np.floating]
Blocks = dict[str, Array]
Mask = Flags
State = tuple[Array, ...]
"""The states that the cell names, h first: each [layers * directions, batch, hidden]."""


@dataclass(frozen=True)
class Weights:
    """The four blocks of one layer and direction, in PyTorch's form; see `Cell` for their rows."""

    input: Array  # [gates * hidden, inputs]
    recurrent: Array  # [recurrent * hidden, hidden]
    input_bias: Array  # [gates * hidden]
    recurrent_bias: Array  # [recurrent * hidden]


def cell_step(spec: NetworkSpec, x: Array, state: State, w: Weights) -> State:
    """Take one step of a recurrent layer; what the sums become, its cell says.

    Args:
        spec: whose cell it is.
        x: [batch, inputs].
        state: the states before, each [batch, hidden].
        w: the layer's weights.

    Returns:
        The states after, of the same shapes.
    """
    _, after = spec.equations.step(sums(spec, x, state[0], w), state)
    return after


def sums(spec: NetworkSpec, x: Array, h: Array, w: Weights) -> tuple[Array, ...]:
    """Return the sums of which a cell makes its new states, each [batch, hidden]; see `Cell`."""
    cell, hidden = spec.recurrent_cell, h.shape[-1]
    joint = cell.joint
    from_input, from_state = (
        [a[..., gate * hidden : (gate + 1) * hidden] for gate in range(a.shape[-1] // hidden)]
        for a in (
            x @ w.input.T + w.input_bias,
            h @ w.recurrent.T + w.recurrent_bias,
        )
    )
    both = [a + b for a, b in zip(from_input[:joint], from_state[:joint], strict=True)]
    return (*both, *from_input[joint:], *from_state[joint:])


def zero_state(spec: NetworkSpec, batch: int, dtype: type = np.float32) -> State:
    """Return the state before anything was seen; an MLP has none."""
    shape = (spec.layers * spec.directions, batch, spec.hidden)
    return tuple(np.zeros(shape, dtype) for _ in range(spec.states))


def check_arguments(
    spec: NetworkSpec, *, masked: bool = False, decoding: bool | None = None
) -> None:
    """Refuse a mask, or what a decoder is given, where the network has no place for it."""
    if masked and (spec.convolution is not None or not spec.recurrent):
        what = "a convolution" if spec.recurrent else f"the cell {spec.cell!r}"
        raise SettingsError(
            f"{what} takes several time steps in at once, so that none can be masked; give "
            "sequences of one length."
        )
    if spec.translates:
        raise SettingsError(
            "a network of symbols with a decoder is trained on pairs, and runs by "
            "`recur.engines.translating`."
        )
    if decoding is not None and decoding != spec.decoder:
        raise SettingsError(
            "a decoder needs to be given where it starts and how many steps it takes."
            if spec.decoder
            else "the network has no decoder that could be given a start."
        )


def forward(
    spec: NetworkSpec,
    values: Array,
    inputs: Array | NDArray[np.integer],
    state: State | None = None,
    *,
    mask: Mask | None = None,
    start: Array | None = None,
    steps: int = 1,
    truth: Array | None = None,
) -> tuple[Array, State]:
    """Run a whole network over a batch of sequences, without dropout.

    Args:
        spec: the network.
        values: its flat vector of parameters.
        inputs: [time, batch, inputs], or whole numbers [time, batch], symbols; where they are
            spelt, [time, batch, 1 + longest], behind each its characters.
        state: the state to start from; zeros if none is given.
        mask: [time, batch], the steps to be taken; over the others the state is carried.
        start: [batch, outputs], the decoder's first input.
        steps: how many the decoder takes.
        truth: [steps, batch, outputs], which the decoder is fed instead of its own outputs.

    Returns:
        The outputs, [batch, outputs] or, if the head reads every step or a decoder runs,
        [time, batch, outputs]; and the final state, of the decoder where there is one.
    """
    check_arguments(spec, masked=mask is not None, decoding=start is not None)
    blocks = {p.name: p.of(values) for p in spec.parameters}
    features = _features(spec, blocks, inputs)
    if not spec.recurrent:
        hidden = layers.flattened(features)
        for layer in range(spec.layers):
            weight, bias = blocks[f"mlp.{layer}.weight"], blocks[f"mlp.{layer}.bias"]
            hidden = layers.dense(hidden, weight, bias, spec.nonlinearity)
        return _head(spec, blocks, hidden), ()
    first = state or zero_state(spec, inputs.shape[1], values.dtype.type)
    outputs, end = run_stack(spec, blocks, "rnn", features, first, mask)
    if start is not None:
        handed = bridged(spec, blocks, end) if spec.bidirectional else end
        return _decode(spec, blocks, handed, start, steps, truth)
    if spec.reads == "every":
        return _head(spec, blocks, outputs), end
    if spec.reads != "last":
        return _head(spec, blocks, layers.pooled(outputs, mask, spec.reads)), end
    # Each direction's last state: the backward one has then read the whole sequence.
    read = np.concatenate(list(end[0][-spec.directions :]), axis=-1)
    return _head(spec, blocks, read), end


def _features(spec: NetworkSpec, blocks: Blocks, inputs: Array | NDArray[np.integer]) -> Array:
    """Return what the first layer sees at each time step."""
    features = np.asarray(inputs)
    if spec.spelling is not None:
        numbers = np.asarray(inputs, np.int64)
        names = ("embedding.weight", "convolution.weight", "convolution.bias")
        spelt = layers.spell(numbers[..., 1:], *(blocks[f"spelling.{name}"] for name in names))
        known = layers.look_up(numbers[..., 0], blocks["embedding.weight"])
        return np.concatenate([known, spelt], axis=-1)
    if spec.symbols:
        features = layers.look_up(np.asarray(inputs, np.int64), blocks["embedding.weight"])
    if spec.convolution is None:
        return features
    weight, bias = blocks["convolution.weight"], blocks["convolution.bias"]
    return layers.convolve(features, weight, bias, spec.convolution)


def run_stack(
    spec: NetworkSpec,
    blocks: Blocks,
    stack: str,
    inputs: Array,
    state: State,
    mask: Mask | None = None,
) -> tuple[Array, State]:
    """Run one recurrent layer after the other over [time, batch, ...]."""
    finals = []
    directions = 1 if stack == "decoder" else spec.directions
    for layer in range(spec.layers):
        outputs = []
        for direction, suffix in enumerate(("", "_reverse")[:directions]):
            w = weights_of(spec, blocks, f"{stack}.{{}}_l{layer}{suffix}")
            own = tuple(part[layer * directions + direction] for part in state)
            backwards = bool(direction)
            output, final = _layer(spec, inputs, own, w, mask, backwards=backwards)
            outputs.append(output)
            finals.append(final)
        inputs = np.concatenate(outputs, axis=-1)
    return inputs, tuple(np.stack(parts) for parts in zip(*finals, strict=True))


def weights_of(spec: NetworkSpec, blocks: Blocks, names: str) -> Weights:
    """Return the weights of a layer from all blocks by name; those that the cell lacks are empty.

    Args:
        spec: the network.
        blocks: its parameters by name.
        names: of the layer's blocks, with `{}` for the kind, such as `rnn.{}_l0`.
    """
    weight = blocks[names.format("weight_ih")]
    lacking = np.zeros((0, spec.hidden), weight.dtype)
    return Weights(
        input=weight,
        recurrent=blocks.get(names.format("weight_hh"), lacking),
        input_bias=blocks[names.format("bias_ih")],
        recurrent_bias=blocks.get(names.format("bias_hh"), lacking[:, 0]),
    )


def _layer(
    spec: NetworkSpec,
    inputs: Array,
    state: State,
    w: Weights,
    mask: Mask | None,
    *,
    backwards: bool,
) -> tuple[Array, State]:
    outputs = [inputs[0]] * len(inputs)
    times = range(len(inputs))
    for t in reversed(times) if backwards else times:
        new = cell_step(spec, inputs[t], state, w)
        if mask is not None:
            real = mask[t][:, None]
            new = tuple(np.where(real, b, a) for a, b in zip(state, new, strict=True))
        state = new
        outputs[t] = state[0]
    return np.stack(outputs), state


def bridged(spec: NetworkSpec, blocks: Blocks, end: State) -> State:
    """Return the state of one direction that the bridge makes of the last outputs of two."""
    made = []
    for layer in range(spec.layers):
        both = np.concatenate(list(end[0][2 * layer : 2 * layer + 2]), axis=-1)
        made.append(both @ blocks[f"bridge.weight_l{layer}"].T + blocks[f"bridge.bias_l{layer}"])
    parts = np.split(np.stack(made), spec.recurrent_cell.bridged, axis=-1)
    zeros = [np.zeros_like(parts[0])] * (len(end) - len(parts))
    return (*parts, *zeros)


def _decode(
    spec: NetworkSpec,
    blocks: Blocks,
    state: State,
    start: Array,
    steps: int,
    truth: Array | None,
) -> tuple[Array, State]:
    """Take the decoder's steps, each fed the value before: the true one, or its own."""
    outputs: list[Array] = []
    for step in range(steps):
        own = start if step == 0 else outputs[-1]
        given = own if truth is None or step == 0 else truth[step - 1]
        hidden, state = run_stack(spec, blocks, "decoder", given[None], state)
        outputs.append(_head(spec, blocks, hidden[0]))
    return np.stack(outputs), state


def _head(spec: NetworkSpec, blocks: Blocks, read: Array) -> Array:
    if spec.head == "none":
        return read
    a = read @ blocks[spec.head_weight].T + blocks["head.bias"]
    if spec.head == "tanh":
        return np.asarray(np.tanh(a))
    return sigmoid(a) if spec.head == "sigmoid" else a
