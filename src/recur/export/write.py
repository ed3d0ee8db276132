"""The programs of a writer: the network, the counts beside it, and what both write."""

from __future__ import annotations

from typing import Any

from recur.engines.mixing import said
from recur.export.network import beginning, network_program
from recur.export.parts import text as parts
from recur.export.plan import Plan, Port, state_ports
from recur.export.program import Constant, Function, Made, Program, Weight
from recur.tasks.write.fitted import FittedWriter

_READ: dict[str, Function] = {
    "characters": parts.character_numbers,
    "bytes": parts.byte_numbers,
    "subwords": parts.subword_numbers,
}
_USAGE = """\
text = model.write("Once upon a time", length=500, temperature=0.8, seed=1)
chances = model.chances("Once upon a tim")

`chances` are of each symbol that may come next, the likeliest first. `write` draws with NumPy's
random numbers: other texts than `recur sample` for the same seed, equally likely ones.
`logits, state = model.{go_on}(numbers, state)` reads on, [time, batch]; `model.{begin}(batch)` is
the state before anything was read. {alone}"""
_WITH = "The network is mixed with the counts of n-grams that it has beside it."
_ALONE = "The network answers alone."
_WITHOUT = (
    "The graph is the network alone: the counts of n-grams that `recur sample` and `recur judge` "
    "mix it with are left out, and what it says is less sure than theirs; a .py file has both."
)


def plan_of(fitted: FittedWriter, kind: str) -> Plan:
    """Return what is exported of a fitted writer to a file that ends so."""
    spec, vocabulary = fitted.learned.network, fitted.vocabulary
    core = network_program(spec, carried=True)
    before, after = state_ports(spec)
    counted = fitted.mixture is not None
    subwords = vocabulary.unit == "subwords"
    every: Any = list(vocabulary.symbols) if subwords else "".join(vocabulary.symbols)
    symbols = Constant("SYMBOLS", every, "each known by its place")
    go_on, begin = _mixed(fitted, core) if counted else (core, beginning(spec))
    usage = _USAGE.format(go_on=go_on.name, begin=begin.name, alone=_WITH if counted else _ALONE)
    return Plan(
        does=f"Writes on, and says how likely each of {len(vocabulary)} {vocabulary.unit} is to "
        "come next.",
        usage=usage,
        core=core,
        inputs=(
            Port("numbers", "i4", ("time", "batch"), "symbols by their numbers"),
            *before,
        ),
        outputs=(
            Port("logits", "f4", ("time", "batch", spec.outputs),
                 "logarithms of the chances of the next symbol but for a constant"),
            *after,
        ),
        front=(_write(go_on, begin, symbols, vocabulary.unit),
               _chances(go_on, begin, symbols, vocabulary.unit),
               go_on, begin),
        weights=fitted.tensors(),
        facts={
            "task": "write",
            "unit": vocabulary.unit,
            "symbols": every,
            "cell": fitted.settings.cell,
            "holds": "the network alone" if kind == ".onnx" or not counted else "network, counts",
        },
        without=(_WITHOUT,) if counted and kind == ".onnx" else (),
    )  # fmt: skip


def _mixed(fitted: FittedWriter, network: Program) -> tuple[Program, Program]:
    """Return the programs that read on, network and counts, and of the state before that."""
    spec = fitted.learned.network
    tensors = (Weight(f"ngrams.{name}") for name in ("symbols", "children", "chances", "weights"))
    counts = Made(
        "COUNTS",
        parts.counts_beside,
        (len(fitted.vocabulary), fitted.learned.ngrams, Weight("gate"), *tensors),
    )
    begin = Program("begin", "Return the state before anything was read, of texts side by side.",
                    ("batch",))  # fmt: skip
    state = begin.add("state", beginning(spec), begin["batch"])
    contexts = begin.add("contexts", parts.before_any, counts, begin["batch"])
    begin.returning((state, contexts))
    about = "Read on; return logarithms of the chances of what comes after each, and the state."
    go_on = Program("go_on", about, ("numbers", "state"))
    state, contexts = go_on.add("own contexts", parts.both_states, go_on["state"])
    outputs, state = go_on.add("outputs own", network, go_on["numbers"], state)
    logits, contexts = go_on.add(
        "logits contexts", said, counts, outputs, go_on["numbers"], contexts
    )
    return go_on.returning(logits, (state, contexts)), begin


def _write(go_on: Program, begin: Program, symbols: Constant, unit: str) -> Program:
    defaults = {"length": "500", "temperature": "1.0", "seed": "0"}
    about = "Return a prompt and what is written after it; at a temperature of 0 the likeliest."
    program = Program("write", about, ("prompt", *defaults), defaults)
    numbers = program.add("numbers", _READ[unit], program["prompt"], symbols)
    state = program.add("state", begin, 1)
    length, temperature, seed = (program[name] for name in defaults)
    numbers = program.add("numbers", parts.drawn, go_on, numbers, state, length, temperature, seed)
    shown = parts.text_of_bytes if unit == "bytes" else parts.text_of
    return program.returning(program.add("text", shown, numbers, symbols))


def _chances(go_on: Program, begin: Program, symbols: Constant, unit: str) -> Program:
    about = "Return how likely each symbol is to come next, the likeliest first."
    program = Program("chances", about, ("text",))
    numbers = program.add("numbers", _READ[unit], program["text"], symbols)
    state = program.add("state", begin, 1)
    logits, _ = program.add("logits state", go_on, numbers, state)
    return program.returning(program.add("found", parts.next_chances, logits, symbols))
