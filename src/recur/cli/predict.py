"""`recur predict`: a saved model on new data."""

from __future__ import annotations

from recur.cli.options import File, Filling, Id, Json, Model, Out, Target, Time


def predict(
    model: Model,
    file: File,
    target: Target = None,
    time: Time = None,
    id: Id = None,  # noqa: A002 (the noun of the data)
    fill: Filling = "none",
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Forecast what follows new data with a saved model, without training.

    With --out: the forecast as a CSV file.
    """
    from recur.cli import output
    from recur.files.atomic import writable_folder, write_text
    from recur.tasks import load, remarks
    from recur.version import __version__

    trained = load(model)
    if out is not None:
        writable_folder(out)
    panel = remarks.read(file, target=target or trained.target_, time=time, id=id, fill=fill)
    forecast = trained.predict(panel)
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
    output.print_forecast(forecast, trained.target_)
    if files:
        output.print_files(files)
