"""What this machine is to the compiler."""

from __future__ import annotations

from numba.core.registry import cpu_target

THREADING = "its own threads meet in compiled code; safe in threads and forks"

_VECTOR_BITS = {"avx512f": 512, "avx": 256, "sse2": 128, "neon": 128}


def processor() -> tuple[str, int]:
    """Return the processor that kernels are compiled for, and the bits of its widest vectors."""
    _, name, features = cpu_target.target_context.codegen().magic_tuple()
    present = set(features.split(","))
    bits = (bits for feature, bits in _VECTOR_BITS.items() if f"+{feature}" in present)
    return name, next(bits, 0)
