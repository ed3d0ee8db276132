"""Symbols read on any engine: how unlikely each one is after those before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from recur.arrays import Float32s, Float64s, Symbols
from recur.engines.checks.forward import check_forward
from recur.engines.mixing import Mixture, contexts_before, nats, said
from recur.errors import SettingsError
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

Forward = Callable[[NetworkSpec, Values, Symbols, State], tuple[Float32s, State]]
"""`Engine.forward` over symbols."""

_PORTION, _OUTPUTS = 4096, 1 << 22


def outputs(
    forward: Forward,
    spec: NetworkSpec,
    weights: Values,
    symbols: Symbols,
    state: State,
    *,
    most: int = _PORTION,
    most_outputs: int = _OUTPUTS,
) -> Iterator[tuple[slice, Float32s, State]]:
    """Yield what a network says after each symbol but the last, a portion at a time.

    Args:
        forward: the engine's.
        spec: the network.
        weights: float32 [size].
        symbols: int32 [time, lanes].
        state: that before the first ones.
        most: symbols, over all lanes, that are read at once,
        most_outputs: or so many that they have no more outputs.

    Yields:
        Which symbols; the outputs after them, float32 [portion, lanes, symbols]; the state then.
    """
    if not len(symbols):
        raise SettingsError("there are no symbols to read; at least one is needed.")
    check_forward(spec, symbols, state)
    every = spec.but(reads="every")
    time, lanes = symbols.shape
    portion = max(1, min(most, most_outputs // spec.outputs) // max(1, lanes))
    for first in range(0, time - 1, portion):
        part = slice(first, min(first + portion, time - 1))
        logits, state = forward(every, weights, symbols[part], state)
        yield part, logits, state


def read(
    forward: Forward,
    spec: NetworkSpec,
    weights: Values,
    symbols: Symbols,
    state: State,
    mixture: Mixture | None = None,
    before: Symbols | None = None,
    **portions: int,
) -> tuple[Float64s, State]:
    """Return the nats of symbols with an engine's `forward`; see `SymbolWriter.read`.

    Args:
        forward: the engine's.
        spec: the network.
        weights: float32 [size].
        symbols: int32 [time, lanes].
        state: that before the first ones.
        mixture: what the network is mixed with.
        before: int32 [any, lanes], what stands in front of the symbols.
        portions: how many are read at once; see `outputs`.
    """
    losses = np.empty((max(0, len(symbols) - 1), symbols.shape[1]))
    contexts = contexts_before(mixture, before, symbols.shape[1])
    state = tuple(part.copy() for part in state)
    for part, own, after in outputs(forward, spec, weights, symbols, state, **portions):
        state = after
        logits, contexts = said(mixture, own, symbols[part], contexts)
        losses[part] = nats(logits, symbols[part.start + 1 : part.stop + 1])
    return losses, state
