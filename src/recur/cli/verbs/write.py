"""`recur write`: learn to write like a text; with one network, or with several side by side."""

from __future__ import annotations

import time as clock
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

import typer

from recur.cli.options import (
    Checkpoint,
    Json,
    On,
    Out,
    Parameters,
    expand_options,
    flag,
    option,
)
from recur.tasks.parameters import DATA, NETWORK, TRAINING
from recur.tasks.write.settings import WriterParameters

_WEIGHT_DECAY = 0.01  # of AdamW, as PyTorch has it
_NAMES = (
    *(
        "size",
        "unit",
        "subwords",
        "validation",
        "unknown",
        "counting",
        "cell",
        "nonlinearity",
        "embedding",
    ),
    *(
        "hidden",
        "layers",
        "tied",
        "dropout",
        "rate",
        "steps",
        "streams",
        "epochs",
        "minutes",
        "seed",
    ),
    *("engine", "threads"),
)


class Reading(TypedDict, total=False):
    """How a file is read."""

    encoding: Annotated[
        str | None, option("How its characters are encoded (default utf-8).", DATA, "NAME")
    ]
    lines: Annotated[bool | None, flag("--lines", "Each line is a text of its own.", DATA)]


@expand_options
def write(
    file: Annotated[Path, typer.Argument(help="A text file.", metavar="FILE")],
    reading: Reading,
    parameters: Annotated[dict[str, Any], Parameters(WriterParameters, _NAMES)],
    optimizer: Annotated[
        Literal["adam", "adamw"] | None,
        option("adam, or adamw with a weight decay of 0.01 (default adam).", TRAINING, "NAME"),
    ] = None,
    cells: Annotated[
        str | None,
        option("Compare several on the same text, such as rnn,gru,lstm.", NETWORK, "A,B"),
    ] = None,
    samples: Annotated[
        bool, flag("--samples", "Write a sample after every epoch.", TRAINING)
    ] = False,
    checkpoint: Checkpoint = None,
    go_on: Annotated[
        Path | None,
        typer.Option(
            "--continue",
            help="A saved writer to go on from, with its size and its symbols.",
            metavar="MODEL",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to write like a text, and judge that against counting.

    With --cells: several networks, one table.

    With --out: the model, a page, the training curve and what it wrote.

    With --continue: from a saved writer on, with another text.
    """
    began = clock.perf_counter()
    from recur import distributed
    from recur.cli import output
    from recur.errors import SettingsError
    from recur.files.atomic import writable_folder
    from recur.tasks.base import checked
    from recur.tasks.kinds import load_for
    from recur.tasks.together import check_together
    from recur.tasks.write import runs
    from recur.tasks.write.results import sample_blocks
    from recur.tasks.write.writer import Writer

    check_together(parameters)
    given = dict(parameters)
    if optimizer == "adamw":
        given["decay"] = _WEIGHT_DECAY
    checked(WriterParameters, given)
    model = Writer(**given)
    if go_on is not None:
        if cells is not None:
            raise SettingsError("`cells` starts from nothing; leave it out beside --continue.")
        model = runs.going_on(load_for(go_on, "write"), given)
    names = None if cells is None else _named(cells, given, checkpoint)
    if out is not None:
        writable_folder(out)

    def show(name: str, text: str) -> None:
        if not as_json:
            output.print_blocks([*sample_blocks(name, text)])

    with output.noticing() as heard, distributed.on(on):
        text = runs.read_for_writer(model, file, dict(reading))
        more: dict[str, Any] = {
            "show": show if samples else None,
            "folder": out,
            "reading": clock.perf_counter() - began,
        }
        if names is None:
            result = runs.learn_to_write(
                model, text, checkpoint=checkpoint, go_on=go_on is not None, **more
            )
            output.tell(result, heard, as_json=as_json)
        else:
            compared = runs.learn_with_cells(model, text, names, **more)
            output.tell(compared, heard, as_json=as_json)


def _named(cells: str, given: dict[str, Any], checkpoint: Path | None) -> list[str]:
    """Return the cells to compare, and refuse what goes with a single network."""
    from recur.errors import SettingsError
    from recur.tasks.write.compare import check_cells

    names = [name.strip() for name in cells.split(",")]
    check_cells(names)
    if "cell" in given:
        raise SettingsError("`cell` and `cells` both say what to train; give one of them.")
    if checkpoint is not None:
        raise SettingsError(
            f"`checkpoint` is `{checkpoint}`, which keeps a single run; leave `cells` out."
        )
    return names
