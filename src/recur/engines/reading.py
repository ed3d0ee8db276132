"""Symbols read on any engine: how unlikely each one is after those before it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from recur.arrays import Float32s, Float64s, Symbols
from recur.engines.checks.forward import check_forward
from recur.errors import SettingsError
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

Forward = Callable[[NetworkSpec, Values, Symbols, State], tuple[Float32s, State]]
"""`Engine.forward` over symbols."""

_PORTION, _OUTPUTS = 4096, 1 << 22


def read(
    forward: Forward,
    spec: NetworkSpec,
    weights: Values,
    symbols: Symbols,
    state: State,
    *,
    most: int = _PORTION,
    most_outputs: int = _OUTPUTS,
) -> tuple[Float64s, State]:
    """Return the nats of symbols with an engine's `forward`; see `SymbolWriter.read`.

    Args:
        forward: the engine's.
        spec: the network.
        weights: float32 [size].
        symbols: int32 [time, lanes].
        state: that before the first ones.
        most: symbols, over all lanes, that are read at once,
        most_outputs: or so many that they have no more outputs.
    """
    if not len(symbols):
        raise SettingsError("there are no symbols to read; at least one is needed.")
    check_forward(spec, symbols, state)
    every = spec.but(reads="every")
    time, lanes = symbols.shape
    losses = np.empty((time - 1, lanes))
    portion = max(1, min(most, most_outputs // spec.outputs) // max(1, lanes))
    state = tuple(part.copy() for part in state)
    for first in range(0, time - 1, portion):
        last = min(first + portion, time - 1)
        logits, state = forward(every, weights, symbols[first:last], state)
        losses[first:last] = _nats(logits, symbols[first + 1 : last + 1])
    return losses, state


def _nats(logits: Float32s, symbols: Symbols) -> Float64s:
    """Return the negative logarithms of symbols' probabilities, float64 [time, lanes]."""
    values = logits.astype(np.float64)
    values -= values.max(axis=-1, keepdims=True)
    own = np.take_along_axis(values, symbols[..., None].astype(np.int64), axis=-1)[..., 0]
    return np.asarray(np.log(np.exp(values, out=values).sum(axis=-1)) - own, np.float64)
