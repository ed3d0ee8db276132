"""Training within minutes: how many epochs fit in, found once before it begins."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TypeVar

import numpy as np

from recur.engines.base import Chunk, Snapshot
from recur.networks.initial import initial_values
from recur.training.checkpoint import Checkpoint
from recur.training.loop import Job
from recur.training.progress import Watcher

_LOOK = 0.5  # seconds that the pace is measured for, at least
_KEPT = 0.95  # of the minutes are planned for


Work = TypeVar("Work", bound=Job)


def within(minutes: float, job: Work, checkpoint: Checkpoint | None, watcher: Watcher) -> Work:
    """Return the job with as many epochs as fit into minutes of wall time, at least one.

    The pace is measured on steps that are thrown away. A run that goes on from a checkpoint keeps
    the epochs that it began with, since its rates follow from them.
    """
    epochs = checkpoint.planned() if checkpoint else None
    if epochs is None:
        epoch = _seconds_of_an_epoch(job)
        epochs = max(1, int(_KEPT * 60 * minutes / epoch))
        watcher.say(
            f"{minutes:g} minute{'s' * (minutes != 1)} of training: {epochs} "
            f"epoch{'s' * (epochs != 1)} of about {epoch:.2g} s."
        )
    return replace(job, plan=job.plan.model_copy(update={"epochs": epochs}))


def _seconds_of_an_epoch(job: Job) -> float:
    """Return about how long an epoch takes, its validation included."""
    first = Snapshot.first(initial_values(job.spec, job.plan.seed))
    trainer = job.engine.trainer(job.spec, job.plan.recipe, job.windows, first)
    count, spent = 1, 0.0
    while True:
        count = min(count, job.steps)
        chunk = Chunk(job.batches(0, 0, 0, count), np.zeros(count), np.arange(count), job.plan.seed)
        trainer.run(chunk)  # once to have everything compiled and in the cache
        began = time.perf_counter()
        trainer.run(chunk)
        spent = time.perf_counter() - began
        if spent >= _LOOK or count == job.steps:
            break
        count *= 4
    steps = spent / count * job.steps
    if not len(job.validation):
        return steps
    some = job.held[: max(1, len(job.held) // 4)]
    began = time.perf_counter()
    trainer.evaluate(some)
    return steps + (time.perf_counter() - began) * len(job.held) / len(some)
