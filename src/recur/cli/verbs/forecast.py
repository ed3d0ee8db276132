"""`recur forecast`: fit, judge on the held-out end, forecast, save; of one file or of several."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recur.cli.options import (
    Checkpoint,
    Columns,
    Json,
    On,
    Out,
    Parameters,
    Test,
    TrainingParts,
    expand_options,
    option,
)
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.parameters import TRAINING

if TYPE_CHECKING:
    from recur.data.panel.panel import Panel

SHAPE = (
    *("strategy", "cell", "layers", "bidirectional", "filters", "kernel", "filter_stride"),
    *("decoder_length", "forcing"),
)
"""What kind of network it is, which `recur compare` has its own answers to."""

REST = (
    *("hidden", "dropout", "dropout_mask", "lookback", "least_history", "calendar", "holidays"),
    *("residual", "scaling", "epochs", "minutes", "batch", "rate", "seed", "engine", "threads"),
)
"""What it sees, how large it is, and how it is trained."""

METHOD = ("method", "network")
SPAN = ("horizon", "season")
INTERVALS = ("intervals", "interval_method", "samples", "calibration")


@expand_options
def forecast(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Tables: CSV, Excel, Parquet, JSON, ...; of several, each has a network of its "
            "own. - is standard input; a folder or a pattern is several files as one.",
            metavar="FILE",
        ),
    ],
    columns: Columns,
    parameters: Annotated[
        dict[str, Any],
        Parameters(
            ForecasterParameters, (*METHOD, *SPAN, *SHAPE, *REST, *INTERVALS, "stride", "refit")
        ),
    ],
    parts: TrainingParts,
    test: Test = None,
    checkpoint: Checkpoint = None,
    tune: Annotated[
        int | None,
        option("Try so many settings first, on values before the held-out end.", TRAINING),
    ] = None,
    storage: Annotated[
        Path | None,
        option("Keep what --tune has tried here; go on from it if it exists.", TRAINING, "PATH"),
    ] = None,
    on: On = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Forecast a file by a network, and judge it on values that it has not seen.

    The network is pretrained; any option that describes a network trains one on the file. With
    --method, a simpler method in the place of a network.

    With --out: the model, the forecast, pictures and a report.
    """
    began = clock.perf_counter()
    from recur import distributed
    from recur.cli import output
    from recur.distributed.jobs import forecast_parts, wanted
    from recur.distributed.mapping import mapped_as_asked, trained
    from recur.report.blocks import Heading
    from recur.tasks.forecast.forecaster import Forecaster
    from recur.tasks.forecast.results import FitsResult
    from recur.tasks.forecast.runs import fit_and_forecast, write_together
    from recur.tasks.overview import command
    from recur.tasks.reading import check_season, names_of, read_by_clock
    from recur.tasks.together import check_together

    in_parts = len(files) == 1 and wanted(files[0], parts)
    if in_parts and not trained(parameters, columns):
        _check_alone(checkpoint=checkpoint, storage=storage)
        with output.noticing() as heard, distributed.on(on):
            made = forecast_parts(parameters, files[0], dict(columns), out, parts, test=test)
            output.tell(made, heard, as_json=as_json)
        return
    check_together(parameters)
    model = Forecaster().set_params(**parameters)
    _check_search(tune, storage)
    fits = []
    read: list[tuple[Panel, ...]]
    with output.noticing() as heard, distributed.on(on):
        # All are read before any training, which a file that cannot be read would waste.
        if in_parts:
            read = [(mapped_as_asked(files[0], dict(columns), parts, tune=tune),)]
        else:
            read = [read_by_clock(file, dict(columns)) for file in files]
        reading = clock.perf_counter() - began
        panels = [panel for of_file in read for panel in of_file]
        several = len(panels) > 1
        if several:
            _check_alone(checkpoint=checkpoint, storage=storage)
            check_season(model.season, read)
        folders = _folders(files, read, out)
        names = names_of(read)
        # What a method without a network takes too, which sees the values alone.
        beside = ("past", "known", "static")
        alike = {name: value for name, value in columns.items() if name not in beside}
        alike |= {name: parameters.get(name) for name in SPAN} | {"test": test}
        of_panels = [file for file, made in zip(files, read, strict=True) for _ in made]
        for file, panel, name, folder in zip(of_panels, panels, names, folders, strict=True):
            if several and not as_json:
                output.print_blocks([Heading(name)])
            result = fit_and_forecast(
                model.clone(), panel, test=test, checkpoint=checkpoint, trials=tune,
                storage=storage, folder=folder, reading=reading,
            )  # fmt: skip
            result = replace(result, command=command(alike, file))
            fits.append(result)
            if several and not as_json:
                output.print_blocks(result.blocks())
        if not several:
            output.tell(fits[0], heard, as_json=as_json)
            return
        together = write_together(fits, out) if out is not None and len(files) == 1 else {}
        all_fits = FitsResult(fits=tuple(fits), names=names, files=together)
        output.tell(all_fits, heard, as_json=as_json)


def _folders(
    files: list[Path], read: list[tuple[Panel, ...]], out: Path | None
) -> list[Path | None]:
    """Return the folder that the results of each panel go to, made if need be; None for nowhere.

    Each of several files has one of its own, and each of several clocks of a file one in it.
    """
    from recur.errors import SettingsError
    from recur.files.atomic import writable_folder
    from recur.tasks.reading import clock_folder

    if out is None:
        return [None for panels in read for _ in panels]
    folders = [out if len(files) == 1 else out / file.stem for file in files]
    for i, folder in enumerate(folders):
        same = [str(folder).casefold() == str(other).casefold() for other in folders[:i]]
        if any(same):
            raise SettingsError(
                f"`{files[same.index(True)]}` and `{files[i]}` would both be written to "
                f"`{folder}`; rename one of them, or forecast them one by one."
            )
    each = [
        clock_folder(folder, panel, panels)
        for folder, panels in zip(folders, read, strict=True)
        for panel in panels
    ]
    for folder in each:
        writable_folder(folder)
    return list(each)


def _check_search(tune: int | None, storage: Path | None) -> None:
    from recur.errors import SettingsError

    if storage is not None and tune is None:
        raise SettingsError(
            f"`storage` is `{storage}`, which keeps what a search has tried; name how many "
            "settings to try with `tune`."
        )


def _check_alone(**paths: Path | None) -> None:
    """Refuse files that belong to one run where there are several."""
    from recur.errors import SettingsError

    for name, path in paths.items():
        if path is not None:
            raise SettingsError(
                f"`{name}` is `{path}`, which keeps a single run; give one FILE, of one "
                "clock, with it."
            )
