"""What a writer can be asked to be: each parameter with its bounds, default and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from recur.errors import SettingsError
from recur.parameters import Count, Help, Positive, Size, Unset
from recur.tasks.parameters import (
    DATA,
    NETWORK,
    TRAINING,
    Clip,
    Decay,
    Dropout,
    EngineName,
    Initialisation,
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
    Validation,
)

_FROM_TEXT = "from the text"


def parse_size(text: str | None) -> int | None:
    """Return how many symbols of a text are read, or None for all.

    >>> parse_size("10k"), parse_size("2500"), parse_size("all")
    (10000, 2500, None)
    """
    if text is None or text.strip().lower() == "all":
        return None
    number = text.strip().lower()
    times = {"k": 1_000, "m": 1_000_000}.get(number[-1:], 1)
    digits = number[:-1] if times > 1 else number
    if not (digits.isascii() and digits.isdigit() and int(digits)):
        raise SettingsError(
            f"`size` is `{text}`; it takes a number of characters, such as 2500, 10k or 100k, or "
            "all."
        )
    return int(digits) * times


@dataclass(eq=False, repr=False)
class WriterParameters:
    """The parameters of a writer; those that are None are chosen from the text."""

    cell: RecurrentCell = "gru"
    nonlinearity: Nonlinearity = "tanh"
    embedding: Annotated[
        Size | None, Help("Size of a symbol's learnt vector.", NETWORK, unset=_FROM_TEXT)
    ] = None
    hidden: Annotated[Size | None, Help("Size of the hidden state.", NETWORK, unset=_FROM_TEXT)] = (
        None
    )
    layers: Annotated[Layers | None, Unset(_FROM_TEXT)] = None
    tied: Annotated[
        bool,
        Help(
            "The vectors of the symbols are the weights of the head as well, and as long as the "
            "hidden state.",
            NETWORK,
        ),
    ] = False
    dropout: Annotated[Dropout | None, Unset(_FROM_TEXT)] = None
    initialisation: Initialisation = "pytorch"
    counting: Annotated[
        bool,
        Help(
            "Mix the network with what counting says of the text, each as far as it is sure.",
            TRAINING,
        ),
    ] = True
    unit: Annotated[
        Literal["characters", "bytes", "subwords"],
        Help(
            "What a symbol is: characters, bytes, or subwords, the byte pairs of the text.",
            DATA, metavar="NAME",
        ),
    ] = "characters"  # fmt: skip
    subwords: Annotated[
        Count | None,
        Help("Subwords at most, single characters among them.", DATA, unset=_FROM_TEXT),
    ] = None
    unknown: Annotated[
        Literal["error", "skip"],
        Help(
            "What is done about a symbol that training has not seen: error or skip.",
            DATA, metavar="HOW",
        ),
    ] = "error"  # fmt: skip
    size: Annotated[
        Count | None,
        Help(
            "So many symbols of the text, the first ones: 10k, 100k, N or all.",
            DATA, unset="all", metavar="N", parse=parse_size,
        ),
    ] = None  # fmt: skip
    steps: Annotated[
        Count | None,
        Help("Symbols over which gradients are followed back.", TRAINING, unset=_FROM_TEXT),
    ] = None
    streams: Annotated[
        Count | None,
        Help("Places of the text that are read side by side.", TRAINING, unset=_FROM_TEXT),
    ] = None
    epochs: Annotated[
        Positive | None,
        Help("Passes over the training part, such as 12 or 4.7.", TRAINING, unset=_FROM_TEXT),
    ] = None
    minutes: Minutes = None
    rate: Annotated[Rate | None, Unset(_FROM_TEXT)] = None
    schedule: Schedule = "onecycle"
    patience: Patience = 5
    keep_best: KeepBest = True
    offset: Annotated[
        Count | None,
        Help(
            "Symbols among which an epoch begins at random.", TRAINING, unset="a stretch of steps"
        ),
    ] = None
    clip: Clip = 1.0
    decay: Decay = 0.0
    validation: Validation = 0.1
    seed: RandomSeed = 0
    engine: EngineName = "auto"
    threads: Threads = None
