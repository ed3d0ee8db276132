"""`recur tag`: learn to give each word of a sentence a tag."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recur.cli.options import (
    Checkpoint,
    Json,
    Out,
    Parameters,
    TokenColumns,
    expand_options,
    option,
)
from recur.tasks.parameters import DATA
from recur.tasks.tag.settings import TaggerParameters

_NAMES = (
    *("fewest", "longest", "validation", "refit", "cell", "embedding", "filters", "hidden"),
    *("layers", "chain", "dropout", "networks", "mix", "epochs", "minutes", "batch", "rate"),
    *("decay", "seed", "engine", "threads"),
)


@expand_options
def tag(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A token a line in columns, an empty line between sentences, as CoNLL has them.",
            metavar="FILE...",
        ),
    ],
    where: TokenColumns,
    parameters: Annotated[dict[str, Any], Parameters(TaggerParameters, _NAMES)],
    validation_file: Annotated[
        Path | None, option("A file to choose by, instead of a share of FILE.", DATA, "FILE")
    ] = None,
    test: Annotated[
        Path | None, option("A file to judge by, read as FILE is.", DATA, "FILE")
    ] = None,
    held_out: Annotated[
        float | None,
        option(
            "Share to judge by, drawn at random; 0 for none (default: a fifth).",
            DATA,
            "P",
            min=0.0,
            max=0.9,
        ),
    ] = None,
    checkpoint: Checkpoint = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to give each word of a sentence a tag, judged against the simple answers.

    Names of people and places (B-place, I-place, O), parts of speech, or any other tags.

    With --out: the model, a page, and a picture of what is taken for what.
    """
    from recur.cli import output
    from recur.cli.values import check_together
    from recur.errors import SettingsError
    from recur.files.atomic import writable_folder
    from recur.tasks.base import checked
    from recur.tasks.tag.runs import learn_to_tag
    from recur.tasks.tag.tagger import Tagger

    check_together(parameters)
    checked(TaggerParameters, parameters)
    if test is not None and held_out is not None:
        raise SettingsError("`test` and `held_out` both say what to judge by; give one of them.")
    model = Tagger(**parameters)
    if out is not None:
        writable_folder(out)
    with output.noticing() as heard:
        result = learn_to_tag(
            model, files, dict(where), validation=validation_file, test=test, share=held_out,
            checkpoint=checkpoint, folder=out,
        )  # fmt: skip
        output.tell(result, heard, as_json=as_json)
