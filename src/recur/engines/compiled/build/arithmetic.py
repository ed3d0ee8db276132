"""Vectors in a function that is being built: the types, and how they are read and written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.library import POINTER
from recur.engines.compiled.build.machine import vector_bits

WIDTH = vector_bits() // 32
"""Values of float32 in a vector register."""

FLOAT, BIT = ir.FloatType(), ir.IntType(1)
WORD, LONG = ir.IntType(32), ir.IntType(64)
VOID = ir.VoidType()
FLOATS, BITS = ir.VectorType(FLOAT, WIDTH), ir.VectorType(BIT, WIDTH)
WORDS = ir.VectorType(WORD, WIDTH)
ZEROS = ir.Constant(FLOATS, [0.0] * WIDTH)


def over_vectors(builder: ir.IRBuilder, count: Any, body: Callable[[Any, Any], None]) -> None:
    """Build a loop over `count` values, a vector at a time, and a masked vector for the rest.

    Args:
        builder: stands after the loop when it has been built.
        count: how many values.
        body: builds what is done from a place on; its mask is None for a whole vector.
    """
    whole = builder.and_(count, LONG(-WIDTH))
    with cgutils.for_range_slice(builder, LONG(0), whole, LONG(WIDTH)) as (at, _):
        body(at, None)
    rest = builder.sub(count, whole)
    with builder.if_then(builder.icmp_signed(">", rest, LONG(0))):
        body(whole, first_lanes(builder, rest))


def named(module: ir.Module, name: str, result: Any, arguments: list[Any]) -> ir.Function:
    """Return a function of the module by its name, declared if it is not known there yet."""
    if name in module.globals:
        return module.globals[name]
    return ir.Function(module, ir.FunctionType(result, arguments), name)


def address(builder: ir.IRBuilder, place: Any, offset: Any) -> Any:
    """Return the pointer so many floats further on."""
    return builder.gep(place, [offset], source_etype=FLOAT)


def least(builder: ir.IRBuilder, a: Any, b: Any) -> Any:
    """Return the smaller of two whole numbers."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)


def stack(builder: ir.IRBuilder, floats: int) -> Any:
    """Return the place of so many floats on the stack."""
    place = builder.alloca(FLOAT, size=floats)
    return builder.inttoptr(builder.ptrtoint(place, LONG), POINTER)


def splat(builder: ir.IRBuilder, value: Any) -> Any:
    """Return a vector that holds a value in every lane."""
    kind = ir.VectorType(value.type, WIDTH)
    single = builder.insert_element(ir.Constant(kind, ir.Undefined), value, WORD(0))
    everywhere = ir.Constant(ir.VectorType(WORD, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), everywhere)


def first_lanes(builder: ir.IRBuilder, count: Any) -> Any:
    """Return a mask of the first `count` lanes."""
    numbers = ir.Constant(ir.VectorType(LONG, WIDTH), list(range(WIDTH)))
    return builder.icmp_signed("<", numbers, splat(builder, count))


def load(builder: ir.IRBuilder, place: Any, at: Any, mask: Any = None) -> Any:
    """Return the vector `at` floats from a place; 0 where it is masked out."""
    place = address(builder, place, at)
    if mask is None:
        vector = builder.load(place, typ=FLOATS)
        vector.align = 4
        return vector
    kinds = [POINTER, WORD, BITS, FLOATS]
    masked = named(builder.module, f"llvm.masked.load.v{WIDTH}f32.p0", FLOATS, kinds)
    return builder.call(masked, [place, WORD(4), mask, ZEROS])


def store(builder: ir.IRBuilder, vector: Any, place: Any, at: Any, mask: Any = None) -> None:
    """Write a vector `at` floats from a place, where it is not masked out."""
    place = address(builder, place, at)
    if mask is None:
        builder.store(vector, place, align=4)
        return
    kinds = [FLOATS, POINTER, WORD, BITS]
    masked = named(builder.module, f"llvm.masked.store.v{WIDTH}f32.p0", VOID, kinds)
    builder.call(masked, [vector, place, WORD(4), mask])


def fused(builder: ir.IRBuilder, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c of vectors, in one instruction where the processor has one."""
    fused = named(builder.module, f"llvm.fmuladd.v{WIDTH}f32", FLOATS, [FLOATS] * 3)
    return builder.call(fused, [a, b, c])


def prefetch(builder: ir.IRBuilder, place: Any) -> None:
    """Call what stands at a place, if there is anything, into the second cache without waiting.

    Into the first one fewer lines come at a time, and weights that come from far come slowly.
    """
    call = named(builder.module, "llvm.prefetch.p0", VOID, [POINTER, WORD, WORD, WORD])
    builder.call(call, [place, WORD(0), WORD(2), WORD(1)])
