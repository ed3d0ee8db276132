"""The options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

DATA = "Data"
NETWORK = "Network"
TRAINING = "Training"

File = Annotated[Path, typer.Argument(help="A CSV or Parquet file.", metavar="FILE")]
Model = Annotated[Path, typer.Argument(help="A model that recur saved.", metavar="MODEL")]
Target = Annotated[
    str | None,
    typer.Option(
        help="Column to forecast, in any case of letters; without it, the only numeric one.",
        rich_help_panel=DATA,
        metavar="COL",
    ),
]
Time = Annotated[
    str | None,
    typer.Option(
        help="Column of times; without it, found by name or by what it holds.",
        rich_help_panel=DATA,
        metavar="COL",
    ),
]
Id = Annotated[
    str | None,
    typer.Option(
        "--id",
        help="Column that tells series apart; without it, unique_id or one series.",
        rich_help_panel=DATA,
        metavar="COL",
    ),
]
Filling = Annotated[
    Literal["none", "previous"],
    typer.Option(
        help="Gaps and missing values: refuse them, or repeat the last known value (default none).",
        rich_help_panel=DATA,
        show_default=False,
    ),
]
Test = Annotated[
    int | None,
    typer.Option(
        help="Values at the end held out for judging; without it, a fifth or more.",
        rich_help_panel=DATA,
        metavar="N",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        help="What computes: compiled, torch or torch:cuda (default auto); see recur engines.",
        rich_help_panel=TRAINING,
        show_default=False,
        metavar="NAME",
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        help="Processor threads (default: all for the compiled engine, 1 for PyTorch).",
        rich_help_panel=TRAINING,
        show_default=False,
        metavar="N",
    ),
]
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
