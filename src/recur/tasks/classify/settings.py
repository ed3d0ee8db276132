"""What a classifier can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from recur.parameters import Count, Few, Help, ShareBelowOne, Size, SizeOrNone, Unset
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

_FROM_DATA = "from the data"


@dataclass(eq=False)
class ClassifierParameters:
    """The parameters of a classifier; those that are None are chosen from the data."""

    unit: Annotated[
        Literal["words", "characters"] | None,
        Help("What a text is read as: words or characters.", DATA, unset="from the texts"),
    ] = None
    fewest: Annotated[
        Count, Help("Times that a symbol has to occur to be known; others are alike.", DATA)
    ] = 2
    longest: Annotated[
        Count | None,
        Help(
            "Symbols or steps that are read of each, the first ones.", DATA,
            unset="all, up to 256",
        ),
    ] = None  # fmt: skip
    cell: RecurrentCell = "gru"
    nonlinearity: Nonlinearity = "tanh"
    embedding: Annotated[
        Size | None, Help("Size of a symbol's learnt vector.", NETWORK, unset=_FROM_DATA)
    ] = None
    hidden: Annotated[
        Size | None,
        Help("Size of the hidden state of each layer and direction.", NETWORK, unset=_FROM_DATA),
    ] = None
    layers: Layers = 1
    bidirectional: Annotated[bool | None, Help("Read backwards as well.", NETWORK, unset="yes")] = (
        None
    )
    reads: Annotated[
        Literal["last", "mean", "max"],
        Help("What is read over time: the last state, the mean, or the maximum.", NETWORK),
    ] = "max"
    filters: Annotated[
        SizeOrNone | None,
        Help(
            "Filters of a convolution in front of series that are as long as each other, or 0.",
            NETWORK, unset="32 where they have steps enough",
        ),
    ] = None  # fmt: skip
    kernel: Annotated[Size, Help("Steps that a filter sees at once.", NETWORK)] = 8
    stride: Annotated[Count, Help("Steps from one output of a filter to the next.", NETWORK)] = 4
    dropout: Annotated[Dropout | None, Unset(_FROM_DATA)] = None
    networks: Annotated[
        Few,
        Help("Networks, each from a seed of its own, whose probabilities are averaged.", NETWORK),
    ] = 1
    smoothing: Annotated[
        ShareBelowOne,
        Help("Share of each label that is spread over all classes.", TRAINING, metavar="P"),
    ] = 0.0
    balanced: Annotated[
        bool, Help("Let every class count alike, however few examples it has.", TRAINING)
    ] = False
    mix: Annotated[
        bool | None,
        Help(
            "Mix the network with a simple answer where that helps on the validation part.",
            TRAINING, unset="yes",
        ),
    ] = None  # fmt: skip
    epochs: Epochs = None
    minutes: Minutes = None
    batch: Annotated[
        Count | None, Help("Examples in a training step.", TRAINING, unset="up to 32, fewer of few")
    ] = None
    rate: Annotated[Rate | None, Unset(_FROM_DATA)] = None
    schedule: Schedule = "onecycle"
    patience: Annotated[Patience, Unset("a quarter of them, at least 5")] = None
    keep_best: KeepBest = True
    clip: Clip = 1.0
    decay: Decay = 0.0
    validation: Annotated[
        ShareBelowOne | None,
        Help(
            "Share of the training examples, drawn at random, to choose by.", TRAINING,
            unset="a tenth, up to three tenths of few",
        ),
    ] = None  # fmt: skip
    seed: RandomSeed = 0
    engine: EngineName = "auto"
    threads: Threads = None
