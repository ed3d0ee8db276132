"""The training loop: order, validation, best weights, stopping, rescue, interruption."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import Engine, Snapshot
from recur.engines.registry import open_engine
from recur.errors import TrainingDiverged
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.training.history import Epoch
from recur.training.jobs import Job
from recur.training.loop import Training, train
from recur.training.plan import TrainingPlan
from recur.training.progress import Silent

Make = Callable[..., Job]


@pytest.fixture(params=["torch", "compiled"])
def job(request: pytest.FixtureRequest) -> Make:
    """Return a function from the settings of a plan to a run on an engine."""

    def build(points: int = 120, **plan: Any) -> Job:
        panel = read_panel(sine(points, period=12, noise=0.1).values)
        scaler = Scaler.fit("series", [panel.series(0)])
        windows = Windows.over(panel, scaler, lookback=12, horizon=1)
        cut = len(windows) * 3 // 4
        return Job(
            spec=NetworkSpec(hidden=4),
            engine=open_engine(request.param),
            windows=windows,
            training=range(cut),
            validation=range(cut, len(windows)),
            plan=TrainingPlan(
                **{"epochs": 4, "batch": 16, "rate": 0.005, "schedule": "onecycle", **plan}
            ),
        )

    return build


def run(job: Job, watcher: Silent | None = None, chunk_seconds: float = 0.25) -> Training:
    first = initial_values(job.spec, job.plan.seed)
    return train(job, first, watcher=watcher, chunk_seconds=chunk_seconds)


class Listening(Silent):
    """Keeps what is said to it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.epochs: list[Epoch] = []
        self.steps: list[tuple[int, int, float]] = []

    def stepped(self, done: int, total: int, loss: float) -> None:
        self.steps.append((done, total, loss))

    def say(self, message: str) -> None:
        self.said.append(message)

    def finished(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)


def test_who_watches_is_told_of_every_chunk_and_every_epoch(job: Make) -> None:
    work, listening = job(), Listening()
    result = run(work, listening, chunk_seconds=0.0)
    total = 4 * work.steps
    assert [step[:2] for step in listening.steps] == [(i + 1, total) for i in range(total)]
    assert tuple(listening.epochs) == result.history
    losses = np.array([loss for _, _, loss in listening.steps]).reshape(4, -1)
    assert losses.mean(axis=1) == pytest.approx([epoch.training for epoch in result.history])


def test_every_epoch_is_passed_on_once_with_the_weights_after_it(job: Make) -> None:
    work, passed = job(), list[tuple[Epoch, Any]]()
    result = train(
        work, initial_values(work.spec, 0), chunk_seconds=0.0,
        after_epoch=lambda epoch, weights: passed.append((epoch, weights)),
    )  # fmt: skip
    assert tuple(epoch for epoch, _ in passed) == result.history
    for epoch, weights in passed:
        trainer = work.engine.trainer(
            work.spec, work.plan.recipe, work.windows, Snapshot.first(weights)
        )
        assert trainer.evaluate(np.array(work.validation)) == epoch.validation


def test_losses_are_told_in_what_a_job_divides_them_by(
    job: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, listening = run(job()), Listening()
    monkeypatch.setattr(Job, "divisors", (2.0, 4.0))
    told = run(job(), listening)
    assert told.weights.tobytes() == plain.weights.tobytes()
    for epoch, other in zip(told.history, plain.history, strict=True):
        assert epoch.training == pytest.approx(other.training / 2)
        assert epoch.validation == pytest.approx((other.validation or 0.0) / 4)
    assert listening.steps[0][2] >= told.history[0].training / 2


def test_a_run_beside_the_main_thread_is_the_same(job: Make) -> None:
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(run, job()).result()
    assert result.weights.tobytes() == run(job()).weights.tobytes()


def test_the_rate_that_is_told_of_an_epoch_is_that_of_its_last_step(job: Make) -> None:
    work = job()
    rates = work.plan.rates(0, 4 * work.steps, 4 * work.steps)
    told = [epoch.rate for epoch in run(work).history]
    assert told == rates[work.steps - 1 :: work.steps].tolist()


def test_training_learns(job: Make) -> None:
    result = run(job(epochs=30, rate=0.02))
    assert result.ended == "finished"
    assert len(result.history) == 30
    assert result.history[-1].training < 0.2 * result.history[0].training


def test_every_window_is_visited_once_an_epoch_in_a_new_order(job: Make) -> None:
    work = job()
    epochs = [work.batches(epoch, 0, 0, work.steps) for epoch in range(2)]
    for batches in epochs:
        assert sorted(batches[batches >= 0]) == list(work.training)
        assert (batches[:-1] >= 0).all()
    assert epochs[0].tolist() != epochs[1].tolist()
    assert epochs[0].tolist() != work.batches(0, 1, 0, work.steps).tolist()


def test_batches_are_the_same_however_an_epoch_is_cut(job: Make) -> None:
    work = job()
    whole = work.batches(3, 0, 0, work.steps)
    parts = [work.batches(3, 0, first, 1) for first in range(work.steps)]
    assert whole.tolist() == np.concatenate(parts).tolist()


def test_sequential_order_follows_the_data(job: Make) -> None:
    batches = job(order="sequential").batches(5, 0, 0, 3)
    assert batches.reshape(-1).tolist() == list(range(48))


def test_same_seed_same_bits_and_other_seed_other_bits(job: Make) -> None:
    first, second, other = run(job()), run(job()), run(job(seed=1))
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.history == second.history
    assert first.weights.tobytes() != other.weights.tobytes()


@pytest.mark.parametrize("seconds", [0.0, 100.0])
def test_the_length_of_chunks_changes_no_bit(job: Make, seconds: float) -> None:
    expected = run(job())
    result = run(job(), chunk_seconds=seconds)
    assert result.weights.tobytes() == expected.weights.tobytes()
    assert result.history == expected.history


def test_best_weights_are_those_of_the_least_validation_loss(job: Make) -> None:
    work = job(epochs=12, rate=0.3, schedule="constant")  # a rate at which the loss jumps about
    result = run(work)
    losses = [epoch.validation for epoch in result.history]
    assert result.kept_epoch == 1 + int(np.argmin(losses))  # type: ignore[arg-type]
    assert result.kept_epoch < 12
    trainer = work.engine.trainer(
        work.spec, work.plan.recipe, work.windows, Snapshot.first(result.weights)
    )
    assert trainer.evaluate(np.array(work.validation)) == min(losses)  # type: ignore[type-var]


def test_last_weights_are_kept_when_asked_for(job: Make) -> None:
    plan: dict[str, Any] = {"epochs": 12, "rate": 0.3, "schedule": "constant"}
    best, last = run(job(**plan)), run(job(**plan, keep_best=False))
    assert best.history == last.history
    assert best.weights.tobytes() != last.weights.tobytes()


def test_patience_stops_a_run_that_no_longer_improves(job: Make) -> None:
    result = run(job(epochs=200, rate=0.3, schedule="constant", patience=3))
    assert result.ended == "stopped early"
    assert len(result.history) == result.kept_epoch + 3


def test_without_validation_the_last_epoch_counts(job: Make) -> None:
    work = replace(job(patience=1), validation=range(0))
    result = run(work)
    assert result.ended == "finished"
    assert [epoch.validation for epoch in result.history] == [None] * 4
    assert result.kept_epoch == 4


def test_a_loss_that_is_not_finite_goes_back_to_the_last_good_epoch(
    job: Make, poisoned: Callable[..., Engine]
) -> None:
    listening = Listening()
    work = job()
    work = replace(work, engine=poisoned(work.engine, {(0, 8)}))
    result = run(work, listening)
    assert result.ended == "finished"
    assert result.rescues == 1
    assert [epoch.attempt for epoch in result.history] == [0, 1, 1, 1]
    assert np.isfinite(result.weights).all()
    clean = run(job())
    assert result.history[0] == clean.history[0]
    assert result.history[1].rate == clean.history[1].rate / 2
    assert listening.said == [
        "The loss stopped being finite in epoch 2: going back to epoch 1 with 0.5 of the rate "
        "(rescue 1 of 3)."
    ]


def test_a_loss_that_stays_non_finite_ends_in_advice(
    job: Make, poisoned: Callable[..., Engine]
) -> None:
    work = job()
    work = replace(work, engine=poisoned(work.engine, {(attempt, 0) for attempt in range(4)}))
    with pytest.raises(TrainingDiverged, match=r"after 3 rescues, .* not finite in epoch 1; try a"):
        run(work, Listening())


def test_a_real_explosion_is_seen(job: Make) -> None:
    values = np.concatenate([sine(119, period=12).values, [1e38]])
    panel = read_panel(values)
    windows = Windows.over(panel, Scaler.fit("none", [values]), lookback=12, horizon=1)
    every = range(len(windows))
    work = replace(job(), windows=windows, training=every, validation=every[:0])
    with pytest.raises(TrainingDiverged):
        run(work, Listening())


def test_ctrl_c_keeps_what_was_learnt(job: Make, interrupting: Callable[[int], Silent]) -> None:
    before = signal.getsignal(signal.SIGINT)
    result = run(job(epochs=1000), interrupting(20))
    assert result.ended == "interrupted"
    assert 1 <= len(result.history) < 1000
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_ctrl_c_stops_at_once(job: Make) -> None:
    class Twice(Listening):
        def stepped(self, done: int, total: int, loss: float) -> None:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(job(), Twice())


def test_a_validation_loss_that_is_not_finite_is_rescued_too(job: Make) -> None:
    work = job()
    windows = work.windows
    assert isinstance(windows, Windows)
    values = windows.values.copy()
    values[-1] = 1e38  # overflows when it is squared; only a validation window holds it
    work = replace(work, windows=replace(windows, values=values))
    with pytest.raises(TrainingDiverged):
        run(work, Listening())


def test_patience_does_not_count_epochs_in_which_the_rate_still_rises(job: Make) -> None:
    result = run(job(epochs=40, rate=5.0, patience=1))  # the first epoch is the best one
    assert result.kept_epoch < 12
    assert len(result.history) == 13  # the first one after three tenths of the steps
    assert result.ended == "stopped early"
