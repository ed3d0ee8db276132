"""The text of functions and of all that they call, in the order in which a file needs them."""

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
class Sources:
    """The texts that make a file.

    Attributes:
        imports: of other libraries, a line each.
        constants: by name, as they are written.
        texts: of functions and classes, by the names they have in the file.
        annotations: names that stand in annotations alone.
    """

    imports: set[str] = field(default_factory=set)
    constants: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    annotations: set[str] = field(default_factory=set)

    def take(self, functions: Iterable[Any]) -> None:
        """Take in the texts of some functions or classes, and of all that they use."""
        for function in functions:
            self._take(function)

    def _take(self, function: Any) -> None:
        name = name_of(function)
        if name in self.texts:
            return
        self.texts[name] = ""  # being taken: what calls itself needs no more
        text = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(text)
        home = sys.modules[function.__module__]
        self.annotations |= set(_annotated(tree))
        for used in dict.fromkeys(_used(tree)):
            if hasattr(home, used):
                self._use(used, getattr(home, used))
        own = function.__name__
        if own != name:
            text = text.replace(f"def {own}(", f"def {name}(", 1)
        about = _about_cell(function)
        del self.texts[name]
        self.texts[name] = f"{about}{text}".rstrip()

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


def _about_cell(function: Any) -> str:
    """Return, of a cell's step, what its module says of it, as a comment."""
    if name_of(function) == function.__name__:
        return ""
    lines = (inspect.getdoc(sys.modules[function.__module__]) or "").splitlines()
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)


def _used(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a text reads when it is run, but for those of Python itself."""
    skipped = {id(part) for note in _annotations(tree) for part in ast.walk(note)}
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in names:
        if id(node) not in skipped and node.id not in own and not hasattr(builtins, node.id):
            yield node.id


def _annotated(tree: ast.AST) -> Iterator[str]:
    for note in _annotations(tree):
        for part in ast.walk(note):
            if isinstance(part, ast.Name) and not hasattr(builtins, part.id):
                yield part.id


def _annotations(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        if isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns
