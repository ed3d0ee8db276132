"""`recur compare`: simple answers, networks and classical methods side by side."""

from __future__ import annotations

from typing import Annotated, Any

from recur.cli.options import (
    Columns,
    File,
    Json,
    On,
    Out,
    Parameters,
    Test,
    expand_options,
    flag,
    option,
)
from recur.cli.verbs.forecast import REST, SPAN
from recur.tasks.forecast.methods import METHODS
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.parameters import NETWORK


@expand_options
def compare(
    file: File,
    columns: Columns,
    parameters: Annotated[
        dict[str, Any], Parameters(ForecasterParameters, (*SPAN, *REST, "stride"))
    ],
    test: Test = None,
    methods: Annotated[
        str | None,
        option(f"Which, with commas between: {', '.join(METHODS)} (default all).", NETWORK, "A,B"),
    ] = None,
    best: Annotated[
        bool,
        flag("--best", "Forecast with the best of all, and save it with --out.", NETWORK),
    ] = False,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Train networks from small to large, and judge them beside the simple answers.

    All meet the same end of the file. The verdict is on the GRU, the default of
    recur forecast, or, where it is left out, on the first network.

    With --best, the one with the lowest error forecasts, simple answers among them.

    With --out: the table as CSV, and pictures.
    """
    from recur import distributed
    from recur.cli import output
    from recur.files.atomic import writable_folder
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.runs import compare_methods
    from recur.tasks.reading import read_columns
    from recur.tasks.together import check_together

    check_together(parameters)
    base = Forecaster().set_params(**parameters)
    names = None if methods is None else [name.strip() for name in methods.split(",")]
    if out is not None:
        writable_folder(out)
    with output.noticing() as heard, distributed.on(on):
        panel = read_columns(file, dict(columns))
        result = compare_methods(base, panel, test=test, methods=names, best=best, folder=out)
        output.tell(result, heard, as_json=as_json)
