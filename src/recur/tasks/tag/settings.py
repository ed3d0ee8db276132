"""What a tagger can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from recur.parameters import Count, Few, Help, ShareBelowOne, Size, SizeOrNone
from recur.tasks.parameters import (
    DATA,
    NETWORK,
    TRAINING,
    Clip,
    Decay,
    Dropout,
    EngineName,
    Epochs,
    KeepBest,
    Layers,
    Minutes,
    Nonlinearity,
    Patience,
    RandomSeed,
    Rate,
    RecurrentCell,
    Schedule,
    Threads,
)


@dataclass(eq=False)
class TaggerParameters:
    """The parameters of a tagger; those that are None are chosen from the data."""

    fewest: Annotated[
        Count, Help("Times that a word has to occur to be known; others are alike.", DATA)
    ] = 2
    longest: Annotated[
        Annotated[int, Ge(3), Le(1_000)],
        Help("Characters that are read of a word, its two edges among them.", DATA),
    ] = 20
    cell: RecurrentCell = "lstm"
    nonlinearity: Nonlinearity = "tanh"
    embedding: Annotated[Size, Help("Size of a word's learnt vector.", NETWORK)] = 64
    filters: Annotated[
        SizeOrNone, Help("Filters over the characters of a word, or 0.", NETWORK)
    ] = 100
    kernel: Annotated[Size, Help("Characters that a filter sees at once.", NETWORK)] = 3
    hidden: Annotated[
        Size, Help("Size of the hidden state of each layer and direction.", NETWORK)
    ] = 100
    layers: Layers = 1
    bidirectional: Annotated[bool, Help("Read backwards as well.", NETWORK)] = True
    chain: Annotated[
        bool, Help("Let each tag depend on the one before, and find the likeliest chain.", NETWORK)
    ] = True
    dropout: Dropout = 0.5
    networks: Annotated[
        Few,
        Help("Networks, each from a seed of its own, whose scores are averaged.", NETWORK),
    ] = 1
    swaps: Annotated[
        Annotated[int, Ge(0), Le(1_000)],
        Help(
            "Copies of each sentence with entities that are learnt from as well, in which other "
            "entities of the same types stand.",
            TRAINING,
        ),
    ] = 2
    mix: Annotated[
        bool | None,
        Help(
            "Mix the network with the perceptron where that helps on the validation part.",
            TRAINING, unset="yes",
        ),
    ] = None  # fmt: skip
    refit: Annotated[
        bool,
        Help("Once all is chosen, train anew on the validation part as well.", TRAINING),
    ] = True
    epochs: Epochs = None
    minutes: Minutes = None
    batch: Annotated[
        Count | None,
        Help("Sentences in a training step.", TRAINING, unset="up to 16, fewer of few"),
    ] = None
    rate: Rate = 0.005
    schedule: Schedule = "onecycle"
    patience: Patience = None
    keep_best: KeepBest = False
    clip: Clip = 1.0
    decay: Decay = 0.0
    validation: Annotated[
        ShareBelowOne,
        Help("Share of the training sentences, drawn at random, to choose by.", TRAINING),
    ] = 0.1
    seed: RandomSeed = 0
    engine: EngineName = "auto"
    threads: Threads = None
