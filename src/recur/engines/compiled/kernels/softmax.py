"""The cross entropy of symbols, many lanes at a time."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.arithmetic import (
    FLOATS,
    LONG,
    WIDTH,
    ZEROS,
    address,
    load,
    over_vectors,
    store,
)
from recur.engines.compiled.build.library import POINTER, routine
from recur.engines.compiled.build.vectors import FAST, Vector
from recur.engines.compiled.kernels.blocks import repeat

_LEAST = ir.Constant(FLOATS, [-3e38] * WIDTH)


def _odds(function: ir.Function, *, keeps: bool) -> None:
    x, out, most, sums, total, rows, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())

    def body(at: Any, mask: Any) -> None:
        def place(r: Any) -> Any:
            return builder.add(builder.mul(r, lanes), at)

        def greatest(r: Any, carried: list[Any]) -> list[Any]:
            value = load(builder, x, place(r), mask)
            more = Vector(builder, value).maximum(Vector(builder, carried[0]))
            return [more.value, builder.fadd(carried[1], value, flags=FAST)]

        top, sum_ = repeat(builder, LONG(0), rows, 1, [_LEAST, ZEROS], greatest)

        def odds(r: Any, carried: list[Any]) -> list[Any]:
            value = Vector(builder, load(builder, x, place(r), mask))
            share = (value - Vector(builder, top)).exp().value
            if keeps:
                store(builder, share, out, place(r), mask)
            return [builder.fadd(carried[0], share, flags=FAST)]

        (all_,) = repeat(builder, LONG(0), rows, 1, [ZEROS], odds)
        for value, into in ((top, most), (sum_, sums), (all_, total)):
            store(builder, value, into, at, mask)

    over_vectors(builder, lanes, body)
    builder.ret_void()


def _grads(function: ir.Function) -> None:
    out, factor, less, rows, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    with cgutils.for_range(builder, rows) as loop:
        row = address(builder, out, builder.mul(loop.index, lanes))

        def body(at: Any, mask: Any) -> None:
            values = [
                Vector(builder, load(builder, each, at, mask)) for each in (row, factor, less)
            ]
            share, by, spread = values
            store(builder, (share * by - spread).value, row, at, mask)

        over_vectors(builder, lanes, body)
    builder.ret_void()


_FIELDS = [POINTER, POINTER, POINTER, POINTER, POINTER, LONG, LONG]
# (x, out, most, sums, total, rows, lanes): out[r, l] = exp(x[r, l] - most[l]), the greatest of each
# lane, the sum of its x and that of its out; the second does not write `out`.
odds = routine("recur.softmax.odds", _FIELDS, lambda f: _odds(f, keeps=True))
odds_alone = routine("recur.softmax.alone", _FIELDS, lambda f: _odds(f, keeps=False))
# (out, factor, less, rows, lanes): out[r, l] = out[r, l] * factor[l] - less[l].
odds_to_grads = routine("recur.softmax.grads", [POINTER, POINTER, POINTER, LONG, LONG], _grads)
