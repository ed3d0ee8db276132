"""The program of a network, of whatever its settings describe."""

from __future__ import annotations

from typing import Any, Literal

from recur.export.parts import network as parts
from recur.export.program import Function, Program, Variable, Weight
from recur.networks.spec import NetworkSpec

Masked = Literal["not", "at any step", "at the end"]
"""Which steps of a sequence may not be real."""

_DENSE: dict[str, Function] = {
    "tanh": parts.dense_tanh,
    "relu": parts.dense_relu,
    "sigmoid": parts.dense_sigmoid,
    "linear": parts.linear,
}


def network_program(
    spec: NetworkSpec,
    *,
    masked: Masked = "not",
    carried: bool = False,
    prefix: str = "",
    name: str = "network",
) -> Program:
    """Return the program of a network without a decoder.

    It takes `x`, [time, batch, inputs] or whole numbers [time, batch], then `mask` bool [time,
    batch] where some steps may not be real, then `state`, where it is `carried`: then it gives the
    state after it, too.

    Args:
        spec: the network.
        masked: which steps may not be real.
        carried: whether it goes on from a state.
        prefix: what the names of its weights begin with.
        name: of the program.
    """
    takes = ("x", *(["mask"] if masked != "not" else []), *(["state"] if carried else []))
    program = Program(name, _about(spec, masked, carried=carried), takes)
    build = Builder(program, spec, prefix)
    x = build.features(program["x"])
    if not spec.recurrent:
        return program.returning(build.head(build.dense(x)))
    mask = program["mask"] if masked != "not" else None
    x, ends = build.stack("rnn", x, mask, program["state"] if carried else None, masked)
    if spec.reads == "last":
        last = [
            program.add(f"last_{i}", parts.output_of, end)
            for i, end in enumerate(ends[-spec.directions :])
        ]
        x = last[0] if len(last) == 1 else program.add("both", parts.side_by_side, *last)
    elif spec.reads != "every":
        x = build.pooled(x, mask)
    outputs = build.head(x)
    if not carried:
        return program.returning(outputs)
    return program.returning(outputs, program.add("after", parts.put_together, *ends))


def beginning(spec: NetworkSpec) -> Program:
    """Return the program of the state before anything was seen."""
    about = "Return the state before anything was seen, of so many lanes."
    program = Program("beginning", about, ("batch",))
    sizes = spec.layers * spec.directions, spec.hidden, spec.states
    return program.returning(program.add("state", parts.nothing_seen_by, program["batch"], *sizes))


def decoder_programs(
    spec: NetworkSpec, *, masked: Masked = "not", prefix: str = ""
) -> tuple[Program, Program]:
    """Return the programs of an encoder, and of one step of its decoder.

    The first takes what a network does and gives the states of the decoder's layers; the second
    takes (the value before, the states) and anything, and gives them after the step, and the value.
    """
    takes = ("x", *(["mask"] if masked != "not" else []))
    about = "Read what is known, and return the states with which the decoder begins."
    encoder = Program("encoder", about, takes)
    build = Builder(encoder, spec, prefix)
    x = build.features(encoder["x"])
    mask = encoder["mask"] if masked != "not" else None
    _, ends = build.encoded(x, mask, masked)
    return encoder.returning(tuple(ends)), _decoder_step(spec, prefix)


def _decoder_step(spec: NetworkSpec, prefix: str) -> Program:
    about = "Take a step of the decoder: it is given the value before, and says the next one."
    program = Program("decoder_step", about, ("before", "number"))
    build = Builder(program, spec, prefix)
    value, states = program.add("value states", parts.value_and_states, program["before"])
    x = program.add("x", parts.one_step, value)
    x, ends = build.layers("decoder", x, None, states, "not", 1)
    read = program.add("read", parts.of_one_step, x)
    said = build.head(read)
    return program.returning((said, tuple(ends)), said)


class Builder:
    """What adds the parts of a network to a program."""

    def __init__(self, program: Program, spec: NetworkSpec, prefix: str) -> None:
        self.program, self.spec, self._prefix = program, spec, prefix

    def weight(self, name: str) -> Weight:
        """Return one of the network's arrays."""
        return Weight(f"{self._prefix}{name}")

    def features(self, x: Variable) -> Variable:
        """Add what the first layer sees."""
        spec, add = self.spec, self.program.add
        names = [
            f"spelling.{name}"
            for name in ("embedding.weight", "convolution.weight", "convolution.bias")
        ]
        if spec.spelling is not None:
            seen = add("spelt", parts.spell, x, *map(self.weight, names))
            known = add("symbols", parts.without_characters, x)
            known = add("known", parts.look_up, known, self.weight("embedding.weight"))
            return Variable(add("x", parts.side_by_side, known, seen))
        if spec.symbols:
            x = add("x", parts.look_up, x, self.weight("embedding.weight"))
        if spec.convolution is not None:
            names = ["convolution.weight", "convolution.bias"]
            stride = spec.convolution.stride
            x = add("x", parts.convolve, x, stride, *map(self.weight, names))
        return x

    def dense(self, x: Variable) -> Variable:
        """Add the layers of a network without memory."""
        spec, add = self.spec, self.program.add
        x = add("x", parts.all_at_once, x, spec.window)
        for i in range(spec.layers):
            names = f"mlp.{i}.weight", f"mlp.{i}.bias"
            x = add("x", _DENSE[spec.nonlinearity], x, *map(self.weight, names))
        return x

    def stack(
        self, stack: str, x: Variable, mask: Variable | None, state: Variable | None, masked: Masked
    ) -> tuple[Variable, list[Variable]]:
        """Add recurrent layers one on top of the other; return the ends of each as well."""
        spec, add = self.spec, self.program.add
        if state is None:
            first = add("first", parts.nothing_seen, x, spec.hidden, spec.states)
            states: Any = (first,) * (spec.layers * spec.directions)
        else:
            count = range(spec.layers * spec.directions)
            states = tuple(add(f"state_{i}", parts.states_of, state, i) for i in count)
        return self.layers(stack, x, mask, states, masked, spec.directions)

    def layers(
        self, stack: str, x: Variable, mask: Variable | None, states: Any, masked: Masked,
        directions: int,
    ) -> tuple[Variable, list[Variable]]:  # fmt: skip
        """Add recurrent layers, each with its first state: a tuple of variables, or one of all."""
        spec, add, ends = self.spec, self.program.add, []
        runs: dict[Masked, Function] = {
            "not": parts.layer, "at the end": parts.padded_layer,
            "at any step": parts.masked_layer,
        }  # fmt: skip
        for layer in range(spec.layers):
            outputs = []
            for backwards, suffix in enumerate(("", "_reverse")[:directions]):
                number = layer * directions + backwards
                names = [
                    f"{stack}.{block}_l{layer}{suffix}"
                    for block in ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
                ][: 4 if spec.recurrent_cell.recurrent else 2]
                if isinstance(states, tuple):
                    own = states[number]
                else:
                    own = add(f"state_{number}", parts.one_of, states, number)
                output, end = add(
                    f"x_{number} end_{number}", runs[masked], spec.equations.step,
                    spec.recurrent_cell.joint, bool(backwards), x,
                    *([] if mask is None else [mask]), own, *map(self.weight, names),
                )  # fmt: skip
                outputs.append(output)
                ends.append(end)
            x = outputs[0] if len(outputs) == 1 else add("x", parts.side_by_side, *outputs)
        return x, ends

    def encoded(
        self, x: Variable, mask: Variable | None, masked: Masked
    ) -> tuple[Variable, list[Variable]]:
        """Add an encoder; return what it gave, and the states with which a decoder begins."""
        outputs, ends = self.stack("rnn", x, mask, None, masked)
        if self.spec.bidirectional:
            layers = range(self.spec.layers)
            ends = [self.bridge(layer, *ends[2 * layer : 2 * layer + 2]) for layer in layers]
        return outputs, ends

    def bridge(self, layer: int, forwards: Variable, backwards: Variable) -> Variable:
        """Add what makes a decoder's state of the last outputs of both directions."""
        names = f"bridge.weight_l{layer}", f"bridge.bias_l{layer}"
        bridged: Variable = self.program.add(
            f"begin_{layer}", parts.bridged, *map(self.weight, names),
            self.spec.recurrent_cell.bridged, forwards, backwards,
        )  # fmt: skip
        return bridged

    def pooled(self, x: Variable, mask: Variable | None) -> Variable:
        """Add the mean, or the greatest, over the real steps."""
        mean = self.spec.reads == "mean"
        over: Function = parts.mean_over_time if mean else parts.greatest_over_time
        if mask is None:
            return Variable(self.program.add("x", over, x))
        over = parts.mean_of_real if mean else parts.greatest_of_real
        return Variable(self.program.add("x", over, x, mask))

    def head(self, x: Variable) -> Variable:
        """Add what gives the outputs."""
        if self.spec.head == "none":
            return x
        names = self.spec.head_weight, "head.bias"
        said: Variable = self.program.add(
            "outputs", _DENSE[self.spec.head], x, *map(self.weight, names)
        )
        return said


def _about(spec: NetworkSpec, masked: Masked, *, carried: bool) -> str:
    """Return the docstring of a network's program."""
    what = "whole numbers" if spec.symbols else "float32"
    shape = ["time", "batch", *map(str, spec.step_shape)]
    lines = ["Run the network.", "", "Args:", f"    x: {what} [{', '.join(shape)}]."]
    if masked != "not":
        lines.append("    mask: bool [time, batch], which steps are real.")
    if carried:
        names = ", ".join(spec.recurrent_cell.states)
        stacked = spec.layers * spec.directions
        lines.append(f"    state: {names}, each [{stacked}, batch, {spec.hidden}]; 0 at first.")
    time = ["time"] if spec.reads == "every" else []
    after = " and the state after it" if carried else ""
    lines += [
        "",
        "Returns:",
        f"    Outputs [{', '.join([*time, 'batch', str(spec.outputs)])}]{after}.",
    ]
    return "\n".join(lines)
