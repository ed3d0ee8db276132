"""Routines written in the compiler's own language, compiled together, called by name.

numba would compile what a kernel calls again with every kernel, and with every kernel above that.
The routines, which are most of the machine code, are compiled once, kept on disk as one object
file, and known to all kernels as symbols.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from recur.engines.compiled import cache as disk

POINTER, VOID = ir.PointerType(), ir.VoidType()
_KINDS = {"i64": types.int64, "float": types.float32, "ptr": types.int64}

_routines: dict[str, Callable[[ir.Module], ir.Function]] = {}
_loaded: dict[str, Any] = {}  # the engine that holds each routine's code, which has to live
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
    signature = ir.FunctionType(VOID, fields)

    def define(module: ir.Module) -> ir.Function:
        function = ir.Function(module, signature, name)
        build(function)
        return function

    _routines[name] = define
    given = types.Tuple([_KINDS[str(field)] for field in fields])

    @intrinsic  # type: ignore[untyped-decorator]
    def call(_typing: Any, arguments: Any) -> Any:
        def generate(context: Any, builder: ir.IRBuilder, _signature: Any, args: Any) -> Any:
            load()
            function = builder.module.globals.get(name) or ir.Function(
                builder.module, signature, name
            )
            values = cgutils.unpack_tuple(builder, args[0])
            pairs = zip(values, fields, strict=True)
            builder.call(
                function, [builder.inttoptr(v, f) if f == POINTER else v for v, f in pairs]
            )
            return context.get_dummy_value()

        return types.void(given), generate

    return call


def load() -> None:
    """Make every routine that has been written so far known by its name."""
    with _lock:
        names = sorted(_routines.keys() - _loaded.keys())
        if not names:
            return
        machine = _machine()
        key = sha256(repr((names, machine.triple, _processor())).encode()).hexdigest()[:16]
        code = disk.kept_bytes(f"routines-{key}", lambda: _compile(names, machine))
        engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
        engine.add_object_file(binding.ObjectFileRef.from_data(code))
        engine.finalize_object()
        for name in names:
            binding.add_symbol(name, engine.get_function_address(name))
            _loaded[name] = engine


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


def _processor() -> tuple[str, str]:
    return binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()


@cache
def _machine() -> Any:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_default_triple()
    name, features = _processor()
    return target.create_target_machine(
        cpu=name, features=features, opt=2, reloc="default", codemodel="jitdefault", jit=True
    )
