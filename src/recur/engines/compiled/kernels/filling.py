"""Rows set before something is added to them."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.arithmetic import FLOAT, LONG, address, over_vectors, splat, store
from recur.engines.compiled.build.library import POINTER, routine


def _rows_of(function: ir.Function) -> None:
    out, first, second, rows, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    with cgutils.for_range(builder, rows) as loop:
        value = builder.load(address(builder, first, loop.index), typ=FLOAT)
        other = builder.load(address(builder, second, loop.index), typ=FLOAT)
        vector = splat(builder, builder.fadd(value, other))
        row = address(builder, out, builder.mul(loop.index, lanes))
        over_vectors(builder, lanes, lambda at, mask: store(builder, vector, row, at, mask))
    builder.ret_void()


def _all_of(function: ir.Function) -> None:
    out, value, count = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    vector: Any = splat(builder, value)
    over_vectors(builder, count, lambda at, mask: store(builder, vector, out, at, mask))
    builder.ret_void()


# (out, first, second, rows, lanes): each row becomes the sum of its two biases.
fill_rows = routine("recur.rows", [POINTER, POINTER, POINTER, LONG, LONG], _rows_of)
# (out, value, count): all values become one.
fill = routine("recur.fill", [POINTER, FLOAT, LONG], _all_of)
