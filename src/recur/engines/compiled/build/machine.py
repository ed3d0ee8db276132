"""What this machine is to the compiler, and object code that runs on it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from llvmlite import binding

THREADING = "its own threads meet in compiled code; safe in threads and forks"

_VECTOR_BITS = {"avx512f": 512, "avx": 256}
_SMALLEST = 128  # of every processor there is code for

_engines: list[Any] = []  # each holds code that has to live


def processor() -> tuple[str, str]:
    """Return the name and the features of the processor that is compiled for."""
    return binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()


def vector_bits() -> int:
    """Return the bits of a vector register."""
    features = binding.get_host_cpu_features()
    return next((bits for name, bits in _VECTOR_BITS.items() if features.get(name)), _SMALLEST)


@cache
def target_machine() -> Any:
    """Return what compiles for this machine's processor."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_default_triple()
    name, features = processor()
    return target.create_target_machine(
        cpu=name, features=features, opt=2, reloc="default", codemodel="jitdefault", jit=True
    )


def load_object(code: bytes, symbols: Iterable[str]) -> dict[str, int]:
    """Load object code; return the addresses of symbols in it."""
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target_machine())
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    _engines.append(engine)
    return {symbol: engine.get_function_address(symbol) for symbol in symbols}
