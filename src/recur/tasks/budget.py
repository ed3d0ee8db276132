"""How long to train: until enough steps were taken, or as many epochs as minutes allow."""

from __future__ import annotations

import time
from dataclasses import replace
from math import ceil
from typing import TypeVar

import numpy as np

from recur.engines.base import Chunk, Snapshot
from recur.training.checkpoint import Checkpoint
from recur.training.jobs import Job
from recur.training.progress import Watcher

# A small network has learnt what it will after so many optimiser steps. A short series gets them
# only at the price of many passes, and passes beyond a hundred teach it the noise by heart, so it
# has to do with fewer.
_STEPS, _PASSES = 1500, 100
_MUCH, _MOST_STEPS = 50_000, 7  # values above which it takes more, and how many times as many
_FEWEST_STEPS, _MOST_PASSES = 500, 300

_LOOK = 0.5  # seconds that the pace is measured for, at least
KEPT = 0.95
"""Of the minutes that are planned for."""


Work = TypeVar("Work", bound=Job)


def within(minutes: float, job: Work, checkpoint: Checkpoint | None, watcher: Watcher) -> Work:
    """Return the job with as many epochs as fit into minutes of wall time, at least one.

    The pace is measured on steps that are thrown away. A run that goes on from a checkpoint keeps
    the epochs that it began with, since its rates follow from them.
    """
    planned = checkpoint.planned() if checkpoint else None
    epochs = planned.epochs if planned else 0
    if not epochs:
        epoch = seconds_of_an_epoch(job)
        epochs = max(1, int(KEPT * 60 * minutes / epoch))
        watcher.say(
            f"{minutes:g} minute{'s' * (minutes != 1)} of training: {epochs} "
            f"epoch{'s' * (epochs != 1)} of about {epoch:.2g} s."
        )
    return replace(job, plan=job.plan.model_copy(update={"epochs": epochs}))


def seconds_of_an_epoch(job: Job) -> float:
    """Return about how long an epoch takes, its validation included."""
    trainer = job.trainer(Snapshot.first(job.first_weights(job.plan.seed)))
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
    sample = job.held[: max(1, len(job.held) // 4)]
    began = time.perf_counter()
    trainer.evaluate(sample)
    return steps + (time.perf_counter() - began) * len(job.held) / len(sample)


def enough_epochs(epochs: int | None, windows: int, batch: int, values: int) -> int:
    """Return how often the training windows are visited: until enough steps were taken.

    There is more to learn from more values, and it takes more steps.
    """
    if epochs is not None:
        return epochs
    steps = ceil(windows / batch)
    usual = min(_PASSES, _STEPS * float(np.clip(values / _MUCH, 1, _MOST_STEPS)) / steps)
    least = min(_MOST_PASSES, _FEWEST_STEPS / steps)
    return max(2, round(max(usual, least)))
