"""The plan of a network: what compiled code needs to know of it, as whole numbers.

All values of a batch tile stand in one array. It consists of rows, one float for each lane (a lane
is one sequence); a buffer of some features at some time steps is a run of rows, [time, feature].
The plan says at which row each buffer begins, so the same code runs every network, and a tile of
any number of lanes. Slopes stand in a second array: those of the live rows, which layers hand to
each other, at the same row; then what layers keep to themselves on their way back.
"""

from __future__ import annotations

from typing import NamedTuple

from numba.np.unsafe.ndarray import to_fixed_tuple

from recur.arrays import Indices
from recur.engines.compiled.build.compiler import kernel
from recur.networks.spec import NetworkSpec

Row = Indices
"""A stage of a plan, int64 [columns]."""

# The kinds of stages.
LAYER, DENSE, CONVOLUTION, EMBEDDING, DROPOUT, JOIN, POOL, SPELLING, ATTENTION = range(9)
# The activations of a dense stage.
LINEAR, TANH, RELU, SIGMOID = range(4)
# What a pooling stage takes over time, in the same column.
MEAN, GREATEST = range(2)

# The columns of a stage. An input or output of step t stands at its row plus t times its step;
# a layer's output of step t one step further, with the state before the first step in front. Of a
# layer's cell there are: the number of its equations, its gates, those of the state's weights, how
# many of both are joint, its sums, what it keeps, and its states but the first (see `Cell`).
(
    KIND, X, X_STEP, INPUTS, Y, Y_STEP, OUTPUTS, STEPS, WEIGHT, BIAS, INPUT_GRAD,
    VARIANT, GATES, STATE_GATES, JOINT, SUMS, KEPT, OTHERS,
    BACKWARDS, RECURRENT, RECURRENT_BIAS, GATE, GATE_STEP, MEMORY, MEMORY_STEP,
    RING, RING_STEP, SLOTS, CARRY, PART, ORIGIN,
    ACTIVATION, KERNEL, STRIDE, SKIP, SITE, MASK, ONCE, SECOND,
    ALPHABET, WIDTH,
    SECOND_STEP, KEYS, KEYS_STEP, QUERY, QUERY_STEP, SOURCE, SHARES, SHARE_GRADS, SCRATCH,
    COLUMNS,
) = range(51)  # fmt: skip

# A batch of so few lanes shares the rows of the weights of so many hidden units, or more: a few
# lanes cannot be shared, and weights that fill the cache are better read once for all lanes.
_SHARING = ((8, 128), (64, 256))
_BLOCKS = 4  # parts into which shared rows are divided


class Plan(NamedTuple):
    """A network as compiled code takes it.

    Attributes:
        stages: int64 [stages, columns].
        encoder: stages before the decoder's.
        decoding: 1 where there is a decoder of values, which runs step by step, with all that
            follows.
        translating: 1 where there is one of symbols, which runs over all its steps at once.
        inputs: values at each time step of the input; 1 for symbols.
        steps: time steps of the input.
        x: row of the input.
        out: row of the output.
        out_step: rows from one output step to the next.
        out_steps: output steps.
        outputs: values at each of them.
        every: 1 where there is an output for each time step of the input.
        target: row of the targets.
        start: row of the decoder's inputs; of symbols, one a step.
        fed: row of the decoder's steps that are fed the truth.
        mask: row of the real steps; -1 where all are.
        ones: a row of ones.
        rows: rows of the values.
        live: rows that have grads.
        grad_rows: rows of the grads.
        blocks: parts into which rows of weights are divided among threads; 1 where lanes are.
        size: parameters.
        counted: row that says which targets count; -1 where all do.
        read_first: time step of the input at which the first output of every step is read.
        read_stride: time steps from one such output to the next.
        chain: where the weights from answer to answer begin; -1 where there are none.
    """

    stages: Indices
    encoder: int
    decoding: int
    translating: int
    inputs: int
    steps: int
    x: int
    out: int
    out_step: int
    out_steps: int
    outputs: int
    every: int
    target: int
    start: int
    fed: int
    mask: int
    ones: int
    rows: int
    live: int
    grad_rows: int
    blocks: int
    size: int
    counted: int
    read_first: int
    read_stride: int
    chain: int


_SIZES = len(Plan._fields) - 1


@kernel
def plan_of(stages: Indices, sizes: Indices) -> Plan:
    """Return the plan of some stages and its other entries, in order."""
    return Plan(stages, *to_fixed_tuple(sizes, _SIZES))


def blocks_for(spec: NetworkSpec, batch: int) -> int:
    """Return into how many parts rows of weights are divided; 1 where lanes are, for any threads.

    The problem alone decides, never the machine, so that the bits of a result do not depend on it.
    """
    split = any(batch <= lanes and spec.hidden >= hidden for lanes, hidden in _SHARING)
    return _BLOCKS if split and spec.recurrent else 1
