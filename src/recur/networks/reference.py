"""The equations of the recurrent cells and of a whole network, written out in NumPy.

This is the text to read and the slow truth that engines are compared with; it keeps whatever
precision it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recur.errors import SettingsError
from recur.networks import layers
from recur.networks.spec import NetworkSpec

Array = NDArray[np.floating]
Blocks = dict[str, Array]
Mask = NDArray[np.bool_]
State = tuple[Array, ...]
"""The hidden state, and for an LSTM the cell state: each [layers * directions, batch, hidden]."""


@dataclass(frozen=True)
class Weights:
    """The four blocks of one layer and direction, in PyTorch's form."""

    input: Array  # [gates * hidden, inputs]
    recurrent: Array  # [gates * hidden, hidden]
    input_bias: Array  # [gates * hidden]
    recurrent_bias: Array  # [gates * hidden]


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), written so that it cannot overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def rnn_step(x: Array, state: State, w: Weights, nonlinearity: str = "tanh") -> State:
    """Take one step of a vanilla RNN: h' = f(W x + b + U h + c).

    Args:
        x: [batch, inputs].
        state: (h,), h [batch, hidden].
        w: the layer's weights.
        nonlinearity: `tanh` or `relu`.

    Returns:
        (h',) of the same shape.
    """
    (h,) = state
    a = x @ w.input.T + w.input_bias + h @ w.recurrent.T + w.recurrent_bias
    return (layers.bend(a, nonlinearity),)


def gru_step(x: Array, state: State, w: Weights) -> State:
    """Take one step of a GRU, in PyTorch's form.

        r  = sigmoid(W_r x + b_r + U_r h + c_r)           reset
        z  = sigmoid(W_z x + b_z + U_z h + c_z)           update
        n  = tanh(W_n x + b_n + r * (U_n h + c_n))        new value
        h' = (1 - z) * n + z * h

    Two things differ from the form in most textbooks (Cho et al. 2014): the reset gate acts
    after the product, r * (U_n h + c_n), not before it, U_n (r * h), so that all three products
    can be taken at once; and z keeps the old state, where the textbook's z lets the new value
    in. Weights trained in one form are not weights of the other.

    Args:
        x: [batch, inputs].
        state: (h,), h [batch, hidden].
        w: the layer's weights, gates in the order r, z, n.

    Returns:
        (h',) of the same shape.
    """
    (h,) = state
    from_input = np.split(x @ w.input.T + w.input_bias, 3, axis=-1)
    from_state = np.split(h @ w.recurrent.T + w.recurrent_bias, 3, axis=-1)
    r = sigmoid(from_input[0] + from_state[0])
    z = sigmoid(from_input[1] + from_state[1])
    n = np.tanh(from_input[2] + r * from_state[2])
    return ((1 - z) * n + z * h,)


def lstm_step(x: Array, state: State, w: Weights) -> State:
    """Take one step of an LSTM.

        i = sigmoid(...)   input gate         c' = f * c + i * g
        f = sigmoid(...)   forget gate        h' = o * tanh(c')
        g = tanh(...)      new value
        o = sigmoid(...)   output gate        with ... = W x + b + U h + c, a row block each

    Args:
        x: [batch, inputs].
        state: (h, c), each [batch, hidden].
        w: the layer's weights, gates in the order i, f, g, o.

    Returns:
        (h', c') of the same shapes.
    """
    h, c = state
    a = x @ w.input.T + w.input_bias + h @ w.recurrent.T + w.recurrent_bias
    i, f, g, o = np.split(a, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def zero_state(spec: NetworkSpec, batch: int, dtype: type = np.float32) -> State:
    """Return the state before anything was seen; an MLP has none."""
    shape = (spec.layers * spec.directions, batch, spec.hidden)
    count = {"mlp": 0, "lstm": 2}.get(spec.cell, 1)
    return tuple(np.zeros(shape, dtype) for _ in range(count))


def check_arguments(
    spec: NetworkSpec, *, masked: bool = False, decoding: bool | None = None
) -> None:
    """Refuse a mask, or what a decoder is given, where the network has no place for it."""
    if masked and (spec.convolution is not None or spec.cell == "mlp"):
        what = "the cell 'mlp'" if spec.cell == "mlp" else "a convolution"
        raise SettingsError(
            f"{what} takes several time steps in at once, so that none can be masked; give "
            "sequences of one length."
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
        inputs: [time, batch, inputs], or whole numbers [time, batch], symbols.
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
    if spec.cell == "mlp":
        hidden = layers.flattened(features)
        for layer in range(spec.layers):
            weight, bias = blocks[f"mlp.{layer}.weight"], blocks[f"mlp.{layer}.bias"]
            hidden = layers.dense(hidden, weight, bias, spec.nonlinearity)
        return _head(spec, blocks, hidden), ()
    first = state or zero_state(spec, inputs.shape[1], values.dtype.type)
    outputs, end = _stack(spec, blocks, "rnn", features, first, mask)
    if start is not None:
        handed = _bridged(spec, blocks, end) if spec.bidirectional else end
        return _decode(spec, blocks, handed, start, steps, truth)
    if spec.reads == "every":
        return _head(spec, blocks, outputs), end
    # Each direction's last state: the backward one has then read the whole sequence.
    read = np.concatenate(list(end[0][-spec.directions :]), axis=-1)
    return _head(spec, blocks, read), end


def _features(spec: NetworkSpec, blocks: Blocks, inputs: Array | NDArray[np.integer]) -> Array:
    """Return what the first layer sees at each time step."""
    features = np.asarray(inputs)
    if spec.symbols:
        features = layers.look_up(np.asarray(inputs, np.int64), blocks["embedding.weight"])
    if spec.convolution is None:
        return features
    weight, bias = blocks["convolution.weight"], blocks["convolution.bias"]
    return layers.convolve(features, weight, bias, spec.convolution)


def _stack(
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
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            w = Weights(*(blocks[f"{stack}.{name}_l{layer}{suffix}"] for name in names))
            own = tuple(part[layer * directions + direction] for part in state)
            backwards = bool(direction)
            output, final = _layer(_step(spec), inputs, own, w, mask, backwards=backwards)
            outputs.append(output)
            finals.append(final)
        inputs = np.concatenate(outputs, axis=-1)
    return inputs, tuple(np.stack(parts) for parts in zip(*finals, strict=True))


def _step(spec: NetworkSpec) -> Callable[[Array, State, Weights], State]:
    if spec.cell == "gru":
        return gru_step
    if spec.cell == "lstm":
        return lstm_step
    return lambda x, state, w: rnn_step(x, state, w, spec.nonlinearity)


def _layer(
    step: Callable[[Array, State, Weights], State],
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
        new = step(inputs[t], state, w)
        if mask is not None:
            real = mask[t][:, None]
            new = tuple(np.where(real, b, a) for a, b in zip(state, new, strict=True))
        state = new
        outputs[t] = state[0]
    return np.stack(outputs), state


def _bridged(spec: NetworkSpec, blocks: Blocks, end: State) -> State:
    """Return the state of one direction that the bridge makes of the last outputs of two."""
    made = []
    for layer in range(spec.layers):
        both = np.concatenate(list(end[0][2 * layer : 2 * layer + 2]), axis=-1)
        made.append(both @ blocks[f"bridge.weight_l{layer}"].T + blocks[f"bridge.bias_l{layer}"])
    return tuple(np.split(np.stack(made), len(end), axis=-1))


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
        hidden, state = _stack(spec, blocks, "decoder", given[None], state)
        outputs.append(_head(spec, blocks, hidden[0]))
    return np.stack(outputs), state


def _head(spec: NetworkSpec, blocks: Blocks, read: Array) -> Array:
    if spec.head == "none":
        return read
    a = read @ blocks[spec.head_weight].T + blocks["head.bias"]
    if spec.head == "tanh":
        return np.asarray(np.tanh(a))
    return sigmoid(a) if spec.head == "sigmoid" else a
