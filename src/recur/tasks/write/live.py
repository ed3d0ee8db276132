"""What comes next in a text, as it comes: symbols go in, and the chances of the next come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from recur.arrays import Float64s, Symbols, require_finite
from recur.data.text.vocabulary import Vocabulary
from recur.engines.mixing import contexts_before, said
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.reference import zero_state
from recur.tasks.streams import State, Stream, read_stream
from recur.tasks.write.fitted import FittedWriter


class NextSymbol(NamedTuple):
    """What may come next.

    Attributes:
        probabilities: float64 [symbols].
        vocabulary: the symbols, in the same order.
    """

    probabilities: Float64s
    vocabulary: Vocabulary

    def likeliest(self, count: int = 5) -> list[tuple[str, float]]:
        """Return the likeliest symbols and their probabilities, the likeliest first."""
        order = np.argsort(-self.probabilities, kind="stable")[:count]
        return [(self.vocabulary.symbols[i], float(self.probabilities[i])) for i in order]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: the probability of each symbol that has any to speak of."""
        return {
            "probabilities": {
                symbol: probability
                for symbol, probability in self.likeliest(len(self.vocabulary))
                if probability >= 1e-6
            }
        }


class ReadText(NamedTuple):
    """How much a text was a surprise, symbol by symbol.

    Attributes:
        symbols: as they came.
        surprise: float64 [symbols], the negative logarithm of the chance that each was given
            before it came; NaN of the first one of a stream, which nothing was known of.
        after: what may come next.
    """

    symbols: tuple[str, ...]
    surprise: Float64s
    after: NextSymbol


class LiveWriter(Stream):
    """A writer that is given a text piece by piece; see `Writer.live`."""

    task = "write"

    def __init__(self, fitted: FittedWriter) -> None:
        super().__init__(fitted)
        self._fitted, self._spec = fitted, fitted.learned.network.but(reads="every")
        self._engine = open_engine(fitted.learned.engine, fitted.settings.threads)
        self._stepper = self._engine.stepper(self._spec, fitted.weights)
        self.reset()

    def reset(self) -> None:
        """Forget the text, as if none had come."""
        self._parts = zero_state(self._spec, 1)
        self._contexts = contexts_before(self._fitted.mixture, None, 1)
        self._next: Float64s | None = None

    def push(self, text: str) -> NextSymbol:
        """Take what comes next of a text, one symbol or more, and return what may follow it.

        Raises:
            DataError: it has symbols that training has not seen, unless these are to be skipped.
            SettingsError: there is no symbol in it.
        """
        return self._after(self._take_in(self._encoded(text))[-1])

    def read(self, text: str) -> ReadText:
        """Take what comes next of a text, as `push` does, and tell how much of a surprise it was.

        Raises:
            DataError: see `push`.
            SettingsError: see there.
        """
        symbols, vocabulary, before = self._encoded(text), self._fitted.vocabulary, self._next
        logits = self._take_in(symbols)
        after = self._after(logits[-1])
        likely = logits - logits.max(axis=1, keepdims=True)
        likely -= np.log(np.exp(likely).sum(axis=1, keepdims=True))
        surprise = np.full(len(symbols), np.nan)
        surprise[1:] = -likely[np.arange(len(symbols) - 1), symbols[1:]]
        if before is not None:
            surprise[0] = -np.log(before[symbols[0]])
        return ReadText(tuple(vocabulary.symbols[i] for i in symbols), surprise, after)

    def _encoded(self, text: str) -> Symbols:
        symbols = np.asarray(self._fitted.vocabulary.encode(text), np.int32)
        if not len(symbols):
            raise SettingsError("no symbol that is known has come; push at least one.")
        return symbols

    def _take_in(self, symbols: Symbols) -> Float64s:
        """Take symbols [n], and return what was said after each, float64 [n, symbols]."""
        outputs, parts = self._read(symbols)
        logits, contexts = said(self._fitted.mixture, outputs, symbols[:, None], self._contexts)
        require_finite("what the network answers", logits)
        self._parts, self._contexts = parts, contexts.copy()
        return np.asarray(logits[:, 0])

    def _after(self, logits: Float64s) -> NextSymbol:
        chances = np.exp(logits - logits.max())
        self._next = chances / chances.sum()
        return NextSymbol(self._next, self._fitted.vocabulary)

    def _read(self, symbols: Symbols) -> tuple[Any, Any]:
        if len(symbols) > 1:
            return self._engine.forward(
                self._spec, self._fitted.weights, symbols[:, None], self._parts
            )
        outputs, parts = self._stepper.step(symbols, self._parts)
        return outputs[None], parts

    def _state(self) -> State:
        parts = {f"state.{i}": part for i, part in enumerate(self._parts)}
        return {**parts, "contexts": self._contexts}


def live_writer(fitted: FittedWriter, state: str | Path | None) -> LiveWriter:
    """Return a stream that begins anew, or goes on where one was saved."""
    live = LiveWriter(fitted)
    if state is not None:
        live.go_on(read_stream(state, LiveWriter.task, fitted), state)
    return live
