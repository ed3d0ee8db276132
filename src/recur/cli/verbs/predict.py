"""`recur predict`: a saved model on new data."""

from __future__ import annotations

from typing import Annotated

from recur.cli.options import (
    Json,
    Model,
    On,
    Out,
    Parts,
    Recording,
    Source,
    TokenColumns,
    expand_options,
    option,
)
from recur.tasks.parameters import DATA


@expand_options
def predict(
    model: Model,
    file: Recording,
    source: Source,
    columns: TokenColumns,
    parts: Parts,
    horizon: Annotated[
        int | None,
        option(
            "Steps ahead (default: as trained); further only with the strategies recursive and "
            "encoder_decoder.",
            DATA,
        ),
    ] = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Forecast what follows new data, clean it, tell its classes or tags, or translate it.

    With --out: forecast, classes or translations as a CSV file, the cleaned signal as CSV or WAV,
    tags as a file of columns; of files that memory does not hold, a file of forecasts a part.
    """
    from recur import distributed
    from recur.cli import output
    from recur.distributed.jobs import predict_parts, wanted
    from recur.tasks.kinds import predict_with

    given = dict(source) | dict(columns) | ({} if horizon is None else {"horizon": horizon})
    with output.noticing() as heard, distributed.on(on):
        if on is not None or wanted(file, parts, model):
            output.tell(predict_parts(model, file, given, out, parts), heard, as_json=as_json)
            return
        output.tell(predict_with(model, file, given, out), heard, as_json=as_json)
