"""What NumPy's functions are in ONNX: a line, or a few, for each that predictions are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from recur.export.traced import Graph, Traced, example_of

Emit = Callable[[Graph, Sequence[Any], Any], Traced]


def _plain(operator: str) -> Emit:
    """Return what adds an operator whose inputs are of the type of what comes out."""

    def emit(graph: Graph, inputs: Sequence[Any], example: Any) -> Traced:
        names = [graph.named(value, example.dtype) for value in inputs]
        return graph.node(operator, names, example)

    return emit


def _comparing(operator: str) -> Emit:
    """Return what adds an operator that compares values of one type."""

    def emit(graph: Graph, inputs: Sequence[Any], example: Any) -> Traced:
        dtype = np.result_type(*map(example_of, inputs))
        return graph.node(operator, [graph.named(value, dtype) for value in inputs], example)

    return emit


def _not(emit: Emit) -> Emit:
    return lambda graph, inputs, example: np.logical_not(emit(graph, inputs, example))


def _is_finite(graph: Graph, inputs: Sequence[Any], example: Any) -> Traced:
    (x,) = inputs
    away = x - x  # 0, or not a number
    return _not(_comparing("IsNaN"))(graph, [away], example)


def _log1p(_graph: Graph, inputs: Sequence[Any], _example: Any) -> Any:
    return np.log(1 + inputs[0])


def _floor_divide(graph: Graph, inputs: Sequence[Any], example: Any) -> Traced:
    x, by = inputs
    return _plain("Div")(graph, [x - x % by, by], example)


Traced.ufuncs.update(
    {
        np.add: _plain("Add"),
        np.subtract: _plain("Sub"),
        np.multiply: _plain("Mul"),
        np.divide: _plain("Div"),
        np.matmul: _plain("MatMul"),
        np.maximum: _plain("Max"),
        np.minimum: _plain("Min"),
        np.negative: _plain("Neg"),
        np.absolute: _plain("Abs"),
        np.tanh: _plain("Tanh"),
        np.exp: _plain("Exp"),
        np.log: _plain("Log"),
        np.sqrt: _plain("Sqrt"),
        np.sin: _plain("Sin"),
        np.cos: _plain("Cos"),
        np.rint: _plain("Round"),
        np.remainder: _plain("Mod"),
        np.floor_divide: _floor_divide,
        np.log1p: _log1p,
        np.logical_not: _plain("Not"),
        np.invert: _plain("Not"),
        np.bitwise_and: _plain("And"),
        np.bitwise_or: _plain("Or"),
        np.less: _comparing("Less"),
        np.less_equal: _comparing("LessOrEqual"),
        np.greater: _comparing("Greater"),
        np.greater_equal: _comparing("GreaterOrEqual"),
        np.equal: _comparing("Equal"),
        np.not_equal: _not(_comparing("Equal")),
        np.isnan: _comparing("IsNaN"),
        np.isfinite: _is_finite,
    }
)


def function(numpy: Any) -> Callable[[Any], Any]:
    """Note what stands for a function of NumPy."""

    def note(own: Any) -> Any:
        Traced.functions[numpy] = own
        return own

    return note


@function(np.where)
def _where(graph: Graph, chosen: Any, one: Any, other: Any) -> Traced:
    example = np.where(*map(example_of, (chosen, one, other)))
    dtype = np.result_type(*map(example_of, (one, other)))
    names = [graph.named(chosen, np.bool_), graph.named(one, dtype), graph.named(other, dtype)]
    return graph.node("Where", names, example.astype(dtype))


@function(np.concatenate)
def _concatenate(graph: Graph, parts: Sequence[Any], axis: int = 0) -> Traced:
    example = np.concatenate(example_of(list(parts)), axis=axis)
    names = [graph.named(part, example.dtype) for part in parts]
    return graph.node("Concat", names, example, axis=axis)


@function(np.stack)
def _stack(graph: Graph, parts: Sequence[Any], axis: int = 0) -> Traced:
    example = np.stack(example_of(list(parts)), axis=axis)
    axes = graph.named(np.array([axis], np.int64))
    names = [
        graph.node("Unsqueeze", [graph.named(part, example.dtype), axes],
                   np.expand_dims(example_of(part), axis)).name
        for part in parts
    ]  # fmt: skip
    return graph.node("Concat", names, example, axis=axis)


def _reduced(numpy: Any, operator: str) -> None:
    def own(graph: Graph, x: Traced, axis: int, keepdims: bool = False) -> Traced:
        whole = x.astype(np.int64) if x.dtype == np.bool_ else x
        example = numpy(whole.example, axis=axis, keepdims=keepdims)
        axes = graph.named(np.array([axis], np.int64))
        return graph.node(
            operator, [whole.name, axes], example.astype(whole.dtype), keepdims=int(keepdims)
        )

    Traced.functions[numpy] = own


for _numpy, _operator in (
    (np.sum, "ReduceSum"), (np.mean, "ReduceMean"), (np.max, "ReduceMax"), (np.min, "ReduceMin"),
):  # fmt: skip
    _reduced(_numpy, _operator)


@function(np.all)
def _all(_graph: Graph, x: Any, axis: int, keepdims: bool = False) -> Any:
    return np.min(x, axis=axis, keepdims=keepdims) > 0


@function(np.take)
def _take(graph: Graph, table: Any, places: Any, axis: int) -> Traced:
    example = np.take(example_of(table), example_of(places), axis=axis)
    return graph.node("Gather", [graph.named(table), graph.named(places)], example, axis=axis)


@function(np.take_along_axis)
def _take_along_axis(graph: Graph, x: Traced, places: Traced, axis: int) -> Traced:
    example = np.take_along_axis(x.example, places.example, axis=axis)
    return graph.node("GatherElements", [x.name, places.name], example, axis=axis)


@function(np.argmax)
def _argmax(graph: Graph, x: Traced, axis: int) -> Traced:
    whole = x.astype(np.int32) if x.dtype == np.bool_ else x
    example = np.argmax(x.example, axis=axis)
    return graph.node("ArgMax", [whole.name], example, axis=axis, keepdims=0)


@function(np.transpose)
def _transpose(graph: Graph, x: Traced, axes: Sequence[int] | None = None) -> Traced:
    order = tuple(axes or reversed(range(x.ndim)))
    return graph.node("Transpose", [x.name], np.transpose(x.example, order), perm=order)


@function(np.swapaxes)
def _swapaxes(graph: Graph, x: Traced, one: int, other: int) -> Traced:
    order = list(range(x.ndim))
    order[one], order[other] = order[other], order[one]
    return _transpose(graph, x, order)  # type: ignore[no-any-return]


@function(np.reshape)
def _reshape(graph: Graph, x: Traced, shape: Sequence[int]) -> Traced:
    sizes = graph.named(np.array(shape, np.int64))
    return graph.node("Reshape", [x.name, sizes], np.reshape(x.example, shape))


@function(np.sort)
def _sort(graph: Graph, x: Traced, axis: int = -1) -> Traced:
    count = graph.named(np.array([x.shape[axis]], np.int64))
    example = np.sort(x.example, axis=axis)
    places = np.argsort(x.example, axis=axis)
    made, _ = graph.nodes_of(
        "TopK", [x.name, count], (example, places), axis=axis, largest=0, sorted=1
    )
    return made


@function(np.cumsum)
def _cumsum(graph: Graph, x: Traced, axis: int) -> Traced:
    axes = graph.named(np.array(axis, np.int64))
    return graph.node("CumSum", [x.name, axes], np.cumsum(x.example, axis=axis))
