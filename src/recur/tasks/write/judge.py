"""How a writer is judged: on the validation part, with its state carried, beside counting."""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s, Symbols, TextSymbols
from recur.data.text.text import Text
from recur.engines.base import SymbolWriter
from recur.engines.mixing import Experts, nats
from recur.engines.reading import outputs
from recur.engines.registry import open_engine
from recur.judge.write.judgement import WritingJudgement
from recur.judge.write.ngram import best_order, uniform, unigram
from recur.judge.write.verdict import judge_writing
from recur.networks.reference import zero_state
from recur.seeding import Purpose, Stream
from recur.tasks.write.fitted import FittedWriter
from recur.tasks.write.mixing import COUNTED, JUDGED, learnt_gate

_ORDERS = range(2, 9)
_WINDOWS, _WINDOW = 256, 256  # how many, and how long, where no state is carried


def judged(
    fitted: FittedWriter, text: Text, training: range, validation: range
) -> WritingJudgement:
    """Return how a trained writer does on the validation part of its text.

    Where the network is mixed with counts, each half of the part is judged with the gate that the
    other half has taught.
    """
    held = text.symbols[validation.start : min(validation.stop, validation.start + JUDGED)]
    known = text.symbols[max(training.start, training.stop - COUNTED) : training.stop]
    vocabulary = len(text.vocabulary)
    alone, losses = _losses(fitted, held)
    ngram, _ = best_order(known, held, _ORDERS, vocabulary=vocabulary)
    # The network does not see the first symbol coming; so the n-gram is not asked for it either.
    counted = ngram.losses(held[1:], held[:1])
    verdict = judge_writing(losses, counted, ngram.order, text.vocabulary.symbol, alone)
    return WritingJudgement(
        nats=float(losses.mean()),
        windowed_nats=_windowed(fitted, held),
        uniform=uniform(vocabulary),
        unigram=unigram(known, held[1:], vocabulary),
        verdict=verdict,
    )


def _losses(fitted: FittedWriter, held: TextSymbols) -> tuple[Float64s | None, Float64s]:
    """Return the nats of each symbol after the first: the network's alone, and those mixed."""
    if fitted.mixture is None:
        return None, read_losses(fitted, held)
    counts, middle = fitted.mixture.counts, len(held) // 2
    gates = [learnt_gate(fitted, counts, half) for half in (held[middle:], held[:middle])]
    network, symbols = fitted.learned.network, np.asarray(held, np.int32)[:, None]
    forward = open_engine(fitted.learned.engine, fitted.settings.threads).forward
    contexts, alone, mixed = counts.start(1), [], []
    for part, logits, _ in outputs(
        forward, network, fitted.weights, symbols, zero_state(network, 1)
    ):
        following = symbols[part.start + 1 : part.stop + 1]
        known = counts.contexts(symbols[part], contexts)
        contexts, experts = known[-1], Experts.of(counts, logits, known)
        alone.append(nats(experts.network, following))
        both = [nats(experts.mixed(gate), following) for gate in gates]
        early = np.arange(part.start, part.stop)[:, None] < middle
        mixed.append(np.where(early, *both))
    return np.concatenate(alone)[:, 0], np.concatenate(mixed)[:, 0]


def read_losses(fitted: FittedWriter, symbols: TextSymbols | Symbols) -> Float64s:
    """Return float64 [n - 1], the nats of each symbol after the first, given all before it."""
    text = np.asarray(symbols, np.int32)[:, None]
    losses, _ = _writer(fitted).read(text, zero_state(fitted.learned.network, 1))
    return losses[:, 0]


def _windowed(fitted: FittedWriter, held: TextSymbols) -> float | None:
    """Return the mean loss over random windows, each from no state."""
    if len(held) <= _WINDOW:
        return None
    stream = Stream(fitted.settings.seed, Purpose.SYMBOLS, step=2**32 - 2)
    starts = (stream.uniform(_WINDOWS) * (len(held) - _WINDOW)).astype(np.int64)
    windows = held[starts + np.arange(_WINDOW + 1)[:, None]].astype(np.int32)
    losses, _ = _writer(fitted).read(windows, zero_state(fitted.learned.network, _WINDOWS))
    return float(losses.mean())


def _writer(fitted: FittedWriter) -> SymbolWriter:
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)
    return engine.writer(fitted.learned.network, fitted.weights, fitted.mixture)
