"""Training steps of a classifier and of a tagger, against a plain PyTorch loop in the same process.

    python benchmarks/speed/labelled.py [--threads 2] [--seconds 5]

The other side is what one would write by hand: `nn.Embedding`, an `nn.LSTM` both ways, its maximum
over time (or every step) and an `nn.Linear`, `cross_entropy`, `clip_grad_norm_` and Adam, from the
same weights, on the same batches of 32 texts of 24 words. Both take turns on as many threads, and a
ratio is given only where the losses of the first steps agree. Prints one JSON object a line; exit
code 3 where they do not agree. A translator's is part of `benchmarks/accuracy/translate.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recur.bench.timing import Tolerance, alternate
from recur.data.sources.sequences import Sequences
from recur.engines.base import Chunk, Snapshot, StepRecipe
from recur.engines.pytorch.modules import torch_module
from recur.engines.registry import open_engine
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

TEXTS, WORDS, BATCH, RATE, COMPARED = 3200, 24, 32, 1e-3, 20
SPECS = {
    "classifier": {"hidden": 64, "inputs": 64, "outputs": 2, "reads": "max"},
    "tagger": {"hidden": 100, "inputs": 100, "outputs": 13, "reads": "every"},
}


class Ours:
    """The compiled engine's trainer."""

    def __init__(self, spec: NetworkSpec, data: Sequences, batches: Any, threads: int) -> None:
        first = Snapshot.first(initial_values(spec, 0))
        recipe = StepRecipe(loss="cross_entropy")
        self._trainer = open_engine("compiled", threads).trainer(spec, recipe, data, first)
        self._batches, self._done = batches, 0

    def run(self, count: int) -> list[float]:
        """Take some steps; return their losses."""
        steps = np.arange(self._done, self._done + count)
        self._done += count
        chunk = Chunk(self._batches[steps % len(self._batches)], np.full(count, RATE), steps, 0)
        return list(self._trainer.run(chunk).losses)


class Plain:
    """PyTorch's modules, called batch after batch."""

    def __init__(self, spec: NetworkSpec, data: Sequences, batches: Any) -> None:
        self._module = torch_module(spec, initial_values(spec, 0))
        self._adam = torch.optim.Adam(self._module.parameters(), RATE)
        rows = data.starts[batches][..., None] + np.arange(WORDS)
        every = spec.reads == "every"
        self._words = torch.from_numpy(data.inputs[rows].astype(np.int64)).transpose(1, 2)
        truth = data.targets[rows] if every else data.targets[rows[..., -1]]
        self._truth = torch.from_numpy(truth.astype(np.int64))
        self._truth = self._truth.transpose(1, 2) if every else self._truth
        self._done = 0

    def run(self, count: int) -> list[Tensor]:
        """Take some steps; return their losses."""
        return [self._step() for _ in range(count)]

    def _step(self) -> Tensor:
        at = self._done % len(self._words)
        self._done += 1
        self._adam.zero_grad()
        logits, _ = self._module(self._words[at])
        loss = nn.functional.cross_entropy(logits.flatten(0, -2), self._truth[at].flatten())
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._module.parameters(), 1.0)
        self._adam.step()
        return loss.detach()


def compared(name: str, threads: int, seconds: float) -> dict[str, Any]:
    """Return what was measured of one of the two."""
    spec = NetworkSpec.from_dict(
        {"cell": "lstm", "symbols": 5000, "bidirectional": True, **SPECS[name]}
    )
    random = np.random.default_rng(0)
    count = TEXTS * WORDS
    data = Sequences(
        random.integers(0, spec.symbols, count).astype(np.int32),
        random.integers(0, spec.outputs, count).astype(np.int32),
        np.arange(TEXTS) * WORDS,
        WORDS,
    )
    batches = random.permutation(TEXTS).reshape(-1, BATCH)
    ours, plain = Ours(spec, data, batches, threads), Plain(spec, data, batches)
    row: dict[str, Any] = {"task": name, "parameters": spec.size, "threads": threads}
    row["agree"] = Tolerance(relative=1e-3).allows(
        ours.run(COMPARED), [loss.numpy() for loss in plain.run(COMPARED)]
    )
    if not row["agree"]:
        return row
    own, theirs = alternate(ours.run, plain.run, seconds)
    steps = {"steps_per_second": round(1 / own, 1), "torch_steps_per_second": round(1 / theirs, 1)}
    return row | steps | {"ratio": round(theirs / own, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    agree = True
    for name in SPECS:
        row = compared(name, given.threads, given.seconds)
        print(json.dumps(row), flush=True)
        agree &= row["agree"]
    sys.exit(0 if agree else 3)


if __name__ == "__main__":
    main()
