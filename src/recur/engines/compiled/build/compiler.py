"""How a function of this folder becomes machine code: the decorator of every kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from numba import types

from recur.engines.compiled.build import library
from recur.engines.compiled.build.cache import KernelCache
from recur.engines.compiled.build.linking import publish

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Without `nnan` and `ninf`, which would fold `isnan` away: what is not finite has to be seen.
_FASTMATH = frozenset({"reassoc", "contract", "arcp", "nsz", "afn"})


def kernel(function: _Function) -> _Function:
    """Compile a function for other kernels to call, once for the types of its arguments.

    Arithmetic may be reordered, a division by zero gives an infinity (a check for it would keep
    loops scalar), and the interpreter is released. What was compiled is kept on disk. It has no
    way in from Python, which would take longer to compile and to load than most kernels.
    """
    return _compiled(function, callable_from_python=False)


def entry(function: _Function) -> _Function:
    """Compile a kernel that Python calls too."""
    return _compiled(function, callable_from_python=True)


def _compiled(function: _Function, *, callable_from_python: bool) -> _Function:
    dispatcher = numba.njit(
        fastmath=set(_FASTMATH),
        error_model="numpy",
        nogil=True,
        no_cfunc_wrapper=True,
        no_cpython_wrapper=not callable_from_python,
    )(function)
    if numba.config.DISABLE_JIT:  # it is the function itself
        return cast("_Function", dispatcher)
    dispatcher._cache = KernelCache(function, library.load)
    asked, added = dispatcher.get_call_template, dispatcher.add_overload

    def get_call_template(args: Any, kws: Any) -> Any:
        # A number written out in a call is a type of its own to numba, and would be compiled for.
        return asked([types.unliteral(arg) for arg in args], kws)

    def add_overload(result: Any) -> None:
        if callable_from_python:
            added(result)
        else:  # known to other kernels, not to Python
            dispatcher.overloads[tuple(result.signature.args)] = result
        publish(dispatcher, result)

    def refuse(*_given: Any) -> Any:
        raise TypeError(f"`{function.__name__}` is for other kernels to call; it is no `entry`.")

    dispatcher.get_call_template, dispatcher.add_overload = get_call_template, add_overload
    if not callable_from_python:
        dispatcher._compile_for_args = refuse
    return cast("_Function", dispatcher)
