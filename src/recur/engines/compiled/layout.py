"""From a network to its plan."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from recur.engines.checks.windows import read_steps as read_steps_of
from recur.engines.compiled.kernels.plan import (
    ATTENTION,
    CONVOLUTION,
    DENSE,
    EMBEDDING,
    LINEAR,
    MASK,
    RELU,
    SCRATCH,
    SHARE_GRADS,
    SHARES,
    SIGMOID,
    SPELLING,
    TANH,
    Plan,
)
from recur.engines.compiled.stacks import Stacks
from recur.networks.spec import INPUT_SITE, NetworkSpec, Spelling


def lay_out(
    spec: NetworkSpec, steps: int, *, lanes: int, blocks: int, training: bool, dropout: bool,
    masked: bool = False, decoder_steps: int = 0, targets: int = 0, counted: bool = False,
    to_inputs: bool = False,
) -> Plan:  # fmt: skip
    """Lay out a network.

    Args:
        spec: the network.
        steps: time steps of the input.
        lanes: the most lanes that are run at once.
        blocks: parts into which rows of weights are divided, see `blocks_for`.
        training: whether there is a way back.
        dropout: whether values are dropped.
        masked: whether some steps of some lanes are not real.
        decoder_steps: output steps of a decoder.
        targets: rows of targets at each output step.
        counted: whether some targets do not count.
        to_inputs: whether the way back goes as far as the inputs.
    """
    return _Layout(spec, lanes, blocks, training=training, dropout=dropout, masked=masked).network(
        steps, decoder_steps, targets, counted=counted, given=to_inputs
    )


_KEPT = 256  # plans, a few kilobytes each


kept_layout = lru_cache(_KEPT)(lay_out)
"""What `lay_out` returns, kept for the next call: nobody writes into what comes of this one."""


class _Layout(Stacks):
    """Puts the stages of a whole network one behind the other."""

    def network(
        self, steps: int, decoder_steps: int, targets: int, *, counted: bool, given: bool
    ) -> Plan:
        spec = self.spec
        inputs = spec.columns
        first_x = x = self.rows(steps * inputs)
        width, total = inputs, steps
        if spec.symbols:
            width = spec.inputs if spec.spelling is None else spec.features
            y = self.rows(steps * width)
            self.stage(
                EMBEDDING, x=x, x_step=inputs, inputs=1, y=y, y_step=width, outputs=spec.inputs,
                steps=steps, weight=self.offsets["embedding.weight"],
            )  # fmt: skip
            if spec.spelling is not None:
                self._spelling(spec.spelling, x + 1, inputs, y + spec.inputs, width, steps)
            x, given = y, True
        if spec.convolution:
            c = spec.convolution
            after = c.steps(steps)
            y = self.rows(after * c.filters)
            self.stage(
                CONVOLUTION, x=x, x_step=width, inputs=width, y=y, y_step=c.filters,
                outputs=c.filters, steps=after, kernel=c.kernel, stride=c.stride,
                skip=(steps - c.kernel) % c.stride, input_grad=given,
                weight=self.offsets["convolution.weight"], bias=self.offsets["convolution.bias"],
            )  # fmt: skip
            x, width, given, total = y, c.filters, True, after
        if not spec.recurrent:
            x, width = self._mlp(x, total * width, given)
            x_step, read_steps = width, 1
        else:
            x_step = width
            if spec.drops_inputs:
                x, x_step = self.dropped(x, width, width, total, INPUT_SITE)
            x, x_step, width = self.stack("rnn", x, x_step, width, total, 0, given, spec.directions)
            read_steps = total if spec.reads == "every" else 1
            if spec.reads in ("mean", "max"):
                x = self.pooled(x, x_step, total)
            elif not spec.decoder and spec.reads == "last":
                x = self.last(x, x_step, total)
        encoder = len(self.stages)
        start = fed = 0
        if spec.translates:
            start = self.rows(decoder_steps)
            read_steps = decoder_steps
            x, x_step, width, encoder = self._translating(start, decoder_steps, x, x_step, total)
        elif spec.decoder:
            start = self.rows(decoder_steps * spec.outputs)
            fed = self.rows(decoder_steps)
            x, x_step, width = self.stack(
                "decoder", start, spec.outputs, spec.outputs, decoder_steps, 128, True, 1
            )
            read_steps = decoder_steps
        if spec.layers == 1:
            x, x_step = self.dropped(x, x_step, width, read_steps, 128 if spec.decoder else 0)
        if spec.head == "none":
            out, out_step = x, x_step
        else:
            out, out_step = self.rows(read_steps * spec.outputs), spec.outputs
            activation = {"linear": LINEAR, "tanh": TANH, "sigmoid": SIGMOID}[spec.head]
            self.stage(
                DENSE, x=x, x_step=x_step, inputs=width, y=out, y_step=out_step,
                outputs=spec.outputs, steps=read_steps, activation=activation, input_grad=1,
                weight=self.offsets[spec.head_weight], bias=self.offsets["head.bias"],
            )  # fmt: skip
        live = self.live
        place = live
        for row, column, count in self.own_rows:
            row[column], place = place, place + count
        mask, place = (place, place + steps) if self.masked else (-1, place)
        target, place = place, place + read_steps * targets
        counts, place = (place, place + read_steps * targets) if counted else (-1, place)
        read = read_steps_of(spec, steps)
        grads = live
        for row, column, count in self.own_grads:
            row[column], grads = grads, grads + count
        return Plan(
            stages=np.array(self.stages), encoder=encoder,
            decoding=int(spec.decoder and not spec.translates),
            translating=int(spec.translates), inputs=inputs, steps=steps, x=first_x, out=out,
            out_step=out_step, out_steps=read_steps, outputs=spec.outputs,
            every=int(spec.reads == "every"), target=target, start=start, fed=fed, mask=mask,
            ones=place, rows=place + 1, live=live, grad_rows=grads if self.training else 0,
            blocks=self.blocks, size=spec.size, counted=counts, read_first=read.start,
            read_stride=read.step or 1, chain=self.offsets.get("chain.weight", -1),
        )  # fmt: skip

    def _spelling(
        self, spelling: Spelling, x: int, x_step: int, y: int, y_step: int, steps: int
    ) -> None:
        row = self.stage(
            SPELLING, x=x, x_step=x_step, inputs=spelling.longest, y=y, y_step=y_step,
            outputs=spelling.filters, steps=steps, kernel=spelling.kernel,
            alphabet=spelling.symbols, width=spelling.embedding,
            weight=self.offsets["spelling.convolution.weight"],
            bias=self.offsets["spelling.convolution.bias"],
            second=self.offsets["spelling.embedding.weight"],
        )  # fmt: skip
        self.own_rows.append((row, MASK, steps * spelling.filters))  # where the greatest stood

    def _mlp(self, x: int, width: int, given: bool) -> tuple[int, int]:
        spec = self.spec
        activation = TANH if spec.nonlinearity == "tanh" else RELU
        for layer in range(spec.layers):
            if layer:
                x, _ = self.dropped(x, width, width, 1, layer)
            y = self.rows(spec.hidden)
            self.stage(
                DENSE, x=x, x_step=width, inputs=width, y=y, y_step=spec.hidden,
                outputs=spec.hidden, steps=1, activation=activation, input_grad=given or layer > 0,
                weight=self.offsets[f"mlp.{layer}.weight"], bias=self.offsets[f"mlp.{layer}.bias"],
            )  # fmt: skip
            x, width = y, spec.hidden
        return x, width

    def _translating(
        self, start: int, steps: int, memory: int, memory_step: int, source: int
    ) -> tuple[int, int, int, int]:
        """Lay out a decoder of symbols; return row, step and width of what its head reads.

        The fourth number is that of the stages before the decoder's.

        Args:
            start: row of the symbols that it is fed.
            steps: that it takes.
            memory: row of what the encoder gives.
            memory_step: rows from one of its steps to the next.
            source: its steps.
        """
        spec = self.spec
        keys = 0
        if spec.attention != "none":
            keys = self.rows(source * spec.hidden)
            self.dense("attention.key", memory, memory_step, spec.width, keys, source)
        encoder = len(self.stages)
        x = self.rows(steps * spec.inputs)
        self.stage(
            EMBEDDING, x=start, x_step=1, inputs=1, y=x, y_step=spec.inputs, outputs=spec.inputs,
            steps=steps, weight=self.offsets["target.weight"],
        )  # fmt: skip
        x_step = spec.inputs
        if spec.drops_inputs:
            x, x_step = self.dropped(x, x_step, spec.inputs, steps, INPUT_SITE + 128)
        x, x_step, width = self.stack("decoder", x, x_step, spec.inputs, steps, 128, True, 1)
        if spec.attention == "none":
            return x, x_step, width, encoder
        query, query_step, additive = x, x_step, spec.attention == "additive"
        if additive:
            query, query_step = self.rows(steps * width), width
            self.dense("attention.query", x, x_step, width, query, steps)
        both = self.rows(steps * (spec.width + width))
        row = self.stage(
            ATTENTION, x=x, x_step=x_step, inputs=width, y=both, y_step=spec.width + width,
            outputs=spec.width + width, steps=steps, second=memory, second_step=memory_step,
            keys=keys, keys_step=spec.hidden, query=query, query_step=query_step, source=source,
            activation=TANH if additive else LINEAR,
            weight=self.offsets.get("attention.score.weight", 0),
        )  # fmt: skip
        self.own_rows.append((row, SHARES, steps * source))
        self.own_rows.append((row, SCRATCH, 2 * self.blocks * (width + 1)))
        self.own_grads.append((row, SHARE_GRADS, steps * source))
        read = self.rows(steps * width)
        self.dense("combine", both, spec.width + width, spec.width + width, read, steps)
        return read, width, width, encoder
