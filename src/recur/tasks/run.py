"""The training that every task has in common, and what it leaves in the model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Protocol

from recur.networks.initial import initial_values
from recur.networks.spec import Values
from recur.tasks.budget import within
from recur.training.checkpoint import Checkpoint
from recur.training.history import Epoch, History
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.progress import Silent, on_terminal


class Learner(Protocol):
    """What of a task training needs, and what it fills in."""

    seed: int
    minutes: float | None
    epochs_: int
    weights_: Values
    history_: History
    kept_epoch_: int
    rescues_: int
    ended_: str


def learn(
    model: Learner,
    job: Job,
    checkpoint: str | Path | Checkpoint | None,
    *,
    progress: bool,
    after_epoch: Callable[[Epoch, Values], None] | None = None,
) -> None:
    """Train, within minutes where the model has any, and keep what was learnt in the model."""
    if isinstance(checkpoint, str | Path):
        checkpoint = Checkpoint(Path(checkpoint))
    with on_terminal() if progress else nullcontext(Silent()) as watcher:
        if model.minutes is not None:
            job = within(model.minutes, job, checkpoint, watcher)
        first = initial_values(job.spec, model.seed)
        training = train(
            job, first, checkpoint=checkpoint, watcher=watcher, after_epoch=after_epoch
        )
    model.epochs_ = job.plan.epochs
    model.weights_, model.history_ = training.weights, training.history
    model.kept_epoch_, model.ended_ = training.kept_epoch, training.ended
    model.rescues_ = training.rescues
