"""A plan as an ONNX model: its core, run on arrays that write down what is done to them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from recur.export import operations as operations  # so that functions of NumPy can be traced
from recur.export.onnx_file import OPSET, onnx_bytes
from recur.export.onnx_own import own_ways
from recur.export.plan import Plan, Port
from recur.export.program import run
from recur.export.traced import Graph, Held, Traced
from recur.version import __version__

_FREE = {"batch": 2, "time": 3}  # sizes of an example


def model_bytes(plan: Plan, name: str) -> bytes:
    """Return the ONNX model of a plan.

    Args:
        plan: what is exported.
        name: of the model.
    """
    graph = Graph()
    sizes = _FREE | dict(plan.fewest)
    inputs = [(graph.input(port.name, _example(port, sizes)), port) for port in plan.inputs]
    weights = {key: Held(graph, key, np.asarray(array)) for key, array in plan.weights.items()}
    results = run(plan.core, _grouped(inputs), weights, own_ways(graph))
    made = _flat(results)
    outputs = [(port.name, one, port.axes) for one, port in zip(made, plan.outputs, strict=True)]
    facts = {
        **plan.facts,
        "recur": __version__,
        "opset": str(OPSET),
        "inputs": json.dumps({port.name: port.about for port in plan.inputs}),
        "outputs": json.dumps({port.name: port.about for port in plan.outputs}),
    }
    given = [(one, port.axes) for one, port in inputs]
    return onnx_bytes(graph, name, plan.does, given, outputs, facts)


def _example(port: Port, sizes: dict[str, int]) -> Any:
    """Return zeros of a port's type, or ones of a mask."""
    shape = []
    for axis in port.axes:
        first, *more = str(axis).split(" + ")
        size = sizes[first] if first in sizes else int(first)
        shape.append(size + sum(map(int, more)))
    return np.ones(shape, port.kind) if port.kind == "?" else np.zeros(shape, port.kind)


def _grouped(inputs: list[tuple[Traced, Port]]) -> tuple[Any, ...]:
    """Return the arguments of a core: those of one group are one tuple."""
    arguments: dict[str, Any] = {}
    for one, port in inputs:
        if port.group:
            arguments[port.group] = (*arguments.get(port.group, ()), one)
        else:
            arguments[port.name] = one
    return tuple(arguments.values())


def _flat(value: Any) -> list[Any]:
    if isinstance(value, tuple):
        return [one for part in value for one in _flat(part)]
    return [value]
