"""The training that every task has in common."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from recur.networks.spec import Values
from recur.tasks.budget import within
from recur.training.checkpoint import Checkpoint, saved_at
from recur.training.history import Epoch
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.progress import Silent, on_terminal


class Budget(Protocol):
    """What of a task's parameters decides how long it is trained, and from where."""

    seed: int
    minutes: float | None


class Trained(NamedTuple):
    """What a training ends with.

    Attributes:
        weights: float32 [size].
        record: the fields of a `TrainingRecord`.
    """

    weights: Values
    record: dict[str, Any]


def run_training(
    settings: Budget,
    job: Job,
    checkpoint: str | Path | Checkpoint | None,
    *,
    progress: bool,
    first: Values | None = None,
    after_epoch: Callable[[Epoch, Values], None] | None = None,
) -> Trained:
    """Train, within minutes where there is a budget of them.

    Args:
        settings: the parameters of the task.
        job: what is trained.
        checkpoint: a file that the run is saved to, and taken up from.
        progress: show progress where standard error is a terminal.
        first: float32 [size], the weights to go on from; by default random ones.
        after_epoch: called with every finished epoch and the weights after it.
    """
    checkpoint = saved_at(checkpoint)
    with on_terminal() if progress else nullcontext(Silent()) as watcher:
        if settings.minutes is not None:
            job = within(settings.minutes, job, checkpoint, watcher)
        training = train(
            job,
            job.first_weights(settings.seed) if first is None else first,
            checkpoint=checkpoint,
            watcher=watcher,
            after_epoch=after_epoch,
        )
    record = {
        "network": job.spec,
        "engine": job.engine.name,
        "epochs": job.plan.epochs,
        "history": training.history,
        "kept_epoch": training.kept_epoch,
        "rescues": training.rescues,
        "ended": training.ended,
    }
    return Trained(training.weights, record)
