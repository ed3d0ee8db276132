"""Kernels that call kernels by name, so that each is compiled once and loaded at once.

numba copies the code of what a kernel calls into the kernel, and compiles it there again, and again
in every kernel above. Here a kernel is published under a name that follows from its source and
types, and its callers refer to that name.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from copy import copy
from hashlib import sha256
from importlib import import_module
from typing import Any, NamedTuple

from llvmlite import binding
from numba.core.serialize import dumps

from recur.engines.compiled.build.machine import load_object


class Called(NamedTuple):
    """A kernel that another one calls.

    Attributes:
        name: under which it is published.
        file: that keeps it.
        source: module, name and types, pickled; from them it can be compiled.
    """

    name: str
    file: str
    source: bytes


class Kept(NamedTuple):
    """A compiled kernel as it is kept on disk.

    Attributes:
        called: the kernels it calls.
        symbol: of its function in the object code.
        code: the object code.
        result: what numba needs to know of it, pickled.
    """

    called: list[Called]
    symbol: str
    code: bytes
    result: bytes


_published: dict[str, Called] = {}


def publish(dispatcher: Any, result: Any) -> None:
    """Make a compiled kernel known by its name, and let other kernels call it so."""
    function, descriptor = dispatcher.py_func, result.fndesc
    args = tuple(result.signature.args)
    number = sha256(repr((args, result.signature.return_type)).encode()).hexdigest()[:12]
    name = f"recur.kernel.{function.__module__}.{function.__qualname__}.{number}"
    binding.add_symbol(name, result.library.get_pointer_to_function(descriptor.llvm_func_name))
    source = dumps((function.__module__, function.__qualname__, args))
    file = dispatcher._cache.path(args, result.codegen).name
    _published[name] = Called(name, file, source)
    far = copy(descriptor)
    far.mangled_name = name
    result.target_context.insert_user_function(result.entry_point, far, [])


def kept(result: Any) -> Kept:
    """Return a compiled kernel as it is to be kept."""
    names = (function.name for function in result.library._final_module.functions)
    called = [_published[name] for name in names if name in _published]
    parts = result._reduce()
    code = parts[0][2][0]
    return Kept(called, result.fndesc.llvm_func_name, code, dumps(parts))


def ensure(called: Iterable[Called], read: Callable[[str], Kept | None]) -> None:
    """Publish kernels that are about to be called, from disk or else compiled.

    Args:
        called: the kernels.
        read: returns what a file keeps, or none where it cannot be used.
    """
    for kernel in called:
        if kernel.name in _published:
            continue
        file_content = read(kernel.file)
        if file_content is None:
            module, name, args = pickle.loads(kernel.source)
            getattr(import_module(module), name).compile(args)
            continue
        ensure(file_content.called, read)
        places = load_object(file_content.code, [file_content.symbol])
        binding.add_symbol(kernel.name, places[file_content.symbol])
        _published[kernel.name] = kernel
