"""The training loop: epochs in chunks of steps, validation, best weights, rescue, resume."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.engines.base import Chunk, Engine, Snapshot, Source, Trainer
from recur.errors import TrainingDiverged
from recur.networks.spec import NetworkSpec, Values
from recur.seeding import Purpose, Stream
from recur.training.checkpoint import Checkpoint, Run, fingerprint
from recur.training.history import Epoch, History
from recur.training.interruption import Interruption, interruptible
from recur.training.plan import TrainingPlan
from recur.training.progress import Silent, Watcher

_RESCUES = 3
_CHUNK_SECONDS = 0.25  # how long Ctrl-C may have to wait


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


@dataclass(frozen=True)
class Job:
    """What is to be trained, on what, and how.

    Attributes:
        spec: the network.
        engine: what runs it.
        windows: training and validation windows, or sequences, together.
        training: those to learn from.
        validation: those to choose by; may be empty.
        plan: how.
    """

    spec: NetworkSpec
    engine: Engine
    windows: Source
    training: range
    validation: range
    plan: TrainingPlan

    @property
    def steps(self) -> int:
        """Return the steps in an epoch."""
        return -(-len(self.training) // self.plan.batch)

    @property
    def fingerprint(self) -> str:
        """Return a digest of everything that the result depends on."""
        settings = {
            "network": self.spec.to_dict(),
            "plan": self.plan.to_dict(),
            "engine": self.engine.fingerprint,
            "parts": [[part.start, part.stop] for part in (self.training, self.validation)],
        }
        return fingerprint(settings, self.windows)

    @property
    def held(self) -> Indices:
        """Return what the validation loss is over, as `Trainer.evaluate` takes it."""
        return np.array(self.validation, np.int64)

    def fresh(self, first: int, count: int) -> NDArray[np.bool_] | None:  # noqa: ARG002
        """Return bool [count, batch], the lanes whose carried state starts anew; none as a rule."""
        return None

    def batches(self, epoch: int, attempt: int, first: int, count: int) -> Indices:
        """Return int64 [count, batch], the windows of some steps of an epoch; -1 fills up."""
        places = np.arange(first * self.plan.batch, (first + count) * self.plan.batch)
        inside = places < len(self.training)
        visits = places[inside]
        if self.plan.order == "shuffled":
            stream = Stream(self.plan.seed, Purpose.ORDER, attempt, step=epoch)
            visits = stream.permuted(visits, len(self.training))
        indices = np.full(places.shape, -1, np.int64)
        indices[inside] = self.training.start + visits
        return indices.reshape(count, self.plan.batch)


def train(
    job: Job,
    weights: Values,
    *,
    checkpoint: Checkpoint | None = None,
    watcher: Watcher | None = None,
    after_epoch: Callable[[Epoch, Values], None] | None = None,
) -> Training:
    """Train a network from its first weights, or from where a checkpoint left off.

    Args:
        job: what is trained.
        weights: float32 [size], the first ones.
        checkpoint: where the run is saved to and taken up from.
        watcher: who is told of its progress.
        after_epoch: called with every finished epoch and the weights after it.
    """
    watcher = watcher or Silent()
    digest = job.fingerprint if checkpoint else ""
    run = checkpoint.load(digest) if checkpoint else None
    if checkpoint:
        checkpoint.epochs = job.plan.epochs
    if run is None:
        run = Run(Snapshot.first(weights), Snapshot.first(weights))
    elif run.ended == "interrupted":
        run.ended = None
    trainer = job.engine.trainer(job.spec, job.plan.recipe, job.windows, run.now)
    told = len(run.history)
    with interruptible() as interruption:
        for _ in _chunks(job, trainer, run, interruption, watcher):
            if after_epoch and len(run.history) > told:
                told = len(run.history)
                after_epoch(run.history[-1], run.good.weights)
            if checkpoint and checkpoint.is_due:
                run.now = trainer.snapshot()
                checkpoint.save(run, digest)
    run.now = trainer.snapshot()
    if checkpoint:
        checkpoint.save(run, digest)
    best = run.best if job.plan.keep_best else None
    return Training(
        weights=run.now.weights if best is None else best,
        history=tuple(run.history),
        kept_epoch=_kept_epoch(job, run),
        ended=run.ended or "finished",
        rescues=run.attempt,
    )


def _chunks(
    job: Job, trainer: Trainer, run: Run, interruption: Interruption, watcher: Watcher
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
        size = max(1, min(2 * size, int(_CHUNK_SECONDS / max(pace, 1e-9))))
        run.losses.extend(result.losses)
        run.norms.extend(result.norms)
        if not result.finite:
            _rescue(run, trainer, watcher)
        else:
            watcher.stepped(len(run.history) * job.steps + len(run.losses), total, run.losses[-1])
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
    epoch = Epoch(
        number=len(run.history) + 1,
        training=float(np.mean(run.losses)),
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
    if run.attempt == _RESCUES:
        raise TrainingDiverged(
            f"training diverged: after {_RESCUES} rescues, each with half the rate, the loss was "
            f"again not finite in epoch {epoch + 1}; try a tenth of the rate, clipping, "
            "fewer layers or a shorter lookback."
        )
    run.attempt += 1
    run.scale /= 2
    run.losses, run.norms = [], []
    trainer.restore(run.good)
    watcher.say(
        f"The loss stopped being finite in epoch {epoch + 1}: going back to epoch {epoch} "
        f"with {run.scale:g} of the rate (rescue {run.attempt} of {_RESCUES})."
    )
