"""Symbols translated on any engine: an encoder runs once, a decoder step by step, beams together.

A network of symbols with a decoder is two networks in one flat vector, one after the other, each of
which an engine runs as it is: the encoder, and the decoder with its own symbols. Between them and
behind them stand the bridge, the attention and the head, whose equations are those of
`recur.networks`. Several networks translate together: each step takes the mean of their
probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from recur.arrays import Flags, Float32s, Float64s, Indices, Symbols, require_finite
from recur.engines.base import Engine
from recur.errors import SettingsError
from recur.networks import attention
from recur.networks.reference import State, bridged
from recur.networks.spec import NetworkSpec, Values

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
class _Memory:
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


class _Network:
    """A network of symbols with a decoder, ready to run on an engine."""

    def __init__(self, engine: Engine, spec: NetworkSpec, weights: Values) -> None:
        self._engine, self._spec = engine, spec
        self._blocks = spec.named(weights)
        self._encoder = spec.but(
            decoder=False, attention="none", head="none", reads="every", outputs=spec.width,
            dropout=0.0, drops_inputs=False,
        )  # fmt: skip
        looks = spec.attention != "none"
        self._decoder = self._encoder.but(
            symbols=spec.outputs, bidirectional=False,
            outputs=spec.hidden if looks else spec.outputs, head="none" if looks else "linear",
        )  # fmt: skip
        first = next(p.offset for p in spec.parameters if p.name == "target.weight")
        self._encoder_weights = weights[: self._encoder.size]
        self._decoder_weights = weights[first : first + self._decoder.size]

    def encode(self, inputs: Symbols, mask: Flags) -> _Memory:
        """Run the encoder over [time, batch]."""
        spec = self._spec
        outputs, end = self._engine.forward(self._encoder, self._encoder_weights, inputs, mask=mask)
        keys = np.zeros((0, *outputs.shape[1:]), np.float32)
        if spec.attention != "none":
            keys = attention.keys(self._blocks, outputs).astype(np.float32)
        state = bridged(spec, self._blocks, end) if spec.bidirectional else end
        return _Memory(outputs, keys, mask, tuple(part.astype(np.float32) for part in state))

    def step(self, memory: _Memory, fed: Symbols, state: State) -> tuple[Float32s, Float32s, State]:
        """Take one step of the decoder.

        Args:
            memory: of as many lanes.
            fed: int32 [lanes], the symbol before.
            state: before the step.

        Returns:
            float32 [lanes, outputs]; float32 [time, lanes], what was looked at; the state after.
        """
        read, state = self._engine.forward(self._decoder, self._decoder_weights, fed[None], state)
        if self._spec.attention == "none":
            return read[0], np.zeros((0, len(fed)), np.float32), state
        context, shares = attention.attend(
            self._spec, self._blocks, read[0], memory.outputs, memory.keys, memory.mask
        )
        combined = attention.combine(self._blocks, context, read[0])
        odds = combined @ self._blocks["head.weight"].T + self._blocks["head.bias"]
        return odds.astype(np.float32), shares.astype(np.float32), state


class TranslatingNetworks:
    """Networks of symbols with a decoder, ready to translate on an engine together."""

    def __init__(self, engine: Engine, spec: NetworkSpec, several: Sequence[Values]) -> None:
        if not spec.translates:
            raise SettingsError("only a network of symbols with a decoder translates.")
        self._networks = [_Network(engine, spec, weights) for weights in several]

    def translate(
        self, sources: list[Symbols], beam: BeamSettings,
        progress: Callable[[int], None] | None = None,
    ) -> list[list[Translation]]:  # fmt: skip
        """Return the translations that are found of each sequence, the best first.

        Args:
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
            found |= dict(zip(places.tolist(), self._search(part, beam), strict=True))
            if progress is not None:
                progress(len(found))
        return [found[i] for i in range(len(sources))]

    def _search(self, sources: list[Symbols], beam: BeamSettings) -> list[list[Translation]]:
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
        memories = [_taken(each.encode(inputs, mask), lanes) for each in self._networks]
        states, fed = [each.state for each in memories], np.full(len(lanes), beam.edge, np.int32)
        scores = np.where(np.arange(len(lanes)) % beams == 0, 0.0, -np.inf)
        symbols = np.zeros((0, len(lanes)), np.int32)
        shares = np.zeros((0, len(memories[0].keys), len(lanes)), np.float32)
        over: list[list[Translation]] = [[] for _ in sources]
        for step in range(beam.longest + 1):
            odds, looked, states = self._step(memories, fed, states)
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
        self, memories: list[_Memory], fed: Symbols, states: list[State]
    ) -> tuple[Float32s, Float32s, list[State]]:
        """Take one step of all decoders, see `_Network.step`; logarithms of mean probabilities."""
        steps = [
            network.step(memory, fed, state)
            for network, memory, state in zip(self._networks, memories, states, strict=True)
        ]
        odds, looked, after = zip(*steps, strict=True)
        require_finite("what the network answers", *odds)
        likely = np.logaddexp.reduce([_logarithms(each) for each in odds]) - np.log(len(steps))
        return likely.astype(np.float32), np.mean(looked, axis=0, dtype=np.float32), list(after)


def _taken(memory: _Memory, lanes: Indices) -> _Memory:
    return _Memory(
        memory.outputs[:, lanes],
        memory.keys[:, lanes],
        memory.mask[:, lanes],
        tuple(part[:, lanes] for part in memory.state),
    )


def _logarithms(odds: Float32s) -> Float32s:
    """Return the logarithms of probabilities."""
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
