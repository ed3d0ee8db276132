"""The programs of a translator: encoders, steps of decoders, and the search with all of them."""

from __future__ import annotations

from typing import Any

from recur.engines.beams import BeamSettings, Memory, found_translations
from recur.errors import SettingsError
from recur.export.network import Builder
from recur.export.parts import network as layers
from recur.export.parts import translations as parts
from recur.export.plan import Plan
from recur.export.program import Constant, Function, Program, Variable
from recur.networks import attention
from recur.networks.spec import NetworkSpec
from recur.tasks.translate.fitted import FittedTranslator
from recur.tasks.translate.predict import beam_of

_USAGE = """\
answers = model.translate(texts)
found = model.candidates(texts)

`texts` is a list; `found` are of each text the translations that were followed to their end, the
likeliest by the symbol first, with the logarithms of their probabilities; `answers` are those of
them that most of the others agree with."""


def plan_of(fitted: FittedTranslator, kind: str) -> Plan:
    """Return what is exported of a fitted translator to a file that ends so."""
    if kind != ".py":
        raise SettingsError(
            "a translator searches for its answers with several networks at once, and a graph "
            "holds no search; export it to a .py file, which needs NumPy alone."
        )
    learned = fitted.learned
    ends = [("", ""), *((f"other{i}.", f"_{i + 1}") for i in range(len(fitted.others)))]
    networks = tuple(
        (_encoder(learned.network, prefix, f"encoder{end}"),
         _step(learned.network, prefix, f"decoder_step{end}"))
        for prefix, end in ends
    )  # fmt: skip
    candidates = _candidates(fitted, networks)
    about = "Return what comes out of each text, see above."
    front = Program("translate", about, ("texts",))
    found = front.add("found", candidates, front["texts"])
    return Plan(
        does=f"Translates texts of up to {fitted.settings.longest} {learned.sources.unit}.",
        usage=_USAGE,
        core=candidates,
        inputs=(),
        outputs=(),
        front=(front.returning(front.add("answers", parts.agreed, found)), candidates),
        weights=fitted.tensors(),
        facts={"task": "translate"},
    )


def _candidates(fitted: FittedTranslator, networks: tuple[tuple[Program, Program], ...]) -> Program:
    """Return the program from texts to their likeliest translations."""
    learned = fitted.learned
    about = "Return the likeliest translations of each text, and the logarithms of how likely."
    program = Program("candidates", about, ("texts",))
    add, texts, unit = program.add, program["texts"], learned.targets.unit
    known = Constant(
        "SOURCES", list(learned.sources.symbols), f"the {learned.sources.unit} it reads, from 1 on"
    )
    symbols = Constant("TARGETS", list(learned.targets.symbols), f"the {unit} it writes, from 1 on")
    rare = Constant("RARE", learned.rare, f"what comes of {unit} that mean none of these")
    behind, before = (
        Constant(name, gaps, f"what stands {where} a word (w) or a sign (s), and how often")
        for name, gaps, where in (
            ("BEHIND", learned.spacing.behind, "behind each and in front of"),
            ("BEFORE", learned.spacing.before, "in front of each and behind"),
        )
    )
    numbers = add("numbers", parts.source_numbers, texts, unit, learned.sources.exact, known,
                  fitted.settings.longest)  # fmt: skip
    own = beam_of(fitted)
    beam = add("beam", BeamSettings, own.beams, own.longest, own.edge)
    found = add("found", found_translations, networks, numbers, beam)
    return program.returning(
        add("said", parts.in_words, found, texts, unit, symbols, rare, behind, before)
    )


def _encoder(spec: NetworkSpec, prefix: str, name: str) -> Program:
    about = "Read symbols [time, batch], and return what the decoder looks at and begins with."
    program = Program(name, about, ("x", "mask"))
    build, add = Builder(program, spec, prefix), program.add
    x = build.features(program["x"])
    outputs, ends = build.encoded(x, program["mask"], "at the end")
    state = add("state", layers.put_together, *ends)
    if spec.attention == "none":
        found_by = add("found_by", parts.no_keys, outputs)
    else:
        found_by = add("found_by", attention.keys, outputs, build.weight("attention.key.weight"))
    return program.returning(add("memory", Memory, outputs, found_by, program["mask"], state))


def _step(spec: NetworkSpec, prefix: str, name: str) -> Program:
    about = (
        "Take a step of the decoder after the symbols before; return how good each symbol is, "
        "what was looked at, and the state."
    )
    program = Program(name, about, ("memory", "fed", "state"))
    build, add = Builder(program, spec, prefix), program.add
    x = add("x", layers.look_up, program["fed"], build.weight("target.weight"))
    x = add("x", layers.one_step, x)
    states = tuple(
        add(f"state_{i}", layers.states_of, program["state"], i) for i in range(spec.layers)
    )
    x, ends = build.layers("decoder", x, None, states, "not", 1)
    read, shares = _looked_back(build, add("read", layers.of_one_step, x))
    after = add("after", layers.put_together, *ends)
    return program.returning(build.head(read), shares, after)


def _looked_back(build: Builder, read: Variable) -> tuple[Variable, Variable]:
    """Add what a step looks at; return what the head reads, and the shares."""
    add = build.program.add
    seen: Any = add("seen found_by real", parts.remembered, build.program["memory"])
    seen, found_by, real = seen
    if build.spec.attention == "none":
        return read, add("shares", parts.no_shares, found_by)
    if build.spec.attention == "dot":
        scores = add("scores", attention.scores_by_products, read, found_by)
    else:
        learnt = ("query.weight", "query.bias", "score.weight")
        names = (build.weight(f"attention.{name}") for name in learnt)
        scores = add("scores", attention.scores_by_sums, read, found_by, *names)
    look: Function = attention.looked_at
    context, shares = add("context shares", look, scores, seen, real)
    both = add("both", layers.side_by_side, context, read)
    names = (build.weight(f"combine.{name}") for name in ("weight", "bias"))
    return add("read", layers.linear, both, *names), shares
