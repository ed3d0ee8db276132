"""`recur backtest`: a network walked over the held-out end, fitted once or anew on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from recur.cli.options import (
    Columns,
    File,
    Intervals,
    Json,
    Network,
    Out,
    Shape,
    Span,
    Test,
    Training,
    expand_options,
    flag,
    option,
)

if TYPE_CHECKING:
    from recur.tasks.forecast.backtest import Backtest

_WALK = "Walk"


@expand_options
def backtest(
    file: File,
    columns: Columns,
    span: Span,
    shape: Shape,
    network: Network,
    training: Training,
    intervals: Intervals,
    test: Test = None,
    refit: Annotated[bool, flag("--refit", "Fit anew before each fold.", _WALK)] = False,
    folds: Annotated[
        int, option("How often to fit, with --refit; each on all before its fold.", _WALK)
    ] = 1,
    stride: Annotated[int, option("Steps from one origin to the next (default 1).", _WALK)] = 1,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Walk a network over the end of a file: its errors at each step ahead.

    It is fitted once to what lies before that end or, with --refit, anew before
    each of several folds, and the simple answers likewise.

    With --out: the rows as CSV, and pictures.
    """
    from recur.cli.reading import read
    from recur.cli.values import check_together
    from recur.files.atomic import writable_folder
    from recur.tasks import Forecaster
    from recur.tasks.forecast.backtest import backtest as run

    given: dict[str, Any] = {**span, **shape, **network, **training, **intervals}
    check_together(given)
    model = Forecaster().set_params(**given)
    if out is not None:
        writable_folder(out)
    panel = read(file, columns)
    _tell(
        run(model, panel, test=test, folds=folds, refit=refit, stride=stride),
        panel.describe(),
        out,
        as_json=as_json,
    )


def _tell(found: Backtest, data: str, out: Path | None, *, as_json: bool) -> None:
    """Print, and write where asked to, what a backtest has found."""
    from recur.cli import output
    from recur.report.ladder_tables import steps_note, steps_table
    from recur.tasks.forecast.comparison_folder import write_ladder

    ladder = found.ladder()
    files = write_ladder(ladder, out) if out is not None else {}
    if as_json:
        intervals = output.judged_facts(found)["intervals"]
        output.print_json({"task": "backtest", **ladder.to_dict(), "intervals": intervals})
        return
    fits = "1 fit" if len(found.models) == 1 else f"{len(found.models)} fits"
    walked = f"{found.walk.times} origins, {found.walk.stride} apart"
    lines = output.model_lines(found.models[-1])
    del lines["training"]  # of one fit among several
    output.print_lines(data=data, **lines, walk=f"{walked} · {fits} in {found.seconds:.1f} s")
    output.print_judgement(found)
    steps = ladder.by_horizon()
    console = output.stdout()
    console.print()
    console.print(steps_table({name: steps[name] for name in ("network", found.verdict.against)}))
    console.print("\n".join(steps_note(steps["network"])), style="dim italic")
    if files:
        output.print_files(files)
