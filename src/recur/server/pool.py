"""Computing away from the event loop: so many at once, so many waiting, and no longer than that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from recur.server.errors import Refusal

T = TypeVar("T")


class Pool:
    """Threads that compute, one for each request.

    A thread cannot be ended from outside: a request that took too long is answered, and its place
    is taken until its work is done, so that no more is ever computed at once than was said.

    Args:
        size: works at once.
        queue: that may wait.
        timeout: seconds that a request may wait and compute.
    """

    def __init__(self, size: int, queue: int, timeout: float) -> None:
        self.size, self.queue, self.timeout = size, queue, timeout
        self.waiting = 0
        self.busy = 0
        self._slots = asyncio.Semaphore(size)
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="compute")

    async def run(self, work: Callable[[], T]) -> T:
        """Return what some work gives, in its turn.

        Raises:
            Refusal: too many wait already, or it took too long.
        """
        if self.waiting >= self.queue:
            raise Refusal(
                429, f"{self.queue} requests wait already; try again in a second.",
                {"Retry-After": "1"},
            )  # fmt: skip
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.timeout
        self.waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                await self._slots.acquire()
        except TimeoutError:
            raise Refusal(
                503, f"the server was busy for {self.timeout:g} seconds; try again later.",
                {"Retry-After": "5"},
            ) from None  # fmt: skip
        finally:
            self.waiting -= 1
        self.busy += 1
        future = loop.run_in_executor(self._threads, copy_context().run, _plainly, work)
        future.add_done_callback(self._ended)
        try:
            async with asyncio.timeout_at(deadline):
                return await asyncio.shield(future)
        except TimeoutError:
            raise Refusal(
                503,
                f"it took longer than {self.timeout:g} seconds; ask for less at once, or post a "
                "job, which may take as long as it needs.",
            ) from None

    def _ended(self, future: asyncio.Future[T]) -> None:
        self.busy -= 1
        self._slots.release()
        if not future.cancelled():
            future.exception()  # nobody may be left to ask for it

    def close(self) -> None:
        """Wait for what is being computed."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def _plainly(work: Callable[[], T]) -> T:
    """Do some work; what a library throws that is no `Exception` (a panic of its) becomes one."""
    try:
        return work()
    except Exception:
        raise
    except BaseException as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error
