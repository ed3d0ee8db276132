"""How a writer is judged: on the validation part, with its state carried, beside counting."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Symbols, TextSymbols
from recur.data.text.text import Text
from recur.engines.registry import open_engine
from recur.judge.write.judgement import WritingJudgement
from recur.judge.write.ngram import best_order, uniform, unigram
from recur.judge.write.verdict import judge_writing
from recur.networks.reference import zero_state
from recur.seeding import Purpose, Stream
from recur.tasks.write.fitted import FittedWriter

_ORDERS = range(2, 9)
_COUNTED = 5_000_000  # symbols before the validation part that are counted at most
_JUDGED = 1_000_000  # symbols of the validation part, the first ones, that are judged on at most
_READ = 4096  # symbols that are read in one call
_WINDOWS, _WINDOW = 256, 256  # how many, and how long, where no state is carried


def judged(
    fitted: FittedWriter, text: Text, training: range, validation: range
) -> WritingJudgement:
    """Return how a trained writer does on the validation part of its text."""
    held = text.symbols[validation.start : min(validation.stop, validation.start + _JUDGED)]
    known = text.symbols[max(training.start, training.stop - _COUNTED) : training.stop]
    vocabulary = len(text.vocabulary)
    losses = read_losses(fitted, held)
    ngram, _ = best_order(known, held, _ORDERS, vocabulary=vocabulary)
    # The network does not see the first symbol coming; so the n-gram is not asked for it either.
    counted = ngram.losses(held[1:], held[:1])
    verdict = judge_writing(losses, counted, ngram.order, text.vocabulary.symbol)
    return WritingJudgement(
        nats=float(losses.mean()),
        windowed_nats=_windowed(fitted, held),
        uniform=uniform(vocabulary),
        unigram=unigram(known, held[1:], vocabulary),
        verdict=verdict,
    )


def read_losses(fitted: FittedWriter, symbols: TextSymbols | Symbols) -> Float64s:
    """Return float64 [n - 1], the nats of each symbol after the first, given all before it."""
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)
    writer = engine.writer(fitted.learned.network, fitted.weights)
    state, losses = zero_state(fitted.learned.network, 1), []
    for first in range(0, len(symbols) - 1, _READ):
        part = np.asarray(symbols[first : first + _READ + 1], np.int32)[:, None]
        some, state = writer.read(part, state)
        losses.append(some[:, 0])
    return np.concatenate(losses)


def _windowed(fitted: FittedWriter, held: TextSymbols) -> float | None:
    """Return the mean loss over random windows, each from no state."""
    if len(held) <= _WINDOW:
        return None
    stream = Stream(fitted.settings.seed, Purpose.SYMBOLS, step=2**32 - 2)
    starts = (stream.uniform(_WINDOWS) * (len(held) - _WINDOW)).astype(np.int64)
    windows = held[starts + np.arange(_WINDOW + 1)[:, None]].astype(np.int32)
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)
    writer = engine.writer(fitted.learned.network, fitted.weights)
    losses, _ = writer.read(windows, zero_state(fitted.learned.network, _WINDOWS))
    return float(losses.mean())
