"""`recur forecast`: fit, judge on the held-out end, forecast, save."""

from __future__ import annotations

import time as clock
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
    from recur.tasks import Forecaster


def _option(help: str, panel: str, metavar: str | None = "N") -> Any:  # noqa: A002 (typer's)
    return typer.Option(help=help, rich_help_panel=panel, metavar=metavar, show_default=False)


def forecast(
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
    stride: Annotated[
        int | None, _option("Steps between training windows (default 1).", TRAINING)
    ] = None,
    seed: Annotated[int | None, _option("Of every random number (default 0).", TRAINING)] = None,
    engine: Engine = None,
    threads: Threads = None,
    checkpoint: Annotated[
        Path | None,
        _option("Save the run here now and then; resume it if the file exists.", TRAINING, "PATH"),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Train a network on a file, judge it on the end it has not seen, and forecast.

    With --out: the model, the forecast, pictures and a report.
    """
    began = clock.perf_counter()
    from recur.files.atomic import writable_folder
    from recur.tasks import Forecaster, remarks

    given = {
        "horizon": horizon, "season": season, "lookback": lookback, "cell": cell,
        "hidden": hidden, "layers": layers, "bidirectional": bidirectional, "dropout": dropout,
        "strategy": strategy, "scaling": scaling, "epochs": epochs, "batch": batch, "rate": rate,
        "stride": stride, "seed": seed, "engine": engine,
        "threads": threads,
    }  # fmt: skip
    model = Forecaster()
    model.set_params(**{name: value for name, value in given.items() if value is not None})
    if out is not None:
        writable_folder(out)
    panel = remarks.read(file, target=target, time=time, id=id, fill=fill)
    read = clock.perf_counter()
    model.fit(panel, test=test, checkpoint=checkpoint)
    seconds = {"read": read - began, "fit": clock.perf_counter() - read}
    _tell(model, out, seconds, began, as_json=as_json)


def _tell(
    model: Forecaster, out: Path | None, seconds: dict[str, float], began: float, *, as_json: bool
) -> None:
    """Print, and write where asked to, what a fit has found."""
    from recur.cli import output
    from recur.tasks.folder import write_folder
    from recur.version import __version__

    panel, judgement, forecast = model.panel_, model.judgement_, model.predict()
    assert panel is not None
    files = write_folder(model, forecast, out) if out is not None else {}
    seconds = {**seconds, "total": clock.perf_counter() - began}
    if as_json:
        judged = judgement.to_dict() if judgement else {"errors": None, "verdict": None}
        output.print_json(
            {
                "recur": __version__,
                "task": model.task,
                "settings": model.chosen(),
                "data": output.data_facts(panel, model.season_),
                "errors": judged["errors"],
                "verdict": judged["verdict"],
                "forecast": forecast.rows(),
                "seconds": {name: round(value, 3) for name, value in seconds.items()},
                "files": {name: str(path) for name, path in files.items()},
            }
        )
        return
    output.print_fit(model)
    output.print_forecast(forecast, model.target_)
    if files:
        output.print_files(files)
