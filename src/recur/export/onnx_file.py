"""The second writer: what was traced, as the bytes of an ONNX model. Knows `onnx`, alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from recur.export.traced import Body, Graph, Node, Traced
from recur.version import __version__

OPSET = 18
"""The version of ONNX's operators that a graph is made of."""
_IR = 8  # the first that opset 18 goes with

Axes = tuple[int | str, ...]
"""The sizes of the axes of an array, the names of those that are free."""


def onnx_bytes(
    graph: Graph,
    name: str,
    about: str,
    inputs: Sequence[tuple[Traced, Axes]],
    outputs: Sequence[tuple[str, Traced, Axes]],
    metadata: Mapping[str, str],
) -> bytes:
    """Return an ONNX model.

    Args:
        graph: what was traced.
        name: of the model.
        about: what it does, for a reader.
        inputs: what comes in, with the sizes of its axes.
        outputs: what comes out: the name, the array, the sizes.
        metadata: what else is said of it, texts by name.
    """
    last = [Node("Identity", (made.name,), (out,), {}) for out, made, _ in outputs]
    made = helper.make_graph(
        [_node(node) for node in (*graph.nodes, *last)],
        name,
        [_value(one.name, one.example, axes) for one, axes in inputs],
        [_value(out, one.example, axes) for out, one, axes in outputs],
        [numpy_helper.from_array(array, key) for key, array in graph.constants.items()],
        doc_string=about,
    )
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=_IR,
        producer_name="recur",
        producer_version=__version__,
        doc_string=about,
    )
    helper.set_model_props(model, dict(metadata))
    onnx.checker.check_model(model, full_check=False)
    data: bytes = model.SerializeToString()
    return data


def _node(node: Node) -> Any:
    attributes = {key: _attribute(value) for key, value in node.attributes.items()}
    return helper.make_node(node.operator, list(node.inputs), list(node.outputs), **attributes)


def _attribute(value: Any) -> Any:
    if isinstance(value, Body):
        return helper.make_graph(
            [_node(node) for node in value.nodes],
            "step",
            [_value(name, example, None) for name, example in value.inputs],
            [_value(name, example, None) for name, example in value.outputs],
        )
    return helper.np_dtype_to_tensor_dtype(value) if isinstance(value, np.dtype) else value


def _value(name: str, example: NDArray[Any], axes: Axes | None) -> Any:
    kind = helper.np_dtype_to_tensor_dtype(example.dtype)
    if axes is None:  # of a step, whose sizes are whatever they are outside
        axes = tuple(f"{name}.{i}" for i in range(example.ndim))
    return helper.make_tensor_value_info(name, kind, axes)
