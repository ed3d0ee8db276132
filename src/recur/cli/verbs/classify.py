"""`recur classify`: learn to tell classes of texts or of series apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from recur.cli.options import (
    Checkpoint,
    Id,
    Json,
    On,
    Out,
    Parameters,
    TestFile,
    TextEncoding,
    Time,
    expand_options,
    held_out,
    option,
)
from recur.tasks.classify.settings import ClassifierParameters
from recur.tasks.parameters import DATA

_NAMES = (
    *("unit", "fewest", "longest", "validation", "cell", "embedding", "hidden", "layers"),
    *(
        "bidirectional",
        "reads",
        "filters",
        "dropout",
        "networks",
        "smoothing",
        "balanced",
        "mix",
        "epochs",
    ),
    *("minutes", "rate", "decay", "seed", "engine", "threads"),
)


class Where(TypedDict, total=False):
    """Where in the files the examples are."""

    target: Annotated[
        list[str] | None, option("Column of texts, or of numbers (repeat it).", DATA, "COL")
    ]
    label: Annotated[
        str | None, option("Column of labels; beside a file of texts, a file of them.", DATA, "COL")
    ]
    id: Id
    time: Time
    group: Annotated[
        str | None,
        option("Column of what is kept together when examples are divided.", DATA, "COL"),
    ]
    encoding: TextEncoding


@expand_options
def classify(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A table, a .ts or .arff file, a folder of texts by label, or a file of texts a "
            "label.",
            metavar="FILE...",
        ),
    ],
    where: Where,
    parameters: Annotated[dict[str, Any], Parameters(ClassifierParameters, _NAMES)],
    test: TestFile = None,
    held_out: Annotated[float | None, held_out("a fifth")] = None,
    checkpoint: Checkpoint = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Learn to tell classes of texts or of series apart, judged against the simple answers.

    From a table: --target TEXT --label LABEL; of series, --id, --time and --target as well.

    From files of a text a line, such as reviews.pos reviews.neg, whose names are the labels.

    With --out: the model, a page, and pictures of what is taken for what.
    """
    from recur import distributed
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.tasks.base import checked
    from recur.tasks.classify.classifier import Classifier
    from recur.tasks.classify.runs import learn_to_classify
    from recur.tasks.together import check_one_test, check_together

    check_together(parameters)
    checked(ClassifierParameters, parameters)
    check_one_test(test, held_out)
    model = Classifier(**parameters)
    if out is not None:
        writable_folder(out)
    with output.noticing() as heard, distributed.on(on):
        result = learn_to_classify(
            model, files, dict(where), test=test, share=held_out, checkpoint=checkpoint, folder=out
        )
        output.tell(result, heard, as_json=as_json)
