"""`recur describe`: what a series is before anyone models it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from recur.cli.options import File, Filling, Id, Json, Out, Reading, Target, Time, expand_options
from recur.tasks.parameters import DATA


@expand_options
def describe(
    file: File,
    reading: Reading,
    target: Target = None,
    time: Time = None,
    id: Id = None,  # noqa: A002 (the noun of the data)
    fill: Filling = "none",
    season: Annotated[
        int | None,
        typer.Option(
            help="Steps in a season, 1 for none (default: detected).",
            rich_help_panel=DATA,
            metavar="N",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Say what a series is: its values, gaps, outliers, season, trend, and whether it is a walk.

    Where several columns could be meant: what each holds, and what to type to forecast one.

    Nothing is trained. With --out: a picture of the decomposition into trend, season and rest.
    """
    from recur.cli import output
    from recur.data.describe.description import describe as description_of
    from recur.errors import UndecidedError
    from recur.files.atomic import writable_folder
    from recur.report.describing import DescriptionsResult, describe_to
    from recur.tasks import notices
    from recur.tasks.overview import command_for, overview_of
    from recur.tasks.reading import check_season, clock_folder, names_of

    if out is not None:
        writable_folder(out)
    with output.noticing() as heard:
        how = {"time": time, "id": id, **({} if fill == "none" else {"fill": fill}), **reading}
        try:
            panels = notices.read_by_clock(file, target=target, **how)
        except UndecidedError as undecided:
            if undecided.option != "target":
                raise
            output.tell(overview_of(file, undecided.likeliest, **how), heard, as_json=as_json)
            return
        check_season(season, [panels])
        names = names_of([panels])
        described = [
            describe_to(
                description_of(panel, season=season),
                None if out is None else writable_folder(clock_folder(out, panel, panels)),
            )
            for panel in panels
        ]
        command = command_for(file, *panels, **how) if target is None else ""
        if len(panels) > 1:
            result = DescriptionsResult(
                descriptions=dict(zip(names, described, strict=True)), command=command
            )
            output.tell(result, heard, as_json=as_json)
        else:
            output.tell(replace(described[0], command=command), heard, as_json=as_json)
