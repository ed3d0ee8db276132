"""How a function of this folder becomes machine code: the decorator of every kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast, overload

import numba
from numba import types

from recur.engines.compiled.cache import KernelCache
from recur.engines.compiled.linking import publish

_Function = TypeVar("_Function", bound=Callable[..., Any])

# Without `nnan` and `ninf`, which would fold `isnan` away: what is not finite has to be seen.
_FASTMATH = frozenset({"reassoc", "contract", "arcp", "nsz", "afn"})


@overload
def kernel(function: _Function, /) -> _Function: ...
@overload
def kernel(**options: Any) -> Callable[[_Function], _Function]: ...
def kernel(
    function: _Function | None = None, /, **options: Any
) -> _Function | Callable[[_Function], _Function]:
    """Compile a function when it is first called, once for the types of its arguments.

    Arithmetic may be reordered, a division by zero gives an infinity (a check for it would keep
    loops scalar), and the interpreter is released. What was compiled is kept on disk.

    Args:
        function: the function, where the decorator stands without parentheses.
        options: further options of `numba.njit`, or others than those above.
    """
    if function is None:
        return lambda function: _compiled(function, options)
    return _compiled(function, options)


def _compiled(function: _Function, options: dict[str, Any]) -> _Function:
    settings = {"fastmath": set(_FASTMATH), "error_model": "numpy", "nogil": True, **options}
    dispatcher = numba.njit(**settings)(function)
    if not numba.config.DISABLE_JIT:  # else it is the function itself
        dispatcher._cache = KernelCache(function)
        asked, added = dispatcher.get_call_template, dispatcher.add_overload
        # A number written out in a call is a type of its own to numba, and would be compiled for.
        dispatcher.get_call_template = lambda args, kws: asked(
            [types.unliteral(arg) for arg in args], kws
        )
        dispatcher.add_overload = lambda result: (added(result), publish(dispatcher, result))
    return cast("_Function", dispatcher)
