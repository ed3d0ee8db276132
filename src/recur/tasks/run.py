"""The training that every task has in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from recur.networks.spec import Values
from recur.tasks.budget import within
from recur.training.checkpoint import Checkpoint, saved_at
from recur.training.history import Epoch
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.progress import Silent, on_terminal

_APART, _SEEDS = 1 << 40, 1 << 63  # from one network's seed to the next; seeds that there are


class Budget(Protocol):
    """What of a task's parameters decides how long it is trained, and from where."""

    seed: int
    minutes: float | None


Parameters = TypeVar("Parameters", bound=Budget)


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


def run_trainings(
    settings: Parameters,
    jobs: Sequence[Job],
    checkpoint: str | Path | Checkpoint | None,
    *,
    progress: bool,
) -> list[Trained]:
    """Train one network after the other, each from a seed of its own, within its share of minutes.

    The checkpoint of a further one is a file beside that of the first.

    Args:
        settings: the parameters of the task, a dataclass.
        jobs: what is trained.
        checkpoint: see `run_training`.
        progress: see `run_training`.
    """
    minutes, found = settings.minutes, []
    if isinstance(checkpoint, str | Path):
        checkpoint = Checkpoint(Path(checkpoint))
    for i, job in enumerate(jobs):
        seed, where = (settings.seed + i * _APART) % _SEEDS, checkpoint
        share = None if minutes is None else minutes / len(jobs)
        own: Budget = replace(settings, seed=seed, minutes=share)  # type: ignore[type-var]
        if i and checkpoint is not None:
            path = checkpoint.path
            where = Checkpoint(path.with_name(f"{path.name}.{i + 1}"), checkpoint.every)
        planned = replace(job, plan=job.plan.but(seed=seed))
        found.append(run_training(own, planned, where, progress=progress))
    return found
