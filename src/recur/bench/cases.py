"""What the compiled engine and PyTorch are compared on: a table of networks, and a grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from recur.arrays import Float32s, Indices
from recur.data.panel.scaling import Scaler
from recur.data.sources.sequences import Sequences
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import Source
from recur.networks.initial import initial_values
from recur.networks.spec import Cell, NetworkSpec, Values

_CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
_HIDDEN = (8, 15, 30, 64, 128, 256, 512)
_BATCH = (1, 5, 32, 128, 300)
_STEPS = (10, 50, 100)

_HORIZON = 2  # steps of the decoder
_FADING = 0.6  # of a fading state, what is left after a step: after 180 steps less than 1e-39
_BATCHES = 8  # of different sequences, taken over and over
_OBSERVATIONS = 64
_RATE = 1e-4


@dataclass(frozen=True)
class Case:
    """A network, and what it is made to do.

    Attributes:
        name: tells it apart from all others: cell, hidden size, batch and steps, and what is
            special about it.
        spec: the network.
        batch: sequences at once.
        steps: time steps of each.
        work: `training`, whole training steps; `fading`, the same without a change of weights and
            with a state that fades away; `single`, one observation after the other; `cell`, the
            same, where PyTorch is called by `nn.GRUCell`.
        target: the ratio to reach; None where there is none but not to be slower.
    """

    name: str
    spec: NetworkSpec
    batch: int = 1
    steps: int = 1
    work: Literal["training", "fading", "single", "cell"] = "training"
    target: float | None = None

    @property
    def trains(self) -> bool:
        """Return whether the network is run back too."""
        return self.work in ("training", "fading")

    @property
    def operations(self) -> float:
        """Return the arithmetic of one step of work, in floating-point operations.

        Matrix products alone, a multiplication and an addition for each weight, sequence and time
        step at which it is used: `2 * weights * batch * steps`, thrice that in training, which
        takes the grads of what came in and of the weights, each as much as the way forward. What
        is not counted (gates, biases, loss, Adam) is work too, so a share of the peak is less than
        what the processor really does; of the grads of the first layer's inputs, which are
        counted, nobody needs any, but those are few.
        """
        used = {"rnn": self.steps, "decoder": _HORIZON, "head": self._read}
        weights = sum(
            parameter.size * used[parameter.name.partition(".")[0]]
            for parameter in self.spec.parameters
            if len(parameter.shape) == 2
        )
        return (3 if self.trains else 1) * 2.0 * weights * self.batch

    @property
    def _read(self) -> int:
        """Return at how many time steps the head is used."""
        if self.spec.decoder:
            return _HORIZON
        return self.steps if self.spec.reads == "every" else 1

    @property
    def rate(self) -> float:
        """Return the learning rate: small, so that nothing diverges however long it is timed."""
        return 0.0 if self.work == "fading" else _RATE

    def weights(self) -> Values:
        """Return the network's first weights, float32 [size]."""
        weights = initial_values(self.spec, seed=0)
        if self.work == "fading":
            named = self.spec.named(weights)
            for name in ("rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"):
                named[name][...] = 0.0
            named["rnn.weight_hh_l0"][...] = _FADING * np.eye(self.spec.hidden)
        return weights

    def source(self) -> Source:
        """Return what is learnt: random numbers, or a noisy signal for a decoder."""
        random = np.random.default_rng(0)
        if self.spec.decoder:
            time = np.linspace(0, 80 * np.pi, 2000)
            values = np.sin(2 * time) + 0.5 * np.cos(time) + random.normal(0, 0.2, len(time))
            scaler = Scaler.fit("none", [values])
            return Windows.over(read_panel(values), scaler, self.steps, _HORIZON)
        rows = 2 * self.batch * self.steps
        starts = np.arange(0, rows, self.steps)
        inputs = random.standard_normal((rows, self.spec.inputs), np.float32)
        if self.work == "fading":
            inputs[...] = 0.0
            inputs[starts] = 1.0
        targets = random.standard_normal((rows, self.spec.outputs), np.float32)
        return Sequences(inputs, targets, starts, self.steps)

    def batches(self, source: Source) -> Indices:
        """Return int64 [batches, batch], what each training step takes, over and over."""
        random = np.random.default_rng(1)
        return np.stack([random.permutation(len(source))[: self.batch] for _ in range(_BATCHES)])

    def observations(self) -> Float32s:
        """Return float32 [observations, batch, inputs], what a network is given one by one."""
        shape = (_OBSERVATIONS, self.batch, self.spec.inputs)
        return np.random.default_rng(0).standard_normal(shape, np.float32)


def table() -> list[Case]:
    """Return the networks whose ratios have a target, and one whose state fades away."""
    gru = NetworkSpec(cell="gru", hidden=30)
    decoder = NetworkSpec(cell="lstm", hidden=15, decoder=True)
    stacks = {
        cell: NetworkSpec(cell=cell, hidden=512, layers=3, inputs=100, outputs=512, head="none")
        for cell in _CELLS
    }
    return [
        Case("gru-30-300-100-every", gru.but(reads="every"), 300, 100, target=8.0),
        Case("lstm-15-5-5-decoder", decoder, 5, 5, target=50.0),
        Case("rnn-20-128-50", NetworkSpec(cell="rnn", hidden=20), 128, 50, target=8.0),
        Case("lstm-2x64-64-30", NetworkSpec(cell="lstm", hidden=64, layers=2), 64, 30, target=1.5),
        *(
            Case(f"{cell}-3x512-32-50", stacks[cell].but(head="linear"), 32, 50, target=target)
            for cell, target in zip(_CELLS, (1.5, 1.3, 1.2), strict=True)
        ),
        *(
            Case(f"{cell}-3x512-single", stacks[cell], work="single", target=target)
            for cell, target in zip(_CELLS, (2.0, 3.0, 10.0), strict=True)
        ),
        Case("gru-30-single", gru, work="single", target=10.0),
        Case("gru-30-single-cell", gru, work="cell"),
        Case("rnn-64-8-400-fading", NetworkSpec(cell="rnn", hidden=64), 8, 400, "fading"),
    ]


def grid(*, thinned: bool = False) -> list[Case]:
    """Return networks of every cell, hidden size, batch and number of steps.

    Args:
        thinned: 35 of the 315, in which every pair of a value of one and a value of another
            still occurs.
    """
    everything = product(*(range(len(axis)) for axis in (_CELLS, _HIDDEN, _BATCH, _STEPS)))
    return [
        _of_grid(_CELLS[cell], _HIDDEN[hidden], _BATCH[batch], _STEPS[steps])
        for cell, hidden, batch, steps in everything
        if not thinned or ((hidden + batch - cell) % 3 == 0 and (hidden - batch - steps) % 3 == 0)
    ]


def _of_grid(cell: Cell, hidden: int, batch: int, steps: int) -> Case:
    spec = NetworkSpec(cell=cell, hidden=hidden)
    return Case(f"{cell}-{hidden}-{batch}-{steps}", spec, batch, steps)
