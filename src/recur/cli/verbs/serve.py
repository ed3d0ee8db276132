"""`recur serve`: models behind HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recur.cli.options import Parameters, expand_options, option
from recur.server.settings import SERVER, ServerParameters

_NAMES = (
    *("host", "port", "log", "max_body", "max_series", "max_length", "max_horizon"),
    *("timeout", "queue", "threads", "jobs", "keep"),
)


@expand_options
def serve(
    parameters: Annotated[dict[str, Any], Parameters(ServerParameters, _NAMES)],
    models: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Models that recur saved; of a folder all *.recur, picked up when they are "
            "replaced.",
            metavar="[MODEL]...",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        option("Let those in alone who send one of its tokens, one a line.", SERVER, "FILE"),
    ] = None,
    data: Annotated[
        Path | None,
        option("Keep jobs here (default: the platform's folder for caches).", SERVER, "DIR"),
    ] = None,
) -> None:
    """Answer forecasts and verdicts over HTTP.

    The pretrained network is served as `pretrained`, beside any models that are named.
    """
    from recur.cli import output
    from recur.server.run import serve as run
    from recur.tasks.base import checked

    settings = checked(ServerParameters, parameters)
    with output.noticing():
        run(models or [], settings, token_file, data)
