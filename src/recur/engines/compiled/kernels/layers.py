"""A recurrent layer: some of its steps forward, some of its steps back.

A step is numbered in the order in which the layer takes it; a layer that reads backwards takes the
last time step first. Threads of a team share a layer by its units: each computes the rows of the
weights that belong to its units, and meets the others after every step. All places are addresses.
"""

from __future__ import annotations

from recur.engines.compiled.build.compiler import kernel
from recur.engines.compiled.kernels.cells import (
    add,
    gru_slopes,
    gru_step,
    hold,
    lstm_slopes,
    lstm_step,
    part,
    relu_slope,
    relu_step,
    tanh_slope,
    tanh_step,
)
from recur.engines.compiled.kernels.filling import fill, fill_rows
from recur.engines.compiled.kernels.plan import (
    BACKWARDS,
    BIAS,
    CARRY,
    CELL,
    GATE,
    GATE_STEP,
    GRU,
    INPUTS,
    LSTM,
    MEMORY,
    MEMORY_STEP,
    OUTPUTS,
    RECURRENT,
    RECURRENT_BIAS,
    RELU,
    RING,
    RING_STEP,
    SLOPE,
    SLOTS,
    STEPS,
    WEIGHT,
    X_STEP,
    Y_STEP,
    Row,
    X,
    Y,
)
from recur.engines.compiled.kernels.products import multiply, multiply_groups, outer
from recur.engines.compiled.kernels.team import Team, meet, share


@kernel
def layer_forward(
    row: Row, first: int, last: int, values: int, weights: int, zeros: int, lanes: int, mask: int,
    team: Team,
) -> None:  # fmt: skip
    """Take the steps from `first` to `last` (exclusive)."""
    hidden, inputs, cell = row[OUTPUTS], row[INPUTS], row[CELL]
    gates = 3 if cell == GRU else 4 if cell == LSTM else 1
    line = 4 * lanes  # bytes of a row
    for step in range(first, last):
        time = row[STEPS] - 1 - step if row[BACKWARDS] else step
        x = values + line * (row[X] + time * row[X_STEP])
        after = values + line * (row[Y] + (time + 1) * row[Y_STEP])
        before = after + line * (row[Y_STEP] if row[BACKWARDS] else -row[Y_STEP])
        kept = values + line * (row[GATE] + step * row[GATE_STEP])
        cells = values + line * (row[MEMORY] + (step + 1) * row[MEMORY_STEP])
        if gates == 1:
            kept = after
        for block in range(team[0], team[2], team[1]):
            low, high = share(hidden, block, team[2])
            units = high - low
            for gate in range(gates):
                unit = gate * hidden + low
                bias = weights + 4 * (row[BIAS] + unit)
                state_bias = weights + 4 * (row[RECURRENT_BIAS] + unit)
                if cell == GRU and gate == 2:  # the reset gate acts on the state's part alone
                    fill_rows((kept + line * unit, bias, zeros, units, lanes))
                    fill_rows((kept + line * (unit + hidden), state_bias, zeros, units, lanes))
                else:
                    fill_rows((kept + line * unit, bias, state_bias, units, lanes))
            out, step_out = kept + line * low, hidden * lanes
            own = weights + 4 * (row[WEIGHT] + low * inputs)
            step_own = hidden * inputs
            multiply_groups(own, step_own, inputs, x, out, step_out, gates, units, inputs, lanes)
            own = weights + 4 * (row[RECURRENT] + low * hidden)
            step_own = hidden * hidden
            joint = 2 if cell == GRU else gates
            multiply_groups(
                own, step_own, hidden, before, out, step_out, joint, units, hidden, lanes
            )
            if cell == GRU:
                own, out = own + 8 * step_own, out + 12 * step_out
                multiply_groups(own, 0, hidden, before, out, 0, 1, units, hidden, lanes)
            _bend(cell, kept, before, after, cells, hidden, low, units, lanes)
            if mask:
                at = mask + line * time
                for unit in range(low, high):
                    new, old = after + line * unit, before + line * unit
                    hold((at, new, old, new, lanes))
                    if cell == LSTM:
                        new = cells + line * unit
                        hold((at, new, new - line * hidden, new, lanes))
        meet(team[3], team[1])


@kernel
def _bend(
    cell: int, kept: int, before: int, after: int, cells: int, hidden: int, low: int, units: int,
    lanes: int,
) -> None:  # fmt: skip
    """Turn the sums of some units' gates into their new state."""
    line, count = 4 * lanes, units * lanes
    a = kept + line * low
    b, c, d, e = (
        a + line * hidden,
        a + 2 * line * hidden,
        a + 3 * line * hidden,
        a + 4 * line * hidden,
    )
    old, new = before + line * low, after + line * low
    if cell == GRU:
        gru_step((a, b, c, d, old, a, b, c, new, count))
    elif cell == LSTM:
        memory = cells + line * low
        lstm_step((a, b, c, d, memory - line * hidden, a, b, c, d, e, memory, new, count))
    elif cell == RELU:
        relu_step((new, new, count))
    else:
        tanh_step((new, new, count))


@kernel
def layer_backward(
    row: Row, last: int, first: int, values: int, slopes: int, weights: int, gradient: int,
    ones: int, lanes: int, mask: int, team: Team,
) -> None:  # fmt: skip
    """Go back over the steps from `last` (exclusive) down to `first`.

    The slopes of the gates' sums wait in a ring for some steps, until all of them are added to the
    gradient at once.
    """
    hidden, inputs, cell, slots = row[OUTPUTS], row[INPUTS], row[CELL], row[SLOTS]
    gates = 4 if cell in (GRU, LSTM) else 1
    line = 4 * lanes
    carry = slopes + line * row[CARRY]
    for step in range(last - 1, first - 1, -1):
        time = row[STEPS] - 1 - step if row[BACKWARDS] else step
        x = line * (row[X] + time * row[X_STEP])
        ring = slopes + line * (row[RING] + (step % slots) * row[RING_STEP])
        for block in range(team[0], team[2], team[1]):
            low, high = share(hidden, block, team[2])
            _unbend(row, step, time, low, high - low, values, slopes, ring, lanes, mask)
        meet(team[3], team[1])
        # Gates of a GRU stand in the ring as n, r, z, q: the last three meet the state's weights.
        sums = ring + line * hidden if cell == GRU else ring
        rows = (3 if cell == GRU else gates) * hidden
        for block in range(team[0], team[2], team[1]):
            low, high = share(hidden, block, team[2])
            state = weights + 4 * (row[RECURRENT] + low)
            own = carry + line * low
            multiply(state, 1, hidden, sums, lanes, own, high - low, rows, lanes)
            if mask:
                past = own + 2 * line * hidden
                add((own, past, own, (high - low) * lanes))
            if row[SLOPE]:
                low, high = share(inputs, block, team[2])
                into = slopes + x + line * low
                weight = weights + 4 * (row[WEIGHT] + low)
                rows_in = 2 * hidden if cell == GRU else rows
                multiply(weight, 1, inputs, sums, lanes, into, high - low, rows_in, lanes)
                if cell == GRU:
                    weight += 4 * 2 * hidden * inputs
                    multiply(weight, 1, inputs, ring, lanes, into, high - low, hidden, lanes)
        if step % slots == 0:
            steps = min(row[STEPS] - step, slots)
            _flush(row, step, steps, values, slopes, gradient, ones, lanes, team)


@kernel
def _unbend(
    row: Row, step: int, time: int, low: int, units: int, values: int, slopes: int, ring: int,
    lanes: int, mask: int,
) -> None:  # fmt: skip
    """Turn the slopes of some units' new state into those of their gates' sums."""
    hidden, cell = row[OUTPUTS], row[CELL]
    line, count = 4 * lanes, units * lanes
    skip = line * low
    at = line * (row[Y] + (time + 1) * row[Y_STEP]) + skip
    after = values + at
    before = after + line * (row[Y_STEP] if row[BACKWARDS] else -row[Y_STEP])
    kept = values + line * (row[GATE] + step * row[GATE_STEP]) + skip
    carry = slopes + line * row[CARRY] + skip
    memory_carry = carry + line * hidden
    ring += skip
    block = line * hidden
    add((carry, slopes + at, carry, count))
    if mask:
        real = mask + line * time
        for unit in range(units):
            place = carry + line * unit
            part((real, place, place, place + 2 * block, lanes))
            if cell == LSTM:
                place += block
                part((real, place, place, place + 2 * block, lanes))
    a, b, c, d, e = kept, kept + block, kept + 2 * block, kept + 3 * block, kept + 4 * block
    to_a, to_b, to_c, to_d = ring, ring + block, ring + 2 * block, ring + 3 * block
    if cell == GRU:
        gru_slopes((a, b, c, d, before, carry, to_a, to_b, to_c, to_d, carry, count))
    elif cell == LSTM:
        cells = values + line * (row[MEMORY] + step * row[MEMORY_STEP]) + skip
        lstm_slopes(
            (a, b, c, d, e, cells, carry, memory_carry, to_a, to_b, to_c, to_d, memory_carry, count)
        )
        if mask:
            add((memory_carry, memory_carry + 2 * block, memory_carry, count))
    elif cell == RELU:
        relu_slope((after, carry, to_a, count))
    else:
        tanh_slope((after, carry, to_a, count))
    if cell != GRU:
        fill((carry, 0.0, count))


@kernel
def _flush(
    row: Row, first: int, steps: int, values: int, slopes: int, gradient: int, ones: int,
    lanes: int, team: Team,
) -> None:  # fmt: skip
    """Add the slopes of some steps, times what came in, to the gradient."""
    hidden, inputs, cell = row[OUTPUTS], row[INPUTS], row[CELL]
    gates = 3 if cell == GRU else 4 if cell == LSTM else 1
    slot = row[RING_STEP] * lanes  # floats
    ring = slopes + 4 * lanes * row[RING] + 4 * slot * (first % row[SLOTS])
    time = row[STEPS] - 1 - first if row[BACKWARDS] else first
    sign = -1 if row[BACKWARDS] else 1
    x = values + 4 * lanes * (row[X] + time * row[X_STEP])
    before = values + 4 * lanes * (row[Y] + (time + 1 - sign) * row[Y_STEP])
    x_step, y_step = sign * row[X_STEP] * lanes, sign * row[Y_STEP] * lanes
    for block in range(team[0], team[2], team[1]):
        low, high = share(hidden, block, team[2])
        units = high - low
        for gate in range(gates):
            unit = gate * hidden + low
            if cell == GRU:
                own = ring + 4 * lanes * (((gate + 1) % 3) * hidden + low)
                state = ring + 4 * lanes * ((gate + 1) * hidden + low)
            else:
                own = state = ring + 4 * lanes * unit
            to_own = gradient + 4 * (row[WEIGHT] + unit * inputs)
            to_state = gradient + 4 * (row[RECURRENT] + unit * hidden)
            outer(own, slot, lanes, x, x_step, lanes, to_own, inputs, units, inputs, steps, lanes)
            outer(
                state,
                slot,
                lanes,
                before,
                y_step,
                lanes,
                to_state,
                hidden,
                units,
                hidden,
                steps,
                lanes,
            )
            bias = gradient + 4 * (row[BIAS] + unit)
            outer(own, slot, lanes, ones, 0, 1, bias, 1, units, 1, steps, lanes)
            bias = gradient + 4 * (row[RECURRENT_BIAS] + unit)
            outer(state, slot, lanes, ones, 0, 1, bias, 1, units, 1, steps, lanes)
