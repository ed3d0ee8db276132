"""What a graph has of its own for what loops over time: operators, and the bodies of loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.export.parts import histories
from recur.export.parts import network as parts
from recur.export.program import Function
from recur.export.traced import Body, Graph, Node, Traced, example_of
from recur.networks.cells import cell

_OPERATORS: dict[tuple[str, str], tuple[str, tuple[int, ...], dict[str, Any]]] = {
    ("rnn", "tanh"): ("RNN", (0,), {"activations": ["Tanh"]}),
    ("rnn", "relu"): ("RNN", (0,), {"activations": ["Relu"]}),
    ("gru", "tanh"): ("GRU", (1, 0, 2), {"linear_before_reset": 1}),
    ("lstm", "tanh"): ("LSTM", (0, 3, 1, 2), {}),
}
"""ONNX's own operators: of which cell and equations, which of our gates stands at each place."""


def own_ways(graph: Graph) -> dict[Any, Function]:
    """Return what a graph does in the place of the functions that loop over time."""

    def layer(step: Any, joint: int, backwards: bool, x: Any, state: Any, *weights: Any) -> Any:
        return _layer(graph, step, joint, x, None, state, weights, backwards=backwards)

    def padded_layer(
        step: Any, joint: int, backwards: bool, x: Any, mask: Any, state: Any, *weights: Any
    ) -> Any:
        return _layer(graph, step, joint, x, mask, state, weights, backwards=backwards)

    def masked_layer(
        step: Any, joint: int, backwards: bool, x: Any, mask: Any, state: Any, *weights: Any
    ) -> Any:
        return _scanned(graph, step, joint, x, mask, state, weights, backwards=backwards)

    def nothing_seen(x: Traced, hidden: int, states: int) -> tuple[Traced, ...]:
        return (_zeros(graph, x, hidden),) * states

    def loop(step: Any, state: Any, *inputs: Any) -> Any:
        return looped(graph, step, state, inputs)

    def carried_on(values: Traced, seen: Traced) -> Any:
        first = histories.first_known(values, seen)[:, 0]

        def one(before: Traced, value: Traced) -> Any:
            known = np.where(np.isfinite(value), value, before)  # type: ignore[call-overload]
            return known, known

        return looped(graph, one, first, (values.T,))[1].T

    return {
        histories.carried_on: carried_on,
        parts.layer: layer,
        parts.padded_layer: padded_layer,
        parts.masked_layer: masked_layer,
        parts.nothing_seen: nothing_seen,
        parts.loop: loop,
    }


def _layer(
    graph: Graph, step: Any, joint: int, x: Traced, mask: Any, state: Any, weights: Any,
    *, backwards: bool,
) -> tuple[Traced, tuple[Traced, ...]]:  # fmt: skip
    """Add a layer: ONNX's operator where there is one, else a loop of the cell's equations."""
    known = next(
        (own for (name, variant), own in _OPERATORS.items()
         if cell(name).variants[variant].step is step), None,
    )  # fmt: skip
    if known is None:
        return _scanned(graph, step, joint, x, mask, state, weights, backwards=backwards)
    operator, order, attributes = known
    weight_ih, bias_ih, weight_hh, bias_hh = map(example_of, weights)
    hidden = weight_hh.shape[1]
    both = np.concatenate([_gates(bias_ih, order), _gates(bias_hh, order)])
    blocks = [_gates(weight_ih, order), _gates(weight_hh, order), both]
    named = [
        graph.weight(f"{operator}.{kind}", block[None])
        for kind, block in zip(("W", "R", "B"), blocks, strict=True)
    ]
    lengths = ""
    if mask is not None:
        lengths = np.sum(mask, axis=0).astype(np.int32).name
    begins = [part[None].name for part in state]
    example = np.zeros((x.shape[0], 1, x.shape[1], hidden), np.float32)
    made = graph.nodes_of(
        operator, [x.name, *named, lengths, *begins],
        (example, *[example[0]] * len(state)),
        hidden_size=hidden, direction="reverse" if backwards else "forward", **attributes,
    )  # fmt: skip
    return made[0][:, 0], tuple(part[0] for part in made[1:])


def _gates(block: NDArray[Any], order: tuple[int, ...]) -> NDArray[Any]:
    """Return the row blocks of the gates in another order."""
    return np.concatenate([np.split(block, len(order))[i] for i in order])


def _scanned(
    graph: Graph, step: Any, joint: int, x: Traced, mask: Any, state: Any, weights: Any,
    *, backwards: bool,
) -> tuple[Traced, tuple[Traced, ...]]:  # fmt: skip
    """Add a layer as a loop over the equations of its cell."""
    weight_ih, bias_ih, *recurrent = weights
    from_input = x @ weight_ih.T + bias_ih

    def one(before: Any, sums: Any, *real: Any) -> Any:
        after = parts.cell(step, joint, sums, before, *recurrent)
        for each in real:
            after = parts.kept_where(each, after, before)
        return after, after[0]

    inputs = (from_input,) if mask is None else (from_input, mask)
    end, outputs = looped(graph, one, tuple(state), inputs, backwards=backwards)
    return outputs, end


def looped(
    graph: Graph,
    step: Callable[..., tuple[Any, Any]],
    state: Any,
    inputs: tuple[Any, ...],
    *,
    backwards: bool = False,
) -> tuple[Any, Any]:
    """Add a loop; see `parts.loop`."""
    flat = [_traced(graph, part) for part in _flat(state)]
    given = [_traced(graph, part) for part in inputs]
    with graph.inside() as nodes:
        before = [graph.input("before", part.example) for part in flat]
        seen = [graph.input("seen", part.example[0]) for part in given]
        after, output = step(_like(state, iter(before)), *seen)
        ends = [
            _same(graph, value, old.dtype) for value, old in zip(_flat(after), flat, strict=True)
        ]
        said = [_same(graph, value, None) for value in _flat(output)]
    body = Body(
        tuple((one.name, one.example) for one in (*before, *seen)),
        tuple((one.name, one.example) for one in (*ends, *said)),
        tuple(nodes),
    )
    length = given[0].shape[0]
    examples = [one.example for one in ends] + [np.stack([one.example] * length) for one in said]
    direction = [int(backwards)]
    made = graph.nodes_of(
        "Scan", [one.name for one in (*flat, *given)], examples, body=body,
        num_scan_inputs=len(given), scan_input_directions=direction * len(given),
        scan_output_directions=direction * len(said),
    )  # fmt: skip
    results = iter(made)
    return _like(state, results), _like(output, results)


def _zeros(graph: Graph, x: Traced, hidden: int) -> Traced:
    """Return zeros [batch, hidden], of the batch of x [time, batch, ...]."""
    shape = graph.node("Shape", [x.name], np.array(x.shape, np.int64))
    sizes: Any = np.concatenate([shape[1:2], np.array([hidden], np.int64)])
    zero = graph.named(np.zeros((), np.float32))
    example = np.zeros((x.shape[1], hidden), np.float32)
    return graph.node("Expand", [zero, sizes.name], example)


def _traced(graph: Graph, value: Any) -> Traced:
    if isinstance(value, Traced):
        return value
    return Traced(graph, graph.named(value), np.asarray(value))


def _same(graph: Graph, value: Any, dtype: Any) -> Traced:
    """Return a value under a name of its own, as what a body gives has to be."""
    example = np.asarray(example_of(value))
    own = graph.named(value, dtype)
    return graph.node("Identity", [own], example.astype(dtype or example.dtype))


def _flat(value: Any) -> list[Any]:
    """Return the arrays of nested tuples one after the other."""
    if isinstance(value, tuple):
        return [one for part in value for one in _flat(part)]
    return [value]


def _like(value: Any, results: Any) -> Any:
    """Return results in the nested tuples of a value."""
    if isinstance(value, tuple):
        return tuple(_like(part, results) for part in value)
    return next(results)


__all__ = ["Node", "looped", "own_ways"]
