"""Reading on while learning: a network that is taught what it has just been asked for."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Symbols, TextSymbols
from recur.data.sources.streams import Streams
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.mixing import contexts_before, nats, said
from recur.engines.registry import open_engine
from recur.networks.reference import zero_state
from recur.tasks.write.fitted import FittedWriter

_STEPS, _RATE = 16, 5e-4  # symbols between two steps, and the rate of each


def adapted_losses(fitted: FittedWriter, symbols: TextSymbols | Symbols) -> Float64s:
    """Return float64 [n - 1], the nats of each symbol after the first, given all before it.

    After every few symbols the network learns from them, before it is asked for the next ones; the
    writer itself stays as it is. Whatever is short of a whole stretch at the end is read without.
    """
    network = fitted.learned.network.but(dropout=0.0)
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)
    text = np.asarray(symbols, np.int32)[:, None]
    trainer = engine.trainer(
        network,
        StepRecipe(loss="cross_entropy"),
        Streams(text[:, 0], _STEPS),
        Snapshot.first(fitted.weights),
    )
    weights, state, losses = fitted.weights, zero_state(network, 1), []
    contexts = contexts_before(fitted.mixture, None, 1)
    for number, first in enumerate(range(0, len(text) - 1, _STEPS)):
        part = text[first : min(first + _STEPS, len(text) - 1)]
        own, state = engine.forward(network, weights, part, state)
        logits, contexts = said(fitted.mixture, own, part, contexts)
        losses.append(nats(logits, text[first + 1 : first + 1 + len(part)])[:, 0])
        if len(part) == _STEPS:
            trainer.run(_step(first, number, fitted.settings.seed))
            weights = trainer.snapshot().weights
    return np.concatenate(losses)


def _step(first: int, number: int, seed: int) -> Chunk:
    """Return the step that learns from the stretch that begins at a symbol."""
    return Chunk(
        indices=np.array([[first]], np.int64),
        rates=np.array([_RATE]),
        counters=np.array([number], np.int64),
        seed=seed,
        fresh=np.array([[number == 0]]),
    )
