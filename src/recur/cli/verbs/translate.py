"""`recur translate`: learn what should come out of each text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from recur.cli.options import (
    Checkpoint,
    Json,
    On,
    Out,
    Parameters,
    TestFile,
    TextEncoding,
    expand_options,
    held_out,
    option,
)
from recur.tasks.parameters import DATA
from recur.tasks.translate.settings import TranslatorParameters

_NAMES = (
    *("unit", "fewest", "longest", "validation", "cell", "attention", "embedding", "hidden"),
    *("layers", "bidirectional", "dropout", "beams", "smoothing", "epochs", "minutes", "batch"),
    *("rate", "decay", "seed", "engine", "threads"),
)


class Where(TypedDict, total=False):
    """Where in the files the pairs are."""

    source: Annotated[
        str | None, option("Column of what comes in, of a table with a header.", DATA, "COL")
    ]
    target: Annotated[str | None, option("Column of what should come out.", DATA, "COL")]
    encoding: TextEncoding


@expand_options
def translate(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Lines of two texts with a tab between them, or a table of two columns.",
            metavar="FILE...",
        ),
    ],
    where: Where,
    parameters: Annotated[dict[str, Any], Parameters(TranslatorParameters, _NAMES)],
    test: TestFile = None,
    held_out: Annotated[float | None, held_out("a tenth")] = None,
    checkpoint: Checkpoint = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to make one text of another, judged against copying and a dictionary of words.

    Sentences and their translations, dates in two forms, words and how they sound, numbers and
    their names: an encoder reads, a decoder writes and looks back at what was read.

    With --out: the model, a page, and pictures of what looks at what.
    """
    from recur import distributed
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.tasks.base import checked
    from recur.tasks.together import check_one_test, check_together
    from recur.tasks.translate.runs import learn_to_translate
    from recur.tasks.translate.translator import Translator

    check_together(parameters)
    checked(TranslatorParameters, parameters)
    check_one_test(test, held_out)
    model = Translator(**parameters)
    if out is not None:
        writable_folder(out)
    with output.noticing() as heard, distributed.on(on):
        result = learn_to_translate(
            model, files, dict(where), test=test, share=held_out, checkpoint=checkpoint, folder=out
        )
        output.tell(result, heard, as_json=as_json)
