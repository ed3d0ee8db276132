"""The folder that a fit leaves behind: model, forecast, pictures, report."""

from __future__ import annotations

import platform
from pathlib import Path

from recur.data.panel.panel import Panel
from recur.files.atomic import write_bytes, write_text
from recur.judge import Judgement
from recur.report.charts import Chart, held_out_chart, horizon_chart
from recur.report.html import Report, page
from recur.report.plots import (
    Bands,
    coverage_picture,
    held_out_picture,
    horizon_picture,
    png,
    training_picture,
)
from recur.report.plots.training import FEWEST_EPOCHS
from recur.report.wording import end_label
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.version import __version__

_NOT_ALWAYS = {"training.png", "test.png", "horizon.png", "coverage.png", "report.html"}


def write_folder(model: Forecaster, forecast: Forecast, folder: Path) -> dict[str, Path]:
    """Write what a fitted forecaster has to show; return the files by what they hold.

    The report and the pictures of the held-out stretch need a judgement, the curve of the training
    two epochs; the model and the forecast are always there.
    """
    pictures = _pictures(model, forecast)
    files = {"model": model.save(folder / "model.recur"), "forecast": folder / "forecast.csv"}
    write_text(files["forecast"], forecast.csv())
    for name, picture in pictures.items():
        files[name] = folder / f"{name}.png"
        write_bytes(files[name], picture)
    if model.judgement_ is not None:
        files["report"] = folder / "report.html"
        write_text(files["report"], page(_report(model, forecast, pictures)))
    for name in _NOT_ALWAYS - {path.name for path in files.values()}:
        (folder / name).unlink(missing_ok=True)  # what an earlier model left is not about this one
    return files


def _pictures(model: Forecaster, forecast: Forecast) -> dict[str, bytes]:
    """Return PNG bytes by name."""
    figures = {}
    trained = isinstance(model.fitted_, FittedForecaster)
    if trained and len(model.history_) >= FEWEST_EPOCHS:
        figures["training"] = training_picture(model.history_, model.kept_epoch_)
    judgement = model.judgement_
    if isinstance(judgement, Judgement) and model.panel_ is not None:
        figures["test"] = held_out_picture(
            model.panel_,
            judgement,
            series=0,
            forecast=(forecast.times[0], forecast.values[0]),
            bands=judgement.intervals,
            forecast_bands=_bands(forecast, 0),
        )
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
    assert isinstance(judgement, Judgement)
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


def _charts(panel: Panel, judgement: Judgement, forecast: Forecast) -> dict[str, Chart]:
    """Return what a reader of the page can zoom into, by the name of the picture in its place."""
    beyond = (forecast.times[0], forecast.values[0])
    charts = {
        "test": held_out_chart(panel, judgement, beyond, forecast_bands=_bands(forecast, 0)),
        "horizon": horizon_chart(judgement),
    }
    return {name: chart for name, chart in charts.items() if chart is not None}
