"""The workers of a cluster, as the process that drives them sees them.

A row of workers is made anew whenever one of them is lost, of those that are left and of others in
the place of the lost ones; where the cluster has no core left for these, of fewer. What is asked of
a row that breaks is answered by an error, and whoever asked begins anew from what it knows.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from recur.distributed.ray.worker import Worker
from recur.errors import RecurError, SettingsError, WorkersLost
from recur.progress import showing

MOST = 8
"""Workers that train one network: a batch is cut into no more tiles."""

_PATIENCE = 30.0  # seconds for a worker to start, or to say what became of it
_SOON = 5.0  # seconds for the others to notice that one is lost
_LOSSES = 10  # one after the other, after which it is given up

_Worker = ray.remote(num_cpus=1, scheduling_strategy="SPREAD")(Worker)


class WorkerLostError(Exception):
    """A worker has gone; what the others of its row know is void."""


class Team:
    """Some workers in a row, made when the first is asked for something.

    Args:
        workers: how many there should be.

    Attributes:
        rows: how many rows there have been; what is known to the workers belongs to one.
    """

    def __init__(self, workers: int) -> None:
        self._wanted = workers
        self._workers: list[Any] = []
        self._whole = False
        self._losses = 0  # since there was an answer
        self.rows = 0

    def ready(self) -> int:
        """Make a row of workers where there is none; return its number."""
        while not self._whole:
            with suppress(WorkerLostError):
                self._make()
        return self.rows

    def ask(self, method: str, *args: Any, first: bool = False) -> list[Any]:
        """Return the answers of all workers, in order, or that of the first alone.

        Raises:
            WorkerLostError: one of them did not answer.
        """
        asked = self._workers[:1] if first else self._workers
        answers = self._got(asked, [getattr(worker, method).remote(*args) for worker in asked])
        self._losses = 0
        return answers

    def tell(self, method: str, *args: Any) -> None:
        """Ask all workers for something that needs no answer, if they are there."""
        if self._whole and ray.is_initialized():
            for worker in self._workers:
                getattr(worker, method).remote(*args)

    def close(self) -> None:
        """Let the workers go."""
        for worker in self._workers:
            ray.kill(worker)
        self._workers, self._whole = [], False

    def _make(self) -> None:
        """Make a row of the workers that are left and new ones."""
        before = len(self._workers)
        row = _answering(self._workers, _SOON)
        wanted = min(self._wanted, max(1, int(ray.cluster_resources().get("CPU", 0))))
        row += _answering([_Worker.remote() for _ in range(wanted - len(row))], _PATIENCE)
        if not row:
            raise SettingsError(
                f"the cluster had no free core within {_PATIENCE:.0f} s; wait for what runs on it, "
                "or add a node."
            )
        self._workers, self._whole = [worker for worker, _ in row], True
        self.rows += 1
        token, listening = secrets.token_bytes(32), [address for _, address in row]
        joined = [
            worker.join.remote(i, len(row), listening[i - 1] if i else None, token)
            for i, worker in enumerate(self._workers)
        ]
        self._got(self._workers, joined)
        if before:
            with showing("workers") as line:
                line.say(
                    f"A worker was lost: going on from the last state with {len(row)} of "
                    f"{self._wanted}."
                )

    def _got(self, asked: list[Any], answers: list[Any]) -> list[Any]:
        """Wait for answers; where one is an error, give up the row."""
        try:
            return list(ray.get(answers))
        except (RayError, OSError) as error:
            lost = error
        self._whole = False
        _, late = ray.wait(answers, num_returns=len(answers), timeout=_SOON)
        for worker, answer in zip(asked, answers, strict=True):
            if answer in late:
                ray.kill(worker)
            else:
                raise_own(answer)
        self._losses += 1
        if self._losses == _LOSSES:
            raise WorkersLost(
                f"workers of the cluster were lost {_LOSSES} times without a step between, the "
                f"last time by {first_line(lost)!r}; see that its nodes reach each other and have "
                "memory left, then go on, from a checkpoint if there is one."
            )
        raise WorkerLostError from lost


def _answering(workers: list[Any], seconds: float) -> list[tuple[Any, Any]]:
    """Return the workers that answer, with where they listen; the others are given up."""
    asked = [worker.listen.remote() for worker in workers]
    if asked:
        ray.wait(asked, num_returns=len(asked), timeout=seconds)
    answers = []
    for worker, answer in zip(workers, asked, strict=True):
        try:
            answers.append((worker, ray.get(answer, timeout=0)))
        except (RayError, OSError):
            ray.kill(worker)
    return answers


def raise_own(answer: Any) -> None:
    """Raise what a worker raised, where it is a sentence for the user or a mistake of recur's."""
    try:
        ray.get(answer)
    except RayTaskError as error:
        if isinstance(error.cause, RecurError):
            raise error.cause from None
        if not isinstance(error.cause, OSError):
            raise
    except RayError:
        pass


def first_line(error: BaseException) -> str:
    """Return what Ray says in many lines, in one."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
