"""Kernels that call kernels by name, so that each is compiled once.

numba copies the code of what a kernel calls into the kernel, and compiles it there again, and again
in every kernel above. Here a kernel is published under a name that follows from its source and
types, and its callers refer to that name.
"""

from __future__ import annotations

from copy import copy
from hashlib import sha256
from importlib import import_module
from typing import Any

from llvmlite import binding

_PREFIX = "recur.kernel."

_published: dict[str, tuple[str, str, Any]] = {}


def publish(dispatcher: Any, result: Any) -> None:
    """Make a compiled kernel known by its name, and let other kernels call it so."""
    function, descriptor = dispatcher.py_func, result.fndesc
    number = sha256(repr(result.signature).encode()).hexdigest()[:12]
    name = f"{_PREFIX}{function.__module__}.{function.__qualname__}.{number}"
    binding.add_symbol(name, result.library.get_pointer_to_function(descriptor.llvm_func_name))
    _published[name] = (function.__module__, function.__qualname__, result.signature.args)
    far = copy(descriptor)
    far.mangled_name = name
    result.target_context.insert_user_function(result.entry_point, far, [])


def called(result: Any) -> list[tuple[str, str, Any]]:
    """Return the kernels that a compiled one calls: module, name and types."""
    names = [function.name for function in result.library._final_module.functions]
    return [_published[name] for name in names if name in _published]


def ensure(kernels: list[tuple[str, str, Any]]) -> None:
    """Compile or load kernels, and so publish them."""
    for module, name, args in kernels:
        getattr(import_module(module), name).compile(args)
