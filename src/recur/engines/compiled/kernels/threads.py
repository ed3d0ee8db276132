"""Threads that work on one problem: plain Python threads that meet in compiled code.

Every thread runs the same function with its rank and takes the parts of the work that are its own;
which parts there are depends on the problem alone, so the number of threads changes no bit. No
thread outlives a call, so a fork has nothing to lose, and two calls at once share nothing.
"""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from recur.engines.compiled.build.arithmetic import LONG, VOID, WORD, named
from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.build.library import POINTER


class ThreadTeam(NamedTuple):
    """The threads that do some work, as one of them sees it.

    Attributes:
        rank: of this thread.
        size: threads.
        blocks: parts of the work that they share; 1 where each has work of its own.
        counters: address of what they count at barriers.
    """

    rank: int
    size: int
    blocks: int
    counters: int


_SPINS = 200  # looks at the counter before the processor is offered to others
_YIELD = "SwitchToThread" if sys.platform == "win32" else "sched_yield"
_FLUSH = 0x8040  # the bits of MXCSR that flush denormal results and read denormals as zero


@intrinsic  # type: ignore[untyped-decorator]
def _arrive(_typing: Any, _place: Any) -> Any:
    """Add 1 to a counter that all threads see; return what it was."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(args[0], POINTER)
        return builder.atomic_rmw("add", pointer, LONG(1), ordering="seq_cst")

    return types.int64(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _look(_typing: Any, _place: Any) -> Any:
    """Return a counter that other threads change."""

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, args: Any) -> Any:
        pointer = builder.inttoptr(args[0], POINTER)
        return builder.load_atomic(pointer, "acquire", 8, typ=LONG)

    return types.int64(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _yield(_typing: Any) -> Any:
    """Offer the processor to other threads."""

    def generate(context: Any, builder: ir.IRBuilder, _signature: Any, _args: Any) -> Any:
        builder.call(named(builder.module, _YIELD, WORD, []), [])
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic  # type: ignore[untyped-decorator]
def flush_denormals(_typing: Any) -> Any:
    """Let this thread treat numbers too small for full precision as zero; return how it was.

    Such numbers make the processor a hundred times slower, and a state that fades away is full of
    them. The setting belongs to a thread, so every thread of a team makes it, and undoes it.
    """

    def generate(_context: Any, builder: ir.IRBuilder, _signature: Any, _args: Any) -> Any:
        before = _control(builder)
        _control(builder, builder.or_(before, _flush_bits(before.type)))
        return builder.zext(before, LONG) if before.type.width < 64 else before

    return types.int64(), generate


@intrinsic  # type: ignore[untyped-decorator]
def restore_denormals(_typing: Any, _before: Any) -> Any:
    """Undo `flush_denormals`."""

    def generate(context: Any, builder: ir.IRBuilder, _signature: Any, args: Any) -> Any:
        width = LONG if platform.machine().lower() in ("arm64", "aarch64") else WORD
        value = args[0] if width is LONG else builder.trunc(args[0], width)
        _control(builder, value)
        return context.get_dummy_value()

    return types.void(types.int64), generate


def _flush_bits(kind: ir.IntType) -> Any:
    return kind(1 << 24 if kind.width == 64 else _FLUSH)


def _control(builder: ir.IRBuilder, new: Any = None) -> Any:
    """Return the processor's control word for floating point, or set it."""
    if platform.machine().lower() in ("arm64", "aarch64"):
        if new is None:
            read = ir.FunctionType(LONG, [])
            return builder.asm(read, "mrs $0, fpcr", "=r", [], side_effect=True)
        written = ir.FunctionType(VOID, [LONG])
        return builder.asm(written, "msr fpcr, $0", "r", [new], side_effect=True)
    with builder.goto_entry_block():
        place = builder.alloca(WORD)
    name = "llvm.x86.sse.stmxcsr" if new is None else "llvm.x86.sse.ldmxcsr"
    if new is not None:
        builder.store(new, place)
    builder.call(named(builder.module, name, VOID, [POINTER]), [place])
    return builder.load(place, typ=WORD)


@kernel
def barrier(place: int, size: int) -> None:
    """Wait until all threads of a team have come here.

    Args:
        place: address of the team's counters: how many have arrived, since it was made, and
            whether the team has been given up.
        size: of the team.
    """
    if size == 1:
        return
    # Rounds follow each other: nobody arrives for the next one before all have left this one.
    goal = (_arrive(place) // size + 1) * size
    spins = 0
    while _look(place) < goal and _look(place + 8) == 0:
        spins += 1
        if spins > _SPINS:
            _yield()


def run_threads(size: int, work: Callable[[int, int], None]) -> None:
    """Let a team do some work, this thread being one of it.

    Args:
        size: of the team.
        work: takes the rank of its thread, from 0 on, and the address of the team's counters.
    """
    counters = np.zeros(2, np.int64)
    errors: list[BaseException] = []

    def one(rank: int) -> None:
        try:
            work(rank, counters.ctypes.data)
        except BaseException as error:  # whoever waits at a meeting goes on, to its end
            counters[1] = 1
            errors.append(error)

    others = [threading.Thread(target=one, args=(rank,)) for rank in range(1, size)]
    started = []
    try:
        for thread in others:
            thread.start()
            started.append(thread)
        one(0)
    except BaseException:
        counters[1] = 1
        raise
    finally:
        for thread in started:
            thread.join()
    if errors:
        raise errors[0]


@kernel
def partition(count: int, block: int, blocks: int) -> tuple[int, int]:
    """Return where one of some equal parts of a range begins and ends."""
    return count * block // blocks, count * (block + 1) // blocks
