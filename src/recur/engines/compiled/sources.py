"""Windows, sequences, pairs and texts as compiled code takes them, without a copy of values."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Indices
from recur.data.sources.pairs import Pairs
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.engines.base import Source
from recur.engines.checks.windows import check_origins
from recur.engines.compiled.kernels.gather import (
    PAIRS,
    RESIDUALS,
    SCALES,
    SEQUENCES,
    WINDOWS,
    BatchSource,
)

Placed = tuple[BatchSource, Indices]
"""A source in which what is wanted stands, and where: int64, in the shape of the indices."""


@singledispatch
def batch_source(source: Source) -> BatchSource:
    """Return a source as compiled code takes it."""
    raise TypeError(type(source))


@singledispatch
def placed(source: Source, batches: BatchSource, indices: Indices) -> Placed:  # noqa: ARG001
    """Return the batches in which what stands at some indices can be gathered.

    Windows are found by counting, and texts become numbers of another kind, which only what is
    wanted is worth. A negative index, which fills up a batch, stays one.
    """
    raise TypeError(type(source))


@batch_source.register
def _of_windows(windows: Windows) -> BatchSource:
    scaler, beside = windows.scaler, windows.covariates
    batches = _EMPTY._replace(
        kind=WINDOWS,
        values=lent(windows.values, np.float64),
        begins=lent(windows.begins, np.int64),
        centre=lent(scaler.centre, np.float64),
        spread=lent(scaler.spread, np.float64),
        scale=SCALES.index(scaler.kind) if scaler.kind in SCALES else 0,
        residual=RESIDUALS.index(windows.residual),
        season=windows.season,
        horizon=windows.horizon,
    )
    if windows.observed is not None:
        batches = batches._replace(observed=lent(windows.observed, np.bool_))
    if beside is None:
        return batches
    return batches._replace(
        beside=lent(beside.steps, np.float32),
        past=beside.past,
        ahead=beside.ahead,
        spare=beside.spare,
        constants=lent(beside.constants, np.float32),
    )


@batch_source.register
def _of_sequences(sequences: Sequences) -> BatchSource:
    lengths = _EMPTY.lengths if sequences.lengths is None else sequences.lengths
    return _EMPTY._replace(
        rows=lent(sequences.starts, np.int64),
        inputs=_columns(sequences.inputs),
        targets=_columns(sequences.targets),
        lengths=lent(lengths, np.int64),
    )


@batch_source.register
def _of_pairs(pairs: Pairs) -> BatchSource:
    return _EMPTY._replace(
        kind=PAIRS,
        rows=lent(pairs.starts, np.int64),
        inputs=_columns(pairs.inputs),
        targets=_columns(pairs.targets),
        lengths=lent(pairs.lengths, np.int64),
        target_rows=lent(pairs.target_starts, np.int64),
        target_lengths=lent(pairs.target_lengths, np.int64),
        horizon=pairs.target_steps,
    )


@batch_source.register
def _of_streams(_streams: Streams) -> BatchSource:
    return _EMPTY


@placed.register
def _place_windows(windows: Windows, batches: BatchSource, indices: Indices) -> Placed:
    wanted = indices.reshape(-1)
    origins, series = windows.places(np.maximum(wanted, 0))
    check_origins(windows, origins, series, batches.horizon)
    batches = batches._replace(rows=lent(origins, np.int64), series=lent(series, np.int64))
    return batches, _counted_up(indices)


@placed.register
def _place_sequences(_sequences: Sequences, batches: BatchSource, indices: Indices) -> Placed:
    return batches, np.array(indices, np.int64)


@placed.register
def _place_pairs(_pairs: Pairs, batches: BatchSource, indices: Indices) -> Placed:
    return batches, np.array(indices, np.int64)


@placed.register
def _place_streams(streams: Streams, batches: BatchSource, indices: Indices) -> Placed:
    wanted = np.maximum(indices.reshape(-1), 0)
    symbols = streams.symbols[wanted[:, None] + np.arange(streams.steps + 1)]
    batches = batches._replace(
        rows=lent(np.arange(len(wanted)) * streams.steps, np.int64),
        inputs=_columns(symbols[:, :-1].reshape(-1)),
        targets=_columns(symbols[:, 1:].reshape(-1)),
    )
    return batches, _counted_up(indices)


def _counted_up(indices: Indices) -> Indices:
    """Return where things stand that were placed one after the other."""
    wanted = indices.reshape(-1)
    return np.where(wanted < 0, -1, np.arange(len(wanted))).reshape(indices.shape)


def _columns(array: NDArray[Any]) -> Float32s:
    """Return values, or symbols by their numbers, in columns."""
    return lent(array if array.ndim == 2 else array[:, None], np.float32)


def lent(array: NDArray[Any], kind: type) -> NDArray[Any]:
    """Return a view that may not be written: compiled code knows one kind of array, not two."""
    view: NDArray[Any] = np.ascontiguousarray(array, kind).view()
    view.flags.writeable = False
    return view


def _none(kind: type, dimensions: int = 1) -> NDArray[Any]:
    return lent(np.zeros((0,) * dimensions, kind), kind)


_EMPTY = BatchSource(
    kind=SEQUENCES, rows=_none(np.int64), values=_none(np.float64), series=_none(np.int64),
    begins=_none(np.int64), centre=_none(np.float64), spread=_none(np.float64), scale=0,
    residual=0, season=1, horizon=0, beside=_none(np.float32, 2), past=0, ahead=0, spare=0,
    constants=_none(np.float32, 2), observed=_none(np.bool_), inputs=_none(np.float32, 2),
    targets=_none(np.float32, 2), lengths=_none(np.int64), target_rows=_none(np.int64),
    target_lengths=_none(np.int64),
)  # fmt: skip
