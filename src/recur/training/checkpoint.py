"""A run's whole state on disk, so that a killed run goes on to the same bits."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from recur.engines.base import Snapshot
from recur.errors import ModelFileError
from recur.files.atomic import is_there, writable_folder
from recur.files.modelfile import Contents, fitting, read_file, write_file
from recur.files.tensors import TensorSchema, check_tensors
from recur.networks.reference import zero_state
from recur.networks.spec import Values
from recur.settings import Count, Settings
from recur.training.history import Epoch, History
from recur.training.jobs import Job
from recur.training.plan import RESCUES

Ending = Literal["finished", "stopped early", "interrupted"]

_FIRST_FORMAT = 2  # of checkpoints that are resumed


@dataclass
class Run:
    """Where a training run stands.

    Attributes:
        now: weights, moments and carried state after the last step taken.
        good: the same at the start of the current epoch, to which a rescue goes back.
        losses: of the current epoch's steps so far.
        norms: of the current epoch's steps so far.
        history: the finished epochs.
        best: the weights of the least validation loss so far; none before the first.
        best_epoch: the epoch they come from; 0 before the first.
        attempt: how many rescues there were.
        ended: why training is over; none while it is not.
    """

    now: Snapshot
    good: Snapshot
    losses: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    history: list[Epoch] = field(default_factory=list)
    best: Values | None = None
    best_epoch: int = 0
    attempt: int = 0
    ended: Ending | None = None

    @property
    def scale(self) -> float:
        """Return what rescues have multiplied the rate by."""
        return 0.5**self.attempt


class Header(Settings):
    """What a checkpoint holds beside its tensors.

    How many steps were taken follows from the epochs and losses, and the rate from the rescues.

    Attributes:
        digest: of everything that a resumed run has to share with its beginning.
        planned: epochs that the run was planned with.
        portion: of a pass over the data that an epoch is.
        history: see `Run`, as are the others.
    """

    digest: str
    planned: Count
    portion: Annotated[float, Field(gt=0, le=1)] = 1.0
    history: History
    best_epoch: Annotated[int, Field(ge=0)]
    attempt: Annotated[int, Field(ge=0, le=RESCUES)]
    ended: Ending | None

    @model_validator(mode="after")
    def _check(self) -> Self:
        done = len(self.history)
        if [epoch.number for epoch in self.history] != list(range(1, done + 1)):
            raise ValueError("the epochs of its history are not numbered from 1 on.")
        if any(epoch.attempt > self.attempt for epoch in self.history):
            raise ValueError(f"its history tells of more rescues than its {self.attempt}.")
        if done > self.planned or (done == self.planned) != (self.ended == "finished"):
            raise ValueError(
                f"it has {done} of {self.planned} epochs, and its ending is {self.ended!r}."
            )
        if self.best_epoch > done or (
            self.best_epoch and self.history[self.best_epoch - 1].validation is None
        ):
            raise ValueError(f"its best epoch is {self.best_epoch}, which has no validation loss.")
        return self


class Planned(NamedTuple):
    """What a run was planned with.

    Attributes:
        epochs: how many.
        portion: of a pass over the data that each is.
        size: parameters of the network.
    """

    epochs: int
    portion: float
    size: int


class Checkpoint:
    """A file that a run is saved to now and then, and taken up from.

    Attributes:
        path: the file.
        every: least seconds between two saves; when it is saved changes no result.
    """

    def __init__(self, path: Path, every: float = 5.0) -> None:
        self.path = path
        self.every = every
        self._saved = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Say whether the last save is long enough ago."""
        return time.monotonic() - self._saved >= self.every

    def save(self, run: Run, job: Job, digest: str) -> None:
        """Save the run of a job with this digest, whole or not at all."""
        tensors = {**_tensors("now", run.now), **_tensors("good", run.good)}
        tensors["losses"] = np.array(run.losses, np.float64)
        tensors["norms"] = np.array(run.norms, np.float64)
        if run.best is not None:
            tensors["best"] = run.best
        header = Header(
            digest=digest,
            planned=job.plan.epochs,
            portion=getattr(job, "portion", 1.0),
            history=tuple(run.history),
            best_epoch=run.best_epoch,
            attempt=run.attempt,
            ended=run.ended,
        )
        write_file(self.path, "checkpoint", header.to_dict(), tensors)
        self._saved = time.monotonic()

    def planned(self) -> Planned | None:
        """Return what the saved run was planned with, or none where there is no file."""
        if not is_there(self.path):
            return None
        header, tensors = self._read()
        return Planned(header.planned, header.portion, tensors["now.weights"].size)

    def load(self, job: Job, digest: str) -> Run | None:
        """Return the saved run of a job with this digest, or none where there is no file yet.

        A run with other data or other settings is refused rather than mixed with this one, and
        nothing in the file reaches an engine before it is held to the job.
        """
        if not is_there(self.path):
            writable_folder(self.path.parent)
            return None
        header, tensors = self._read()
        if header.digest != digest:
            raise ModelFileError(
                f"the checkpoint `{self.path}` belongs to a run with other data or settings; "
                "give the same ones to resume it, or another path to start anew."
            )
        done = header.history
        with self._fitting():
            steps = _check_tensors(job, header, tensors)
        return Run(
            now=_snapshot("now", tensors, len(done) * job.steps + steps),
            good=_snapshot("good", tensors, len(done) * job.steps),
            losses=tensors["losses"].tolist(),
            norms=tensors["norms"].tolist(),
            history=list(done),
            best=tensors.get("best"),
            best_epoch=header.best_epoch,
            attempt=header.attempt,
            ended=header.ended,
        )

    def _read(self) -> tuple[Header, dict[str, NDArray[Any]]]:
        """Return the header, checked, and the tensors, which are not."""
        contents = read_file(self.path, "checkpoint")
        self._require_format(contents)
        with self._fitting():
            return Header.from_dict(contents.header), contents.tensors

    def _require_format(self, contents: Contents) -> None:
        if contents.format < _FIRST_FORMAT:
            raise ModelFileError(
                f"the checkpoint `{self.path}` was written by recur {contents.version}, whose runs "
                "this version cannot resume; finish it there, or give another path to start anew."
            )

    def _fitting(self) -> AbstractContextManager[None]:
        return fitting(f"the checkpoint `{self.path}`")


def saved_at(checkpoint: str | Path | Checkpoint | None) -> Checkpoint | None:
    """Return the checkpoint of a path, or the one that is given."""
    return Checkpoint(Path(checkpoint)) if isinstance(checkpoint, str | Path) else checkpoint


def saved_again(checkpoint: str | Path | Checkpoint | None) -> Checkpoint | None:
    """Return where a second training is saved, beside the first one, which it needs whole."""
    again = copy(saved_at(checkpoint))
    if again is not None:
        again.path = again.path.with_name(f"{again.path.name}.again")
    return again


def _check_tensors(job: Job, header: Header, tensors: dict[str, NDArray[Any]]) -> int:
    """Refuse tensors that are not those of a run of the job.

    Returns:
        The steps taken in the current epoch.
    """
    losses = tensors.get("losses")
    steps = len(losses) if losses is not None and losses.ndim else 0
    if steps and steps >= job.steps:
        raise ModelFileError(f"it has {steps} losses of an epoch of {job.steps} steps.")
    done = len(header.history) * job.steps
    expected = {
        **_schema(job, "now", done + steps),
        **_schema(job, "good", done),
        "losses": TensorSchema((steps,), np.float64),
        "norms": TensorSchema((steps,), np.float64, least=0.0),
    }
    if header.best_epoch:
        expected["best"] = TensorSchema((job.size,))
    check_tensors(tensors, expected)
    return steps


def _schema(job: Job, name: str, steps: int) -> dict[str, TensorSchema]:
    """Return what the tensors of a snapshot after some steps have to be."""
    flat = (job.size,)
    carried = zero_state(job.spec, job.plan.batch) if job.windows.carried and steps else ()
    return {
        f"{name}.weights": TensorSchema(flat),
        f"{name}.mean": TensorSchema(flat),
        f"{name}.square": TensorSchema(flat, least=0.0),
        **{f"{name}.carried.{i}": TensorSchema(part.shape) for i, part in enumerate(carried)},
    }


def _tensors(name: str, snapshot: Snapshot) -> dict[str, NDArray[Any]]:
    carried = {f"{name}.carried.{i}": part for i, part in enumerate(snapshot.carried)}
    return {
        f"{name}.weights": snapshot.weights,
        f"{name}.mean": snapshot.mean,
        f"{name}.square": snapshot.square,
        **carried,
    }


def _snapshot(name: str, tensors: dict[str, Any], steps: int) -> Snapshot:
    carried = sum(key.startswith(f"{name}.carried.") for key in tensors)
    return Snapshot(
        weights=tensors[f"{name}.weights"],
        mean=tensors[f"{name}.mean"],
        square=tensors[f"{name}.square"],
        steps=steps,
        carried=tuple(tensors[f"{name}.carried.{i}"] for i in range(carried)),
    )
