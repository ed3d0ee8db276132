"""A prediction as a straight line of named steps, which every writer can follow.

A program calls functions of `recur.export.parts`, and other programs. One writer prints it beside
the text of these functions; the other runs it on arrays that write down what is done to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Function = Callable[..., Any]
Own = Mapping[Any, Function]
"""What a writer does in the place of some functions."""


class Variable(str):
    """The name of a value in a program."""

    __slots__ = ()


@dataclass(frozen=True)
class Weight:
    """An array that the program holds, by its name."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A plain value that the program holds, by a name of its own.

    Attributes:
        name: in capitals.
        value: numbers and texts, in tuples, lists and dictionaries.
        about: what it is.
    """

    name: str
    value: Any = field(compare=False)
    about: str = field(compare=False, default="")


@dataclass(frozen=True)
class Made:
    """A value that a file makes once, when it is read; only such files have it.

    Attributes:
        name: in capitals.
        function: what makes it.
        takes: weights, constants and plain values.
    """

    name: str
    function: Function = field(compare=False)
    takes: tuple[Any, ...] = field(compare=False)


@dataclass(frozen=True)
class Call:
    """One step.

    Attributes:
        gives: the names of what comes of it.
        function: what is called, a function of arrays or a program.
        takes: variables, weights, constants, functions, programs, plain values, tuples of these.
    """

    gives: tuple[Variable, ...]
    function: Function | Program
    takes: tuple[Any, ...]


@dataclass(eq=False)
class Program:
    """Steps one after the other, with a name.

    Attributes:
        name: of the function that it is.
        about: what it does: its docstring.
        takes: the names of its arguments.
        defaults: of the last of them, as they are written.
        calls: the steps.
        gives: what it returns.
    """

    name: str
    about: str
    takes: tuple[str, ...]
    defaults: Mapping[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    gives: tuple[Any, ...] = ()

    def __getitem__(self, name: str) -> Variable:
        """Return one of its arguments."""
        if name not in self.takes:
            raise KeyError(name)
        return Variable(name)

    def add(self, gives: str, function: Function | Program, *takes: Any) -> Any:
        """Take one more step.

        Args:
            gives: the names of what comes of it, with spaces between them.
            function: see `Call`.
            *takes: see `Call`.

        Returns:
            The variable, or a tuple of them.
        """
        names = tuple(Variable(name) for name in gives.split())
        self.calls.append(Call(names, function, takes))
        return names if len(names) > 1 else names[0]

    def returning(self, *gives: Any) -> Program:
        """Return the program, complete."""
        self.gives = gives
        return self


def run(program: Program, arguments: tuple[Any, ...], weights: Mapping[str, Any], own: Own) -> Any:
    """Run a program on arrays of NumPy, or on whatever can stand for them.

    Args:
        program: the steps.
        arguments: as many as it takes.
        weights: its arrays by name.
        own: what is done in the place of some functions.

    Returns:
        What it gives, a tuple where that is more than one.
    """
    known: dict[str, Any] = dict(zip(program.takes, arguments, strict=True))

    def of(value: Any) -> Any:
        if isinstance(value, Variable):
            return known[value]
        if isinstance(value, Weight):
            return weights[value.name]
        if isinstance(value, Constant):
            return value.value
        if isinstance(value, Program):
            return lambda *given: run(value, given, weights, own)
        if isinstance(value, tuple):
            return tuple(of(part) for part in value)
        return value

    for call in program.calls:
        function = of(own.get(call.function, call.function))
        result = function(*map(of, call.takes))
        if len(call.gives) == 1:
            known[call.gives[0]] = result
        else:
            known |= dict(zip(call.gives, result, strict=True))
    gives = tuple(of(value) for value in program.gives)
    return gives if len(gives) > 1 else gives[0]
