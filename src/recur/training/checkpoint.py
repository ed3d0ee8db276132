"""A run's whole state on disk, so that a killed run goes on to the same bits."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.engines.base import Snapshot, Source
from recur.errors import ModelFileError
from recur.files.atomic import writable_folder
from recur.files.modelfile import read_file, write_file
from recur.networks.spec import Values
from recur.training.history import Epoch


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
        scale: what rescues have multiplied the rate by.
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
    scale: float = 1.0
    attempt: int = 0
    ended: str | None = None


class Checkpoint:
    """A file that a run is saved to now and then, and taken up from.

    Attributes:
        path: the file.
        every: least seconds between two saves; when it is saved changes no result.
        epochs: how many the run was planned with.
    """

    def __init__(self, path: Path, every: float = 5.0) -> None:
        self.path = path
        self.every = every
        self.epochs = 0
        self._saved = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Say whether the last save is long enough ago."""
        return time.monotonic() - self._saved >= self.every

    def save(self, run: Run, fingerprint: str) -> None:
        """Save the run, whole or not at all."""
        tensors = {**_arrays("now", run.now), **_arrays("good", run.good)}
        tensors["losses"] = np.array(run.losses, np.float64)
        tensors["norms"] = np.array(run.norms, np.float64)
        if run.best is not None:
            tensors["best"] = run.best
        header = {
            "fingerprint": fingerprint,
            "planned": self.epochs,
            "steps": [run.now.steps, run.good.steps],
            "history": [epoch.to_dict() for epoch in run.history],
            "best_epoch": run.best_epoch,
            "scale": run.scale,
            "attempt": run.attempt,
            "ended": run.ended,
        }
        write_file(self.path, "checkpoint", header, tensors)
        self._saved = time.monotonic()

    def planned(self) -> int | None:
        """Return how many epochs the saved run was planned with, or none where there is no file."""
        if not self.path.exists():
            return None
        header = read_file(self.path, "checkpoint").header
        if "planned" not in header:
            raise ModelFileError(f"the checkpoint `{self.path}` lacks 'planned'.")
        return int(header["planned"])

    def load(self, fingerprint: str) -> Run | None:
        """Return the saved run, or none where there is no file yet.

        A run with other data or other settings is refused rather than mixed with this one.
        """
        if not self.path.exists():
            writable_folder(self.path.parent)
            return None
        contents = read_file(self.path, "checkpoint")
        header, tensors = contents.header, contents.tensors
        if header.get("fingerprint") != fingerprint:
            raise ModelFileError(
                f"the checkpoint `{self.path}` belongs to a run with other data or settings; "
                "give the same ones to resume it, or another path to start anew."
            )
        try:
            steps = header["steps"]
            return Run(
                now=_snapshot("now", tensors, steps[0]),
                good=_snapshot("good", tensors, steps[1]),
                losses=tensors["losses"].tolist(),
                norms=tensors["norms"].tolist(),
                history=[Epoch(**epoch) for epoch in header["history"]],
                best=tensors.get("best"),
                best_epoch=header["best_epoch"],
                scale=header["scale"],
                attempt=header["attempt"],
                ended=header["ended"],
            )
        except (KeyError, TypeError) as error:
            raise ModelFileError(f"the checkpoint `{self.path}` lacks {error}.") from None


def fingerprint(settings: dict[str, Any], source: Source) -> str:
    """Return a digest of everything that a resumed run has to share with its beginning."""
    numbers, arrays = _contents(source)
    text = json.dumps([settings, numbers], sort_keys=True)
    digest = hashlib.blake2b(text.encode(), digest_size=16)
    for array in arrays:
        digest.update(f"|{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _contents(source: Source) -> tuple[list[Any], list[NDArray[Any]]]:
    """Return what a source consists of: plain values, and arrays."""
    if isinstance(source, Windows):
        return _contents_of_windows(source)
    if isinstance(source, Streams):
        return ["streams", source.steps], [source.symbols]
    lengths = [] if source.lengths is None else [source.lengths]
    numbers = ["sequences", source.steps, source.carried, len(lengths)]
    return numbers, [source.inputs, source.targets, source.starts, *lengths]


def _contents_of_windows(source: Windows) -> tuple[list[Any], list[NDArray[Any]]]:
    scaler, beside = source.scaler, source.beside
    numbers = [
        "windows",
        *(source.lookback, source.horizon, scaler.kind, source.residual, source.season),
        *(source.least, source.every, source.observed is not None),
        [] if beside is None else [beside.past, beside.ahead, beside.spare],
    ]
    arrays: list[NDArray[Any]] = [
        source.values,
        source.firsts,
        source.counts,
        source.strides,
        source.owners,
    ]
    arrays += [scaler.centre, scaler.spread]
    if beside is not None:
        arrays += [beside.steps, beside.constants]
    return numbers, [*arrays, *([] if source.observed is None else [source.observed])]


def _arrays(name: str, snapshot: Snapshot) -> dict[str, NDArray[Any]]:
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
