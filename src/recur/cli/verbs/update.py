"""`recur update`: a saved model that goes on with newer data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recur.cli.options import (
    File,
    Json,
    Model,
    On,
    Source,
    expand_options,
    option,
)
from recur.tasks.parameters import DATA


@expand_options
def update(
    model: Model,
    file: File,
    source: Source,
    test: Annotated[
        int | None,
        option(
            "Of the newer values, so many at the end are judged on; without it, a fifth or more.",
            DATA,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write to; without it, MODEL itself is replaced.", metavar="DIR"
        ),
    ] = None,
    on: On = None,
    as_json: Json = False,
) -> None:
    """Go on with a saved model on newer data, and keep the better of both.

    A network is trained on from its weights. It and the model as it was are judged
    on the newest values, which neither has been trained on; MODEL is replaced,
    whole or not at all, unless the updated one is worse.

    With --out: MODEL stays, and what recur forecast writes goes to that folder.
    """
    from recur import distributed
    from recur.cli import output
    from recur.tasks.kinds import update_with

    more = {} if test is None else {"test": test}
    with output.noticing() as heard, distributed.on(on):
        output.tell(update_with(model, file, dict(source) | more, out), heard, as_json=as_json)
