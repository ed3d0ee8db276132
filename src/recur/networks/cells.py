"""The equations of the recurrent cells and of a whole network, written out in NumPy.

This is the text to read and the slow truth that engines are compared with; it keeps whatever
precision it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recur.networks.spec import NetworkSpec

Array = NDArray[np.floating]
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
    return (np.tanh(a) if nonlinearity == "tanh" else np.maximum(a, 0),)


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
    """Return the state before anything was seen."""
    shape = (spec.layers * spec.directions, batch, spec.hidden)
    return tuple(np.zeros(shape, dtype) for _ in range(2 if spec.cell == "lstm" else 1))


def forward(
    spec: NetworkSpec, values: Array, inputs: Array, state: State | None = None
) -> tuple[Array, State]:
    """Run a whole network over a batch of sequences, without dropout.

    Args:
        spec: the network.
        values: its flat vector of parameters.
        inputs: [time, batch, inputs].
        state: the state to start from; zeros if none is given.

    Returns:
        The outputs, [batch, outputs] or, if the head reads every step, [time, batch, outputs];
        and the final state.
    """
    blocks = {p.name: p.of(values) for p in spec.parameters}
    start = state or zero_state(spec, inputs.shape[1], values.dtype.type)
    layer_inputs, finals = inputs, []
    for layer in range(spec.layers):
        outputs = []
        for direction, suffix in enumerate(("", "_reverse")[: spec.directions]):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            w = Weights(*(blocks[f"rnn.{name}_l{layer}{suffix}"] for name in names))
            own = tuple(part[layer * spec.directions + direction] for part in start)
            output, final = _layer(_step(spec), layer_inputs, own, w, backwards=bool(direction))
            outputs.append(output)
            finals.append(final)
        layer_inputs = np.concatenate(outputs, axis=-1)
    end = tuple(np.stack(parts) for parts in zip(*finals, strict=True))
    if spec.reads == "every":
        read = layer_inputs
    else:  # each direction's last state: the backward one has then read the whole sequence
        read = np.concatenate(list(end[0][-spec.directions :]), axis=-1)
    return _head(spec, blocks, read), end


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
    *,
    backwards: bool,
) -> tuple[Array, State]:
    outputs = [inputs[0]] * len(inputs)
    times = range(len(inputs))
    for t in reversed(times) if backwards else times:
        state = step(inputs[t], state, w)
        outputs[t] = state[0]
    return np.stack(outputs), state


def _head(spec: NetworkSpec, blocks: dict[str, Array], read: Array) -> Array:
    if spec.head == "none":
        return read
    a = read @ blocks["head.weight"].T + blocks["head.bias"]
    if spec.head == "tanh":
        return np.asarray(np.tanh(a))
    return sigmoid(a) if spec.head == "sigmoid" else a
