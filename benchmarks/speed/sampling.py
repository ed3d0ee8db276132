"""Characters a second that a network writes, against plain PyTorch in the same process.

    python benchmarks/speed/sampling.py [--threads 1] [--texts 1,8,64] [--seconds 3] [--mixed]

The other side is what one would write by hand: `nn.Embedding`, `nn.RNN` (ReLU), `nn.GRU` or
`nn.LSTM` and `nn.Linear` in inference mode, one character of all texts at a time, `softmax` and
`torch.multinomial`; as many threads, the same weights. Both take turns, and medians are given, only
where both write the same text when they take the likeliest character. A target is for one text.
With --mixed the other side is the same network without the counts that ours is mixed with, n-grams
of up to eight symbols of a text made here; what both write is another text, so nothing is compared
but the pace. Prints one JSON object a line for each network and number of texts; exit code 3 where
texts differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from recur.arrays import Symbols
from recur.bench.timing import alternate
from recur.data.text.counts import Counts
from recur.data.text.ngram import NGram
from recur.engines.mixing import EVEN, Mixture
from recur.engines.pytorch.modules import torch_module
from recur.engines.registry import open_engine
from recur.engines.sampling import SamplingSettings
from recur.networks.initial import initial_values
from recur.networks.reference import State, zero_state
from recur.networks.spec import NetworkSpec, Values
from recur.tasks.write.mixing import ORDER

SYMBOLS, EMBEDDING = 65, 100  # those of tiny Shakespeare, and of the course
COMPARED = 100  # characters that both sides write alike before they are timed


@dataclass(frozen=True)
class Case:
    """A network, and how many times faster than PyTorch it has to write one text."""

    cell: str
    layers: int
    hidden: int
    target: float

    @property
    def spec(self) -> NetworkSpec:
        """Return the network."""
        return NetworkSpec.from_dict({
            "cell": self.cell, "symbols": SYMBOLS, "inputs": EMBEDDING, "outputs": SYMBOLS,
            "hidden": self.hidden, "layers": self.layers, "reads": "every",
            "nonlinearity": "relu" if self.cell == "rnn" else "tanh",
        })  # fmt: skip


CASES = [
    Case("rnn", 3, 512, 2),
    Case("gru", 3, 512, 3),
    Case("lstm", 3, 512, 10),
    Case("rnn", 2, 128, 10),
    Case("gru", 2, 128, 10),
    Case("lstm", 2, 128, 10),
]


class Compiled:
    """This product's writer."""

    def __init__(
        self,
        spec: NetworkSpec,
        weights: Values,
        texts: int,
        threads: int,
        mixture: Mixture | None = None,
    ) -> None:
        self._writer = open_engine("compiled", threads).writer(spec, weights, mixture)
        self._before: Symbols = np.zeros((0, texts), np.int32)
        self._newest: Symbols = (np.arange(texts) % SYMBOLS).astype(np.int32)
        self._state: State = zero_state(spec, texts)
        self._written = 0

    def write(self, count: int, drawing: SamplingSettings) -> Symbols:
        """Return the next symbols of each text, int32 [count, texts]."""
        written, self._state = self._writer.write(
            self._newest, self._state, count, drawing, self._written, self._before
        )
        self._before = np.concatenate([self._before, self._newest[None], written[:-1]])[-ORDER:]
        self._newest, self._written = written[-1], self._written + count
        return written


class Plain:
    """PyTorch's modules, called for one character after the other."""

    def __init__(self, spec: NetworkSpec, weights: Values, texts: int) -> None:
        module: Any = torch_module(spec, weights).eval()
        self._embedding: nn.Embedding = module.embedding
        self._rnn: nn.RNNBase = module.rnn
        self._head: nn.Linear = module.head
        self._newest = torch.arange(texts)[None] % SYMBOLS
        self._state: Any = None

    def write(self, count: int, drawing: SamplingSettings) -> Sequence[torch.Tensor]:
        """Return the next symbols of each text, [texts] for each character."""
        written = []
        with torch.inference_mode():
            for _ in range(count):
                hidden, self._state = self._rnn(self._embedding(self._newest), self._state)
                logits = self._head(hidden[0])
                if drawing.temperature == 0:
                    drawn = logits.argmax(dim=1)
                else:
                    drawn = torch.multinomial(torch.softmax(logits, dim=1), 1)[:, 0]
                self._newest = drawn[None]
                written.append(drawn)
        return written


def compared(case: Case, texts: int, threads: int, seconds: float) -> dict[str, Any]:
    """Return what was measured of a network and a number of texts."""
    spec = case.spec
    weights = initial_values(spec, seed=0)
    ours, theirs = Compiled(spec, weights, texts, threads), Plain(spec, weights, texts)
    greedy, drawn = SamplingSettings(temperature=0), SamplingSettings(seed=1)
    other = torch.stack(list(theirs.write(COMPARED, greedy))).numpy()
    row: dict[str, Any] = {
        "network": f"{case.cell} {case.layers} x {case.hidden}", "texts": texts,
        "threads": threads, "agree": bool((ours.write(COMPARED, greedy) == other).all()),
    }  # fmt: skip
    if not row["agree"]:
        return row
    own, plain = alternate(
        lambda count: list(ours.write(count, drawn)),
        lambda count: theirs.write(count, drawn),
        seconds,
    )
    return row | {
        "characters_per_second": round(texts / own),
        "torch_characters_per_second": round(texts / plain),
        "ratio": round(plain / own, 2),
        "target": case.target if texts == 1 else None,
    }


def mixed(case: Case, texts: int, threads: int, seconds: float) -> dict[str, Any]:
    """Return the pace of a network mixed with counts, beside that of the network alone."""
    spec = case.spec
    weights = initial_values(spec, seed=0)
    mixture = Mixture(Counts.of(NGram.fit(_text(300_000), ORDER, SYMBOLS)), EVEN)
    both, alone = (Compiled(spec, weights, texts, threads, with_) for with_ in (mixture, None))
    drawn = SamplingSettings(seed=1)
    own, plain = alternate(
        lambda count: list(both.write(count, drawn)),
        lambda count: list(alone.write(count, drawn)),
        seconds,
    )
    return {
        "network": f"{case.cell} {case.layers} x {case.hidden}", "texts": texts,
        "threads": threads, "agree": True,
        "mixed_characters_per_second": round(texts / own),
        "alone_characters_per_second": round(texts / plain),
        "ratio": round(plain / own, 2),
    }  # fmt: skip


def _text(count: int) -> Symbols:
    """Return symbols of which some follow two others rather than most."""
    random = np.random.default_rng(0)
    usual = random.integers(0, SYMBOLS, (SYMBOLS, SYMBOLS, 3))
    which, odd = random.integers(0, 3, count), random.random(count) < 0.2
    text = random.integers(0, SYMBOLS, count)
    for i in range(2, count):
        if not odd[i]:
            text[i] = usual[text[i - 2], text[i - 1], which[i]]
    return text.astype(np.int32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--texts", default="1,8,64")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--mixed", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    agree = True
    for case in CASES:
        for texts in map(int, given.texts.split(",")):
            measure = mixed if given.mixed else compared
            row = measure(case, texts, given.threads, given.seconds)
            print(json.dumps(row), flush=True)
            agree &= row["agree"]
    sys.exit(0 if agree else 3)


if __name__ == "__main__":
    main()
