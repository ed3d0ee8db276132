"""What a network can be trained on, and from which state."""

from __future__ import annotations

from functools import singledispatch
from numbers import Integral
from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.data.sources.pairs import Pairs
from recur.data.sources.sequences import Sequences
from recur.data.sources.streams import Streams
from recur.data.sources.windows import Windows
from recur.engines.base import Chunk, Snapshot, Source, StepRecipe
from recur.engines.checks.arrays import check_floats, check_shape
from recur.engines.checks.forward import check_state
from recur.engines.checks.sequences import check_pairs, check_sequences, check_streams
from recur.engines.checks.windows import check_windows
from recur.errors import SettingsError
from recur.networks.spec import NetworkSpec

_MOST_STEPS = 2**53  # beyond, a number of steps is no longer exact in double precision


def check_training(spec: NetworkSpec, recipe: StepRecipe, source: Source) -> None:
    """Refuse a network that cannot be trained by the recipe on the source.

    Raises:
        SettingsError: something does not go with something else.
    """
    if spec.chain != (recipe.loss == "chain"):
        raise SettingsError(
            f"the network's `chain` is {'on' if spec.chain else 'off'} and the loss is "
            f"'{recipe.loss}'; the loss 'chain' is for a network with a chain, which takes no "
            "other."
        )
    if spec.decoder and not spec.symbols and recipe.loss in ("quantile", "cross_entropy"):
        raise SettingsError(
            f"a network with a decoder cannot be trained with the loss '{recipe.loss}'; "
            "take 'mse' or 'mae'."
        )
    if recipe.weights and len(recipe.weights) != spec.outputs:
        raise SettingsError(
            f"the loss has {len(recipe.weights)} `weights` for {spec.outputs} outputs; each needs "
            "one."
        )
    _check_source(source, spec, recipe)


@singledispatch
def _check_source(source: Source, spec: NetworkSpec, recipe: StepRecipe) -> None:  # noqa: ARG001
    raise TypeError(type(source))


@_check_source.register
def _(source: Windows, spec: NetworkSpec, recipe: StepRecipe) -> None:
    check_windows(spec, recipe, source)


@_check_source.register
def _(source: Sequences, spec: NetworkSpec, recipe: StepRecipe) -> None:
    check_sequences(spec, recipe, source)


@_check_source.register
def _(source: Pairs, spec: NetworkSpec, recipe: StepRecipe) -> None:
    check_pairs(spec, recipe, source)


@_check_source.register
def _(source: Streams, spec: NetworkSpec, recipe: StepRecipe) -> None:
    check_streams(spec, recipe, source)


def check_snapshot(spec: NetworkSpec, source: Source, snapshot: Snapshot) -> None:
    """Refuse a state from which the network cannot go on learning.

    Raises:
        SettingsError: something has another size or type, or is not finite.
    """
    for name in ("weights", "mean", "square"):
        values = getattr(snapshot, name)
        check_floats(f"snapshot's {name}", values, (spec.size,))
        if not np.isfinite(values).all():
            raise SettingsError(f"the snapshot's {name} must be finite numbers; some are not.")
    if (snapshot.square < 0).any():
        raise SettingsError("the snapshot's square must be at least 0; some of it is not.")
    steps: Any = snapshot.steps
    if not isinstance(steps, Integral) or not 0 <= int(steps) < _MOST_STEPS:
        raise SettingsError(
            f"the snapshot's steps are {steps!r}; they must be 0 to {_MOST_STEPS - 1}."
        )
    if not snapshot.carried:
        return
    if not source.carried:
        raise SettingsError("the snapshot has a carried state, but this source carries none.")
    shape = np.shape(snapshot.carried[0])
    check_state(spec, snapshot.carried, shape[1] if len(shape) == 3 else 0)
    if not all(np.isfinite(part).all() for part in snapshot.carried):
        raise SettingsError("the snapshot's carried state must be finite numbers; some are not.")


def check_chunk(source: Source, chunk: Chunk) -> None:
    """Refuse training steps whose parts do not fit each other or the source."""
    if chunk.indices.ndim != 2:
        raise SettingsError(
            f"the indices have the shape {chunk.indices.shape}; expected [steps, batch]."
        )
    check_indices(source, chunk.indices)
    if isinstance(source, Pairs) and chunk.forcing is not None and (chunk.forcing < 1).any():
        raise SettingsError(
            "a decoder of symbols is fed the true symbol at every step; `forcing` must be 1."
        )
    steps = chunk.indices.shape[:1]
    for name, array, shape in (
        ("rates", chunk.rates, steps),
        ("counters", chunk.counters, steps),
        ("forcing", chunk.forcing, steps),
        ("fresh", chunk.fresh, chunk.indices.shape),
    ):
        if array is not None:
            check_shape(name, array, shape)


def check_indices(source: Source, indices: Indices | range) -> None:
    """Refuse what compiled code, which does not look, would read from beyond the end."""
    if isinstance(indices, range):
        indices = np.array([*indices[:1], *indices[-1:]], np.int64)
    if indices.size and not -1 <= indices.min() <= indices.max() < len(source):
        raise IndexError(
            f"batches of {indices.min()} to {indices.max()} are asked for, but there are "
            f"{len(source)} windows or sequences."
        )


def check_lanes(row: Indices, lanes: int | None) -> None:
    """Refuse a batch in which a carried state has no lane to go on in.

    Args:
        row: int64 [batch], the sequences of a batch.
        lanes: of the state that is carried; None where none is yet.
    """
    if (row < 0).any():
        raise SettingsError(
            "where the state is carried from batch to batch, every batch must be full, but one "
            "has a place without a sequence (-1)."
        )
    if lanes is not None and len(row) != lanes:
        raise SettingsError(
            f"where the state is carried from batch to batch, every batch must have as many "
            f"lanes, but one of {len(row)} follows one of {lanes}."
        )
