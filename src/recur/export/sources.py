"""The text of functions and of all that they call, as a file needs it and no more."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

from recur.export.parts import plain
from recur.networks import functions
from recur.networks.cells import CELLS, cell

_PLAIN = (bool, int, float, str, tuple, dict, list, frozenset)


@dataclass
class _Text:
    """The text of a function or a class.

    Attributes:
        lines: of it.
        tree: what Python makes of them.
        home: the module that it stands in.
        waiting: of a class, the methods that nothing has called so far.
    """

    lines: list[str]
    tree: Any
    home: ModuleType
    waiting: dict[str, ast.FunctionDef] = field(default_factory=dict)


@dataclass
class Sources:
    """The texts that make a file: functions, callers first, then classes, bases first.

    Attributes:
        imports: of other libraries, a line each.
        constants: by name, as they are written.
        annotations: names that stand in annotations alone.
    """

    imports: set[str] = field(default_factory=set)
    constants: dict[str, str] = field(default_factory=dict)
    annotations: set[str] = field(default_factory=set)
    _taken: dict[str, _Text] = field(default_factory=dict)
    _called: set[tuple[str, str]] = field(default_factory=set)

    def take(self, needed: Iterable[Any]) -> None:
        """Take in the texts of some functions or classes, and of all that they use."""
        for one in needed:
            self._take(one)
        while found := next(self._newly_called(), None):
            text, name = found
            self._scan(text.waiting.pop(name), text.home)

    @property
    def texts(self) -> dict[str, str]:
        """Return the text of each function and class, by the name that it has in the file."""
        kept = {name: _without_waiting(text) for name, text in self._taken.items()}
        classes = [n for n, text in self._taken.items() if isinstance(text.tree, ast.ClassDef)]
        return {n: kept[n] for n in kept if n not in classes} | {n: kept[n] for n in classes}

    def _take(self, one: Any) -> None:
        name = name_of(one)
        home = sys.modules[one.__module__]
        if name in self._taken:
            if self._taken[name].home is not home:
                raise TypeError(f"two things of one name are exported: {name}.")
            return
        text = textwrap.dedent(inspect.getsource(one))
        if one.__name__ != name:
            text = text.replace(f"def {one.__name__}(", f"def {name}(", 1)
        tree: Any = ast.parse(text).body[0]
        own = _Text(text.splitlines(), tree, home)
        if isinstance(tree, ast.ClassDef):
            for base in tree.bases:  # which have to stand above it
                self._scan(base, own.home)
            own.waiting = {
                part.name: part
                for part in tree.body
                if isinstance(part, ast.FunctionDef) and not part.name.startswith("__")
            }
        self._taken[name] = own
        if about := _about_cell(one):
            own.lines[:0] = about
        waiting = own.waiting.values()
        is_class = isinstance(tree, ast.ClassDef)
        for part in ast.iter_child_nodes(tree) if is_class else (tree,):
            if part not in waiting:
                self._scan(part, own.home, tree)

    def _scan(self, node: ast.AST, home: ModuleType, whole: ast.AST | None = None) -> None:
        """Take in what a part of a text uses, and note what it calls of classes."""
        self.annotations |= set(_annotated(node))
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute):
                of = part.value.id if isinstance(part.value, ast.Name) else ""
                known = isinstance(getattr(home, of, None), type)
                self._called.add((of if known else "", part.attr))
        for used in dict.fromkeys(_used(node, whole or node)):
            if hasattr(home, used):
                self._use(used, getattr(home, used))

    def _newly_called(self) -> Iterator[tuple[_Text, str]]:
        for name, text in self._taken.items():
            for method in text.waiting:
                if self._called & {("", method), (name, method)}:
                    yield text, method

    def _use(self, name: str, value: Any) -> None:
        if isinstance(value, ModuleType):
            known = value.__name__
            if known.startswith("recur"):
                raise TypeError(f"what is exported names functions, not the module {known}.")
            alias = "" if known == name else f" as {name}"
            self.imports.add(f"import {known}{alias}")
        elif getattr(value, "__module__", None) == functions.__name__:
            self._take(getattr(plain, name))
        elif getattr(value, "__module__", "").startswith("recur."):
            self._take(value)
        elif isinstance(value, FunctionType | BuiltinFunctionType | type):
            if value.__module__ != "builtins":
                self.imports.add(f"from {value.__module__} import {value.__name__}")
        elif isinstance(value, re.Pattern):
            self.imports.add("import re")
            self.constants[name] = f"re.compile({value.pattern!r})"
        elif isinstance(value, np.ndarray):
            self.constants[name] = f"np.array({value.tolist()!r})"
        elif isinstance(value, _PLAIN):
            self.constants[name] = repr(value)


def name_of(function: Any) -> str:
    """Return what a function is called in a file: a cell's step after its cell."""
    for name in CELLS:
        for variant, equations in cell(name).variants.items():
            if function is equations.step:
                return f"{name}_step" if variant == "tanh" else f"{variant}_step"
    return str(function.__name__)


def _about_cell(function: Any) -> list[str]:
    """Return, of a cell's step, what its module says of it, as a comment."""
    if name_of(function) == function.__name__:
        return []
    lines = (inspect.getdoc(sys.modules[function.__module__]) or "").splitlines()
    return [f"# {line}".rstrip() for line in lines]


def _without_waiting(text: _Text) -> str:
    """Return a text without the methods that nothing calls."""
    lines: list[str | None] = list(text.lines)
    for method in text.waiting.values():
        first = min([method.lineno, *(each.lineno for each in method.decorator_list)]) - 1
        last = method.end_lineno or method.lineno
        while last < len(lines) and not text.lines[last].strip():
            last += 1
        lines[first:last] = [None] * (last - first)
    return "\n".join(line for line in lines if line is not None).rstrip()


def _used(node: ast.AST, whole: ast.AST) -> Iterator[str]:
    """Yield the names that a part of a text reads when it is run, but Python's and its own."""
    skipped = {id(part) for note in _annotations(node) for part in ast.walk(note)}
    own = {
        part.id
        for part in ast.walk(whole)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    own |= {part.arg for part in ast.walk(whole) if isinstance(part, ast.arg)}
    for part in ast.walk(node):
        if not isinstance(part, ast.Name) or id(part) in skipped:
            continue
        if part.id not in own and not hasattr(builtins, part.id):
            yield part.id


def _annotated(node: ast.AST) -> Iterator[str]:
    for note in _annotations(node):
        for part in ast.walk(note):
            if isinstance(part, ast.Name) and not hasattr(builtins, part.id):
                yield part.id


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.walk(node):
        if isinstance(part, ast.arg | ast.AnnAssign) and part.annotation is not None:
            yield part.annotation
        if isinstance(part, ast.FunctionDef) and part.returns is not None:
            yield part.returns
