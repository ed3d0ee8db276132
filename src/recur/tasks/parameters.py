"""Parameters that several tasks have, each declared once, and the headings they stand under."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le

from recur.data.tables.options import DATA as DATA  # what reads files has options, too
from recur.networks.cells import CELLS
from recur.parameters import Count, Few, Help, OneOf, Positive, Seed, ShareBelowOne

NETWORK = "Network"
TRAINING = "Training"
INTERVALS = "Intervals"

RecurrentCell = Annotated[
    str, OneOf(CELLS), Help(f"The cell: {', '.join(CELLS)}.", NETWORK, metavar="NAME")
]
Layers = Annotated[int, Ge(1), Le(100), Help("Recurrent layers.", NETWORK)]
Dropout = Annotated[
    ShareBelowOne,
    Help("Share dropped while training, between layers or before the head.", NETWORK, metavar="P"),
]
Initialisation = Annotated[
    Literal["pytorch", "orthogonal"],
    Help("First weights: pytorch, uniform as PyTorch has them, or orthogonal.", NETWORK),
]
Nonlinearity = Annotated[
    Literal["tanh", "relu"], Help("Of a vanilla RNN: tanh or relu.", NETWORK, metavar="NAME")
]
Epochs = Annotated[
    Annotated[int, Ge(1), Le(10**6)] | None,
    Help("Passes over the training data.", TRAINING, unset="from its size"),
]
Minutes = Annotated[
    Positive | None,
    Help(
        "Of training, about: as many epochs as fit in, which is found once, before it begins.",
        TRAINING, metavar="M",
    ),
]  # fmt: skip
Batch = Annotated[Count, Help("Windows or stretches in a training step.", TRAINING)]
Rate = Annotated[
    Positive, Help("Learning rate, the peak of a one-cycle schedule.", TRAINING, metavar="R")
]
Schedule = Annotated[
    Literal["onecycle", "constant"], Help("Of the rate: onecycle or constant.", TRAINING)
]
Patience = Annotated[
    Count | None,
    Help("Epochs without a better validation loss before training stops.", TRAINING, unset="never"),
]
KeepBest = Annotated[bool, Help("End with the weights of the best validation loss.", TRAINING)]
Validation = Annotated[
    ShareBelowOne, Help("Share of the training data, its last part, to choose by.", TRAINING)
]
Loss = Literal["mse", "mae"]
Clip = Annotated[
    Positive | None, Help("Greatest norm of the gradient.", TRAINING, unset="it is not clipped")
]
Decay = Annotated[
    float,
    Ge(0),
    Help("Decoupled weight decay; above 0 the optimiser is AdamW, else Adam.", TRAINING),
]
RandomSeed = Annotated[Seed, Help("Of every random number.", TRAINING)]
EngineName = Annotated[
    str,
    Help(
        "What computes: compiled, torch, torch:cuda, or auto; see recur engines.",
        TRAINING, metavar="NAME",
    ),
]  # fmt: skip
Threads = Annotated[
    Few | None,
    Help(
        "Processor threads.", TRAINING,
        unset="all of the machine's for the compiled engine, whose bits do not depend on them; 1 "
        "for PyTorch, whose bits do",
    ),
]  # fmt: skip
