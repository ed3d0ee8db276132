"""How a writer is judged: on the validation part, with its state carried, beside counting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from recur.arrays import Float64s, Symbols, TextSymbols, require_finite
from recur.data.text.text import Text, TextSplit
from recur.engines.base import SymbolWriter
from recur.engines.mixing import ONLY_COUNTS, Experts, contexts_before, nats
from recur.engines.reading import outputs
from recur.engines.registry import open_engine
from recur.errors import DataError
from recur.judge.write.heldout import HeldOut, Read, held_out
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
) -> tuple[WritingJudgement, HeldOut]:
    """Return how a trained writer does on the validation part of its text, and what to show of it.

    What counting costs is that of characters, or bytes, whatever the writer's symbols are.

    Where the network is mixed with counts, each half of the part is judged with the gate that the
    other half has taught.
    """
    held = text.symbols[validation.start : min(validation.stop, validation.start + JUDGED)]
    known = text.symbols[max(training.start, training.stop - COUNTED) : training.stop]
    # The network does not see the first symbol coming; so the n-gram is not asked for it either.
    vocabulary, following = text.vocabulary, held[1:]
    count = len(vocabulary.alphabet)
    seen, first, asked = (vocabulary.spelt(part) for part in (known, held[:1], following))
    ngram, _ = best_order(seen, np.concatenate([first, asked]), _ORDERS, vocabulary=count)
    counting = ngram.losses(asked, first)
    lengths = vocabulary.lengths[following]
    read = _heard(fitted, held, np.add.reduceat(counting, np.cumsum(lengths) - lengths))
    own, network = (vocabulary.spread(part, following) for part in (read.losses, read.network))
    mixed = fitted.mixture is not None
    verdict = judge_writing(
        own, counting, ngram.order, vocabulary.measure, network if mixed else None
    )
    judgement = WritingJudgement(
        nats=float(own.mean()),
        windowed_nats=_windowed(fitted, held),
        uniform=uniform(count),
        unigram=unigram(seen, asked, count),
        verdict=verdict,
    )
    return judgement, held_out(held, read, mixed=mixed)


def counting_alone(text: Text, validation: float) -> float | None:
    """Return the nats a symbol of the best n-gram on the end of a text; None where it has none.

    It is what a network in training is to be held to, before it is judged.
    """
    split = len(TextSplit.of(text, validation=validation).training)
    known, held = text.symbols[max(0, split - COUNTED) : split], text.symbols[split:][:JUDGED]
    if not len(held) or not len(known):
        return None
    return best_order(known, held, _ORDERS, vocabulary=len(text.vocabulary))[1]


def judged_on(fitted: FittedWriter, text: Text, *, adapt: bool) -> ReadingJudgement:
    """Return what the symbols of a further text, under its own vocabulary, cost a writer."""
    symbols = text.symbols[: JUDGED + 1]
    if len(symbols) < 2:
        raise DataError(f"{text.source} is too short to be judged by; it needs 2 symbols or more.")
    gates = () if fitted.mixture is None else (fitted.mixture.gate, ONLY_COUNTS)
    own = losses_of(fitted, symbols, gates)
    alone, *mixed = (mean_loss(fitted, losses, symbols) for losses in own)
    both, counting = mixed or (alone, None)
    return ReadingJudgement(
        nats=both,
        network=alone,
        counting=counting,
        adapted=mean_loss(fitted, adapted_losses(fitted, symbols), symbols) if adapt else None,
        uniform=uniform(len(text.vocabulary.alphabet)),
        symbols=int(text.vocabulary.lengths[symbols[1:]].sum()),
        unit=text.vocabulary.measure,
    )


def _heard(fitted: FittedWriter, held: TextSymbols, counting: Float64s) -> Read:
    """Return what a writer says along a part: each half with the gate that the other has taught."""
    gates, middle = [], len(held) // 2
    if fitted.mixture is not None:
        halves = (held[middle:], held[:middle])
        gates = [learnt_gate(fitted, fitted.mixture.counts, half) for half in halves]
    parts: list[tuple[Float64s, ...]] = []
    for part, following, said in _said(fitted, held, gates):
        own = said[-1]
        if gates:
            own[: max(0, middle - part.start)] = said[1][: max(0, middle - part.start)]
        expected = own.argmax(axis=-1)
        parts.append(
            (nats(own, following), nats(said[0], following), expected, nats(own, expected))
        )
    losses, network, likeliest, cost = (
        np.concatenate(all_)[:, 0] for all_ in zip(*parts, strict=True)
    )
    return Read(losses, network, counting, likeliest, cost)


def losses_of(fitted: FittedWriter, text: TextSymbols, gates: Sequence[Float64s]) -> list[Float64s]:
    """Return float64 [n - 1] of the network alone, and of it mixed with counts by each gate."""
    parts = [
        [nats(logits, following) for logits in said]
        for _, following, said in _said(fitted, text, gates)
    ]
    return [np.concatenate(losses)[:, 0] for losses in zip(*parts, strict=True)]


def _said(
    fitted: FittedWriter, text: TextSymbols, gates: Sequence[Float64s]
) -> Iterator[tuple[slice, Symbols, list[Float64s]]]:
    """Yield what is said of a text, a portion at a time.

    Yields:
        After which symbols; what followed, int32 [portion, 1]; logarithms of chances but for a
        constant, float64 [portion, 1, symbols], of the network alone and of it mixed by each gate.
    """
    network, symbols = fitted.learned.network, np.asarray(text, np.int32)[:, None]
    forward = open_engine(fitted.learned.engine, fitted.settings.threads).forward
    contexts = contexts_before(fitted.mixture, None, 1)
    for part, logits, _ in outputs(
        forward, network, fitted.weights, symbols, zero_state(network, 1)
    ):
        said = [logits.astype(np.float64)]
        if fitted.mixture is not None:
            known = fitted.mixture.counts.contexts(symbols[part], contexts)
            contexts, experts = known[-1], Experts.of(fitted.mixture.counts, logits, known)
            said += [experts.mixed(gate) for gate in gates]
        yield part, symbols[part.start + 1 : part.stop + 1], said


def mean_loss(fitted: FittedWriter, losses: Float64s, symbols: TextSymbols) -> float:
    """Return the nats of a character, or byte, by those of all symbols but the first."""
    require_finite("what the network says of the text", losses)
    return float(fitted.vocabulary.spread(losses, symbols[1:]).mean())


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
    return float(losses.sum() / fitted.vocabulary.lengths[windows[1:]].sum())


def _writer(fitted: FittedWriter) -> SymbolWriter:
    engine = open_engine(fitted.learned.engine, fitted.settings.threads)
    return engine.writer(fitted.learned.network, fitted.weights, fitted.mixture)
