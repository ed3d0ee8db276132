"""How a writer is judged: on the validation part, with its state carried, beside counting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recur.arrays import Float64s, Symbols, TextSymbols
from recur.data.text.text import Text
from recur.engines.base import SymbolWriter
from recur.engines.mixing import ONLY_COUNTS, Experts, contexts_before, nats
from recur.engines.reading import outputs
from recur.engines.registry import open_engine
from recur.errors import DataError
from recur.judge.write.judgement import ReadingJudgement, WritingJudgement
from recur.judge.write.ngram import best_order, uniform, unigram
from recur.judge.write.verdict import judge_writing
from recur.networks.reference import zero_state
from recur.seeding import Purpose, Stream
from recur.tasks.write.adapting import adapted_losses
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


def judged_on(fitted: FittedWriter, text: Text, *, adapt: bool) -> ReadingJudgement:
    """Return what the symbols of a further text, under its own vocabulary, cost a writer."""
    symbols = text.symbols[: JUDGED + 1]
    if len(symbols) < 2:
        raise DataError(f"{text.source} is too short to be judged by; it needs 2 symbols or more.")
    gates = () if fitted.mixture is None else (fitted.mixture.gate, ONLY_COUNTS)
    alone, *mixed = (float(losses.mean()) for losses in losses_of(fitted, symbols, gates))
    both, counting = mixed or (alone, None)
    return ReadingJudgement(
        nats=both,
        network=alone,
        counting=counting,
        adapted=float(adapted_losses(fitted, symbols).mean()) if adapt else None,
        uniform=uniform(len(text.vocabulary)),
        symbols=len(symbols) - 1,
        unit=text.vocabulary.symbol,
    )


def _losses(fitted: FittedWriter, held: TextSymbols) -> tuple[Float64s | None, Float64s]:
    """Return the nats of each symbol after the first: the network's alone, and those mixed."""
    if fitted.mixture is None:
        return None, read_losses(fitted, held)
    counts, middle = fitted.mixture.counts, len(held) // 2
    gates = [learnt_gate(fitted, counts, half) for half in (held[middle:], held[:middle])]
    alone, first, second = losses_of(fitted, held, gates)
    return alone, np.concatenate([first[:middle], second[middle:]])


def losses_of(fitted: FittedWriter, text: TextSymbols, gates: Sequence[Float64s]) -> list[Float64s]:
    """Return float64 [n - 1] of the network alone, and of it mixed with counts by each gate."""
    network, symbols = fitted.learned.network, np.asarray(text, np.int32)[:, None]
    forward = open_engine(fitted.learned.engine, fitted.settings.threads).forward
    found: list[list[Float64s]] = [[] for _ in range(1 + len(gates))]
    contexts = contexts_before(fitted.mixture, None, 1)
    said = outputs(forward, network, fitted.weights, symbols, zero_state(network, 1))
    for part, logits, _ in said:
        following = symbols[part.start + 1 : part.stop + 1]
        found[0].append(nats(logits.astype(np.float64), following))
        if fitted.mixture is None:
            continue
        known = fitted.mixture.counts.contexts(symbols[part], contexts)
        contexts, experts = known[-1], Experts.of(fitted.mixture.counts, logits, known)
        for losses, gate in zip(found[1:], gates, strict=True):
            losses.append(nats(experts.mixed(gate), following))
    return [np.concatenate(losses)[:, 0] for losses in found]


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
