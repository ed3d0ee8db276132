"""The options that several verbs share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict, get_type_hints, is_typeddict

import typer

from recur.cli.values import forcing, levels

DATA = "Data"
NETWORK = "Network"
TRAINING = "Training"
INTERVALS = "Intervals"


def option(help: str, panel: str, metavar: str = "N", **more: Any) -> Any:  # noqa: A002 (typer's)
    """Return an option of a panel of the help; `metavar` stands for its value there."""
    return typer.Option(
        help=help, rich_help_panel=panel, metavar=metavar, show_default=False, **more
    )


def flag(name: str, help: str, panel: str) -> Any:  # noqa: A002 (typer's)
    """Return an option that is on or off and takes no value."""
    return typer.Option(name, help=help, rich_help_panel=panel, metavar="", show_default=False)


File = Annotated[Path, typer.Argument(help="A CSV or Parquet file.", metavar="FILE")]
Recording = Annotated[Path, typer.Argument(help="A CSV, Parquet or WAV file.", metavar="FILE")]
Model = Annotated[Path, typer.Argument(help="A model that recur saved.", metavar="MODEL")]
Target = Annotated[
    str | None, option("Column of values; without it, the only one of numbers.", DATA, "COL")
]
Time = Annotated[
    str | None, option("Column of times; without it, found by name or content.", DATA, "COL")
]
Id = Annotated[
    str | None,
    option("Column that tells series apart; without it, unique_id or none.", DATA, "COL"),
]
Filling = Annotated[
    Literal["none", "previous", "zero"] | None,
    option(
        "Gaps and missing values: none refuses them, previous repeats the last known value, zero "
        "takes 0 (default none).",
        DATA, "HOW",
    ),
]  # fmt: skip
Test = Annotated[
    int | None, option("Values at the end held out for judging; without it, a fifth or more.", DATA)
]
Engine = Annotated[
    str | None,
    option(
        "What computes: compiled, torch or torch:cuda (default auto); see recur engines.",
        TRAINING, "NAME",
    ),
]  # fmt: skip
Threads = Annotated[
    int | None,
    option("Processor threads (default: all for the compiled engine, 1 for PyTorch).", TRAINING),
]
Epochs = Annotated[int | None, option("Passes over the data (default: from its size).", TRAINING)]
Minutes = Annotated[float | None, option("As many epochs as fit into so much time.", TRAINING, "M")]
Seed = Annotated[int | None, option("Of every random number (default 0).", TRAINING)]
Checkpoint = Annotated[
    Path | None,
    option("Save the run here now and then; resume it if the file exists.", TRAINING, "PATH"),
]
Stride = Annotated[int | None, option("Steps between training windows (default 1).", TRAINING)]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder to write to; nothing is written without it.", metavar="DIR"),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json", help="Print one JSON object on standard output, nothing else.", metavar=""
    ),
]


class Source(TypedDict, total=False):
    """Where in a file the values are."""

    target: Annotated[
        list[str] | None,
        option("Column of values, or several; without it, the only one of numbers.", DATA, "A,B"),
    ]
    time: Time
    id: Id
    fill: Filling


class Columns(Source, total=False):
    """What the columns of a file are, as `recur.read_panel` takes them."""

    past: Annotated[
        list[str] | None, option("Columns of numbers known up to the newest value.", DATA, "A,B")
    ]
    known: Annotated[
        list[str] | None,
        option(
            "Columns of numbers known ahead too; rows at the end without a target are the future.",
            DATA, "A,B",
        ),
    ]  # fmt: skip
    static: Annotated[
        list[str] | None,
        option("Columns with one value for a series, a number or a category.", DATA, "A,B"),
    ]


class Span(TypedDict, total=False):
    """How far to look ahead, and after how many steps things repeat."""

    horizon: Annotated[int | None, option("Steps ahead (default 1).", DATA)]
    season: Annotated[
        int | None, option("Steps in a season, 1 for none (default: detected).", DATA)
    ]


class Shape(TypedDict, total=False):
    """What kind of network it is, which `recur compare` has its own answers to."""

    strategy: Annotated[
        Literal["direct", "recursive", "all_steps", "encoder_decoder"] | None,
        option(
            "How it looks ahead (default direct: all steps at once); recursive: one step, fed "
            "back; all_steps: as direct, and trained at every time step; encoder_decoder: a second "
            "network goes on from the state of the first.",
            NETWORK, "NAME",
        ),
    ]  # fmt: skip
    cell: Annotated[
        Literal["rnn", "gru", "lstm", "mlp"] | None,
        option("rnn, gru or lstm, or mlp, which has no memory (default gru).", NETWORK, "NAME"),
    ]
    layers: Annotated[int | None, option("How many (default 1).", NETWORK)]
    bidirectional: Annotated[
        bool | None, flag("--bidirectional", "Read windows backwards too.", NETWORK)
    ]
    filters: Annotated[
        int | None, option("Of a convolution in front (default 0, for none).", NETWORK)
    ]
    kernel: Annotated[int | None, option("Time steps that it sees at once (default 5).", NETWORK)]
    filter_stride: Annotated[
        int | None, option("Time steps from one of its outputs to the next (default 1).", NETWORK)
    ]
    decoder_length: Annotated[
        int | None, option("Steps a decoder takes in training (default: the horizon).", NETWORK)
    ]
    forcing: Annotated[
        str | None,
        option(
            "How likely a decoder is fed the truth in training, from the first to the last epoch "
            "(default 1:0).",
            NETWORK, "A:B", callback=forcing,
        ),
    ]  # fmt: skip


class Network(TypedDict, total=False):
    """What a network of any kind sees, and how large it is."""

    hidden: Annotated[
        int | None, option("Size of the hidden state (default: 32, or 64 for much data).", NETWORK)
    ]
    dropout: Annotated[
        float | None, option("Share dropped while training (default 0).", NETWORK, "P")
    ]
    dropout_mask: Annotated[
        Literal["step", "sequence"] | None,
        option(
            "What to drop is drawn for each step or for a whole sequence (default step).",
            NETWORK, "NAME",
        ),
    ]  # fmt: skip
    lookback: Annotated[
        int | None, option("Known values it sees (default: from the season).", NETWORK)
    ]
    least_history: Annotated[
        int | None,
        option(
            "Known values it needs; what is missing is masked (default: the lookback).", NETWORK
        ),
    ]
    calendar: Annotated[
        bool | None, flag("--calendar", "See the time of day, week and year.", NETWORK)
    ]
    residual: Annotated[
        Literal["last", "seasonal", "none"] | None,
        option(
            "Simple answer that it starts from, to learn the rest: last, seasonal or none "
            "(default: by the data).",
            NETWORK, "NAME",
        ),
    ]  # fmt: skip
    scaling: Annotated[
        Literal["window", "series", "minmax", "none"] | None,
        option(
            "Values are scaled by window or series, to minmax, or none (default: by whether the "
            "level drifts).",
            NETWORK, "NAME",
        ),
    ]  # fmt: skip


class Training(TypedDict, total=False):
    """How a network is trained."""

    epochs: Epochs
    minutes: Minutes
    batch: Annotated[int | None, option("Windows in a step (default 64).", TRAINING)]
    rate: Annotated[
        float | None, option("Peak of the learning rate (default 0.005).", TRAINING, "R")
    ]
    seed: Seed
    engine: Engine
    threads: Threads


class Intervals(TypedDict, total=False):
    """Which intervals to put around forecasts, and how to find them."""

    intervals: Annotated[
        str | None,
        option(
            "Levels in percent, such as 80,95; their coverage is measured on the held-out end "
            "(default: no intervals).",
            INTERVALS, "A,B", callback=levels,
        ),
    ]  # fmt: skip
    interval_method: Annotated[
        Literal["conformal", "dropout", "quantiles", "conformal_dropout", "conformal_quantiles"]
        | None,
        option(
            "conformal: from errors on values kept for it; dropout: from samples with it; "
            "quantiles: from a network that gives them; or these two made conformal, "
            "conformal_dropout and conformal_quantiles (default conformal).",
            INTERVALS, "NAME",
        ),
    ]  # fmt: skip
    samples: Annotated[
        int | None, option("Of each forecast, with dropout (default 200).", INTERVALS)
    ]
    calibration: Annotated[
        float | None,
        option("Share of the history kept for conformal intervals (default 0.15).", INTERVALS, "P"),
    ]


def expand_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Return a verb for typer, each of its groups of options in the place of its parameter.

    A group is a class above; the verb gets a dictionary of those of its options that were given.
    """
    hints = get_type_hints(verb, include_extras=True)
    groups = {
        name: get_type_hints(hint, include_extras=True)
        for name, hint in hints.items()
        if is_typeddict(hint)
    }

    @wraps(verb)
    def run(**given: Any) -> None:
        for name, options in groups.items():
            values = {each: given.pop(each) for each in options}
            given[name] = {each: value for each, value in values.items() if value is not None}
        verb(**given)

    parameters: list[Parameter] = []
    for name, own in signature(verb).parameters.items():
        members = groups.get(name, {name: hints[name]})
        default = None if name in groups else own.default
        parameters += [
            Parameter(each, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
            for each, hint in members.items()
        ]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    run.__signature__ = signature(verb).replace(parameters=parameters)  # type: ignore[attr-defined]
    return run
