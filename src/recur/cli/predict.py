"""`recur predict`: a saved model on new data."""

from __future__ import annotations

from typing import Annotated

from recur.cli.options import DATA, File, Json, Model, Out, Source, option, unfolded


@unfolded
def predict(
    model: Model,
    file: File,
    source: Source,
    horizon: Annotated[
        int | None,
        option(
            "Steps ahead (default: as trained); further only with the strategies recursive and "
            "encoder_decoder.",
            DATA,
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Forecast what follows new data with a saved model, without training.

    With --out: the forecast as a CSV file.
    """
    from recur.cli import output
    from recur.cli.models import load_for
    from recur.cli.reading import read_for
    from recur.files.atomic import writable_folder, write_text
    from recur.version import __version__

    trained = load_for("forecast", model)
    if out is not None:
        writable_folder(out)
    panel = read_for(trained, file, source)
    forecast = trained.predict(panel, horizon=horizon)
    files = {}
    if out is not None:
        files["forecast"] = out / "forecast.csv"
        write_text(files["forecast"], forecast.csv())
    if as_json:
        output.print_json(
            {
                "recur": __version__,
                "task": trained.task,
                "data": output.data_facts(panel, trained.season_),
                "forecast": forecast.rows(),
                "files": {name: str(path) for name, path in files.items()},
            }
        )
        return
    output.print_lines(data=panel.describe(), **output.model_lines(trained))
    output.print_forecast(forecast, panel.target)
    if files:
        output.print_files(files)
