"""`recur predict`: a saved model on new data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from recur.cli.options import DATA, Json, Model, Out, Recording, Source, expand_options, option

if TYPE_CHECKING:
    from recur.tasks.denoise.denoiser import Denoiser


@expand_options
def predict(
    model: Model,
    file: Recording,
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
    """Forecast what follows new data, or clean it, with a saved model and without training.

    With --out: the forecast as a CSV file, or the cleaned signal as a CSV or WAV file.
    """
    from recur.cli import output
    from recur.cli.models import load_for
    from recur.cli.reading import read_for
    from recur.files.atomic import writable_folder, write_text
    from recur.version import __version__

    trained = load_for(model, "forecast", "denoise")
    if trained.task == "denoise":
        _clean(trained, file, source, horizon, out, as_json=as_json)
        return
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


def _clean(
    model: Denoiser,
    file: Path,
    source: Source,
    horizon: int | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    from recur.cli.cleaning import clean
    from recur.errors import SettingsError

    if horizon is not None:
        raise SettingsError(
            f"`--horizon` is {horizon}, but this model cleans signals, and looks no steps ahead; "
            "leave it out."
        )
    clean(model, file, dict(source), out, as_json=as_json)
