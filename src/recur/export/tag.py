"""The programs of a tagger: scores of its networks, a chain, and the likeliest tags."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.export.network import network_program
from recur.export.parts import classes
from recur.export.parts import network as layers
from recur.export.parts import tags as parts
from recur.export.plan import Plan, Port
from recur.export.program import Constant, Function, Made, Program, Weight
from recur.tasks.tag.fitted import FittedTagger

_WITHOUT = (
    "The graph is the network alone: the perceptron whose sums `recur predict` adds to it is left "
    "out; a .py file has both."
)


def plan_of(fitted: FittedTagger, kind: str) -> Plan:
    """Return what is exported of a fitted tagger to a file that ends so."""
    learned, lexicon = fitted.learned, fitted.learned.lexicon
    scores = _scores(fitted)
    core = _graph(scores)
    axes = ("time", "batch", 1 + lexicon.longest)
    return Plan(
        does=f"Gives each word of a sentence one of {len(learned.tags)} tags.",
        usage="tags = model.tag(sentences)\n\n`sentences` is a list of lists of words.",
        core=core,
        inputs=(
            Port("x", "i8", axes, "of each word its number and those of its characters"),
            Port("mask", "?", ("time", "batch"), "which words are real: all up to the end of each"),
        ),
        outputs=(
            Port("tags", "i8", ("time", "batch"), ", ".join(learned.tags)),
            Port("scores", "f8", ("time", "batch", len(learned.tags)), "of each tag by itself"),
        ),
        front=(_front(fitted, scores),),
        weights=_weights(fitted),
        facts={
            "task": "tag",
            "tags": "\n".join(learned.tags),
            "words": "\n".join(lexicon.words),
            "characters": "".join(lexicon.characters),
            "cell": fitted.settings.cell,
            "networks": str(1 + len(fitted.others)),
        },
        fewest={"time": 2},
        without=(_WITHOUT,) if learned.weight and kind == ".onnx" else (),
    )


def _weights(fitted: FittedTagger) -> dict[str, Any]:
    """Return all arrays; of several networks' chains the mean, which alone is used."""
    weights, spec, count = fitted.tensors(), fitted.learned.network, len(fitted.learned.tags)
    chain = np.zeros((count + 2, count))
    if spec.chain:
        networks = (fitted.weights, *fitted.others)
        chain = np.mean([spec.named(one)["chain.weight"] for one in networks], axis=0,
                        dtype=np.float64)  # fmt: skip
    return weights | {"chain.mean": chain}


def _scores(fitted: FittedTagger) -> Program:
    """Return the program from sentences to the mean of what all networks say."""
    spec = fitted.learned.network
    about = "Return the scores [time, batch, tags] of sentences, the networks' alone."
    program = Program("network_scores", about, ("x", "mask"))
    x = program["x"]
    if spec.spelling is None:
        x = program.add("x", parts.words_alone, x)
    said = []
    for number in range(1 + len(fitted.others)):
        network = network_program(
            spec, masked="at the end", prefix=f"other{number - 1}." if number else "",
            name=f"network_{number}" if number else "network",
        )  # fmt: skip
        outputs = program.add("outputs", network, x, program["mask"])
        said.append(program.add(f"said_{number}", parts.in_double, outputs))
    return program.returning(program.add("mean", classes.mean_of_all, *said))


def _graph(scores: Program) -> Program:
    """Return the program of a graph: the likeliest chain, by Viterbi's algorithm, and scores."""
    chain = Weight("chain.mean")
    program = Program("tagged", "Return the likeliest tags, and the scores.", ("x", "mask"))
    add = program.add
    own = add("scores", scores, program["x"], program["mask"])
    begins = add("begins", parts.chain_begins, own, chain)
    rest = add("rest", parts.without_first, own)
    real = add("real", parts.without_first, program["mask"])
    state, before = add("state before", layers.loop, parts.chain_step, (begins, chain), rest, real)
    ends = add("ends", parts.chain_ends, state)
    backwards = [
        add(name, parts.newest_first, part) for name, part in (("before", before), ("real", real))
    ]
    back: Function = parts.step_back
    _, earlier = add("first earlier", layers.loop, back, ends, *backwards)
    return program.returning(add("tags", parts.tags_in_order, ends, earlier), own)


def _front(fitted: FittedTagger, scores: Program) -> Program:
    """Return what a user calls."""
    learned, lexicon = fitted.learned, fitted.learned.lexicon
    front = Program("tag", "Return the tags of each sentence, a list of words.", ("sentences",))
    add = front.add
    words = Constant("WORDS", list(lexicon.words), "the known ones, from 1 on")
    letters = Constant("CHARACTERS", "".join(lexicon.characters), "the known ones")
    tags = Constant("TAGS", list(learned.tags), "in the order of their scores")
    x, mask = add("x mask", parts.sentence_examples, front["sentences"], words, letters,
                  lexicon.longest)  # fmt: skip
    own = add("scores", scores, x, mask)
    chain: Any = Weight("chain.mean")
    if learned.weight:
        names = ("keys", "weights", "before")
        perceptron = Made("PERCEPTRON", parts.perceptron_of,
                          tuple(Weight(f"simple.{name}") for name in names))  # fmt: skip
        own = add("scores", parts.scores_with, own, perceptron, front["sentences"], learned.weight)
        chain = add("chain", parts.chain_with, chain, perceptron, learned.weight)
    return front.returning(add("found", parts.chains_of, own, chain, mask, tags))
