"""`recur compare`: simple answers, networks and classical methods side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from recur.tasks.ladder import Ladder


def _option(help: str, panel: str, metavar: str | None = "N") -> Any:  # noqa: A002 (typer's)
    return typer.Option(help=help, rich_help_panel=panel, metavar=metavar, show_default=False)


def compare(
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
    rungs: Annotated[
        str | None,
        _option(
            "Which, with commas between: one_value, mlp, rnn, gru, lstm, deep, conv_gru, "
            "encoder_decoder, classical (default all).",
            NETWORK,
            "A,B,C",
        ),
    ] = None,
    lookback: Annotated[
        int | None, _option("Known values networks see (default: from the season).", NETWORK)
    ] = None,
    hidden: Annotated[
        int | None, _option("Size of the hidden state (default 32).", NETWORK)
    ] = None,
    epochs: Annotated[
        int | None, _option("Passes over the data (default: from its size).", TRAINING)
    ] = None,
    seed: Annotated[int | None, _option("Of every random number (default 0).", TRAINING)] = None,
    engine: Engine = None,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Train networks from small to large, and judge them beside the simple answers.

    All meet the same end of the file. The verdict is on the GRU, the default of
    recur forecast, or, where it is left out, on the first network.

    With --out: the table as CSV, and pictures.
    """
    from recur.files.atomic import writable_folder
    from recur.tasks import Forecaster, remarks
    from recur.tasks.compare import compare as run

    given = {
        "horizon": horizon, "season": season, "lookback": lookback, "hidden": hidden,
        "epochs": epochs, "seed": seed, "engine": engine, "threads": threads,
    }  # fmt: skip
    base = Forecaster()
    base.set_params(**{name: value for name, value in given.items() if value is not None})
    names = None if rungs is None else [name.strip() for name in rungs.split(",")]
    if out is not None:
        writable_folder(out)
    panel = remarks.read(file, target=target, time=time, id=id, fill=fill)
    found = run(panel, test=test, rungs=names, base=base)
    _tell(found, panel.describe(), out, as_json=as_json)


def _tell(found: Ladder, data: str, out: Path | None, *, as_json: bool) -> None:
    """Print, and write where asked to, what a comparison has found."""
    from recur.cli import output
    from recur.report.ladder_tables import rung_label, standings_note, standings_table
    from recur.tasks.ladder_folder import write_ladder

    files = write_ladder(found, out) if out is not None else {}
    if as_json:
        output.print_json({"task": "compare", **found.to_dict()})
        return
    output.print_lines(data=data)
    console = output.stdout()
    console.print()
    console.print(
        standings_table(
            found.standings,
            {one.name: found.errors(one.name) for one in found.standings},
            found.parameters,
            found.seconds,
            found.judged,
        )
    )
    notes = standings_note(found.standings, found.judgement.walk)
    console.print("\n".join(notes), style="dim italic")
    console.print()
    sentence = found.judgement.verdict.sentence
    on = f"On {rung_label(found.judged)}, chosen beforehand: {sentence}"
    console.print(output._paragraph(on, console.width), style="bold")
    output.remark(*(f"{rung_label(name)} left out: {why}" for name, why in found.skipped.items()))
    if files:
        output.print_files(files)
