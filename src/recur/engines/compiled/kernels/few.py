"""Products where a batch has a few lanes only, too few to fill a vector.

The vectors run along the features instead. Features of one lane do not stand side by side, so a
part of the operand is turned into that order on the stack first.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.arithmetic import (
    FLOAT,
    FLOATS,
    LONG,
    WIDTH,
    ZEROS,
    address,
    first_lanes,
    fused,
    least,
    load,
    named,
    stack,
)
from recur.engines.compiled.build.library import POINTER, declared, routine
from recur.engines.compiled.kernels.blocks import DOTS, LANES, ROWS, TALL, repeat

_PART = 512  # features that are turned at a time


def _turned(
    builder: ir.IRBuilder, source: Any, row: Any, rows: Any, lanes: Any, into: Any, width: Any
) -> None:
    """Build into[l * width + r] = source[r * row + l]."""
    with cgutils.for_range(builder, rows) as r:
        line = address(builder, source, builder.mul(r.index, row))
        with cgutils.for_range(builder, lanes) as lane:
            value = builder.load(address(builder, line, lane.index), typ=FLOAT)
            place = builder.add(builder.mul(lane.index, width), r.index)
            builder.store(value, address(builder, into, place))


def _forward(function: ir.Function) -> None:
    """Build out[g, r, l] += sum_k a[g, r, k] * b[k, l]; the columns of `a` are neighbours."""
    a, a_group, a_row, b, b_row, out, out_group, groups, rows, inner, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    turned = stack(builder, ROWS * _PART)
    dots = declared(function.module, "recur.dots", [*DOTS, LONG, LONG])
    tall, wide = LONG(TALL[1]), LONG(1)
    for columns, most in TALL.items():  # as many lanes at once as there are, or can be
        enough = builder.icmp_signed(">=", lanes, LONG(columns))
        tall = builder.select(enough, LONG(most), tall)
        wide = builder.select(enough, LONG(columns), wide)
    with cgutils.for_range_slice(builder, LONG(0), inner, LONG(_PART)) as (k, _):
        some = least(builder, LONG(_PART), builder.sub(inner, k))
        first = address(builder, b, builder.mul(k, b_row))
        _turned(builder, first, b_row, some, lanes, turned, LONG(_PART))
        with cgutils.for_range(builder, groups) as group:
            left = address(builder, a, builder.add(k, builder.mul(group.index, a_group)))
            into = address(builder, out, builder.mul(group.index, out_group))
            with cgutils.for_range_slice(builder, LONG(0), rows, tall) as (r, _):
                high = least(builder, tall, builder.sub(rows, r))
                with cgutils.for_range_slice(builder, LONG(0), lanes, wide) as (lane, _):
                    columns = least(builder, wide, builder.sub(lanes, lane))
                    own = address(builder, left, builder.mul(r, a_row))
                    other = address(builder, turned, builder.mul(lane, LONG(_PART)))
                    place = address(builder, into, builder.add(builder.mul(r, lanes), lane))
                    given = [own, LONG(0), a_row, other, LONG(0), LONG(_PART), place, lanes]
                    builder.call(dots, [*given, LONG(1), some, high, columns])
    builder.ret_void()


def _along(function: ir.Function) -> None:
    """Build out[r] += sum_k a[r, k] * b[k], a row after the other, as they lie in memory.

    Weights that do not fit the cache come in faster from one place than from several.
    """
    a, a_row, b, out, rows, inner = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    long, whole = builder.and_(inner, LONG(-4 * WIDTH)), builder.and_(inner, LONG(-WIDTH))
    mask = first_lanes(builder, builder.sub(inner, whole))
    add_up = named(builder.module, f"llvm.vector.reduce.fadd.v{WIDTH}f32", FLOAT, [FLOAT, FLOATS])
    with cgutils.for_range(builder, rows) as r:
        row = address(builder, a, builder.mul(r.index, a_row))

        def add(at: Any, sums: list[Any], mask: Any = None, row: Any = row) -> list[Any]:
            places = [builder.add(at, LONG(i * WIDTH)) for i in range(len(sums))]
            pairs = [(load(builder, row, x, mask), load(builder, b, x, mask)) for x in places]
            return [fused(builder, *pair, total) for pair, total in zip(pairs, sums, strict=True)]

        sums = repeat(builder, LONG(0), long, 4 * WIDTH, [ZEROS] * 4, add)
        halves = [builder.fadd(sums[i], sums[i + 2]) for i in range(2)]
        sums = [builder.fadd(*halves)]
        sums = repeat(builder, long, whole, WIDTH, sums, add)
        sums = repeat(builder, whole, inner, WIDTH, sums, lambda at, sums: add(at, sums, mask))
        single = builder.call(add_up, [FLOAT(0.0), sums[0]], fastmath=("reassoc",))
        place = address(builder, out, r.index)
        builder.store(builder.fadd(builder.load(place, typ=FLOAT), single), place)
    builder.ret_void()


def _backward(function: ir.Function) -> None:
    """Build out[r, l] += sum_k a[r, k] * b[k, l]; the rows of `a` are neighbours."""
    a, a_column, b, out, rows, inner, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    sums = stack(builder, ROWS * _PART)
    add = declared(function.module, "recur.lanes", [*LANES, LONG])
    with cgutils.for_range_slice(builder, LONG(0), rows, LONG(_PART)) as (r, _):
        some = least(builder, LONG(_PART), builder.sub(rows, r))
        own = address(builder, out, builder.mul(r, lanes))
        _turned(builder, own, lanes, some, lanes, sums, LONG(_PART))
        left = address(builder, a, r)
        given = [b, LONG(1), lanes, left, a_column, sums, LONG(_PART), inner, lanes, some]
        builder.call(add, given)
        with cgutils.for_range(builder, some) as i, cgutils.for_range(builder, lanes) as lane:
            place = builder.add(builder.mul(lane.index, LONG(_PART)), i.index)
            value = builder.load(address(builder, sums, place), typ=FLOAT)
            place = builder.add(builder.mul(i.index, lanes), lane.index)
            builder.store(value, address(builder, own, place))
    builder.ret_void()


# (a, a_group, a_row, b, b_row, out, out_group, groups, rows, inner, lanes)
few_forward = routine(
    "recur.few.forward",
    [POINTER, LONG, LONG, POINTER, LONG, POINTER, LONG, LONG, LONG, LONG, LONG],
    _forward,
)
# (a, a_row, b, out, rows, inner): one lane
along_rows = routine("recur.few.along", [POINTER, LONG, POINTER, POINTER, LONG, LONG], _along)
# (a, a_column, b, out, rows, inner, lanes); the rows of b follow each other
few_backward = routine(
    "recur.few.backward", [POINTER, LONG, POINTER, POINTER, LONG, LONG, LONG], _backward
)
