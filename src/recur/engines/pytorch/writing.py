"""Symbols written and read with PyTorch."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Symbols
from recur.engines.base import Stepper
from recur.engines.checks.forward import check_weights
from recur.engines.checks.writing import check_writer, check_writing
from recur.engines.mixing import Mixture, contexts_before
from recur.engines.reading import Forward, read
from recur.engines.sampling import SamplingSettings, choose
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values


class TorchWriter:
    """A network of symbols that is stepped from Python; the sampling is NumPy's."""

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Values,
        stepper: Stepper,
        forward: Forward,
        mixture: Mixture | None = None,
    ) -> None:
        check_writer(spec, mixture)
        check_weights(spec, weights)
        self._spec, self._weights = spec, np.array(weights, np.float32)
        self._stepper, self._forward, self._mixture = stepper, forward, mixture

    def write(
        self,
        symbols: Symbols,
        state: State,
        count: int,
        sampling: SamplingSettings,
        first_step: int = 0,
        before: Symbols | None = None,
    ) -> tuple[Symbols, State]:
        """Draw the next symbols of each lane; see `SymbolWriter.write`."""
        check_writing(self._spec, symbols, state, count, first_step, before)
        state = tuple(part.copy() for part in state)
        out = np.empty((count, len(symbols)), np.int32)
        contexts = contexts_before(self._mixture, before, len(symbols))
        for i in range(count):
            logits, state = self._stepper.step(symbols, state)
            if self._mixture is not None:
                contexts = self._mixture.counts.contexts(symbols[None], contexts)[0]
                logits = self._mixture.logits(logits, contexts).astype(np.float32)
            symbols = out[i] = choose(logits, sampling, first_step + i)
        return out, state

    def read(
        self, symbols: Symbols, state: State, before: Symbols | None = None
    ) -> tuple[Float64s, State]:
        """Return how unlikely each symbol is; see `SymbolWriter.read`."""
        return read(self._forward, self._spec, self._weights, symbols, state, self._mixture, before)
