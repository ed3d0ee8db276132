"""Checkpoints: a run that was interrupted or killed goes on to the same bits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import Engine, Snapshot
from recur.engines.registry import open_engine
from recur.errors import ModelFileError
from recur.files.modelfile import read_file, write_file
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.training.checkpoint import Checkpoint, Run, fingerprint
from recur.training.loop import Job, Training, train
from recur.training.plan import TrainingPlan
from recur.training.progress import Silent

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "exactness" / "kill_and_resume.py"


@pytest.fixture(params=["torch", "compiled"])
def job(request: pytest.FixtureRequest) -> Job:
    values = sine(120, period=12, noise=0.2).values
    windows = Windows.over(
        read_panel(values), Scaler.fit("series", [values]), lookback=12, horizon=1
    )
    return Job(
        spec=NetworkSpec(cell="gru", hidden=3, layers=2, dropout=0.3),
        engine=open_engine(request.param),
        windows=windows,
        training=range(80),
        validation=range(80, len(windows)),
        plan=TrainingPlan(epochs=6, batch=16),
    )


def run(job: Job, path: Path | None = None, watcher: Silent | None = None) -> Training:
    checkpoint = None if path is None else Checkpoint(path, every=0.0)
    return train(job, initial_values(job.spec, 0), checkpoint=checkpoint, watcher=watcher)


@pytest.mark.parametrize("stop", [1, 4, 5, 17])
def test_an_interrupted_run_resumes_to_the_same_bits(
    job: Job,
    tmp_path: Path,
    stop: int,
    monkeypatch: pytest.MonkeyPatch,
    interrupting: Callable[[int], Silent],
) -> None:
    monkeypatch.setattr("recur.training.loop._CHUNK_SECONDS", 0.0)  # a chunk is one step
    expected = run(job)
    assert run(job, tmp_path / "run", interrupting(stop)).ended == "interrupted"
    resumed = run(job, tmp_path / "run")
    assert resumed.weights.tobytes() == expected.weights.tobytes()
    assert resumed.history == expected.history
    assert resumed.kept_epoch == expected.kept_epoch


@pytest.mark.parametrize("stop", [6, 8, 11, 16])
def test_a_rescued_run_resumes_to_the_same_bits(
    job: Job,
    tmp_path: Path,
    stop: int,
    monkeypatch: pytest.MonkeyPatch,
    poisoned: Callable[..., Engine],
    interrupting: Callable[[int], Silent],
) -> None:
    monkeypatch.setattr("recur.training.loop._CHUNK_SECONDS", 0.0)
    monkeypatch.setattr(Silent, "say", lambda *_: None)
    work = replace(job, engine=poisoned(job.engine, {(0, 7), (1, 13)}))
    expected = run(work)
    assert expected.rescues == 2
    assert run(work, tmp_path / "run", interrupting(stop)).ended == "interrupted"
    resumed = run(work, tmp_path / "run")
    assert resumed.rescues == 2
    assert resumed.weights.tobytes() == expected.weights.tobytes()
    assert resumed.history == expected.history


def test_a_finished_run_is_not_run_again(
    job: Job, tmp_path: Path, interrupting: Callable[[int], Silent]
) -> None:
    first = run(job, tmp_path / "run")
    again = run(job, tmp_path / "run", interrupting(0))  # any step would interrupt it
    assert again.ended == "finished"
    assert again.weights.tobytes() == first.weights.tobytes()


def test_a_checkpoint_of_other_data_or_settings_is_refused(job: Job, tmp_path: Path) -> None:
    run(job, tmp_path / "run")
    windows = job.windows
    assert isinstance(windows, Windows)
    values = windows.values.copy()
    values[60] += 1e-9
    other_engine = open_engine("compiled" if job.engine.name == "torch" else "torch")
    others = (
        replace(job, windows=replace(windows, values=values)),
        replace(job, plan=job.plan.but(rate=0.02)),
        replace(job, spec=job.spec.but(hidden=4)),
        replace(job, training=range(79)),
        replace(job, engine=other_engine),
        replace(job, windows=replace(windows, lookback=11)),
    )
    for other in others:
        with pytest.raises(ModelFileError, match="other data or settings"):
            run(other, tmp_path / "run")


def test_a_run_goes_on_with_other_threads_where_its_bits_do_not_depend_on_them(
    job: Job, tmp_path: Path
) -> None:
    one, two = (replace(job, engine=open_engine(job.engine.name, threads)) for threads in (1, 2))
    run(one, tmp_path / "run")
    if job.engine.name == "compiled":
        assert run(two, tmp_path / "run").ended == "finished"
    else:
        with pytest.raises(ModelFileError, match="other data or settings"):
            run(two, tmp_path / "run")


def sequences(**changes: Any) -> Sequences:
    rows = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    usual = {"inputs": rows, "targets": rows, "starts": np.arange(5) * 6, "steps": 6}
    return Sequences(**{**usual, **changes})


def test_a_carried_state_is_saved_and_comes_back(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    states = []
    for steps, parts in ((12, 2), (10, 0)):
        weights, mean, square = random.normal(size=(3, 9)).astype(np.float32)
        carried = tuple(random.normal(size=(parts, 2, 3, 4)).astype(np.float32))
        states.append(Snapshot(weights, mean, square, steps, carried))
    Checkpoint(tmp_path / "run").save(Run(now=states[0], good=states[1]), "digest")
    loaded = Checkpoint(tmp_path / "run").load("digest")
    assert loaded is not None
    for ours, expected in zip((loaded.now, loaded.good), states, strict=True):
        assert ours.steps == expected.steps
        assert len(ours.carried) == len(expected.carried)
        for part, state in zip(ours.carried, expected.carried, strict=True):
            np.testing.assert_array_equal(part, state)


def test_sequences_are_told_apart_by_all_they_consist_of() -> None:
    usual = sequences()
    lengths = np.full(5, 6)
    others = [
        sequences(inputs=usual.inputs + 1e-7),
        sequences(targets=usual.targets + 1e-7),
        sequences(starts=usual.starts[::-1]),
        sequences(steps=5),
        sequences(carried=True),
        sequences(lengths=lengths),
        sequences(lengths=lengths - 1),
        sequences(inputs=usual.inputs.view(np.int32)),
    ]
    digests = {fingerprint({}, source) for source in (usual, *others)}
    assert len(digests) == 1 + len(others)
    assert fingerprint({}, sequences()) in digests
    assert fingerprint({"rate": 1}, usual) not in digests


def test_a_model_or_a_damaged_file_is_no_checkpoint(job: Job, tmp_path: Path) -> None:
    write_file(tmp_path / "model", "model", {}, {"x": np.zeros(1, np.float32)})
    with pytest.raises(ModelFileError, match="is a model of recur; expected a checkpoint"):
        run(job, tmp_path / "model")
    run(job, tmp_path / "run")
    whole = (tmp_path / "run").read_bytes()
    (tmp_path / "run").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="damaged"):
        run(job, tmp_path / "run")
    header = read_file(tmp_path / "model").header
    write_file(tmp_path / "run", "checkpoint", {**header, "fingerprint": job.fingerprint}, {})
    with pytest.raises(ModelFileError, match="lacks"):
        run(job, tmp_path / "run")


def test_a_save_that_fails_leaves_the_last_one(job: Job, tmp_path: Path) -> None:
    run(job, tmp_path / "run")
    before = (tmp_path / "run").read_bytes()
    checkpoint = Checkpoint(tmp_path / "run", every=0.0)
    state = checkpoint.load(job.fingerprint)
    assert state is not None
    state.scale = float("nan")  # no JSON
    with pytest.raises(ValueError, match="JSON"):
        checkpoint.save(state, job.fingerprint)
    assert (tmp_path / "run").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
@pytest.mark.parametrize("engine", ["torch", "compiled"])
def test_twenty_kills_at_random_moments_change_no_bit(engine: str) -> None:
    command = [sys.executable, str(SCRIPT), "--kills", "20", "--engine", engine]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["bit_identical"]
    assert result["kills"] == 20
