"""The equations of the cells in `recur.networks.cells`, compiled: a step, and its way back.

There is one routine for each; the number of a cell's variant says which equations it runs. What a
layer has to know besides, such as how many sums a cell takes, stands in its plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from recur.engines.compiled.build.arithmetic import LONG, address, load, over_vectors, store
from recur.engines.compiled.build.library import POINTER, routine
from recur.engines.compiled.build.vectors import Vector
from recur.networks.cell import Cell, Equations
from recur.networks.cells import CELLS, cell

_VARIANTS = [(name, kind) for name in CELLS for kind in sorted(cell(name).variants)]
_Build = Callable[[ir.IRBuilder, Cell, Equations, list[Any]], None]


def variant(name: str, nonlinearity: str) -> int:
    """Return the number of a cell's equations in the routines here."""
    return _VARIANTS.index((name, nonlinearity))


def _choosing(build: _Build) -> Callable[[ir.Function], None]:
    """Return what builds a routine whose first argument is the number of the equations to run."""

    def choose(function: ir.Function) -> None:
        number, *args = function.args
        builder = ir.IRBuilder(function.append_basic_block())
        end = function.append_basic_block()
        choice = builder.switch(number, end)
        for i, (name, kind) in enumerate(_VARIANTS):
            case = function.append_basic_block()
            choice.add_case(LONG(i), case)
            builder.position_at_end(case)
            build(builder, cell(name), cell(name).variants[kind], args)
            builder.branch(end)
        builder.position_at_end(end)
        builder.ret_void()

    return choose


def _places(builder: ir.IRBuilder, first: Any, block: Any, count: int) -> list[Any]:
    """Return the addresses of so many blocks that follow each other."""
    return [address(builder, first, builder.mul(block, LONG(i))) for i in range(count)]


def _states(builder: ir.IRBuilder, h: Any, others: Any, block: Any, cell: Cell) -> list[Any]:
    return [h, *_places(builder, others, block, len(cell.states) - 1)]


def _vectors(builder: ir.IRBuilder, places: list[Any], at: Any, mask: Any) -> tuple[Vector, ...]:
    return tuple(Vector(builder, load(builder, place, at, mask)) for place in places)


def _write(
    builder: ir.IRBuilder, values: tuple[Any, ...], places: list[Any], at: Any, mask: Any
) -> None:
    """Write vectors, or numbers, to their places."""
    for value, place in zip(values, places, strict=True):
        store(builder, Vector.of(value), place, at, mask)


def _step(builder: ir.IRBuilder, cell: Cell, equations: Equations, args: list[Any]) -> None:
    kept, before, after, others_before, others_after, block, count = args
    sums = _places(builder, kept, block, cell.sums)
    keeps = _places(builder, kept, block, len(cell.kept))
    befores = _states(builder, before, others_before, block, cell)
    afters = _states(builder, after, others_after, block, cell)

    def body(at: Any, mask: Any) -> None:
        given = _vectors(builder, sums, at, mask)
        keep, new = equations.step(given, _vectors(builder, befores, at, mask))
        changed = [i for i in range(len(keep)) if not (i < len(given) and keep[i] is given[i])]
        _write(builder, tuple(keep[i] for i in changed), [keeps[i] for i in changed], at, mask)
        _write(builder, new, afters, at, mask)

    over_vectors(builder, count, body)


def _backward(builder: ir.IRBuilder, cell: Cell, equations: Equations, args: list[Any]) -> None:
    kept, before, after, others_before, others_after, carry, ring, block, count = args
    keeps = _places(builder, kept, block, len(cell.kept))
    befores = _states(builder, before, others_before, block, cell)
    afters = _states(builder, after, others_after, block, cell)
    grads = _places(builder, carry, block, len(cell.states))
    slots = _places(builder, ring, block, cell.sums)
    # Where sums are joint or not, those that meet the state's weights stand together, at the end.
    alone = len(cell.gates) - cell.joint
    slots = slots[alone : len(cell.gates)] + slots[:alone] + slots[len(cell.gates) :]

    def body(at: Any, mask: Any) -> None:
        given = [_vectors(builder, places, at, mask) for places in (keeps, befores, afters, grads)]
        to_sums, to_states = equations.backward(*given)
        _write(builder, to_sums, slots, at, mask)
        _write(builder, to_states, grads, at, mask)

    over_vectors(builder, count, body)


# (variant, kept, before, after, others before, others after, block, count): the sums stand where
# what is kept will; `others` are the states but the first; from block to block are so many floats.
cell_step = routine("recur.cells.step", [LONG, *[POINTER] * 5, LONG, LONG], _choosing(_step))
# (variant, kept, before, after, others before, others after, carry, ring, block, count): the grads
# of the states after stand in the carry, and become those of the states before.
cell_backward = routine(
    "recur.cells.backward", [LONG, *[POINTER] * 7, LONG, LONG], _choosing(_backward)
)
