"""A recurrent layer: some of its steps forward, some of its steps back.

A step is numbered in the order in which the layer takes it; a layer that reads backwards takes the
last time step first. Threads of a team share a layer by its units: each computes the rows of the
weights that belong to its units, and waits for the others after every step. All places are
addresses. What is true of the layer's cell stands in its row.
"""

from __future__ import annotations

from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.cells import cell_backward, cell_step
from recur.engines.compiled.kernels.elementwise import add, copy, hold, split
from recur.engines.compiled.kernels.filling import fill_rows
from recur.engines.compiled.kernels.plan import (
    BACKWARDS,
    BIAS,
    CARRY,
    GATE,
    GATE_STEP,
    GATES,
    INPUT_GRAD,
    INPUTS,
    JOINT,
    KEPT,
    MEMORY,
    MEMORY_STEP,
    OTHERS,
    OUTPUTS,
    RECURRENT,
    RECURRENT_BIAS,
    RING,
    RING_STEP,
    SLOTS,
    STATE_GATES,
    STEPS,
    SUMS,
    VARIANT,
    WEIGHT,
    X_STEP,
    Y_STEP,
    Row,
    X,
    Y,
)
from recur.engines.compiled.kernels.products import multiply, multiply_groups, outer
from recur.engines.compiled.kernels.threads import ThreadTeam, barrier, partition


@kernel
def layer_forward(
    row: Row, first: int, last: int, values: int, weights: int, zeros: int, lanes: int, mask: int,
    team: ThreadTeam,
) -> None:  # fmt: skip
    """Take the steps from `first` to `last` (exclusive)."""
    hidden, line = row[OUTPUTS], 4 * lanes  # bytes of a row
    for step in range(first, last):
        time = row[STEPS] - 1 - step if row[BACKWARDS] else step
        x = values + line * (row[X] + time * row[X_STEP])
        after = values + line * (row[Y] + (time + 1) * row[Y_STEP])
        before = after + line * (row[Y_STEP] if row[BACKWARDS] else -row[Y_STEP])
        kept = after if row[KEPT] == 0 else values + line * (row[GATE] + step * row[GATE_STEP])
        others = values + line * (row[MEMORY] + step * row[MEMORY_STEP])
        others_after = others + line * row[MEMORY_STEP]
        for block in range(team.rank, team.blocks, team.size):
            low, high = partition(hidden, block, team.blocks)
            _sum_up(row, x, before, kept, weights, zeros, low, high - low, lanes)
            skip = line * low
            cell_step((
                row[VARIANT], kept + skip, before + skip, after + skip, others + skip,
                others_after + skip, hidden * lanes, (high - low) * lanes,
            ))  # fmt: skip
            if mask:
                at = mask + line * time
                for unit in range(low, high):
                    new, old = after + line * unit, before + line * unit
                    hold((at, new, old, new, lanes))
                    for other in range(row[OTHERS]):
                        place = line * (other * hidden + unit)
                        new, old = others_after + place, others + place
                        hold((at, new, old, new, lanes))
        barrier(team.counters, team.size)


@kernel
def held_forward(
    row: Row, first: int, last: int, values: int, lanes: int, team: ThreadTeam
) -> None:
    """Carry the states over the steps from `first` to `last` (exclusive), which no lane takes."""
    hidden, line = row[OUTPUTS], 4 * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(hidden, block, team.blocks)
        for step in range(first, last):
            time = row[STEPS] - 1 - step if row[BACKWARDS] else step
            after = values + line * (row[Y] + (time + 1) * row[Y_STEP] + low)
            before = after + line * (row[Y_STEP] if row[BACKWARDS] else -row[Y_STEP])
            copy((before, after, (high - low) * lanes))
            others = values + line * (row[MEMORY] + step * row[MEMORY_STEP] + low)
            for other in range(row[OTHERS]):
                place = others + line * other * hidden
                copy((place, place + line * row[MEMORY_STEP], (high - low) * lanes))
    barrier(team.counters, team.size)


@kernel
def held_backward(
    row: Row, last: int, first: int, grads: int, lanes: int, team: ThreadTeam
) -> None:
    """Go back over steps that no lane takes: the grads of their states are those before them."""
    line = 4 * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(row[OUTPUTS], block, team.blocks)
        carry = grads + line * (row[CARRY] + low)
        for step in range(last - 1, first - 1, -1):
            time = row[STEPS] - 1 - step if row[BACKWARDS] else step
            at = grads + line * (row[Y] + (time + 1) * row[Y_STEP] + low)
            add((carry, at, carry, (high - low) * lanes))
    barrier(team.counters, team.size)


@kernel
def _sum_up(
    row: Row, x: int, before: int, sums: int, weights: int, zeros: int, low: int, units: int,
    lanes: int,
) -> None:  # fmt: skip
    """Write the sums of some units: of biases and products, block by block as `Cell` says."""
    hidden, inputs, line = row[OUTPUTS], row[INPUTS], 4 * lanes
    gates, joint = row[GATES], row[JOINT]
    for i in range(row[SUMS]):
        bias, state_bias, place = zeros, zeros, 4 * (i * hidden + low)
        if i < gates:
            bias = weights + 4 * row[BIAS] + place
        if i < joint:
            state_bias = weights + 4 * row[RECURRENT_BIAS] + place
        elif i >= gates:
            state_bias = weights + 4 * (row[RECURRENT_BIAS] - (gates - joint) * hidden) + place
        fill_rows((sums + place * lanes, bias, state_bias, units, lanes))
    out, step_out = sums + line * low, hidden * lanes
    own = weights + 4 * (row[WEIGHT] + low * inputs)
    multiply_groups(own, hidden * inputs, inputs, x, out, step_out, gates, units, inputs, lanes)
    own, step_own = weights + 4 * (row[RECURRENT] + low * hidden), hidden * hidden
    if joint:
        multiply_groups(own, step_own, hidden, before, out, step_out, joint, units, hidden, lanes)
    alone = row[STATE_GATES] - joint
    if alone:
        own, out = own + 4 * joint * step_own, out + 4 * gates * step_out
        multiply_groups(own, step_own, hidden, before, out, step_out, alone, units, hidden, lanes)


@kernel
def layer_backward(
    row: Row, last: int, first: int, end: int, values: int, grads: int, weights: int,
    gradient: int, ones: int, lanes: int, mask: int, team: ThreadTeam,
) -> None:  # fmt: skip
    """Go back over the steps from `last` (exclusive) down to `first`.

    Of several calls `end` is the step behind the last one that any of them goes over.

    The grads of the sums wait in a ring for some steps, until all of them are added to the
    gradient at once; where steps are masked, all that are taken are gone over in one call. Those
    that meet the input's weights alone stand first, then the joint ones, then those that meet the
    state's weights alone.
    """
    hidden, inputs, slots, line = row[OUTPUTS], row[INPUTS], row[SLOTS], 4 * lanes
    joint, alone = row[JOINT] * hidden, (row[GATES] - row[JOINT]) * hidden
    own_rows = row[STATE_GATES] * hidden
    past = line * (1 + row[OTHERS]) * hidden  # see `_activations_backward`
    carry = grads + line * row[CARRY]
    for step in range(last - 1, first - 1, -1):
        time = row[STEPS] - 1 - step if row[BACKWARDS] else step
        x = line * (row[X] + time * row[X_STEP])
        ring = grads + line * (row[RING] + (step % slots) * row[RING_STEP])
        for block in range(team.rank, team.blocks, team.size):
            low, high = partition(hidden, block, team.blocks)
            _activations_backward(
                row, step, time, low, high - low, values, grads, ring, lanes, mask
            )
        barrier(team.counters, team.size)
        sums = ring + line * alone
        for block in range(team.rank, team.blocks, team.size):
            low, high = partition(hidden, block, team.blocks)
            own = carry + line * low
            if own_rows:
                state = weights + 4 * (row[RECURRENT] + low)
                multiply(state, 1, hidden, sums, lanes, own, high - low, own_rows, lanes)
            if mask:
                add((own, own + past, own, (high - low) * lanes))
            if row[INPUT_GRAD]:
                low, high = partition(inputs, block, team.blocks)
                into = grads + x + line * low
                weight = weights + 4 * (row[WEIGHT] + low)
                if joint:
                    multiply(weight, 1, inputs, sums, lanes, into, high - low, joint, lanes)
                if alone:
                    weight += 4 * joint * inputs
                    multiply(weight, 1, inputs, ring, lanes, into, high - low, alone, lanes)
        if step % slots == 0 or (mask and step == first):
            steps = min(end - step, slots - step % slots)
            _flush(row, step, steps, values, grads, gradient, ones, lanes, team)


@kernel
def _activations_backward(
    row: Row, step: int, time: int, low: int, units: int, values: int, grads: int, ring: int,
    lanes: int, mask: int,
) -> None:  # fmt: skip
    """Turn the grads of some units' new states into those of their sums and old states.

    What of them goes past a masked step waits behind the carry: of the hidden state until the
    state's weights have added their part, of the others it is added here.
    """
    hidden, states = row[OUTPUTS], 1 + row[OTHERS]
    line, count = 4 * lanes, units * lanes
    skip, block = line * low, line * hidden
    at = line * (row[Y] + (time + 1) * row[Y_STEP]) + skip
    after = values + at
    before = after + line * (row[Y_STEP] if row[BACKWARDS] else -row[Y_STEP])
    kept = values + line * (row[GATE] + step * row[GATE_STEP]) + skip
    others = values + line * (row[MEMORY] + step * row[MEMORY_STEP]) + skip
    carry = grads + line * row[CARRY] + skip
    add((carry, grads + at, carry, count))
    if mask:
        real = mask + line * time
        for unit in range(units):
            for state in range(states):
                place = carry + line * unit + state * block
                split((real, place, place, place + states * block, lanes))
    cell_backward((
        row[VARIANT], kept, before, after, others, others + line * row[MEMORY_STEP], carry,
        ring + skip, hidden * lanes, count,
    ))  # fmt: skip
    if mask:
        for state in range(1, states):
            place = carry + state * block
            add((place, place + states * block, place, count))


@kernel
def _flush(
    row: Row, first: int, steps: int, values: int, grads: int, gradient: int, ones: int,
    lanes: int, team: ThreadTeam,
) -> None:  # fmt: skip
    """Add the grads of some steps, times what came in, to the gradient."""
    hidden, inputs, line = row[OUTPUTS], row[INPUTS], 4 * lanes
    gates, joint = row[GATES], row[JOINT]
    slot = row[RING_STEP] * lanes  # floats
    ring = grads + line * row[RING] + 4 * slot * (first % row[SLOTS])
    time = row[STEPS] - 1 - first if row[BACKWARDS] else first
    sign = -1 if row[BACKWARDS] else 1
    x = values + line * (row[X] + time * row[X_STEP])
    before = values + line * (row[Y] + (time + 1 - sign) * row[Y_STEP])
    x_step, y_step = sign * row[X_STEP] * lanes, sign * row[Y_STEP] * lanes
    for block in range(team.rank, team.blocks, team.size):
        low, high = partition(hidden, block, team.blocks)
        units = high - low
        for gate in range(max(gates, row[STATE_GATES])):
            unit = gate * hidden + low
            if gate < gates:
                slot_of = gate + gates - joint if gate < joint else gate - joint
                own = ring + line * (slot_of * hidden + low)
                out = gradient + 4 * (row[WEIGHT] + unit * inputs)
                outer(own, slot, lanes, x, x_step, lanes, out, inputs, units, inputs, steps, lanes)
                bias = gradient + 4 * (row[BIAS] + unit)
                outer(own, slot, lanes, ones, 0, 1, bias, 1, units, 1, steps, lanes)
            if gate < row[STATE_GATES]:
                own = ring + line * ((gates - joint) * hidden + unit)
                out = gradient + 4 * (row[RECURRENT] + unit * hidden)
                outer(
                    own, slot, lanes, before, y_step, lanes, out, hidden, units, hidden, steps,
                    lanes,
                )  # fmt: skip
                bias = gradient + 4 * (row[RECURRENT_BIAS] + unit)
                outer(own, slot, lanes, ones, 0, 1, bias, 1, units, 1, steps, lanes)
