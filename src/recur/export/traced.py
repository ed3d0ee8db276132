"""Arrays that write down what is done to them, as nodes of an ONNX graph.

Each carries an example of what it stands for, so that NumPy itself says of which type and shape a
result is. The sizes of a batch and of a history are those of the example in no node: functions of
`recur.export.parts` ask for the sizes of other axes alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

_FAR = 2**62  # beyond any end of an axis


@dataclass(frozen=True)
class Node:
    """An operator, what goes in and what comes out by name."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Body:
    """The graph of one step of a loop.

    Attributes:
        inputs: names, and an example of each.
        outputs: the same.
        nodes: its own; they may name what stands outside.
    """

    inputs: tuple[tuple[str, NDArray[Any]], ...]
    outputs: tuple[tuple[str, NDArray[Any]], ...]
    nodes: tuple[Node, ...]


@dataclass
class Graph:
    """What has been written down.

    Attributes:
        nodes: in the order in which they run.
        constants: arrays by name.
    """

    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)
    _names: dict[str, int] = field(default_factory=dict)
    _of_bytes: dict[Any, str] = field(default_factory=dict)

    def new(self, hint: str) -> str:
        """Return a name that nothing has yet."""
        count = self._names.get(hint, 0)
        self._names[hint] = count + 1
        return f"{hint}_{count}" if count else hint

    def input(self, name: str, example: Any) -> Traced:
        """Return an array that comes in from outside."""
        return Traced(self, self.new(name), np.asarray(example))

    def weight(self, name: str, array: NDArray[Any]) -> str:
        """Return the name of an array that the graph holds: this one, or that of its like."""
        key = array.dtype.str, array.shape, array.tobytes()
        if key not in self._of_bytes:
            self._of_bytes[key] = self.new(name)
            self.constants[self._of_bytes[key]] = np.ascontiguousarray(array)
        return self._of_bytes[key]

    def named(self, value: Any, dtype: Any = None) -> str:
        """Return the name of an array, a number or what was traced, of a type."""
        if isinstance(value, Traced):
            return value.astype(dtype or value.dtype).name
        return self.weight("constant", np.asarray(value, dtype))

    def node(self, operator: str, inputs: Sequence[str], example: Any, **attributes: Any) -> Traced:
        """Add a node with one output."""
        (made,) = self.nodes_of(operator, inputs, (example,), **attributes)
        return made

    def nodes_of(
        self, operator: str, inputs: Sequence[str], examples: Sequence[Any], **attributes: Any
    ) -> list[Traced]:
        """Add a node with several outputs."""
        names = tuple(self.new(operator.lower()) for _ in examples)
        self.nodes.append(Node(operator, tuple(inputs), names, attributes))
        pairs = zip(names, examples, strict=True)
        return [Traced(self, name, np.asarray(example)) for name, example in pairs]

    @contextmanager
    def inside(self) -> Iterator[list[Node]]:
        """Give the list that the nodes of the block go to, instead of the graph's own."""
        outside, self.nodes = self.nodes, []
        try:
            yield self.nodes
        finally:
            self.nodes = outside


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array of a graph.

    Attributes:
        graph: that it is part of.
        name: its name there.
        example: of what it stands for.
    """

    ufuncs: ClassVar[dict[Any, Any]] = {}
    functions: ClassVar[dict[Any, Any]] = {}

    def __init__(self, graph: Graph, name: str, example: NDArray[Any]) -> None:
        self.graph, self.name, self.example = graph, name, example

    @property
    def dtype(self) -> np.dtype[Any]:
        """Return the type of its values."""
        return self.example.dtype

    @property
    def ndim(self) -> int:
        """Return the number of its axes."""
        return self.example.ndim

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the sizes of its axes; those of time and batch are the example's."""
        return self.example.shape

    @property
    def T(self) -> Any:  # noqa: N802 (NumPy's)
        """Return it with its axes the other way round."""
        return np.transpose(self)  # type: ignore[call-overload]

    def __len__(self) -> int:
        raise TypeError("the length of what is traced is not known; loop over it with `loop`.")

    def __iter__(self) -> Any:
        raise TypeError("what is traced cannot be gone through; loop over it with `loop`.")

    def __bool__(self) -> bool:
        raise TypeError("what is traced cannot decide what is done; use `np.where`.")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc not in self.ufuncs:
            raise TypeError(f"{ufunc.__name__} ({method}, {sorted(options)}) cannot be traced.")
        with np.errstate(all="ignore"):
            example = ufunc(*map(example_of, inputs))
        return self.ufuncs[ufunc](self.graph, inputs, example)

    def __array_function__(self, function: Any, _types: Any, given: Any, options: Any) -> Any:
        if function not in self.functions:
            raise TypeError(f"{function.__name__} cannot be traced.")
        return self.functions[function](self.graph, *given, **options)

    def astype(self, dtype: Any) -> Traced:
        """Return it with its values of another type."""
        if np.dtype(dtype) == self.dtype:
            return self
        example = self.example.astype(dtype)
        return self.graph.node("Cast", [self.name], example, to=example.dtype)

    def clip(self, low: float, high: float) -> Any:
        """Return it with no value below or above some."""
        kept: Any = self
        if np.isfinite(low):
            kept = np.maximum(kept, low)
        return np.minimum(kept, high) if np.isfinite(high) else kept

    def __getitem__(self, places: Any) -> Traced:
        example = self.example[places]
        places = places if isinstance(places, tuple) else (places,)
        axis, cuts, dropped, added, out = 0, [], [], [], 0
        for place in places:
            if place is None:
                added.append(out)
                out += 1
                continue
            if isinstance(place, slice):
                if place != slice(None):
                    cuts.append((axis, *_ends(place)))
                out += 1
            else:
                end = place + 1 if place != -1 else _FAR
                cuts.append((axis, int(place), end, 1))
                dropped.append(axis)
            axis += 1
        graph, name = self.graph, self.name
        if cuts:
            parts = [np.array(part, np.int64) for part in zip(*cuts, strict=True)]
            axes, starts, ends, steps = (graph.named(part) for part in parts)
            name = graph.node("Slice", [name, starts, ends, axes, steps], example).name
        if dropped:
            axes = graph.named(np.array(dropped, np.int64))
            name = graph.node("Squeeze", [name, axes], example).name
        if added:
            axes = graph.named(np.array(added, np.int64))
            name = graph.node("Unsqueeze", [name, axes], example).name
        return Traced(graph, name, example)


class Held(Traced):
    """An array of numbers that a graph holds once something is done with it."""

    def __init__(self, graph: Graph, hint: str, example: NDArray[Any]) -> None:
        self.graph, self.hint, self.example = graph, hint, example

    @property
    def name(self) -> str:  # type: ignore[override]
        """Return its name in the graph."""
        return self.graph.weight(self.hint, self.example)

    @property
    def T(self) -> Held:  # noqa: N802 (NumPy's)
        """Return it with its axes the other way round, held as well."""
        return Held(self.graph, f"{self.hint}.T", self.example.T)


def _ends(place: slice) -> tuple[int, int, int]:
    """Return the start, the end and the step of a slice as ONNX takes them."""
    step = place.step or 1
    start, stop = place.start, place.stop
    if start is None:
        start = 0 if step > 0 else _FAR
    if stop is None:
        stop = _FAR if step > 0 else -_FAR
    return int(start), int(stop), int(step)


def example_of(value: Any) -> Any:
    """Return the example of what is traced; anything else as it is."""
    if isinstance(value, tuple | list):
        return type(value)(map(example_of, value))
    return value.example if isinstance(value, Traced) else value
