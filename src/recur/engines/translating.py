"""Symbols translated on any engine: an encoder runs once, a decoder step by step, beams together.

A network of symbols with a decoder is two networks in one flat vector, one after the other, each of
which an engine runs as it is: the encoder, and the decoder with its own symbols. Between them and
behind them stand the bridge, the attention and the head, whose equations are those of
`recur.networks`. How translations are searched for stands in `recur.engines.beams`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from recur.arrays import Flags, Float32s, Symbols
from recur.engines.base import Engine
from recur.engines.beams import BeamSettings, Memory, Translation, found_translations
from recur.errors import SettingsError
from recur.networks import attention
from recur.networks.reference import State, bridged
from recur.networks.spec import NetworkSpec, Values


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

    def encode(self, inputs: Symbols, mask: Flags) -> Memory:
        """Run the encoder over [time, batch]."""
        spec = self._spec
        outputs, end = self._engine.forward(self._encoder, self._encoder_weights, inputs, mask=mask)
        keys = np.zeros((0, *outputs.shape[1:]), np.float32)
        if spec.attention != "none":
            weight = self._blocks["attention.key.weight"]
            keys = attention.keys(outputs, weight).astype(np.float32)
        state = bridged(spec, self._blocks, end) if spec.bidirectional else end
        return Memory(outputs, keys, mask, tuple(part.astype(np.float32) for part in state))

    def step(self, memory: Memory, fed: Symbols, state: State) -> tuple[Float32s, Float32s, State]:
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
        each = [_Network(engine, spec, weights) for weights in several]
        self._networks = [(one.encode, one.step) for one in each]

    def translate(
        self, sources: list[Symbols], beam: BeamSettings,
        progress: Callable[[int], None] | None = None,
    ) -> list[list[Translation]]:  # fmt: skip
        """Return the translations of each sequence; see `found_translations`."""
        return found_translations(self._networks, sources, beam, progress)
