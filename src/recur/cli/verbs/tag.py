"""`recur tag`: learn to give each word of a sentence a tag."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from recur.cli.options import (
    Checkpoint,
    Json,
    On,
    Out,
    Parameters,
    TestFile,
    TokenColumns,
    expand_options,
    held_out,
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
    test: TestFile = None,
    held_out: Annotated[float | None, held_out("a fifth")] = None,
    checkpoint: Checkpoint = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to give each word of a sentence a tag, judged against the simple answers.

    Names of people and places (B-place, I-place, O), parts of speech, or any other tags.

    With --out: the model, a page, and a picture of what is taken for what.
    """
    from recur import distributed
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.tasks.base import checked
    from recur.tasks.tag.runs import learn_to_tag
    from recur.tasks.tag.tagger import Tagger
    from recur.tasks.together import check_one_test, check_together

    check_together(parameters)
    checked(TaggerParameters, parameters)
    check_one_test(test, held_out)
    model = Tagger(**parameters)
    if out is not None:
        writable_folder(out)
    with output.noticing() as heard, distributed.on(on):
        result = learn_to_tag(
            model, files, dict(where), validation=validation_file, test=test, share=held_out,
            checkpoint=checkpoint, folder=out,
        )  # fmt: skip
        output.tell(result, heard, as_json=as_json)
