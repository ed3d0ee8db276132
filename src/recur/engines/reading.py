"""Networks of symbols on any engine: what they may look like, and the nats of what they read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Symbols
from recur.engines.base import Engine
from recur.engines.checks import check_forward, check_stepper
from recur.errors import SettingsError
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

_PORTION = 4096  # symbols, over all lanes, that are read at once,
_OUTPUTS = 1 << 22  # or so many that they have no more outputs


def check_writer(spec: NetworkSpec) -> None:
    """Refuse a network that cannot write symbols."""
    check_stepper(spec)
    if not spec.symbols or spec.outputs != spec.symbols or spec.head != "linear":
        raise SettingsError(
            f"the network has {spec.symbols} symbols, {spec.outputs} outputs and the head "
            f"'{spec.head}'; to write it needs a 'linear' head with an output for each symbol."
        )


def check_writing(
    spec: NetworkSpec, symbols: Symbols, state: State, count: int, first_step: int
) -> None:
    """Refuse arguments of `SymbolWriter.write` that do not fit the network or each other."""
    check_forward(spec, symbols[None], state)
    if count < 0 or first_step < 0:
        raise SettingsError(
            f"{count} symbols are to be drawn from number {first_step} on; both must be at least 0."
        )


def read(
    engine: Engine, spec: NetworkSpec, weights: Values, symbols: Symbols, state: State
) -> tuple[NDArray[np.float64], State]:
    """Return the nats of symbols with the engine's `forward`; see `SymbolWriter.read`."""
    if not len(symbols):
        raise SettingsError("there are no symbols to read; at least one is needed.")
    check_forward(spec, symbols, state)
    every = spec.but(reads="every")
    time, lanes = symbols.shape
    losses = np.empty((time - 1, lanes))
    portion = max(1, min(_PORTION, _OUTPUTS // spec.outputs) // max(1, lanes))
    state = tuple(part.copy() for part in state)
    for first in range(0, time - 1, portion):
        last = min(first + portion, time - 1)
        logits, state = engine.forward(every, weights, symbols[first:last], state)
        losses[first:last] = _nats(logits, symbols[first + 1 : last + 1])
    return losses, state


def _nats(logits: NDArray[np.float32], symbols: Symbols) -> NDArray[np.float64]:
    """Return the negative logarithms of symbols' probabilities, float64 [time, lanes]."""
    values = logits.astype(np.float64)
    values -= values.max(axis=-1, keepdims=True)
    own = np.take_along_axis(values, symbols[..., None].astype(np.int64), axis=-1)[..., 0]
    return np.asarray(np.log(np.exp(values, out=values).sum(axis=-1)) - own, np.float64)
