"""Where pieces of work run that know nothing of each other: here one by one, or elsewhere at once.

A piece is plain data, as is what comes of it; a function of it is run in whatever process. What
runs pieces gives what came of them in their order, so that nobody can tell where they ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar


class Piece(Protocol):
    """What is run by itself."""

    def describe(self) -> str:
        """Say in a few words which it is."""


_Piece = TypeVar("_Piece", bound=Piece)
_Outcome = TypeVar("_Outcome")


class Executor(Protocol):
    """Runs pieces somewhere, some of them at a time."""

    def __call__(
        self,
        run: Callable[[_Piece], _Outcome],
        pieces: Iterable[_Piece],
        *,
        ahead: int | None = None,
        moved: Callable[[float], None] | None = None,
    ) -> Iterator[_Outcome]:
        """Give what came of each piece, in their order.

        Args:
            run: what is done with each.
            pieces: taken as they are needed, which may depend on what came of earlier ones.
            ahead: the most that are under way before the first of them is given; None for no limit.
            moved: told, while one is waited for, how much is done beyond those that were given.
        """


def in_turn(
    run: Callable[[_Piece], _Outcome],
    pieces: Iterable[_Piece],
    *,
    ahead: int | None = None,  # noqa: ARG001
    moved: Callable[[float], None] | None = None,  # noqa: ARG001
) -> Iterator[_Outcome]:
    """Run pieces here, one after the other."""
    return map(run, pieces)


_executor: ContextVar[Executor] = ContextVar("executor", default=in_turn)


def executor() -> Executor:
    """Return what runs pieces here: that of `run_by`, or one after the other."""
    return _executor.get()


@contextmanager
def run_by(executor: Executor) -> Iterator[None]:
    """Let pieces be run by an executor in the block."""
    before = _executor.set(executor)
    try:
        yield
    finally:
        _executor.reset(before)
