"""What a translator can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from recur.parameters import Count, Few, Help, ShareBelowOne, Size, Unset
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

Longest = Annotated[int, Ge(1), Le(4_000)]


@dataclass(eq=False)
class TranslatorParameters:
    """The parameters of a translator; those that are None are chosen from the data."""

    unit: Annotated[
        Literal["words", "characters"] | None,
        Help("What a text is read as: words or characters.", DATA, unset="from the texts"),
    ] = None
    fewest: Annotated[
        Count, Help("Times that a symbol has to occur to be known; others are alike.", DATA)
    ] = 2
    longest: Annotated[
        Longest, Help("Symbols that a text may have; pairs with longer ones are left out.", DATA)
    ] = 256
    cell: RecurrentCell = "gru"
    nonlinearity: Nonlinearity = "tanh"
    attention: Annotated[
        Literal["none", "dot", "additive"],
        Help("How each step of the decoder looks back at all that the encoder has read.", NETWORK),
    ] = "dot"
    embedding: Annotated[
        Size | None, Help("Size of a symbol's learnt vector.", NETWORK, unset=_FROM_DATA)
    ] = None
    hidden: Annotated[
        Size | None,
        Help("Size of the hidden state of each layer and direction.", NETWORK, unset=_FROM_DATA),
    ] = None
    layers: Layers = 1
    bidirectional: Annotated[
        bool | None, Help("Let the encoder read backwards as well.", NETWORK, unset="yes")
    ] = None
    dropout: Annotated[Dropout | None, Unset(_FROM_DATA)] = None
    beams: Annotated[
        Few,
        Help("Translations that are followed at once; 1 takes the likeliest symbol.", NETWORK),
    ] = 4
    networks: Annotated[
        Few,
        Help("Networks, each from a seed of its own, whose probabilities are averaged.", NETWORK),
    ] = 3
    smoothing: Annotated[
        ShareBelowOne,
        Help("Share of each true symbol that is spread over all.", TRAINING, metavar="P"),
    ] = 0.1
    epochs: Epochs = None
    minutes: Minutes = None
    batch: Annotated[
        Count | None, Help("Pairs in a training step.", TRAINING, unset="up to 32, fewer of few")
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
            "Share of the training pairs, drawn at random, to choose by.", TRAINING,
            unset="a twentieth, up to three tenths of few",
        ),
    ] = None  # fmt: skip
    seed: RandomSeed = 0
    engine: EngineName = "auto"
    threads: Threads = None
