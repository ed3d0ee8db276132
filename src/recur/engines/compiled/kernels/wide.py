"""Sums over time and lanes where rows, columns and lanes are many.

Read where they lie, one and the same row at many time steps would share a few places of the cache,
and each sum would be added up across a vector in the end. The second operand is turned instead, a
few columns and steps at a time, so that vectors run along the columns of the result.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from recur.engines.compiled.build.arithmetic import (
    FLOAT,
    LONG,
    WIDTH,
    WORDS,
    ZEROS,
    address,
    first_lanes,
    fused,
    least,
    load,
    prefetch,
    splat,
    stack,
    store,
)
from recur.engines.compiled.build.library import POINTER, routine
from recur.engines.compiled.kernels.blocks import ROWS, own_function, repeat

_DEPTH = 128  # steps times lanes at a time,
_VECTORS = 2  # and vectors of columns

_PANEL = [POINTER, LONG, LONG, POINTER, POINTER, LONG, LONG, LONG, LONG]


def _further(builder: ir.IRBuilder, place: Any, count: Any, stride: Any) -> Any:
    return address(builder, place, builder.mul(count, stride))


def _transposed(builder: ir.IRBuilder, vectors: list[Any]) -> list[Any]:
    """Return the columns of the square whose rows are given."""
    vectors, step = list(vectors), 1
    while step < WIDTH:
        low = [j if not j & step else WIDTH + j - step for j in range(WIDTH)]
        high = [j + step if not j & step else WIDTH + j for j in range(WIDTH)]
        for i in range(WIDTH):
            if not i & step:
                pair = vectors[i], vectors[i + step]
                vectors[i] = builder.shuffle_vector(*pair, ir.Constant(WORDS, low))
                vectors[i + step] = builder.shuffle_vector(*pair, ir.Constant(WORDS, high))
        step *= 2
    return vectors


def _turn_square(
    builder: ir.IRBuilder, source: Any, row: Any, into: Any, to_row: int, rows: Any, lanes: Any
) -> None:
    """Build into[l, r] = source[r, l] for a vector of rows and of lanes, or fewer of either."""
    filled = [builder.icmp_signed("==", count, LONG(WIDTH)) for count in (rows, lanes)]
    with builder.if_else(builder.and_(*filled)) as (whole, part):
        with whole:
            places = [_further(builder, source, LONG(i), row) for i in range(WIDTH)]
            vectors = [load(builder, place, LONG(0)) for place in places]
            for i, vector in enumerate(_transposed(builder, vectors)):
                store(builder, vector, into, LONG(i * to_row))
        with part:
            mask = first_lanes(builder, lanes)
            rows_inside = [builder.icmp_signed("<", LONG(i), rows) for i in range(WIDTH)]
            steps = [builder.select(inside, row, LONG(0)) for inside in rows_inside]
            places = [_further(builder, source, LONG(i), step) for i, step in enumerate(steps)]
            vectors = [load(builder, place, LONG(0), mask) for place in places]
            for i, vector in enumerate(_transposed(builder, vectors)):
                with builder.if_then(builder.icmp_signed("<", LONG(i), lanes)):
                    store(builder, vector, into, LONG(i * to_row))


def _panel(module: ir.Module, rows: int, vectors: int, *, partial: bool) -> ir.Function:
    """Build out[i, j] += sum_t sum_l a[t, i, l] * b[t * lanes + l, j] for a few rows."""
    name = f"recur.panel.{rows}.{vectors}.{int(partial)}"
    function = own_function(module, name, _PANEL)
    a, a_time, a_row, b, out, out_row, times, lanes, columns = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    mask = first_lanes(builder, columns) if partial else None
    right = [LONG(v * WIDTH) for v in range(vectors)]
    places = [(_further(builder, out, LONG(r), out_row), v) for r in range(rows) for v in right]
    sums: list[Any] = [ZEROS] * len(places)

    def body(t: Any, sums: list[Any]) -> list[Any]:
        own = _further(builder, a, t, a_time)
        left = [_further(builder, own, LONG(r), a_row) for r in range(rows)]
        below = _further(builder, own, LONG(rows), a_row)  # what the next block reads
        other = _further(builder, b, builder.mul(t, lanes), LONG(_VECTORS * WIDTH))

        def add(lane: Any, sums: list[Any]) -> list[Any]:
            prefetch(builder, _further(builder, below, lane, LONG(rows)))
            row = _further(builder, other, lane, LONG(_VECTORS * WIDTH))
            values = [load(builder, row, v) for v in right]
            singles = [builder.load(address(builder, place, lane), typ=FLOAT) for place in left]
            pairs = [(splat(builder, single), value) for single in singles for value in values]
            return [fused(builder, *pair, total) for pair, total in zip(pairs, sums, strict=True)]

        return repeat(builder, LONG(0), lanes, 1, sums, add)

    sums = repeat(builder, LONG(0), times, 1, sums, body)
    for (place, v), total in zip(places, sums, strict=True):
        before = load(builder, place, v, mask)
        store(builder, builder.fadd(before, total), place, v, mask)
    builder.ret_void()
    return function


def _outer(function: ir.Function) -> None:
    """Build out[i, j] += sum_t sum_l a[t, i, l] * b[t, j, l]."""
    a, a_time, a_row, b, b_time, b_row, out, out_row, rows, columns, times, lanes = function.args
    module, builder = function.module, ir.IRBuilder(function.append_basic_block())
    wide = _VECTORS * WIDTH
    turned = stack(builder, _DEPTH * wide)

    def turn(source: Any, steps: Any, lanes: Any, count: Any, start: int) -> None:
        with cgutils.for_range(builder, steps) as step:
            own = _further(builder, source, step.index, b_time)
            to = _further(builder, turned, builder.mul(step.index, lanes), LONG(wide))
            with cgutils.for_range_slice(builder, LONG(0), lanes, LONG(WIDTH)) as (lane, _):
                own_lanes = address(builder, own, lane)
                to_lanes = _further(builder, to, lane, LONG(wide))
                some = least(builder, LONG(WIDTH), builder.sub(lanes, lane))
                _turn_square(
                    builder, own_lanes, b_row, address(builder, to_lanes, LONG(start)), wide,
                    count, some,
                )  # fmt: skip

    def products(
        first: Any, into: Any, steps: Any, lanes: Any, count: Any, vectors: int, *, partial: bool
    ) -> None:
        with cgutils.for_range_slice(builder, LONG(0), rows, LONG(ROWS)) as (i, _):
            own, place = _further(builder, first, i, a_row), _further(builder, into, i, out_row)
            given = [own, a_time, a_row, turned, place, out_row, steps, lanes, count]
            end = function.append_basic_block()
            choice = builder.switch(least(builder, LONG(ROWS), builder.sub(rows, i)), end)
            for number in range(1, ROWS + 1):
                case = function.append_basic_block()
                choice.add_case(LONG(number), case)
                builder.position_at_end(case)
                builder.call(_panel(module, number, vectors, partial=partial), given)
                builder.branch(end)
            builder.position_at_end(end)

    def depth(first: Any, second: Any, steps: Any, lanes: Any) -> None:
        """Add what some steps and lanes give: whole panels of columns, then what is left."""
        even = builder.mul(builder.sdiv(columns, LONG(wide)), LONG(wide))
        with cgutils.for_range_slice(builder, LONG(0), even, LONG(wide)) as (j, _):
            source = _further(builder, second, j, b_row)
            for v in range(_VECTORS):
                own = _further(builder, source, LONG(v * WIDTH), b_row)
                turn(own, steps, lanes, LONG(WIDTH), v * WIDTH)
            into = address(builder, out, j)
            products(first, into, steps, lanes, LONG(wide), _VECTORS, partial=False)
        with cgutils.for_range_slice(builder, even, columns, LONG(WIDTH)) as (j, _):
            count = least(builder, LONG(WIDTH), builder.sub(columns, j))
            turn(_further(builder, second, j, b_row), steps, lanes, count, 0)
            products(first, address(builder, out, j), steps, lanes, count, 1, partial=True)

    with cgutils.for_range_slice(builder, LONG(0), lanes, LONG(_DEPTH)) as (lane, _):
        some = least(builder, LONG(_DEPTH), builder.sub(lanes, lane))
        deep = builder.sdiv(LONG(_DEPTH), some)
        with cgutils.for_range_slice(builder, LONG(0), times, deep) as (t, _):
            steps = least(builder, deep, builder.sub(times, t))
            first = _further(builder, address(builder, a, lane), t, a_time)
            second = _further(builder, address(builder, b, lane), t, b_time)
            depth(first, second, steps, some)
    builder.ret_void()


# (a, a_time, a_row, b, b_time, b_row, out, out_row, rows, columns, times, lanes)
wide_outer = routine(
    "recur.wide.outer",
    [POINTER, LONG, LONG, POINTER, LONG, LONG, POINTER, LONG, LONG, LONG, LONG, LONG],
    _outer,
)
