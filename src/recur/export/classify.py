"""The programs of a classifier: its networks, their calibration, and what they are mixed with."""

from __future__ import annotations

from typing import Any

from recur.export.network import Masked, network_program
from recur.export.parts import classes as parts
from recur.export.parts import signals
from recur.export.plan import Plan, Port
from recur.export.program import Constant, Made, Program, Variable, Weight
from recur.tasks.classify.fitted import FittedClassifier

_WITHOUT = (
    "The graph is the network alone, calibrated: the answers by {} that `recur predict` mixes it "
    "with are left out; a .py file has both."
)


def plan_of(fitted: FittedClassifier, kind: str) -> Plan:
    """Return what is exported of a fitted classifier to a file that ends so."""
    learned = fitted.learned
    spec = learned.network
    texts = learned.lexicon is not None
    core = _core(fitted)
    masked = spec.convolution is None
    if texts:
        example = Port("x", "i8", ("time", "batch"), "symbols by their numbers, 0 unknown")
    else:
        axes = ("time" if masked else learned.chosen.longest, "batch", learned.channels)
        example = Port("x", "f8", axes, "series")
    mask = Port("mask", "?", ("time", "batch"), "which steps are real: all up to the end of each")
    mixed = learned.mixed_with
    what = "texts" if texts else "series"
    return Plan(
        does=f"Tells {len(learned.classes)} classes of {what} apart.",
        usage=f"labels, chances = model.classify({what})\n\n"
        f"`{what}` is a list; `chances` [{what}, classes] are in the order of `model.CLASSES`."
        + ("" if texts else f"\nEach series is [time, {learned.channels}]."),
        core=core,
        inputs=(example, mask) if masked else (example,),
        outputs=(Port("chances", "f8", ("batch", len(learned.classes)),
                      ", ".join(learned.classes)),),
        front=(_front(fitted, core),),
        weights=fitted.tensors(),
        facts={
            "task": "classify",
            "classes": list(learned.classes),
            "symbols": list(learned.lexicon.symbols) if learned.lexicon else [],
            "unit": learned.lexicon.unit if learned.lexicon else "",
            "longest": learned.chosen.longest,
            "networks": 1 + len(fitted.others),
            "cell": fitted.settings.cell,
        },
        without=(_WITHOUT.format(mixed),) if mixed and kind == ".onnx" else (),
    )  # fmt: skip


def _core(fitted: FittedClassifier) -> Program:
    """Return the program from examples to the calibrated mean of all networks."""
    learned = fitted.learned
    spec, masked = learned.network, learned.network.convolution is None
    about = "Return the probabilities [batch, classes] of examples, the networks' alone."
    program = Program("network_chances", about, ("x", "mask") if masked else ("x",))
    x = program["x"]
    if learned.lexicon is None:
        x = program.add("x", signals.scaled, x, Weight("series.centre"), Weight("series.spread"))
    given = [x, program["mask"]] if masked else [x]
    how: Masked = "at the end" if masked else "not"
    prefixes = ["", *(f"other{i}." for i in range(len(fitted.others)))]
    said = []
    for number, prefix in enumerate(prefixes):
        network = network_program(
            spec, masked=how, prefix=prefix, name=f"network_{number}" if number else "network"
        )
        outputs = program.add("outputs", network, *given)
        said.append(program.add(f"said_{number}", parts.probabilities, outputs))
    mean = program.add("mean", parts.mean_of_all, *said)
    return program.returning(program.add("chances", parts.tempered, mean, learned.temperature))


def _front(fitted: FittedClassifier, core: Program) -> Program:
    """Return what a user calls."""
    learned = fitted.learned
    lexicon = learned.lexicon
    what = "series" if lexicon is None else "texts"
    classes = Constant("CLASSES", list(learned.classes), "in the order of their probabilities")
    front = Program("classify", f"Return the likeliest class of each of {what}, and probabilities.",
                    (what,))  # fmt: skip
    longest = learned.chosen.longest
    if lexicon is None:
        x, mask = front.add("x mask", parts.series_examples, front[what], learned.channels, longest)
    else:
        symbols = Constant("SYMBOLS", list(lexicon.symbols), "the known ones, from 1 on")
        x, mask = front.add("x mask", parts.text_examples, front[what], lexicon.unit,
                            lexicon.exact, symbols, longest)  # fmt: skip
    if learned.network.convolution is None:
        chances = front.add("chances", core, x, mask)
    else:
        x = front.add("x", parts.whole_series, x, mask, longest)
        chances = front.add("chances", core, x)
    if learned.mixed_with:
        other = _other(fitted, front, what)
        chances = front.add("chances", parts.mixed_chances, chances, other, learned.share,
                            learned.mixture_temperature)  # fmt: skip
    labels = front.add("labels", parts.likeliest, chances, classes)
    return front.returning(labels, chances)


def _other(fitted: FittedClassifier, front: Program, what: str) -> Variable:
    """Add what the simple answer says that the networks are mixed with."""
    learned = fitted.learned
    other: Any
    if learned.lexicon is not None:
        other = front.add(
            "other", parts.ngram_answers, front[what], learned.lexicon.unit,
            list(learned.orders), list(learned.spelt),
            Weight("simple.keys"), Weight("simple.weights"),
        )  # fmt: skip
        return Variable(other)
    names = ("dilations", "channels", "biases", "weights", "scalars")
    kernels = Made(
        "KERNELS",
        parts.kernels_of,
        (len(learned.classes), learned.channels, *(Weight(f"simple.{name}") for name in names)),
    )
    other = front.add("other", parts.kernel_answers, kernels, front[what], learned.channels)
    return Variable(other)
