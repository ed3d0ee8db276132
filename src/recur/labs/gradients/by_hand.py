"""A step of each cell taken backwards, written out by hand from the equations of `networks.cells`.

A step makes a new state of an old one. Taken backwards it makes the gradient of a loss in the old
state of its gradient in the new one, by the chain rule, gate by gate. A gradient keeps whatever
precision it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from recur.arrays import Float64s
from recur.networks.functions import sigmoid
from recur.networks.reference import (
    Array,
    State,
    Weights,
    cell_step,
    zero_state,
)
from recur.networks.spec import NetworkSpec, Values

_VANILLA = NetworkSpec(cell="rnn")

Blocks = dict[str, Array]
"""Weights, or the gradient of a loss in them, by their names in the table of parameters."""


@dataclass(frozen=True, eq=False)
class Fading:
    """A gradient on its way back.

    Attributes:
        size: float64 [distances], at 0, 1, 2 ... steps from the end.
        product: float64 [distances], what the product of the steps' factors says of it.
    """

    size: Float64s
    product: Float64s


def weights_of(blocks: Blocks) -> Weights:
    """Return the weights of a network's first recurrent layer."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return Weights(*(blocks[f"rnn.{name}_l0"] for name in names))


def doubled(spec: NetworkSpec, values: Values) -> Blocks:
    """Return a network's parameters by name, in double precision, as copies."""
    return {name: block.astype(np.float64) for name, block in spec.named(values).items()}


def first_state(spec: NetworkSpec) -> State:
    """Return the state of one layer before anything was seen, each part float64 [1, hidden]."""
    return tuple(part[0] for part in zero_state(spec, 1, np.float64))


def forwards(spec: NetworkSpec, x: Array, state: State, w: Weights) -> State:
    """Take a step of the network's cell.

    Args:
        spec: of one recurrent layer.
        x: [batch, inputs].
        state: (h,) or (h, c), each [batch, hidden].
        w: the layer's weights.

    Returns:
        The new state, of the same shapes.
    """
    return cell_step(spec, x, state, w)


def backwards(spec: NetworkSpec, x: Array, state: State, w: Weights, grad: State) -> State:
    """Return the gradient in the state before a step.

    Args:
        spec: of one recurrent layer.
        x: [batch, inputs], what came in at the step.
        state: that before the step.
        w: the layer's weights.
        grad: the gradient of the loss in the state after the step, of the same shapes.
    """
    if spec.cell == "gru":
        return _gru(x, state, w, grad)
    if spec.cell == "lstm":
        return _lstm(x, state, w, grad)
    return _rnn(spec, x, state, w, grad)


def gates(spec: NetworkSpec, x: Array, state: State, w: Weights) -> dict[str, Array]:
    """Return how far each gate is open at a step, [batch, hidden] between 0 and 1 for each.

    Of an LSTM `forget`, `input` and `output`; of a GRU `update` and `reset`; a vanilla RNN has
    none. Forget and update keep the old state where they are 1.
    """
    if spec.cell == "gru":
        r, z, *_ = _gru_parts(x, state[0], w)
        return {"update": z, "reset": r}
    if spec.cell != "lstm":
        return {}
    i, f, _, o = _lstm_parts(x, state[0], w)
    return {"forget": f, "input": i, "output": o}


def fading(spec: NetworkSpec, blocks: Blocks, inputs: Float64s) -> Fading:
    """Follow a gradient from the last hidden state back to the first.

    Args:
        spec: the network.
        blocks: its parameters.
        inputs: float64 [time, inputs], what it reads.
    """
    w, states = weights_of(blocks), [first_state(spec)]
    for x in inputs:
        states.append(forwards(spec, x[None], states[-1], w))
    every = np.eye(len(states[0]) * spec.hidden)  # all directions in all that makes up the state
    parts = len(states[0])
    grad: State = tuple(np.split(every[: spec.hidden], parts, axis=1))
    sizes, factors = [1.0], [1.0]
    for x, old in zip(inputs[::-1], states[-2::-1], strict=True):
        grad = backwards(spec, x[None], old, w, grad)
        sizes.append(_size(grad))
        step = backwards(spec, x[None], old, w, tuple(np.split(every, parts, axis=1)))
        factors.append(float(np.abs(np.linalg.eigvals(np.concatenate(step, axis=1))).max()))
    return Fading(np.array(sizes), np.asarray(np.cumprod(factors), np.float64))


def _size(grad: State) -> float:
    """Return the root mean square norm of gradients [direction, hidden], all parts together."""
    return sqrt(sum(float(np.sum(part**2)) for part in grad) / len(grad[0]))


def through_time(blocks: Blocks, inputs: Array, wanted: Array) -> tuple[float, Blocks]:
    """Return the loss of a vanilla RNN (tanh) and its gradient in all weights, through time.

    Args:
        blocks: the network's parameters by name.
        inputs: [time, batch, inputs].
        wanted: [batch, outputs], what the head should give after the last step.

    Returns:
        The mean squared error, and its gradient by name.
    """
    w, head = weights_of(blocks), blocks["head.weight"]
    states: list[Array] = [np.zeros((inputs.shape[1], w.recurrent.shape[1]))]
    for x in inputs:
        states.append(cell_step(_VANILLA, x, (states[-1],), w)[0])
    error = states[-1] @ head.T + blocks["head.bias"] - wanted
    out = 2 * error / error.size
    grads = {name: np.zeros_like(block) for name, block in blocks.items()}
    grads |= {"head.weight": out.T @ states[-1], "head.bias": out.sum(axis=0)}
    grad = out @ head
    for x, old, new in zip(inputs[::-1], states[-2::-1], states[:0:-1], strict=True):
        at_sum = grad * (1 - new**2)
        grads["rnn.weight_ih_l0"] += at_sum.T @ x
        grads["rnn.weight_hh_l0"] += at_sum.T @ old
        grads["rnn.bias_ih_l0"] += at_sum.sum(axis=0)
        grads["rnn.bias_hh_l0"] += at_sum.sum(axis=0)
        grad = at_sum @ w.recurrent
    return float(np.mean(error**2)), grads


def _rnn(spec: NetworkSpec, x: Array, state: State, w: Weights, grad: State) -> State:
    """Take h' = f(a) back: the gradient in a is that in h' times f'(a), and a holds U h."""
    (new,) = cell_step(spec, x, state, w)
    derivative = (new > 0) if spec.nonlinearity == "relu" else 1 - new**2
    return ((grad[0] * derivative) @ w.recurrent,)


def _gru(x: Array, state: State, w: Weights, grad: State) -> State:
    """Take h' = (1 - z) n + z h back: by z h itself, and by the h in n, z and r."""
    (h,), (dh,) = state, grad
    r, z, n, from_state = _gru_parts(x, h, w)
    dn = dh * (1 - z) * (1 - n**2)
    dz = dh * (h - n) * z * (1 - z)
    dr = dn * from_state * r * (1 - r)
    return (dh * z + np.concatenate([dr, dz, dn * r], axis=-1) @ w.recurrent,)


def _lstm(x: Array, state: State, w: Weights, grad: State) -> State:
    """Take c' = f c + i g and h' = o tanh(c') back: by c itself, and by the h in i, f, g, o."""
    (h, c), (dh, dc) = state, grad
    i, f, g, o = _lstm_parts(x, h, w)
    tanh_c = np.tanh(f * c + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    parts = (
        dc * g * i * (1 - i),
        dc * c * f * (1 - f),
        dc * i * (1 - g**2),
        dh * tanh_c * o * (1 - o),
    )
    return np.concatenate(parts, axis=-1) @ w.recurrent, dc * f


def _gru_parts(x: Array, h: Array, w: Weights) -> tuple[Array, Array, Array, Array]:
    """Return r, z, n, and the part of the state in n before r is applied."""
    from_input = np.split(x @ w.input.T + w.input_bias, 3, axis=-1)
    from_state = np.split(h @ w.recurrent.T + w.recurrent_bias, 3, axis=-1)
    r, z = (sigmoid(a + b) for a, b in zip(from_input[:2], from_state[:2], strict=True))
    return r, z, np.tanh(from_input[2] + r * from_state[2]), from_state[2]


def _lstm_parts(x: Array, h: Array, w: Weights) -> tuple[Array, Array, Array, Array]:
    """Return i, f, g, o."""
    a = x @ w.input.T + w.input_bias + h @ w.recurrent.T + w.recurrent_bias
    i, f, g, o = np.split(a, 4, axis=-1)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
