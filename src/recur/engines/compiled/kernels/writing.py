"""Symbols written one after the other: each step of the network, and the draw that ends it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recur.arrays import Float32s, Indices, Symbols
from recur.engines.compiled.build.compiler import entry, kernel
from recur.engines.compiled.kernels.mixing import Tree, follow, mix
from recur.engines.compiled.kernels.network import forward
from recur.engines.compiled.kernels.plan import (
    BIAS,
    GATES,
    INPUTS,
    OUTPUTS,
    Plan,
    plan_of,
)
from recur.engines.compiled.kernels.sampling import no_keys, words
from recur.engines.compiled.kernels.threads import flush_denormals, restore_denormals
from recur.engines.compiled.kernels.tiles import LANES, Workspace, share_of, tile_of
from recur.engines.sampling import FEWEST, FRACTION, POWERS, SHIFT
from recur.networks.spec import NetworkSpec
from recur.seeding import Purpose

NOT_FINITE = -1
"""Stands in the place of a symbol that could not be drawn."""

_SYMBOLS = int(Purpose.SYMBOLS)
_WORD = 0xFFFFFFFF
_GREATEST = float(np.finfo(np.float32).max)


class Sampling(NamedTuple):
    """`SamplingSettings` as compiled code takes them, and where it computes.

    Attributes:
        scale: as `SamplingSettings.scale` says; 0 where the likeliest symbol is taken.
        top_k: symbols that may be drawn.
        top_p: the probability that they have to reach together.
        least: the least share of a symbol that may be drawn.
        seed: of the random numbers.
        logits: float32 [symbols].
        shares: int64 [symbols].
        heap: int64 [symbols].
    """

    scale: float
    top_k: int
    top_p: float
    least: int
    seed: int
    logits: Float32s
    shares: Indices
    heap: Indices


def with_table(spec: NetworkSpec, weights: Float32s) -> Float32s:
    """Return weights, and behind them what each symbol adds to the first layer's sums.

    For one text at a time the weights come from memory anew with every symbol. Those that meet the
    symbol's own vector can be left there: a row of the table, [symbols, gates * hidden], takes the
    place of the layer's biases. A table larger than the weights themselves is not made.
    """
    names = ("embedding.weight", "rnn.weight_ih_l0", "rnn.bias_ih_l0")
    vectors, layer, bias = (spec.named(weights)[name] for name in names)
    if spec.symbols * len(bias) > spec.size:
        return np.array(weights, np.float32)
    # In double precision the order of the sums, which a BLAS chooses, is lost in the rounding.
    table = vectors.astype(np.float64) @ layer.T.astype(np.float64) + bias
    return np.concatenate([weights, table.ravel()], dtype=np.float32, casting="same_kind")


def looking_up(plan: Plan) -> Plan:
    """Return the plan of a network whose first layer finds its sums in the table."""
    stages = plan.stages[1:].copy()  # no embedding
    stages[0, INPUTS] = 0
    return plan._replace(stages=stages, encoder=plan.encoder - 1)


@entry
def write(
    stages: Indices, sizes: Indices, weights: Float32s, zeros: Float32s, values: Float32s,
    table: int, symbols: Symbols, states: Float32s, scale: float, top_k: int, top_p: float,
    least: int, seed: int, first_step: int, tree: Tree, contexts: Indices, earlier: Symbols,
    out: Symbols, size: int, rank: int, counters: int,
) -> None:  # fmt: skip
    """Draw the next symbols of each lane, as one thread of a team; change the states.

    Args:
        stages: the plan's.
        sizes: int64, the plan's other entries.
        weights: float32 [parameters, and what `with_table` puts behind them].
        zeros: float32, as many as a stage has biases.
        values: float32 [threads, values of a tile].
        table: place of that table in the weights, of a plan that looks into it; else -1.
        symbols: int32 [lanes], the newest ones.
        states: float32 [states * parts, lanes, hidden].
        scale: of the `SamplingSettings`, as are the next four.
        top_k: symbols that may be drawn.
        top_p: the probability that they have to reach together.
        least: the least share of a symbol that may be drawn.
        seed: of the random numbers.
        first_step: how many symbols have been drawn before.
        tree: counts that the outputs are mixed with.
        contexts: int64 [lanes, order], what the counts know before any symbol; of no order where
            there are none.
        earlier: int32 [any, lanes], what stands in front of the newest symbols.
        out: int32 [count, lanes], the drawn ones.
        size: of the team.
        rank: of this thread.
        counters: address of what the team counts at barriers.
    """
    before = flush_denormals()
    plan, lanes = plan_of(stages.copy(), sizes), len(symbols)
    share = share_of(plan, size, rank, counters)
    workspace = Workspace(weights, values, np.empty((1, 2, 0), np.int64), zeros, states, 1)
    own, fresh, keys = values[share.place], np.zeros(lanes, np.bool_), no_keys(sizes)
    sampling = Sampling(
        scale, top_k, top_p, least, seed, np.empty(plan.outputs, np.float32),
        np.empty(plan.outputs, np.int64), np.empty(plan.outputs, np.int64),
    )  # fmt: skip
    counted = np.empty(plan.outputs)
    sums = plan.stages[0, GATES] * plan.stages[0, OUTPUTS]
    for number in range(share.first, (lanes + LANES - 1) // LANES, share.step):
        first, last = number * LANES, min(lanes, (number + 1) * LANES)
        tile = tile_of(workspace, share, own, weights, fresh, keys, first, last)
        if share.leads and contexts.shape[1]:
            for lane in range(first, last):
                for step in range(len(earlier)):
                    follow(tree, contexts[lane], earlier[step, lane])
        for step in range(len(out)):
            newest = symbols if step == 0 else out[step - 1]
            if share.leads:  # it feeds and draws; the others wait for its lookup
                if table >= 0:
                    plan.stages[0, BIAS] = table + max(0, newest[0]) * sums
                for lane in range(first, last):
                    own[plan.x * (last - first) + lane - first] = max(0, newest[lane])
            forward(plan, tile)
            if share.leads:
                row = plan.out * (last - first)
                if contexts.shape[1]:
                    for lane in range(first, last):
                        follow(tree, contexts[lane], max(0, newest[lane]))
                        mix(tree, contexts[lane], counted, own, row + lane - first, last - first)
                _draw(own, row, last - first, sampling, first, first_step + step, out[step])
    restore_denormals(before)


@kernel
def _draw(
    values: Float32s, row: int, lanes: int, sampling: Sampling, first: int, step: int, out: Symbols
) -> None:
    """Draw a symbol for each lane of a tile whose outputs stand at a row."""
    logits = sampling.logits
    for lane in range(lanes):
        likeliest, finite = 0, True
        for i in range(len(logits)):
            logits[i] = values[row + i * lanes + lane]
            finite = finite and abs(logits[i]) <= _GREATEST
            if logits[i] > logits[likeliest]:
                likeliest = i
        if not finite:
            out[first + lane] = NOT_FINITE
        elif sampling.scale == 0:
            out[first + lane] = likeliest
        else:
            out[first + lane] = _chosen(sampling, logits[likeliest], first + lane, step)


@kernel
def _chosen(sampling: Sampling, greatest: float, lane: int, step: int) -> int:
    """Return the symbol that a lane's random number meets; see `sampling.choose`."""
    shares = sampling.shares
    total = 0
    for i in range(len(shares)):
        shares[i] = _share((np.float64(greatest) - np.float64(sampling.logits[i])) * sampling.scale)
        total += shares[i]
    if sampling.top_k < len(shares) or sampling.top_p < 1:
        total = _cut(sampling, total)
    if sampling.least > 0:
        total = 0
        for i in range(len(shares)):
            shares[i] = shares[i] if shares[i] >= sampling.least else 0
            total += shares[i]
    a, b, c, d = words(lane // 4, step, _SYMBOLS, sampling.seed)
    word = a if lane % 4 == 0 else b if lane % 4 == 1 else c if lane % 4 == 2 else d
    met = np.int64((np.float64(word) + 0.5) * 2.0**-32 * np.float64(total))
    passed = 0
    for i in range(len(shares)):
        passed += shares[i]
        if passed > met:
            return i
    return 0  # never: what is met is less than the total


@kernel
def _share(below: float) -> int:
    """Return the share of a symbol so many halvings below the likeliest one."""
    halvings = np.int64(min(below, float(FEWEST << FRACTION)))
    fraction = halvings & ((1 << FRACTION) - 1)
    power = POWERS[-1]
    for k in range(len(POWERS) - 2, -1, -1):
        power = POWERS[k] + ((power * fraction) >> FRACTION)
    return (power << SHIFT) >> (halvings >> FRACTION)  # type: ignore[no-any-return]


@kernel
def _cut(sampling: Sampling, total: int) -> int:
    """Take their shares from symbols that may not be drawn; return the total that is left.

    The likeliest symbols are taken off a heap one by one, which leaves the rest unsorted.
    """
    heap, shares = sampling.heap, sampling.shares
    count = len(heap)
    _order(sampling.logits.view(np.int32), heap)
    for i in range(count // 2 - 1, -1, -1):
        _sink(heap, heap[i], i, count)
    most, taken = min(sampling.top_k, count), 0
    if most < count:
        total = 0
        while taken < most:
            total += shares[_take(heap, taken)]
            taken += 1
    enough = np.ceil(sampling.top_p * np.float64(total))
    kept, left = 0, 0
    while kept < most and np.float64(left) < enough:
        if kept == taken:
            _take(heap, taken)
            taken += 1
        kept += 1
        left += shares[_WORD - (heap[count - kept] & _WORD)]
    for i in range(count - kept):
        shares[_WORD - (heap[i] & _WORD)] = 0
    return left


@kernel
def _order(bits: Symbols, heap: Indices) -> None:
    """Write a whole number for each symbol that is the greater the sooner it is taken.

    Its high half orders logits by their bits, its low half equal ones by the symbols' numbers.
    """
    for i in range(len(bits)):
        value = np.int64(bits[i])
        if value < 0:  # the bits of negative numbers rise with their size; two zeros are equal
            value = -(value & 0x7FFFFFFF)
        heap[i] = (value << 32) | (_WORD - i)


@kernel
def _take(heap: Indices, taken: int) -> int:
    """Move the greatest of a heap, from which some were taken, behind it; return its symbol."""
    last = len(heap) - 1 - taken
    greatest = heap[0]
    _sink(heap, heap[last], 0, last)
    heap[last] = greatest
    return _WORD - (greatest & _WORD)  # type: ignore[no-any-return]


@kernel
def _sink(heap: Indices, value: int, place: int, count: int) -> None:
    """Put a value into a heap of some values at a place, or as far below as greater ones stand."""
    while 2 * place + 1 < count:
        below = 2 * place + 1
        if below + 1 < count and heap[below + 1] > heap[below]:
            below += 1
        if heap[below] <= value:
            break
        heap[place] = heap[below]
        place = below
    heap[place] = value
