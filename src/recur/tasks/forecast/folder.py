"""The folder that a fit leaves behind: model, forecast, pictures, report."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path

from recur.data.panel.panel import Panel
from recur.files.atomic import remove, together, write_bytes, write_text
from recur.files.tablefile import records_frame, write_table
from recur.judge import Judgement, JudgementSummary
from recur.report.charts import Chart, Charts, held_out_charts, horizon_chart
from recur.report.csvtext import csv_text
from recur.report.html import Report, page
from recur.report.plots import (
    Bands,
    coverage_picture,
    held_out_picture,
    horizon_picture,
    png,
    training_picture,
)
from recur.report.plots.heldout import ModelInputs
from recur.report.plots.training import FEWEST_EPOCHS
from recur.report.wording import end_label
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.version import __version__

_NOT_ALWAYS = {"training.png", "test.png", "horizon.png", "coverage.png", "report.html"}


@together()
def write_folder(model: Forecaster, forecast: Forecast, folder: Path) -> dict[str, Path]:
    """Write what a fitted forecaster has to show; return the files by what they hold.

    The report and the pictures of the held-out stretch need a judgement, the curve of the training
    two epochs; the model and the forecast are always there.
    """
    pictures = _pictures(model, forecast)
    source = "" if model.panel_ is None else model.panel_.source
    files = {
        "model": model.save(folder / "model.recur"),
        "forecast": write_forecast(forecast, folder, like=source, judgement=model.judgement_),
    }
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], picture)
    if model.judgement_ is not None:
        files["report"] = folder / "report.html"
        write_text(files["report"], page(_report(model, forecast, pictures)))
    for name in _NOT_ALWAYS - {path.name for path in files.values()}:
        remove(folder / name)  # what an earlier model left is not about this one
    return files


def write_forecast(
    forecast: Forecast, folder: Path, *, like: str, judgement: JudgementSummary | None = None
) -> Path:
    """Write a forecast as the kind of file that its data came in; return its file.

    Args:
        forecast: what to write.
        folder: where to.
        like: the name of the file of the data.
        judgement: whose errors are a sheet of their own in a workbook; None for no such sheet.
    """
    sheets = {"forecast": forecast.frame()}
    if judgement is not None:
        rows = [{"method": name, **of} for name, of in judgement.to_dict()["errors"].items()]
        sheets["errors"] = records_frame(rows)
    return write_table(folder, "forecast", forecast.csv, sheets, like)


def write_joined(forecasts: Sequence[Forecast], folder: Path, *, like: str) -> Path:
    """Write forecasts on several clocks as one table, as `write_forecast` writes one."""
    names = ["id", "time", "value", *forecasts[0].ends()]
    rows = [[row[name] for name in names] for forecast in forecasts for row in forecast.rows()]
    longest = max(len(row[1]) for row in rows)
    for row in rows:  # times are written in one format a file
        row[1] += "T00:00:00.000000"[len(row[1]) - len("2020-01-01") : longest - len("2020-01-01")]
    records = [record for forecast in forecasts for record in forecast.frame().to_dicts()]
    header = ["unique_id", "ds", "y", *names[3:]]
    return write_table(
        folder,
        "forecast",
        lambda: csv_text(header, rows),
        {"forecast": records_frame(records)},
        like,
    )


def _pictures(model: Forecaster, forecast: Forecast) -> dict[str, bytes]:
    """Return PNG bytes by name."""
    figures = {}
    trained = isinstance(model.fitted_, FittedForecaster)
    if trained and len(model.history_) >= FEWEST_EPOCHS:
        figures["training"] = training_picture(model.history_, model.kept_epoch_)
    judgement = model.judgement_
    if isinstance(judgement, Judgement) and model.panel_ is not None:
        places = model.panel_.all_but(judgement.walk.left_out)
        first = int(places[0])
        figures["test"] = held_out_picture(
            model.panel_.only(places),
            judgement,
            series=0,
            forecast=(forecast.times[first], forecast.values[first]),
            bands=judgement.intervals,
            forecast_bands=_bands(forecast, first),
        )
    if judgement is not None and model.panel_ is not None:
        figures["horizon"] = horizon_picture(judgement)
        if judgement.intervals is not None:
            figures["coverage"] = coverage_picture(judgement.intervals)
    return {name: png(figure) for name, figure in figures.items()}


def _bands(forecast: Forecast, i: int) -> Bands | None:
    """Return the ends of the intervals of a series by level; None where there are none."""
    if forecast.low is None or forecast.high is None:
        return None
    ends = zip(forecast.levels, forecast.low[:, i], forecast.high[:, i], strict=True)
    return {level: (low, high) for level, low, high in ends}


def _report(model: Forecaster, forecast: Forecast, pictures: dict[str, bytes]) -> Report:
    panel, judgement = model.panel_, model.judgement_
    assert panel is not None
    assert judgement is not None
    ends = tuple(forecast.ends())[-2:]  # of the highest level
    return Report(
        title=f"{model.target_}, {panel.source}",
        data=panel.describe(),
        judgement=judgement,
        forecast=tuple(
            (row["id"], row["time"], *(row[name] for name in ("value", *ends)))
            for row in forecast.rows()
        ),
        ends=tuple(end_label(name) for name in ends),
        settings=model.chosen(),
        versions={
            "recur": __version__,
            "Python": platform.python_version(),
            **({"engine": model.engine_} if isinstance(model.fitted_, FittedForecaster) else {}),
        },
        pictures=pictures,
        notes=panel.notes,
        intervals=judgement.intervals,
        charts=_charts(panel, judgement, forecast),
    )


def _charts(
    panel: Panel, judgement: JudgementSummary, forecast: Forecast
) -> dict[str, Chart | Charts]:
    """Return what a reader of the page can zoom into, by the name of the picture in its place."""
    errors = horizon_chart(judgement)
    charts: dict[str, Chart | Charts] = {} if errors is None else {"horizon": errors}
    if not isinstance(judgement, Judgement):
        return charts
    places = panel.all_but(judgement.walk.left_out)

    def beyond(i: int) -> tuple[ModelInputs, Bands | None]:
        at = int(places[i])
        return (forecast.times[at], forecast.values[at]), _bands(forecast, at)

    return {"test": held_out_charts(panel.only(places), judgement, beyond), **charts}
