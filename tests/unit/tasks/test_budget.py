"""Training within minutes: epochs are planned once, and kept by a run that goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from recur.data.synthetic import sine
from recur.errors import ModelFileError
from recur.files.modelfile import read_file, write_file
from recur.networks.spec import NetworkSpec
from recur.tasks import budget
from recur.tasks.forecast.forecaster import Forecaster
from recur.training.checkpoint import Checkpoint
from recur.training.jobs import Job
from recur.training.plan import TrainingPlan
from recur.training.progress import Silent

VALUES = sine(120, period=12, noise=0.1).values


class Told(Silent):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


def fit(seconds: float, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Forecaster:
    """Return a fit in a minute where an epoch takes so many seconds."""
    monkeypatch.setattr(budget, "seconds_of_an_epoch", lambda job: seconds)
    model = Forecaster(
        horizon=2, hidden=3, lookback=8, season=12, minutes=1.0, patience=None, refit=False
    )
    return model.fit(VALUES, test=20, progress=False, **more)


@pytest.mark.parametrize(("seconds", "epochs"), [(20.0, 2), (30.0, 1), (500.0, 1), (7.0, 8)])
def test_as_many_epochs_are_planned_as_fit_in(
    seconds: float, epochs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fit(seconds, monkeypatch)
    assert model.epochs_ == model.chosen()["epochs"] == len(model.history_) == epochs


def test_a_run_that_goes_on_keeps_the_epochs_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fit(10.0, monkeypatch, checkpoint=tmp_path / "run")
    second = fit(1.0, monkeypatch, checkpoint=tmp_path / "run")
    assert first.epochs_ == second.epochs_ == 5
    assert first.weights_.tobytes() == second.weights_.tobytes()


def test_a_plan_says_what_it_found_and_leaves_all_else_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budget, "seconds_of_an_epoch", lambda job: 3.0)
    watcher, jobs = Told(), []

    def noted(*given: Any) -> Job:
        jobs.append(given)
        return cast("Job", given[1])

    monkeypatch.setattr("recur.tasks.run.within", noted)
    fit(3.0, monkeypatch)
    minutes, job, checkpoint, _ = jobs[0]
    assert (minutes, checkpoint) == (1.0, None)
    planned = budget.within(0.5, job, None, watcher)
    assert planned.plan == job.plan.model_copy(update={"epochs": 9})
    assert replace(planned, plan=job.plan) == job
    assert watcher.said == ["0.5 minutes of training: 9 epochs of about 3 s."]


def test_the_pace_is_measured_on_steps_that_are_thrown_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = Forecaster(horizon=2, hidden=3, lookback=8, season=12, epochs=2, dropout=0.2)
    plain.fit(VALUES, test=20, progress=False)
    jobs: list[Job] = []
    ticks = iter(np.arange(0.0, 1e6, 0.25))
    monkeypatch.setattr(budget, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))
    original = budget.within

    def noted(minutes: float, job: Job, *rest: Any) -> Job:
        jobs.append(job)
        return replace(original(minutes, job, *rest), plan=job.plan)  # as many as were asked for

    monkeypatch.setattr("recur.tasks.run.within", noted)
    timed = Forecaster(**{**plain.get_params(), "minutes": 1.0})
    timed.fit(VALUES, test=20, progress=False)
    assert len(jobs) == 1
    assert timed.weights_.tobytes() == plain.weights_.tobytes()


def test_an_epoch_is_its_steps_and_its_validation(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, seen = [0.0], []

    class Trainer:
        def run(self, chunk: Any) -> None:
            seen.append(len(chunk.indices))
            assert (chunk.rates == 0).all()
            clock[0] += 0.1 * len(chunk.indices)

        def evaluate(self, indices: Any) -> None:
            clock[0] += 0.01 * len(indices)

    monkeypatch.setattr(budget, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    engine: Any = SimpleNamespace(trainer=lambda *given: Trainer())
    windows: Any = None
    plan = TrainingPlan(
        epochs=1, batch=4, rate=0.005, schedule="constant"
    )  # a hundred steps an epoch
    job = Job(NetworkSpec(hidden=2), engine, windows, range(400), range(1000, 1080), plan)
    assert budget.seconds_of_an_epoch(job) == pytest.approx(100 * 0.1 + 80 * 0.01)
    assert seen == [1, 1, 4, 4, 16, 16]


def test_a_checkpoint_that_does_not_exist_has_planned_nothing(tmp_path: Path) -> None:
    assert Checkpoint(tmp_path / "none").planned() is None


def test_a_checkpoint_of_an_older_version_is_refused_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run"
    fit(30.0, monkeypatch, checkpoint=path)
    contents = read_file(path, "checkpoint")
    header = {name: value for name, value in contents.header.items() if name != "planned"}
    write_file(path, "checkpoint", header, dict(contents.tensors))
    with pytest.raises(ModelFileError, match="planned"):
        fit(30.0, monkeypatch, checkpoint=path)
