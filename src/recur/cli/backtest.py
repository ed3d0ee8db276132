"""`recur backtest`: a network walked over the held-out end, fitted once or anew on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from recur.cli.options import (
    DATA,
    NETWORK,
    TRAINING,
    Engine,
    File,
    Filling,
    Id,
    Json,
    Out,
    Target,
    Test,
    Threads,
    Time,
)

if TYPE_CHECKING:
    from recur.tasks.backtest import Backtest

_WALK = "Walk"


def _option(help: str, panel: str, metavar: str | None = "N") -> Any:  # noqa: A002 (typer's)
    return typer.Option(help=help, rich_help_panel=panel, metavar=metavar, show_default=False)


def backtest(
    file: File,
    target: Target = None,
    horizon: Annotated[int | None, _option("Steps ahead (default 1).", DATA)] = None,
    time: Time = None,
    id: Id = None,  # noqa: A002 (the noun of the data)
    fill: Filling = "none",
    test: Test = None,
    season: Annotated[
        int | None, _option("Steps in a season, 1 for none (default: detected).", DATA)
    ] = None,
    refit: Annotated[
        bool,
        typer.Option(
            "--refit", help="Fit anew before each fold.", rich_help_panel=_WALK, metavar=""
        ),
    ] = False,
    folds: Annotated[
        int, _option("How often to fit, with --refit; each on all before its fold.", _WALK)
    ] = 1,
    stride: Annotated[int, _option("Steps from one origin to the next (default 1).", _WALK)] = 1,
    lookback: Annotated[
        int | None, _option("Known values the network sees (default: from the season).", NETWORK)
    ] = None,
    cell: Annotated[
        Literal["rnn", "gru", "lstm"] | None,
        _option("Recurrent cell (default gru).", NETWORK, None),
    ] = None,
    hidden: Annotated[
        int | None, _option("Size of the hidden state (default 32).", NETWORK)
    ] = None,
    layers: Annotated[int | None, _option("Recurrent layers (default 1).", NETWORK)] = None,
    bidirectional: Annotated[
        bool,
        typer.Option(
            "--bidirectional",
            help="Read windows backwards too.",
            rich_help_panel=NETWORK,
            metavar="",
        ),
    ] = False,
    dropout: Annotated[
        float | None, _option("Share dropped while training (default 0).", NETWORK, "P")
    ] = None,
    strategy: Annotated[
        Literal["direct", "recursive"] | None,
        _option("All steps at once, or one step fed back (default direct).", NETWORK, None),
    ] = None,
    scaling: Annotated[
        Literal["window", "series", "minmax", "none"] | None,
        _option("How values are scaled (default: by whether the level drifts).", NETWORK, None),
    ] = None,
    epochs: Annotated[
        int | None, _option("Passes over the data (default: from its size).", TRAINING)
    ] = None,
    batch: Annotated[int | None, _option("Windows in a step (default 64).", TRAINING)] = None,
    rate: Annotated[
        float | None, _option("Peak of the learning rate (default 0.005).", TRAINING, "R")
    ] = None,
    seed: Annotated[int | None, _option("Of every random number (default 0).", TRAINING)] = None,
    engine: Engine = None,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Walk a network over the end of a file: its errors at each step ahead.

    It is fitted once to what lies before that end or, with --refit, anew before
    each of several folds, and the simple answers likewise.

    With --out: the rows as CSV, and pictures.
    """
    from recur.files.atomic import writable_folder
    from recur.tasks import Forecaster, remarks
    from recur.tasks.backtest import backtest as run

    given = {
        "horizon": horizon, "season": season, "lookback": lookback, "cell": cell,
        "hidden": hidden, "layers": layers, "bidirectional": bidirectional, "dropout": dropout,
        "strategy": strategy, "scaling": scaling, "epochs": epochs, "batch": batch, "rate": rate,
        "seed": seed, "engine": engine, "threads": threads,
    }  # fmt: skip
    model = Forecaster()
    model.set_params(**{name: value for name, value in given.items() if value is not None})
    if out is not None:
        writable_folder(out)
    panel = remarks.read(file, target=target, time=time, id=id, fill=fill)
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
    from recur.tasks.ladder_folder import write_ladder

    ladder = found.ladder()
    files = write_ladder(ladder, out) if out is not None else {}
    if as_json:
        output.print_json({"task": "backtest", **ladder.to_dict()})
        return
    fits = "1 fit" if len(found.models) == 1 else f"{len(found.models)} fits"
    walked = f"{found.walk.times} origins, {found.walk.stride} apart"
    newest = output.model_lines(found.models[-1])
    output.print_lines(
        data=data, model=newest["model"], walk=f"{walked} · {fits} in {found.seconds:.1f} s"
    )
    output.print_judgement(found)
    steps = ladder.by_horizon()
    console = output.stdout()
    console.print()
    console.print(steps_table({name: steps[name] for name in ("network", found.verdict.against)}))
    console.print("\n".join(steps_note(steps["network"])), style="dim italic")
    if files:
        output.print_files(files)
