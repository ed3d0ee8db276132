"""What a denoiser can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from recur.parameters import Count, Few, Help, Size
from recur.tasks.parameters import (
    DATA,
    NETWORK,
    TRAINING,
    Batch,
    Clip,
    Dropout,
    EngineName,
    Epochs,
    KeepBest,
    Layers,
    Loss,
    Minutes,
    Patience,
    RandomSeed,
    Rate,
    RecurrentCell,
    Schedule,
    Threads,
    Validation,
)


@dataclass(eq=False, repr=False)
class DenoiserParameters:
    """The parameters of a denoiser; those that are None are chosen from the data."""

    cell: RecurrentCell = "gru"
    hidden: Annotated[Size, Help("Size of the hidden state.", NETWORK)] = 30
    layers: Layers = 1
    bidirectional: Annotated[
        bool,
        Help(
            "Read recordings backwards too, which needs their end. Without, each cleaned value "
            "depends on what came before alone, and the network can be used live.",
            NETWORK,
        ),
    ] = False
    dropout: Dropout = 0.0
    head: Annotated[
        Literal["linear", "tanh"],
        Help(
            "linear; or tanh, whose values stay within those of the clean training recordings.",
            NETWORK, metavar="NAME",
        ),
    ] = "linear"  # fmt: skip
    steps: Annotated[
        Count,
        Help("Time steps of the stretches that long recordings are cut into.", TRAINING),
    ] = 100
    noise: Annotated[
        str | None,
        Help(
            "What is put on clean signals: uniform:SIZE, gaussian:SIZE, drift:SIZE (a walk with "
            "such steps), impulses:SHARE:SIZE or dropouts:SHARE:LENGTH (zeros that begin at a "
            "share of the steps); several with + between them.",
            DATA, metavar="NOISE",
        ),
    ] = None  # fmt: skip
    copies: Annotated[Few, Help("Noisy copies that are made of each recording.", DATA)] = 1
    epochs: Epochs = None
    minutes: Minutes = None
    batch: Batch = 32
    rate: Rate = 0.02
    schedule: Schedule = "onecycle"
    patience: Patience = 50
    keep_best: KeepBest = True
    validation: Validation = 0.2
    loss: Annotated[Loss, Help("mse or mae.", TRAINING)] = "mse"
    clip: Clip = 1.0
    seed: RandomSeed = 0
    engine: EngineName = "auto"
    threads: Threads = None
