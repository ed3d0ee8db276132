"""The training loop: epochs in chunks of steps, validation, best weights, rescue, resume."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np

from recur.engines.base import Chunk, Snapshot, Trainer
from recur.errors import TrainingDiverged
from recur.networks.spec import Values
from recur.training.checkpoint import Checkpoint, Run
from recur.training.history import Epoch, History
from recur.training.interruption import Interruption, interruptible
from recur.training.jobs import Job
from recur.training.plan import RESCUES
from recur.training.progress import Silent, Watcher


@dataclass(frozen=True)
class Training:
    """What a training run ends with.

    Attributes:
        weights: float32 [size], the best ones or the last ones, as planned.
        history: every epoch.
        kept_epoch: the epoch after which the weights were such; 0 for an unfinished one.
        ended: `finished`, `stopped early` or `interrupted`.
        rescues: how often the loss had stopped being finite.
    """

    weights: Values
    history: History
    kept_epoch: int
    ended: str
    rescues: int


def train(
    job: Job,
    weights: Values,
    *,
    checkpoint: Checkpoint | None = None,
    watcher: Watcher | None = None,
    after_epoch: Callable[[Epoch, Values], None] | None = None,
    chunk_seconds: float = 0.25,
) -> Training:
    """Train a network from its first weights, or from where a checkpoint left off.

    Args:
        job: what is trained.
        weights: float32 [size], the first ones.
        checkpoint: where the run is saved to and taken up from.
        watcher: who is told of its progress.
        after_epoch: called with every finished epoch and the weights after it.
        chunk_seconds: how long Ctrl-C may have to wait, about; it changes no result.
    """
    watcher = watcher or Silent()
    digest = job.digest() if checkpoint else ""
    run = checkpoint.load(job, digest) if checkpoint else None
    if run is None:
        run = Run(Snapshot.first(weights), Snapshot.first(weights))
    elif run.ended == "interrupted":
        run.ended = None
    trainer = job.trainer(run.now)
    reported = len(run.history)
    with interruptible() as interruption:
        for _ in _chunks(job, trainer, run, interruption, watcher, chunk_seconds):
            if after_epoch and len(run.history) > reported:
                reported = len(run.history)
                after_epoch(run.history[-1], run.good.weights)
            if checkpoint and checkpoint.is_due:
                run.now = trainer.snapshot()
                checkpoint.save(run, job, digest)
    run.now = trainer.snapshot()
    if checkpoint:
        checkpoint.save(run, job, digest)
    best = run.best if job.plan.keep_best else None
    return Training(
        weights=run.now.weights if best is None else best,
        history=tuple(run.history),
        kept_epoch=_kept_epoch(job, run),
        ended=run.ended or "finished",
        rescues=run.attempt,
    )


def _chunks(
    job: Job,
    trainer: Trainer,
    run: Run,
    interruption: Interruption,
    watcher: Watcher,
    chunk_seconds: float,
) -> Iterator[None]:
    """Train on, pausing after every chunk of steps, until the run has ended."""
    size = 1
    total = job.steps * job.plan.epochs
    while run.ended is None:
        count = min(size, job.steps - len(run.losses))
        began = time.monotonic()
        result = trainer.run(_chunk(job, run, count))
        # How steps are cut into chunks changes no result, so a clock may decide it.
        pace = (time.monotonic() - began) / count
        size = max(1, min(2 * size, int(chunk_seconds / max(pace, 1e-9))))
        run.losses.extend(result.losses)
        run.norms.extend(result.norms)
        if not result.finite:
            _rescue(run, trainer, watcher)
        else:
            loss = run.losses[-1] / job.divisors[0]
            watcher.stepped(len(run.history) * job.steps + len(run.losses), total, loss)
            if len(run.losses) == job.steps:
                _finish_epoch(job, run, trainer, watcher)
        if interruption.asked and run.ended is None:
            run.ended = "interrupted"
            watcher.say("Interrupted: what was learnt so far is kept.")
        yield


def _chunk(job: Job, run: Run, count: int) -> Chunk:
    epoch, done = len(run.history), len(run.losses)
    first = epoch * job.steps + done
    rates = job.plan.rates(first, count, job.steps * job.plan.epochs) * run.scale
    indices = job.batches(epoch, run.attempt, done, count)
    counters = np.arange(first, first + count)
    forcing = job.plan.forcing_of(first, count, job.steps * job.plan.epochs)
    fresh = job.fresh(done, count)
    return Chunk(indices, rates, counters, job.plan.seed, run.attempt, forcing, fresh)


def _finish_epoch(job: Job, run: Run, trainer: Trainer, watcher: Watcher) -> None:
    """Validate, note the epoch, and decide whether training goes on."""
    validation = trainer.evaluate(job.held) if len(job.validation) else None
    if validation is not None and not isfinite(validation):
        _rescue(run, trainer, watcher)
        return
    last = (len(run.history) + 1) * job.steps - 1
    rate = float(job.plan.rates(last, 1, job.steps * job.plan.epochs)[0]) * run.scale
    by, held_by = job.divisors
    if validation is not None:
        validation /= held_by
    epoch = Epoch(
        number=len(run.history) + 1,
        training=float(np.mean(run.losses)) / by,
        validation=validation,
        rate=rate,
        norm=float(np.mean(run.norms)),
        attempt=run.attempt,
    )
    run.history.append(epoch)
    run.losses, run.norms = [], []
    run.good = trainer.snapshot()
    if validation is not None and validation < _best_loss(run):
        run.best, run.best_epoch = run.good.weights, epoch.number
    watcher.finished(epoch)
    if epoch.number == job.plan.epochs:
        run.ended = "finished"
    elif _has_waited(job, run):
        run.ended = "stopped early"


def _best_loss(run: Run) -> float:
    best = run.history[run.best_epoch - 1].validation if run.best_epoch else None
    return float("inf") if best is None else best


def _kept_epoch(job: Job, run: Run) -> int:
    if job.plan.keep_best and run.best is not None:
        return run.best_epoch
    return 0 if run.losses else len(run.history)


def _has_waited(job: Job, run: Run) -> bool:
    """Say whether the validation loss has not become better for as long as patience lasts."""
    if job.plan.patience is None or not len(job.validation):
        return False
    total = job.steps * job.plan.epochs
    falling = [e for e in run.history if job.plan.is_falling(e.number * job.steps, total)]
    waited = [e for e in falling if e.number > run.best_epoch]
    return len(waited) >= job.plan.patience


def _rescue(run: Run, trainer: Trainer, watcher: Watcher) -> None:
    """Go back to the last good epoch with half the rate and new random numbers."""
    epoch = len(run.history)
    if run.attempt == RESCUES:
        raise TrainingDiverged(
            f"training diverged: after {RESCUES} rescues, each with half the rate, the loss was "
            f"again not finite in epoch {epoch + 1}; try a tenth of the rate, clipping, "
            "fewer layers or a shorter lookback."
        )
    run.attempt += 1
    run.losses, run.norms = [], []
    trainer.restore(run.good)
    watcher.say(
        f"The loss stopped being finite in epoch {epoch + 1}: going back to epoch {epoch} "
        f"with {run.scale:g} of the rate (rescue {run.attempt} of {RESCUES})."
    )
