"""The search for translations: beams that are followed together, over whatever networks step.

Several networks translate together: each step takes the mean of their probabilities. Nothing here
knows an engine; see `recur.engines.translating`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices, Symbols, require_finite
from recur.networks.reference import State

_LANES = 512  # sentences times beams that take a step together


@dataclass(frozen=True)
class BeamSettings:
    """How translations are searched for.

    Attributes:
        beams: that are followed at once, and found; 1 takes the likeliest symbol each time.
        longest: symbols that a translation may have.
        edge: the number of the symbol that begins and ends each.
    """

    beams: int
    longest: int
    edge: int


@dataclass(frozen=True)
class Translation:
    """What networks make of a sequence.

    Attributes:
        symbols: int32 [steps], without the one that ends it.
        shares: float32 [steps, source time], how much each looked at each symbol of the source; of
            no time without attention.
        score: the mean logarithm of its symbols' probabilities, that of the end among them.
    """

    symbols: Symbols
    shares: Float32s
    score: float


@dataclass(frozen=True)
class Memory:
    """What the encoder has made of some sequences.

    Attributes:
        outputs: float32 [time, batch, width].
        keys: float32 [time, batch, hidden]; of no time without attention.
        mask: bool [time, batch].
        state: with which the decoder begins.
    """

    outputs: Float32s
    keys: Float32s
    mask: Flags
    state: State


Encode = Callable[[Symbols, Flags], Memory]
"""Reads sources [time, batch], and which of their steps are real."""
Step = Callable[[Memory, Symbols, State], tuple[Float32s, Float32s, State]]
"""Takes the memory, the symbol before [lanes] and the state before.

It gives float32 [lanes, outputs]; float32 [time, lanes], what was looked at; the state after.
"""
Networks = Sequence[tuple[Encode, Step]]


def found_translations(
    networks: Networks,
    sources: Sequence[Symbols],
    beam: BeamSettings,
    progress: Callable[[int], None] | None = None,
) -> list[list[Translation]]:
    """Return the translations that are found of each sequence, the best first.

    Args:
        networks: that translate together.
        sources: int32 [steps], each of its own length, at least one.
        beam: how it is searched for.
        progress: called with how many have been translated.
    """
    order = np.argsort([len(source) for source in sources], kind="stable")
    size = max(1, _LANES // beam.beams)
    found: dict[int, list[Translation]] = {}
    for first in range(0, len(order), size):
        places = order[first : first + size]
        part = [sources[i] for i in places]
        found |= dict(zip(places.tolist(), _search(networks, part, beam), strict=True))
        if progress is not None:
            progress(len(found))
    return [found[i] for i in range(len(sources))]


def _search(
    networks: Networks, sources: Sequence[Symbols], beam: BeamSettings
) -> list[list[Translation]]:
    """Follow the likeliest translations of some sequences.

    One is over when its end is among the `beams` likeliest ways to go on, and a sentence is
    done when so many are over. The mean over symbols tells the best of them, so that short
    ones have no advantage.
    """
    lengths = np.array([len(source) for source in sources])
    mask = np.arange(int(lengths.max()))[:, None] < lengths
    inputs = np.zeros(mask.shape, np.int32)
    inputs.T[mask.T] = np.concatenate(sources)
    # The lanes of a sentence stand side by side; at first only one of them goes on.
    beams = beam.beams
    lanes = np.repeat(np.arange(len(sources)), beams)
    memories = [_taken(encode(inputs, mask), lanes) for encode, _ in networks]
    states, fed = [each.state for each in memories], np.full(len(lanes), beam.edge, np.int32)
    scores = np.where(np.arange(len(lanes)) % beams == 0, 0.0, -np.inf)
    symbols = np.zeros((0, len(lanes)), np.int32)
    shares = np.zeros((0, len(memories[0].keys), len(lanes)), np.float32)
    over: list[list[Translation]] = [[] for _ in sources]
    for step in range(beam.longest + 1):
        odds, looked, states = _step(networks, memories, fed, states)
        likely = np.add(scores.reshape(-1, 1), odds, dtype=np.float64)
        places, fed, scores = _likeliest(likely, 2 * beams)
        ends = fed == beam.edge
        last = step == beam.longest
        for lane, score in _ended(places, ends, scores, likely[:, beam.edge], beams, last=last):
            own = shares[:, :, lane].copy()
            mean = float(score) / (step + 1)
            over[lanes[lane]].append(Translation(symbols[:, lane].copy(), own, mean))
        # Sentences that are done leave, so that the others get on faster.
        going = np.cumsum(~ends, axis=1) * ~ends
        stay = (going > 0) & (going <= beams) & _unfinished(over, lanes, beams)
        if last or not stay.any():
            break
        places, fed, scores = places[stay], fed[stay], scores[stay]
        lanes, memories = lanes[places], [_taken(each, places) for each in memories]
        states = [tuple(part[:, places] for part in state) for state in states]
        symbols = np.concatenate([symbols[:, places], fed[None]])
        shares = np.concatenate([shares[:, :, places], looked[None, :, places]])
    return [sorted(each, key=lambda one: -one.score)[:beams] for each in over]


def _step(
    networks: Networks, memories: list[Memory], fed: Symbols, states: list[State]
) -> tuple[Float32s, Float32s, list[State]]:
    """Take one step of all decoders, see `Step`; logarithms of mean probabilities."""
    steps = [
        step(memory, fed, state)
        for (_, step), memory, state in zip(networks, memories, states, strict=True)
    ]
    odds, looked, after = zip(*steps, strict=True)
    require_finite("what the network answers", *odds)
    likely = np.logaddexp.reduce([_logarithms(each) for each in odds]) - np.log(len(steps))
    return likely.astype(np.float32), np.mean(looked, axis=0, dtype=np.float32), list(after)


def _taken(memory: Memory, lanes: Indices) -> Memory:
    return Memory(
        memory.outputs[:, lanes],
        memory.keys[:, lanes],
        memory.mask[:, lanes],
        tuple(part[:, lanes] for part in memory.state),
    )


def _logarithms(odds: Float32s) -> Float32s:
    """Return the logarithms of probabilities."""
    with np.errstate(over="ignore"):  # what is so far below has no probability
        values = odds - odds.max(axis=-1, keepdims=True)
    return np.asarray(values - np.log(np.exp(values).sum(axis=-1, keepdims=True)))


def _likeliest(likely: Float64s, count: int) -> tuple[Indices, Symbols, Float64s]:
    """Return of each sentence the likeliest ways to go on: lanes, symbols, logarithms.

    Each [sentences, count], the likeliest first.
    """
    outputs = likely.shape[1]
    flat = likely.reshape(-1, count // 2 * outputs)
    chosen = np.argpartition(-flat, count - 1, axis=1)[:, :count]
    values = np.take_along_axis(flat, chosen, axis=1)
    order = np.lexsort((chosen, -values), axis=1)
    chosen = np.take_along_axis(chosen, order, axis=1)
    values = np.take_along_axis(values, order, axis=1)
    lanes = chosen // outputs + np.arange(len(flat))[:, None] * (count // 2)
    return lanes, (chosen % outputs).astype(np.int32), values


def _ended(
    places: Indices, ends: Flags, scores: Float64s, all_ends: Float64s, beams: int, *, last: bool
) -> Iterator[tuple[int, float]]:
    """Yield the lanes whose translations are over, and their logarithms; in the end all are."""
    if last:
        yield from ((lane, score) for lane, score in enumerate(all_ends) if np.isfinite(score))
        return
    now = ends[:, :beams] & np.isfinite(scores[:, :beams])
    yield from zip(places[:, :beams][now].tolist(), scores[:, :beams][now].tolist(), strict=True)


def _unfinished(over: list[list[Translation]], lanes: Indices, beams: int) -> Flags:
    """Return bool [sentences, 1], whether further translations are wanted."""
    return np.array([len(over[i]) < beams for i in lanes[::beams]])[:, None]
