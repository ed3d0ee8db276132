"""Blocks of registers, which do the arithmetic of all products.

`recur.lanes` holds a few rows of the result over neighbouring lanes and adds one product of a
weight and a vector of lanes after the other; `recur.dots` holds the sums of a few rows with a few
other rows. Both read their operands where they lie.
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
    load,
    named,
    prefetch,
    splat,
    store,
)
from recur.engines.compiled.build.library import POINTER, VOID, routine

# Rows of a block: as many as leave registers over, of which wide vectors have twice as many.
ROWS = 8 if WIDTH == 16 else 6
PAIRS = (4, 4) if WIDTH == 16 else (4, 2)
# The rows of a block of sums with so many columns, for a few lanes taken all at once.
TALL = {1: 4, 2: 4, 3: 4, 4: 4, 5: 4, 6: 4, 7: 3, 8: 3} if WIDTH == 16 else {1: 4, 2: 4, 3: 3, 4: 2}

_LINE = 16  # floats of a line of the cache

LANES = [POINTER, LONG, LONG, POINTER, LONG, POINTER, LONG, LONG, LONG]
DOTS = [POINTER, LONG, LONG, POINTER, LONG, LONG, POINTER, LONG, LONG, LONG]


def own_function(module: ir.Module, name: str, fields: list[ir.Type]) -> ir.Function:
    """Return a function to be built that its module alone knows."""
    function = ir.Function(module, ir.FunctionType(VOID, fields), name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    return function


def repeat(
    builder: ir.IRBuilder, start: Any, end: Any, step: int, sums: list[Any], body: Any
) -> list[Any]:
    """Build a loop that carries sums in registers; return them as they are after it.

    Args:
        builder: stands after the loop when it has been built.
        start: the first place.
        end: where to stop.
        step: from one place to the next.
        sums: the values before the loop.
        body: builds one round: takes the place and the sums, returns the new ones.
    """
    function, before = builder.function, builder.block
    loop, after = function.append_basic_block(), function.append_basic_block()
    builder.cbranch(builder.icmp_signed("<", start, end), loop, after)
    builder.position_at_end(loop)
    at = builder.phi(LONG)
    carried = [builder.phi(value.type) for value in sums]
    new = body(at, carried)
    last, following = builder.block, builder.add(at, LONG(step))
    builder.cbranch(builder.icmp_signed("<", following, end), loop, after)
    at.add_incoming(start, before)
    at.add_incoming(following, last)
    builder.position_at_end(after)
    results = []
    for phi, first, value in zip(carried, sums, new, strict=True):
        phi.add_incoming(first, before)
        phi.add_incoming(value, last)
        result = builder.phi(first.type)
        result.add_incoming(first, before)
        result.add_incoming(value, last)
        results.append(result)
    # Phis of a block stand together at its head.
    after.instructions.sort(key=lambda one: not isinstance(one, ir.instructions.PhiInstr))
    return results


def _lanes(module: ir.Module, rows: int, vectors: int, *, partial: bool) -> ir.Function:
    """Build out[r, l] += sum_k a[r, k] * b[k, l] over a few rows and vectors of lanes."""
    name = f"recur.lanes.{rows}.{vectors}.{int(partial)}"
    function = own_function(module, name, LANES)
    a, a_row, a_column, b, b_row, out, out_row, inner, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    mask = first_lanes(builder, lanes) if partial else None
    # Weights that the next block reads are called for while this one computes: those of the rows
    # below, or, where the rows are neighbours, those in the next line of the cache.
    beside = builder.icmp_signed("==", a_row, LONG(1))
    below = builder.mul(a_row, LONG(rows))
    ahead = address(builder, a, builder.select(beside, LONG(_LINE), below))
    ahead_step = builder.select(beside, a_column, LONG(rows))
    left = [address(builder, a, builder.mul(a_row, LONG(r))) for r in range(rows)]
    right = [LONG(v * WIDTH) for v in range(vectors)]
    places = [
        (address(builder, out, builder.mul(out_row, LONG(r))), v)
        for r in range(rows)
        for v in right
    ]
    sums = [load(builder, place, v, mask) for place, v in places]

    def body(k: Any, sums: list[Any]) -> list[Any]:
        prefetch(builder, address(builder, ahead, builder.mul(k, ahead_step)))
        row = address(builder, b, builder.mul(k, b_row))
        values = [load(builder, row, v, mask) for v in right]
        column = builder.mul(k, a_column)
        weights = [builder.load(address(builder, place, column), typ=FLOAT) for place in left]
        factors = [splat(builder, weight) for weight in weights]
        pairs = [(factor, value) for factor in factors for value in values]
        return [fused(builder, *pair, total) for pair, total in zip(pairs, sums, strict=True)]

    sums = repeat(builder, LONG(0), inner, 1, sums, body)
    for (place, v), total in zip(places, sums, strict=True):
        store(builder, total, place, v, mask)
    builder.ret_void()
    return function


def _lanes_of_any_number(function: ir.Function) -> None:
    """Build the choice of a block by its rows, and the loop over lanes."""
    a, a_row, a_column, b, b_row, out, out_row, inner, rows, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    end = function.append_basic_block()
    choice = builder.switch(rows, end)
    for count in range(1, ROWS + 1):
        case = function.append_basic_block()
        choice.add_case(LONG(count), case)
        builder.position_at_end(case)
        vectors = 2 if count > 1 else 4  # a single row has registers for more
        step = vectors * WIDTH

        def part(at: Any, block: ir.Function) -> None:
            given = [address(builder, b, at), b_row, address(builder, out, at), out_row]
            builder.call(block, [a, a_row, a_column, *given, inner, builder.sub(lanes, at)])

        whole = builder.mul(builder.sdiv(lanes, LONG(step)), LONG(step))
        with cgutils.for_range_slice(builder, LONG(0), whole, LONG(step)) as (at, _):
            part(at, _lanes(function.module, count, vectors, partial=False))
        with cgutils.for_range_slice(builder, whole, lanes, LONG(WIDTH)) as (at, _):
            part(at, _lanes(function.module, count, 1, partial=True))
        builder.branch(end)
    builder.position_at_end(end)
    builder.ret_void()


def _dots(module: ir.Module, rows: int, columns: int) -> ir.Function:
    """Build out[i, j] += sum_t sum_l a[t, i, l] * b[t, j, l] for a few rows of each."""
    function = own_function(module, f"recur.dots.{rows}.{columns}", DOTS)
    a, a_time, a_row, b, b_time, b_row, out, out_row, times, lanes = function.args
    builder = ir.IRBuilder(function.append_basic_block())
    whole = builder.and_(lanes, LONG(-WIDTH))
    mask = first_lanes(builder, builder.sub(lanes, whole))

    def body(t: Any, sums: list[Any]) -> list[Any]:
        first, second = (
            [
                address(
                    builder,
                    builder.gep(place, [builder.mul(t, time)], source_etype=FLOAT),
                    builder.mul(row, LONG(i)),
                )
                for i in range(n)
            ]
            for place, time, row, n in ((a, a_time, a_row, rows), (b, b_time, b_row, columns))
        )

        def add(at: Any, sums: list[Any], mask: Any = None) -> list[Any]:
            if columns > 1:  # a sum for each load leaves no time for it
                for place in first:
                    below = address(builder, place, builder.mul(a_row, LONG(rows)))
                    prefetch(builder, address(builder, below, at))
            left = [load(builder, place, at, mask) for place in first]
            right = [load(builder, place, at, mask) for place in second]
            pairs = [(x, y) for x in left for y in right]
            return [fused(builder, *pair, total) for pair, total in zip(pairs, sums, strict=True)]

        sums = repeat(builder, LONG(0), whole, WIDTH, sums, add)
        return repeat(builder, whole, lanes, WIDTH, sums, lambda at, sums: add(at, sums, mask))

    sums = repeat(builder, LONG(0), times, 1, [ZEROS] * (rows * columns), body)
    add_up = named(module, f"llvm.vector.reduce.fadd.v{WIDTH}f32", FLOAT, [FLOAT, FLOATS])
    for n, total in enumerate(sums):
        i, j = divmod(n, columns)
        place = address(builder, out, builder.add(builder.mul(out_row, LONG(i)), LONG(j)))
        single = builder.call(add_up, [FLOAT(0.0), total], fastmath=("reassoc",))
        builder.store(builder.fadd(builder.load(place, typ=FLOAT), single), place)
    builder.ret_void()
    return function


def _dots_of_any_number(function: ir.Function) -> None:
    """Build the choice of a block by its rows."""
    rows, columns = function.args[-2:]
    builder = ir.IRBuilder(function.append_basic_block())
    end = function.append_basic_block()
    choice = builder.switch(builder.add(builder.mul(rows, LONG(16)), columns), end)
    for other, most in TALL.items():
        for count in range(1, most + 1):
            case = function.append_basic_block()
            choice.add_case(LONG(count * 16 + other), case)
            builder.position_at_end(case)
            builder.call(_dots(function.module, count, other), function.args[:-2])
            builder.branch(end)
    builder.position_at_end(end)
    builder.ret_void()


add_lanes = routine("recur.lanes", [*LANES, LONG], _lanes_of_any_number)
add_dots = routine("recur.dots", [*DOTS, LONG, LONG], _dots_of_any_number)
