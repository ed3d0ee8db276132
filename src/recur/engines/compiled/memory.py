"""What compiled code is handed: arrays of known kinds, and room to compute in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Indices
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.engines.base import Source
from recur.engines.compiled.kernels.gather import RESIDUALS, SEQUENCES, WINDOWS, Feed
from recur.engines.compiled.kernels.plan import OUTPUTS, Plan
from recur.engines.compiled.kernels.predict import LANES, Room
from recur.networks.reference import State

_NOTHING = np.zeros((0, 0, 0), np.float32)


def empty(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return float32 to compute in; what it holds is not looked at before it is written."""
    return np.empty(shape, np.float32)


def zeros_for(plan: Plan) -> NDArray[np.float32]:
    """Return as many zeros as a stage has biases."""
    return np.zeros(4 * int(plan.stages[:, OUTPUTS].max(initial=1)), np.float32)


def room_for(
    plan: Plan,
    weights: NDArray[np.float32],
    lanes: int,
    threads: int,
    state: State = (),
    portion: int = LANES,
) -> Room:
    """Return where a prediction computes.

    Args:
        plan: of the network.
        weights: float32 [parameters]; copied.
        lanes: of the whole batch.
        threads: of the team.
        state: to start from, and written over with the one it ends in; copied.
        portion: lanes that are run at once.
    """
    hidden, cells = [np.array(part, np.float32) for part in state] + [_NOTHING] * (2 - len(state))
    return Room(
        weights=np.array(weights, np.float32),
        values=empty((threads, plan.rows * min(lanes, portion))),
        numbers=np.zeros((threads, 2, portion), np.int64),
        zeros=zeros_for(plan),
        hidden=hidden,
        cells=cells,
        fresh=np.zeros(lanes if state else 0, np.bool_),
        keeps=int(bool(state)),
    )


def feed_of(source: Source) -> Feed:
    """Return windows or sequences as compiled code takes them, without a copy of values."""
    floats, doubles = np.zeros((0, 0), np.float32), np.zeros(0)
    if isinstance(source, Windows):
        scaler, beside = source.scaler, source.covariates
        return Feed(
            WINDOWS, _lent(np.zeros(0), np.int64), _lent(source.values, np.float64),
            _lent(np.zeros(0), np.int64), _lent(source.begins, np.int64),
            _lent(scaler.centre, np.float64), _lent(scaler.spread, np.float64),
            int(scaler.kind == "window"), RESIDUALS.index(source.residual), source.season,
            source.horizon, _lent(floats if beside is None else beside.steps, np.float32),
            0 if beside is None else beside.past, 0 if beside is None else beside.ahead,
            0 if beside is None else beside.spare,
            _lent(floats if beside is None else beside.constants, np.float32),
            _lent(doubles if source.observed is None else source.observed, np.bool_),
            _lent(floats, np.float32), _lent(floats, np.float32), _lent(np.zeros(0), np.int64),
        )  # fmt: skip
    starts: NDArray[Any] = np.zeros(0)
    inputs: NDArray[Any] = floats
    targets: NDArray[Any] = floats
    lengths: NDArray[Any] = np.zeros(0)
    if isinstance(source, Sequences):  # what is wanted of a text is placed later
        starts, inputs, targets = source.starts, source.inputs, source.targets
        lengths = lengths if source.lengths is None else source.lengths
    return Feed(
        SEQUENCES, _lent(starts, np.int64), _lent(doubles, np.float64),
        _lent(doubles, np.int64), _lent(doubles, np.int64), _lent(doubles, np.float64),
        _lent(doubles, np.float64), 0, 0, 1, 0, _lent(floats, np.float32), 0, 0, 0,
        _lent(floats, np.float32), _lent(doubles, np.bool_),
        _columns(inputs), _columns(targets), _lent(lengths, np.int64),
    )  # fmt: skip


def placed(feed: Feed, source: Source, indices: Indices) -> tuple[Feed, Indices]:
    """Return a feed in which the windows at some indices stand, and where they do.

    Windows are found by counting, and texts become numbers of another kind, which only what is
    wanted is worth. A negative index, which fills up a batch, stays one.
    """
    if isinstance(source, Sequences):
        return feed, np.array(indices, np.int64)
    wanted = indices.reshape(-1)
    found = np.where(wanted < 0, -1, np.arange(len(wanted))).reshape(indices.shape)
    if isinstance(source, Windows):
        origins, series = source.places(np.maximum(wanted, 0))
        return feed._replace(rows=_lent(origins, np.int64), series=_lent(series, np.int64)), found
    assert isinstance(source, Streams)
    symbols = source.symbols[np.maximum(wanted, 0)[:, None] + np.arange(source.steps + 1)]
    starts = np.arange(len(wanted)) * source.steps
    return feed._replace(
        rows=_lent(starts, np.int64),
        inputs=_columns(symbols[:, :-1].reshape(-1)),
        targets=_columns(symbols[:, 1:].reshape(-1)),
    ), found


def _columns(array: NDArray[Any]) -> NDArray[np.float32]:
    """Return values, or symbols by their numbers, in columns."""
    return _lent(array if array.ndim == 2 else array[:, None], np.float32)


def _lent(array: NDArray[Any], kind: type) -> NDArray[Any]:
    """Return a view that may not be written: compiled code knows one kind of array, not two."""
    view: NDArray[Any] = np.ascontiguousarray(array, kind).view()
    view.flags.writeable = False
    return view
