"""Routines written in the compiler's own language, compiled run_threads, called by name.

numba would compile what a kernel calls again with every kernel, and with every kernel above that.
The routines, which are most of the machine code, are compiled once, kept on disk as one object
file, and known to all kernels as symbols.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from recur.engines.compiled.build import cache as disk
from recur.engines.compiled.build.machine import load_object, processor, target_machine

POINTER, VOID = ir.PointerType(), ir.VoidType()
_KINDS = {"i64": types.int64, "float": types.float32, "ptr": types.int64}

_routines: dict[str, Callable[[ir.Module], ir.Function]] = {}
_loaded: set[str] = set()
_lock = threading.RLock()


def routine(name: str, fields: list[ir.Type], build: Callable[[ir.Function], None]) -> Any:
    """Return a routine for kernels to call.

    Args:
        name: of its symbol.
        fields: the types of its arguments; a kernel gives addresses as whole numbers.
        build: builds the body.

    Returns:
        A function for compiled code that takes all arguments in one tuple.
    """

    def define(module: ir.Module) -> ir.Function:
        function = declared(module, name, fields)
        build(function)
        return function

    _routines[name] = define
    given = types.Tuple([_KINDS[str(field)] for field in fields])

    @intrinsic  # type: ignore[untyped-decorator]
    def call(_typing: Any, _arguments: Any) -> Any:
        def generate(context: Any, builder: ir.IRBuilder, _signature: Any, args: Any) -> Any:
            load()
            function = declared(builder.module, name, fields)
            values = cgutils.unpack_tuple(builder, args[0])
            pairs = zip(values, fields, strict=True)
            builder.call(
                function, [builder.inttoptr(v, f) if f == POINTER else v for v, f in pairs]
            )
            return context.get_dummy_value()

        return types.void(given), generate

    return call


def declared(module: ir.Module, name: str, fields: list[ir.Type]) -> ir.Function:
    """Return a routine in a module that calls or defines it."""
    return module.globals.get(name) or ir.Function(module, ir.FunctionType(VOID, fields), name)


def load() -> None:
    """Make every routine that has been written so far known by its name."""
    with _lock:
        names = sorted(_routines.keys() - _loaded)
        if not names:
            return
        machine = target_machine()
        key = sha256(repr((names, machine.triple, processor())).encode()).hexdigest()[:16]
        code = disk.kept_bytes(f"routines-{key}", lambda: _compile(names, machine))
        for name, place in load_object(code, names).items():
            binding.add_symbol(name, place)
            _loaded.add(name)


def _compile(names: list[str], machine: Any) -> bytes:
    module = ir.Module("recur")
    module.triple = machine.triple
    for name in names:
        _routines[name](module)
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    options = binding.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = options.slp_vectorization = False  # they are vectors already
    options.loop_unrolling = False
    builder = binding.create_pass_builder(machine, options)
    builder.getModulePassManager().run(parsed, builder)
    return bytes(machine.emit_object(parsed))
