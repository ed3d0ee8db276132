"""The stages of recurrent layers on top of each other, and the rows that they stand in."""

from __future__ import annotations

import numpy as np

from recur.arrays import Indices
from recur.engines.compiled.kernels import plan as columns
from recur.engines.compiled.kernels.cells import variant
from recur.engines.compiled.kernels.plan import (
    CARRY,
    COLUMNS,
    DENSE,
    DROPOUT,
    GATE,
    GATE_STEP,
    GREATEST,
    JOIN,
    KIND,
    LAYER,
    LINEAR,
    MASK,
    MEAN,
    MEMORY,
    MEMORY_STEP,
    POOL,
    RING,
    RING_STEP,
    SLOTS,
)
from recur.networks.spec import NetworkSpec

_RING_LANES = 1024  # steps times lanes after which grads are summed into weights' gradients


class Stacks:
    """Gives out rows and writes stages, of what is the same in front of and behind a decoder."""

    def __init__(
        self,
        spec: NetworkSpec,
        lanes: int,
        blocks: int,
        *,
        training: bool,
        dropout: bool,
        masked: bool,
    ) -> None:
        self.spec = spec
        self.training = training
        self.rate = spec.dropout if dropout else 0.0
        self.offsets = {p.name: p.offset for p in spec.parameters}
        self.slots = max(2, _RING_LANES // max(1, lanes))
        self.masked = masked
        self.blocks = blocks
        self.bridges: list[int] = []
        self.stages: list[Indices] = []
        self.live = 0
        self.own_rows: list[tuple[Indices, int, int]] = []
        self.own_grads: list[tuple[Indices, int, int]] = []

    def rows(self, count: int) -> int:
        """Return the first of some live rows."""
        self.live += count
        return self.live - count

    def stage(self, kind: int, **entries: int) -> Indices:
        """Append a stage."""
        row = np.zeros(COLUMNS, np.int64)
        row[KIND] = kind
        for name, value in entries.items():
            row[getattr(columns, name.upper())] = value
        self.stages.append(row)
        return row

    def dense(self, name: str, x: int, x_step: int, inputs: int, y: int, steps: int) -> None:
        """Lay out a linear stage as wide as a hidden state, whose bias may be missing."""
        hidden = self.spec.hidden
        self.stage(
            DENSE, x=x, x_step=x_step, inputs=inputs, y=y, y_step=hidden, outputs=hidden,
            steps=steps, activation=LINEAR, input_grad=1,
            weight=self.offsets[f"{name}.weight"], bias=self.offsets.get(f"{name}.bias", -1),
        )  # fmt: skip

    def stack(
        self, name: str, x: int, x_step: int, width: int, steps: int, site: int, given: bool,
        directions: int,
    ) -> tuple[int, int, int]:  # fmt: skip
        """Lay out layers on top of each other; return row, step and width of what they give."""
        spec = self.spec
        wide = spec.hidden * directions
        lasts = []
        for layer in range(spec.layers):
            if layer:
                x, x_step = self.dropped(x, x_step, width, steps, site + layer)
            y_step = _apart(wide)
            y = self.rows((steps + 2) * y_step)
            for direction, suffix in enumerate(("", "_reverse")[:directions]):
                self._layer(
                    f"{name}.{{}}_l{layer}{suffix}", x, x_step, width, y + direction * spec.hidden,
                    y_step, steps, direction, given or layer > 0, layer * directions + direction,
                )  # fmt: skip
            x, x_step, width = y + y_step, y_step, wide
            lasts.append(x)
        if spec.decoder and directions == 2:
            self._bridge(lasts, x_step, steps)
        return x, x_step, width

    def _bridge(self, lasts: list[int], x_step: int, steps: int) -> None:
        """Lay out what makes a decoder's first states of the last outputs of both directions."""
        spec = self.spec
        rows = spec.hidden * spec.recurrent_cell.bridged
        for layer, last in enumerate(lasts):
            x, y = self.last(last, x_step, steps), self.rows(rows)
            self.bridges.append(len(self.stages))
            self.stage(
                DENSE, x=x, x_step=spec.width, inputs=spec.width, y=y, y_step=rows, outputs=rows,
                steps=1, activation=LINEAR, input_grad=1,
                weight=self.offsets[f"bridge.weight_l{layer}"],
                bias=self.offsets[f"bridge.bias_l{layer}"],
            )  # fmt: skip

    def _layer(
        self, name: str, x: int, x_step: int, inputs: int, y: int, y_step: int, steps: int,
        direction: int, given: bool, part: int,
    ) -> None:  # fmt: skip
        spec, hidden = self.spec, self.spec.hidden
        cell = spec.recurrent_cell
        others = len(cell.states) - 1
        decoder = name.startswith("decoder")
        origins = self.bridges or [i for i, row in enumerate(self.stages) if row[KIND] == LAYER]
        row = self.stage(
            LAYER, x=x, x_step=x_step, inputs=inputs, y=y, y_step=y_step,
            outputs=hidden, steps=steps, input_grad=given, backwards=direction, part=part,
            variant=variant(spec.cell, spec.nonlinearity), gates=len(cell.gates),
            state_gates=len(cell.recurrent), joint=cell.joint, sums=cell.sums,
            kept=len(cell.kept), others=others,
            origin=origins[part] if decoder else -1,
            weight=self.offsets[name.format("weight_ih")],
            bias=self.offsets[name.format("bias_ih")],
            recurrent=self.offsets.get(name.format("weight_hh"), 0),
            recurrent_bias=self.offsets.get(name.format("bias_hh"), 0),
            slots=min(self.slots, max(2, steps)),
        )  # fmt: skip
        # A cell that keeps nothing has one sum, which stands in the place of its output.
        saved = max(cell.sums, len(cell.kept)) * hidden if cell.kept else 0
        row[GATE_STEP] = saved if self.training else 0
        self.own_rows.append((row, GATE, saved * (steps if self.training else 1)))
        row[MEMORY_STEP] = others * hidden
        self.own_rows.append((row, MEMORY, others * hidden * (steps + 1)))
        row[RING_STEP] = _apart(cell.sums * hidden)
        self.own_grads.append((row, RING, row[RING_STEP] * row[SLOTS]))
        # Of each state the part of its grads that goes through a step, and that past a masked one.
        self.own_grads.append((row, CARRY, 2 * (1 + others) * hidden))

    def last(self, x: int, x_step: int, steps: int) -> int:
        """Return the row of each direction's last state."""
        spec = self.spec
        forward = x + (steps - 1) * x_step
        if not spec.bidirectional:
            return forward
        y = self.rows(spec.width)
        self.stage(
            JOIN, x=forward, second=x + spec.hidden, inputs=spec.hidden, y=y, outputs=spec.width,
            steps=1,
        )  # fmt: skip
        return y

    def pooled(self, x: int, x_step: int, steps: int) -> int:
        """Return the row of the mean or the greatest over time."""
        width = self.spec.width
        y = self.rows(width)
        row = self.stage(
            POOL, x=x, x_step=x_step, inputs=width, y=y, outputs=width, steps=steps,
            activation=MEAN if self.spec.reads == "mean" else GREATEST,
        )  # fmt: skip
        self.own_rows.append((row, MASK, 1))  # the share of each real step in the mean
        return y

    def dropped(self, x: int, x_step: int, width: int, steps: int, site: int) -> tuple[int, int]:
        """Return the row and step of what is left when values have been dropped."""
        if not self.rate:
            return x, x_step
        y_step = _apart(width)
        y = self.rows(steps * y_step)
        row = self.stage(
            DROPOUT, x=x, x_step=x_step, inputs=width, y=y, y_step=y_step, outputs=width,
            steps=steps, site=site, once=self.spec.mask == "sequence",
        )  # fmt: skip
        self.own_rows.append((row, MASK, steps * width))
        return y, y_step


def _apart(rows: int) -> int:
    """Return the rows from one step of a buffer to the next.

    At a round distance all steps would fall into the same few lines of the cache.
    """
    return rows + 1 if rows % 16 == 0 else rows
