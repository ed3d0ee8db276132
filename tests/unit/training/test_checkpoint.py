"""Checkpoints: a run that was interrupted or killed goes on to the same bits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import Chunk, Engine, Snapshot
from recur.engines.registry import open_engine
from recur.errors import InputError, ModelFileError
from recur.files.modelfile import read_file, write_file
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec
from recur.training.checkpoint import Checkpoint, Run, saved_again, saved_at
from recur.training.jobs import Job
from recur.training.loop import Training, train
from recur.training.plan import TrainingPlan
from recur.training.progress import Silent


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
        plan=TrainingPlan(epochs=6, batch=16, rate=0.005, schedule="onecycle", patience=10),
    )


class Mute(Silent):
    """Says nothing of rescues."""

    def say(self, message: str) -> None:
        pass


def run(job: Job, path: Path | None = None, watcher: Silent | None = None) -> Training:
    """Train in chunks of one step each, saving after each of them."""
    checkpoint = None if path is None else Checkpoint(path, every=0.0)
    first = initial_values(job.spec, 0)
    return train(job, first, checkpoint=checkpoint, watcher=watcher or Mute(), chunk_seconds=0.0)


@pytest.mark.parametrize("stop", [1, 4, 5, 17])
def test_an_interrupted_run_resumes_to_the_same_bits(
    job: Job,
    tmp_path: Path,
    stop: int,
    interrupting: Callable[[int], Silent],
) -> None:
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
    poisoned: Callable[..., Engine],
    interrupting: Callable[[int], Silent],
) -> None:
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


def stretches(steps_taken: int) -> tuple[Job, Run, str]:
    """Return a job that carries its state, and a run of it that stands after some steps."""
    rows = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    source = Sequences(rows, rows, np.arange(10) * 6, 6, carried=True)
    job = Job(
        spec=NetworkSpec(cell="lstm", inputs=2, outputs=2, hidden=3, reads="every"),
        engine=open_engine("compiled", 1),
        windows=source,
        training=range(10),
        validation=range(0),
        plan=TrainingPlan(epochs=3, batch=2, rate=0.005, schedule="onecycle"),
    )
    first = Snapshot.first(initial_values(job.spec, 0))
    trainer = job.engine.trainer(job.spec, job.plan.recipe, source, first)
    result = trainer.run(
        Chunk(
            job.batches(0, 0, 0, steps_taken),
            np.full(steps_taken, 0.01),
            np.arange(steps_taken),
            seed=0,
        )
    )
    state = Run(trainer.snapshot(), first, result.losses.tolist(), result.norms.tolist())
    return job, state, job.digest()


def test_a_carried_state_is_saved_and_comes_back(tmp_path: Path) -> None:
    job, state, digest = stretches(3)
    Checkpoint(tmp_path / "run").save(state, job, digest)
    loaded = Checkpoint(tmp_path / "run").load(job, digest)
    assert loaded is not None
    assert len(loaded.now.carried) == 2
    assert loaded.good.carried == ()
    assert (loaded.now.steps, loaded.good.steps) == (3, 0)
    for part, expected in zip(loaded.now.carried, state.now.carried, strict=True):
        np.testing.assert_array_equal(part, expected)
    assert loaded.losses == state.losses


def crafted(path: Path, header: dict[str, Any], tensors: dict[str, Any]) -> tuple[Job, str]:
    """Write the checkpoint of `stretches` with some entries changed, by a checksum of its own."""
    job, state, digest = stretches(3)
    Checkpoint(path).save(state, job, digest)
    contents = read_file(path)
    changed = {**contents.tensors, **tensors}
    kept = {name: tensor for name, tensor in changed.items() if tensor is not None}
    write_file(path, "checkpoint", {**contents.header, **header}, kept)
    return job, digest


CARRIED = np.zeros((1, 2, 3), np.float32)


@pytest.mark.parametrize(
    ("tensors", "complaint"),
    [
        ({"now.mean": np.zeros(3, np.float32)}, r"'now.mean' is float32 \[3\]; expected float32"),
        ({"now.weights": np.zeros((0,), np.float32)}, "'now.weights' is float32"),
        ({"good.square": np.zeros((92, 1), np.float32)}, "'good.square' is float32"),
        ({"good.mean": None}, "'good.mean' is missing"),
        ({"now.carried.0": np.zeros((1, 3, 3), np.float32)}, "'now.carried.0' is float32"),
        ({"now.carried.0": np.zeros((2, 2, 3), np.float32)}, "'now.carried.0' is float32"),
        ({"now.carried.1": None}, "'now.carried.1' is missing"),
        ({"now.carried.2": CARRIED}, "'now.carried.2' is none that it should hold"),
        ({"good.carried.0": CARRIED}, "'good.carried.0' is none that it should hold"),
        ({"now.carried.0": np.full_like(CARRIED, np.nan)}, "not finite"),
        ({"best": np.zeros(4, np.float32)}, "'best' is none that it should hold"),
        ({"losses": np.zeros(5), "norms": np.zeros(5)}, "5 losses of an epoch of 5 steps"),
        ({"losses": np.zeros(2)}, r"'norms' is float64 \[3\]; expected float64 \[2\]"),
        ({"losses": np.zeros(())}, "'now.carried.0' is none that it should hold"),
        ({"losses": np.array([1.0, np.inf, 1.0])}, "not finite"),
        ({"norms": -np.ones(3)}, "holds -1; expected at least 0"),
        ({"losses": np.zeros(3, np.float32)}, "'losses' is float32"),
    ],
)
def test_no_tensor_that_does_not_fit_the_job_is_taken(
    tensors: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    job, digest = crafted(tmp_path / "run", {}, tensors)
    with pytest.raises(ModelFileError, match=rf"run` does not fit together: .*{complaint}"):
        Checkpoint(tmp_path / "run").load(job, digest)


@pytest.mark.parametrize("name", ["weights", "mean", "square"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_no_number_that_is_not_finite_is_taken(name: str, value: float, tmp_path: Path) -> None:
    _, state, _ = stretches(3)
    values = getattr(state.now, name).copy()
    values[-1] = value
    job, digest = crafted(tmp_path / "run", {}, {f"now.{name}": values})
    with pytest.raises(ModelFileError, match="holds values that are not finite"):
        Checkpoint(tmp_path / "run").load(job, digest)


def test_a_negative_mean_of_squares_is_not_taken(tmp_path: Path) -> None:
    _, state, _ = stretches(3)
    job, digest = crafted(tmp_path / "run", {}, {"now.square": state.now.square - 1})
    with pytest.raises(ModelFileError, match="expected at least 0"):
        Checkpoint(tmp_path / "run").load(job, digest)


EPOCH = {"number": 1, "training": 0.1, "validation": None, "rate": 0.1, "norm": 1.0, "attempt": 0}


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        ({"attempt": -1}, "`attempt` is -1; it must be at least 0"),
        ({"attempt": 4}, "`attempt` is 4; it must be at most 3"),
        ({"attempt": 2**70}, "`attempt` is"),
        ({"attempt": "x"}, "`attempt` is 'x'"),
        ({"planned": 0}, "`planned` is 0; it must be at least 1"),
        ({"best_epoch": -1}, "`best_epoch` is -1"),
        ({"best_epoch": 1}, "its best epoch is 1"),
        ({"history": [EPOCH], "best_epoch": 1}, "which has no validation loss"),
        ({"history": [{**EPOCH, "number": 2}]}, "not numbered from 1 on"),
        ({"history": [{**EPOCH, "attempt": 1}]}, "more rescues than its 0"),
        ({"history": [{**EPOCH, "norm": -1.0}]}, "`history.0.norm` is -1.0"),
        ({"history": [{**EPOCH, "training": "nan"}]}, "`history.0.training` is"),
        ({"history": [{**EPOCH, "number": i} for i in range(1, 5)]}, "it has 4 of 3 epochs"),
        ({"history": [{**EPOCH, "number": i} for i in range(1, 4)]}, "it has 3 of 3 epochs"),
        ({"history": None}, "`history` is None"),
        ({"ended": "finished"}, "it has 0 of 3 epochs, and its ending is 'finished'"),
        ({"ended": "no"}, "`ended` is 'no'"),
        ({"steps": [-1, 2**62]}, "unknown setting `steps`"),
        ({"scale": float(10**9)}, "unknown setting `scale`"),
    ],
    ids=str,
)
def test_no_entry_out_of_its_range_is_taken(
    header: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    job, digest = crafted(tmp_path / "run", header, {})
    with pytest.raises(ModelFileError, match=rf"run` does not fit together: .*{complaint}"):
        Checkpoint(tmp_path / "run").load(job, digest)


def test_a_flipped_bit_is_damage_and_no_other_run(tmp_path: Path) -> None:
    job, state, digest = stretches(3)
    Checkpoint(tmp_path / "run").save(state, job, digest)
    whole = (tmp_path / "run").read_bytes()
    for place in range(len(whole) // 2, len(whole), 97):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        (tmp_path / "run").write_bytes(flipped)
        with pytest.raises(ModelFileError, match="is damaged"):
            Checkpoint(tmp_path / "run").load(job, digest)
        with pytest.raises(ModelFileError, match="is damaged"):
            Checkpoint(tmp_path / "run").planned()


def test_a_run_of_the_first_format_is_not_resumed(tmp_path: Path) -> None:
    job, _, digest = stretches(3)
    text = json.dumps({"format": 1, "version": "0.1.0", "kind": "checkpoint", "planned": 3})
    save_file({}, tmp_path / "run", metadata={"recur": text})
    checkpoint = Checkpoint(tmp_path / "run")
    for resume in (partial(checkpoint.load, job, digest), checkpoint.planned):
        with pytest.raises(ModelFileError, match=r"by recur 0\.1\.0, whose runs this version"):
            resume()


def test_a_model_or_a_damaged_file_is_no_checkpoint(job: Job, tmp_path: Path) -> None:
    write_file(tmp_path / "model", "model", {}, {"x": np.zeros(1, np.float32)})
    with pytest.raises(ModelFileError, match="is a model of recur; expected a checkpoint"):
        run(job, tmp_path / "model")
    run(job, tmp_path / "run")
    whole = (tmp_path / "run").read_bytes()
    (tmp_path / "run").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelFileError, match="damaged"):
        run(job, tmp_path / "run")
    write_file(tmp_path / "run", "checkpoint", {"digest": job.digest()}, {})
    with pytest.raises(ModelFileError, match="the setting `planned` is missing"):
        run(job, tmp_path / "run")


def test_a_name_that_no_file_can_have_is_refused_before_anything_is_learnt(
    job: Job, tmp_path: Path
) -> None:
    checkpoint = Checkpoint(tmp_path / ("n" * 300))
    for ask in (checkpoint.planned, partial(checkpoint.load, job, "")):
        with pytest.raises(InputError, match=r"cannot write .*file name too long"):
            ask()


def test_a_save_that_fails_leaves_the_last_one(job: Job, tmp_path: Path) -> None:
    run(job, tmp_path / "run")
    before = (tmp_path / "run").read_bytes()
    checkpoint = Checkpoint(tmp_path / "run", every=0.0)
    state = checkpoint.load(job, job.digest())
    assert state is not None
    state.history[0] = replace(state.history[0], training=float("nan"))  # no JSON
    with pytest.raises(ValueError, match="JSON"):
        checkpoint.save(state, job, job.digest())
    assert (tmp_path / "run").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_save_is_due_when_the_last_one_is_long_enough_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    job, state, digest = stretches(3)
    checkpoint, often = Checkpoint(tmp_path / "run"), Checkpoint(tmp_path / "run", every=1.0)
    now = 104.9
    assert (checkpoint.is_due, often.is_due) == (False, True)
    now = 105.0
    assert checkpoint.is_due
    checkpoint.save(state, job, digest)
    assert not checkpoint.is_due


def test_what_a_saved_run_was_planned_with_is_told(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "new" / "run")
    assert checkpoint.planned() is None
    job, state, digest = stretches(3)
    assert checkpoint.load(job, digest) is None
    checkpoint.save(state, job, digest)
    assert checkpoint.planned() == (3, 1.0, job.size)


def test_a_second_training_is_saved_beside_the_first(tmp_path: Path) -> None:
    given = Checkpoint(tmp_path / "run", every=1.0)
    again = saved_again(given)
    assert again is not None
    assert (again.path, again.every) == (tmp_path / "run.again", 1.0)
    assert given.path == tmp_path / "run"
    assert saved_at(given) is given
    for path in (tmp_path / "run", str(tmp_path / "run")):
        first = saved_at(path)
        assert first is not None
        assert (first.path, first.every) == (tmp_path / "run", 5.0)
    assert saved_at(None) is saved_again(None) is None


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
@pytest.mark.parametrize(("engine", "kills"), [("torch", 5), ("compiled", 20)])
def test_kills_at_random_moments_change_no_bit(engine: str, kills: int) -> None:
    command = [sys.executable, "-m", "benchmarks.exactness.kill_and_resume"]
    done = subprocess.run(
        [*command, "--kills", str(kills), "--engine", engine],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)
    assert result["bit_identical"]
    assert result["kills"] == kills
