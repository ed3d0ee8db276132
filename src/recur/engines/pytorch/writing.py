"""Symbols written and read with PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Symbols
from recur.engines.base import Stepper
from recur.engines.reading import check_writer, check_writing, read
from recur.engines.sampling import Drawing, choose
from recur.networks.reference import State
from recur.networks.spec import NetworkSpec, Values

if TYPE_CHECKING:
    from recur.engines.pytorch.engine import TorchEngine


class TorchWriter:
    """A network of symbols that is stepped from Python; the drawing is NumPy's."""

    def __init__(self, engine: TorchEngine, spec: NetworkSpec, weights: Values) -> None:
        check_writer(spec)
        self._engine, self._spec, self._weights = engine, spec, np.array(weights, np.float32)
        self._stepper: Stepper = engine.stepper(spec, weights)

    def write(
        self, symbols: Symbols, state: State, count: int, drawing: Drawing, first_step: int = 0
    ) -> tuple[Symbols, State]:
        """Draw the next symbols of each lane; see `SymbolWriter.write`."""
        check_writing(self._spec, symbols, state, count, first_step)
        state = tuple(part.copy() for part in state)
        out = np.empty((count, len(symbols)), np.int32)
        for i in range(count):
            logits, state = self._stepper.step(symbols, state)
            symbols = out[i] = choose(logits, drawing, first_step + i)
        return out, state

    def read(self, symbols: Symbols, state: State) -> tuple[NDArray[np.float64], State]:
        """Return how unlikely each symbol is; see `SymbolWriter.read`."""
        return read(self._engine, self._spec, self._weights, symbols, state)
