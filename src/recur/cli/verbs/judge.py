"""`recur judge`: a saved model on the end of other data."""

from __future__ import annotations

from typing import Annotated

from recur.cli.options import (
    Json,
    Model,
    Recording,
    Source,
    Test,
    TokenColumns,
    expand_options,
    flag,
    option,
)
from recur.tasks.parameters import DATA


@expand_options
def judge(
    model: Model,
    file: Recording,
    source: Source,
    columns: TokenColumns,
    test: Test = None,
    clean: Annotated[
        str | None,
        option("Of a denoiser: the clean columns of FILE, or the clean WAV file.", DATA, "A,B"),
    ] = None,
    label: Annotated[
        str | None,
        option(
            "Of a classifier: the column of labels, or beside texts a file of them.", DATA, "COL"
        ),
    ] = None,
    adapt: Annotated[
        bool,
        flag("--adapt", "Of a writer: also as it learns on from what it reads.", DATA),
    ] = False,
    as_json: Json = False,
) -> None:
    """Judge a saved model on the end of other data, against the simple answers.

    The true past is known at every step; the linear autoregression alone is trained.

    A model that cleans signals, tells classes apart, tags words, translates or writes is judged on
    the whole file; the first needs --clean, the next three what is true.
    """
    from recur.cli import output
    from recur.tasks.kinds import judge_with

    named = {"test": test, "clean": clean, "label": label, "adapt": adapt or None}
    more = dict(columns) | {name: value for name, value in named.items() if value is not None}
    with output.noticing() as heard:
        output.tell(judge_with(model, file, dict(source) | more), heard, as_json=as_json)
