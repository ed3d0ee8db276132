"""`recur backtest`: a network walked over the held-out end, fitted once or anew on the way."""

from __future__ import annotations

from typing import Annotated, Any

from recur.cli.options import (
    Columns,
    File,
    Json,
    Out,
    Parameters,
    Test,
    expand_options,
    flag,
    option,
)
from recur.cli.verbs.forecast import INTERVALS, METHOD, REST, SHAPE, SPAN
from recur.tasks.forecast.settings import ForecasterParameters

_WALK = "Walk"


@expand_options
def backtest(
    file: File,
    columns: Columns,
    parameters: Annotated[
        dict[str, Any],
        Parameters(ForecasterParameters, (*METHOD, *SPAN, *SHAPE, *REST, *INTERVALS)),
    ],
    test: Test = None,
    refit: Annotated[bool, flag("--refit", "Fit anew before each fold.", _WALK)] = False,
    folds: Annotated[
        int, option("How often to fit, with --refit; each on all before its fold.", _WALK)
    ] = 1,
    stride: Annotated[int, option("Steps from one origin to the next (default 1).", _WALK)] = 1,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Walk a network, or another method, over the end of a file: its errors at each step ahead.

    It is fitted once to what lies before that end or, with --refit, anew before
    each of several folds, and the simple answers likewise.

    With --out: the rows as CSV, and pictures.
    """
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.runs import backtest_model
    from recur.tasks.reading import read_columns
    from recur.tasks.together import check_together

    check_together(parameters)
    model = Forecaster().set_params(**parameters)
    if out is not None:
        writable_folder(out)
    with output.noticing() as heard:
        panel = read_columns(file, dict(columns))
        result = backtest_model(
            model, panel, test=test, folds=folds, refit=refit, stride=stride, folder=out
        )
        output.tell(result, heard, as_json=as_json)
