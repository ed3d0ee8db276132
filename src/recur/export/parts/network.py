"""The layers of a network, for whole arrays [time, batch, ...]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recur.export.parts import Array

State = tuple[Array, ...]
Step = Callable[[State, State], tuple[State, State]]


def look_up(symbols: Array, table: Array) -> Array:
    """Return each symbol's learnt vector."""
    return np.take(table, symbols, axis=0)


def without_characters(spelt: Array) -> Array:
    """Return the symbols [time, batch] of symbols with their characters behind them."""
    return spelt[:, :, 0]


def spell(spelt: Array, table: Array, weight: Array, bias: Array) -> Array:
    """Slide filters over the characters of each symbol, and keep the greatest of each filter.

    Character 0 is padding: places that end in it do not count, but for the first.
    """
    characters = spelt[:, :, 1:]
    kernel = weight.shape[2]
    places = characters.shape[2] - kernel + 1
    vectors = np.take(table, characters, axis=0)
    sums = bias
    for k in range(kernel):
        sums = sums + vectors[:, :, k : k + places] @ weight[:, :, k].T
    real = (characters[:, :, kernel - 1 :] != 0) | (np.arange(places) == 0)
    return np.max(np.where(real[:, :, :, None], sums, -np.inf), axis=2)


def side_by_side(*parts: Array) -> Array:
    """Return arrays joined along their last axis."""
    return np.concatenate(parts, axis=-1)


def convolve(x: Array, stride: int, weight: Array, bias: Array) -> Array:
    """Slide filters over time, the newest place last; what does not fill a stride is left out."""
    kernel = weight.shape[2]
    newest_first = x[::-1]
    sums = bias
    for k in range(kernel):  # k steps before the newest that a place sees
        seen = newest_first[k : k + 1 - kernel or None][::stride]
        sums = sums + seen @ weight[:, :, kernel - 1 - k].T
    return sums[::-1]


def nothing_seen(x: Array, hidden: int, states: int) -> State:
    """Return the states before anything was seen, each [batch, hidden]."""
    return (np.zeros((x.shape[1], hidden), np.float32),) * states


def nothing_seen_by(batch: int, layers: int, hidden: int, states: int) -> State:
    """Return the states of all layers before anything was seen, each [layers, batch, hidden]."""
    return (np.zeros((layers, batch, hidden), np.float32),) * states


def states_of(state: State, layer: int) -> State:
    """Return those of one layer, each [batch, hidden]."""
    return tuple(part[layer] for part in state)


def put_together(*ends: State) -> State:
    """Return the states of several layers, each [layers, batch, hidden]."""
    return tuple(np.stack(parts) for parts in zip(*ends, strict=True))


def sums_of(joint: int, from_input: Array, from_state: Array | None, hidden: int) -> State:
    """Return the sums of which a cell makes its new states.

    The products with what comes in and with the state fall into blocks, one for each gate. The
    first `joint` blocks of both are added up, the others stand alone.
    """
    blocks = [from_input[:, i : i + hidden] for i in range(0, from_input.shape[1], hidden)]
    if from_state is None:
        return tuple(blocks)
    own = [from_state[:, i : i + hidden] for i in range(0, from_state.shape[1], hidden)]
    both = [a + b for a, b in zip(blocks[:joint], own[:joint], strict=True)]
    return (*both, *blocks[joint:], *own[joint:])


def cell(
    step: Step,
    joint: int,
    from_input: Array,
    state: State,
    weight_hh: Array | None = None,
    bias_hh: Array | None = None,
) -> State:
    """Return the states after a step, of the products with the input and the states before."""
    from_state = None if weight_hh is None else state[0] @ weight_hh.T + bias_hh
    _, after = step(sums_of(joint, from_input, from_state, state[0].shape[-1]), state)
    return after


def layer(
    step: Step,
    joint: int,
    backwards: bool,
    x: Array,
    state: State,
    weight_ih: Array,
    bias_ih: Array,
    *recurrent: Array,
) -> tuple[Array, State]:
    """Run a recurrent layer over time; return its outputs and its last states."""
    from_input = x @ weight_ih.T + bias_ih
    outputs = [from_input[0]] * len(x)
    for t in reversed(range(len(x))) if backwards else range(len(x)):
        state = cell(step, joint, from_input[t], state, *recurrent)
        outputs[t] = state[0]
    return np.stack(outputs), state


def masked_layer(
    step: Step,
    joint: int,
    backwards: bool,
    x: Array,
    mask: Array,
    state: State,
    weight_ih: Array,
    bias_ih: Array,
    *recurrent: Array,
) -> tuple[Array, State]:
    """Run a recurrent layer over the steps that a mask [time, batch] says are real."""
    from_input = x @ weight_ih.T + bias_ih
    outputs = [from_input[0]] * len(x)
    for t in reversed(range(len(x))) if backwards else range(len(x)):
        after = cell(step, joint, from_input[t], state, *recurrent)
        state = kept_where(mask[t], after, state)
        outputs[t] = state[0]
    return np.stack(outputs), state


def padded_layer(
    step: Step,
    joint: int,
    backwards: bool,
    x: Array,
    mask: Array,
    state: State,
    weight_ih: Array,
    bias_ih: Array,
    *recurrent: Array,
) -> tuple[Array, State]:
    """Run a recurrent layer over sequences that a mask [time, batch] says are over sooner."""
    return masked_layer(step, joint, backwards, x, mask, state, weight_ih, bias_ih, *recurrent)


def kept_where(real: Array, after: State, before: State) -> State:
    """Return the states after a step where it is real [batch], else those before."""
    pairs = zip(after, before, strict=True)
    return tuple(np.where(real[:, None], new, old) for new, old in pairs)


def output_of(state: State) -> Array:
    """Return the first of a layer's states, its output."""
    return state[0]


def mean_over_time(x: Array) -> Array:
    """Return the mean of each value over time."""
    return np.mean(x, axis=0)


def greatest_over_time(x: Array) -> Array:
    """Return the greatest of each value over time."""
    return np.max(x, axis=0)


def mean_of_real(x: Array, mask: Array) -> Array:
    """Return the mean of each value over the steps that a mask [time, batch] says are real."""
    counted = mask[:, :, None].astype(np.float32)
    return np.sum(x * counted, axis=0) / np.sum(counted, axis=0)


def greatest_of_real(x: Array, mask: Array) -> Array:
    """Return the greatest of each value over the steps that a mask [time, batch] says are real."""
    return np.max(np.where(mask[:, :, None], x, -np.inf), axis=0)


def all_at_once(x: Array, width: int) -> Array:
    """Return [batch, time * inputs], of each sequence one step after the other."""
    return np.reshape(np.swapaxes(x, 0, 1), (-1, width))


def linear(x: Array, weight: Array, bias: Array) -> Array:
    """Return W x + b."""
    return x @ weight.T + bias


def dense_tanh(x: Array, weight: Array, bias: Array) -> Array:
    """Return tanh(W x + b)."""
    return np.tanh(x @ weight.T + bias)


def dense_relu(x: Array, weight: Array, bias: Array) -> Array:
    """Return max(0, W x + b)."""
    return np.maximum(x @ weight.T + bias, 0)


def dense_sigmoid(x: Array, weight: Array, bias: Array) -> Array:
    """Return 1 / (1 + exp(-W x - b)), written so that it cannot overflow."""
    return 0.5 * (1 + np.tanh(0.5 * (x @ weight.T + bias)))


def bridged(weight: Array, bias: Array, made: int, forwards: State, backwards: State) -> State:
    """Return the state with which a decoder begins, of the last outputs of both directions.

    So many of the states are `made`, the others begin at 0.
    """
    both = np.concatenate([forwards[0], backwards[0]], axis=-1) @ weight.T + bias
    hidden = forwards[0].shape[-1]
    parts = [both[:, i * hidden : (i + 1) * hidden] for i in range(made)]
    return (*parts, *[parts[0] * 0] * (len(forwards) - made))


def loop(step: Callable[..., tuple[Any, Any]], state: Any, *inputs: Array) -> tuple[Any, Any]:
    """Take a step for each of the inputs; return the last state, and what each step gave."""
    outputs = []
    for seen in zip(*inputs, strict=True):
        state, output = step(state, *seen)
        outputs.append(output)
    return state, np.stack(outputs)


def one_step(x: Array) -> Array:
    """Return [1, batch, ...], a sequence of one step."""
    return x[None]


def of_one_step(x: Array) -> Array:
    """Return [batch, ...], the only step of a sequence."""
    return x[0]


def value_and_states(before: tuple[Array, Any]) -> tuple[Array, Any]:
    """Return what a decoder is given: the value before, and the states of its layers."""
    value, states = before
    return value, states


def one_of(states: tuple[State, ...], layer: int) -> State:
    """Return the states of one layer."""
    return states[layer]
