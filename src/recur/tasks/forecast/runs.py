"""Whole runs: from a panel and a model's parameters to a result, files written where asked to."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from recur.data.panel.panel import Panel
from recur.files.atomic import together
from recur.report.comparison import comparison_label
from recur.tasks.forecast.backtest import backtest
from recur.tasks.forecast.compare import compare
from recur.tasks.forecast.comparison import ModelComparison
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.tasks.forecast.results import BacktestResult, ComparisonResult, FitResult
from recur.tasks.forecast.tuning import tune


def fit_and_forecast(
    model: Forecaster,
    panel: Panel,
    *,
    test: int | None = None,
    checkpoint: Path | None = None,
    trials: int | None = None,
    storage: Path | None = None,
    folder: Path | None = None,
    reading: float = 0.0,
    judged: Callable[[FitResult], None] | None = None,
) -> FitResult:
    """Search where asked to, fit, forecast, and write where asked to.

    Args:
        model: its parameters are used.
        panel: the data.
        test: as `Forecaster.fit` takes it.
        checkpoint: as `Forecaster.fit` takes it.
        trials: how many settings to try first; None for no search.
        storage: a file that keeps what the search has tried.
        folder: where model, forecast, pictures and report go; None for nowhere.
        reading: seconds that reading the data took.
        judged: is told what came of it, before the files are written, which takes seconds.
    """
    search, seconds = None, {"read": reading}
    began = start = time.perf_counter()
    if trials is not None:
        search = tune(model, panel, trials=trials, test=test, storage=storage)
        model = search.model
        seconds["search"] = time.perf_counter() - began
        began = time.perf_counter()
    model.fit(panel, test=test, checkpoint=checkpoint)
    seconds["fit"] = time.perf_counter() - began
    forecast, files = model.predict(), {}
    if judged is not None:
        judged(FitResult(model=model, forecast=forecast, search=search))
    if folder is not None:
        from recur.tasks.forecast.folder import write_folder  # draws, which is slow to import

        files = write_folder(model, forecast, folder)
    seconds["total"] = reading + time.perf_counter() - start
    return FitResult(model=model, forecast=forecast, search=search, files=files, seconds=seconds)


def write_together(fits: Sequence[FitResult], folder: Path) -> dict[str, Path]:
    """Write the forecasts of the several clocks of a file as one table; return it by its name."""
    from recur.tasks.forecast.folder import write_joined  # slow to import

    forecasts = [fit.forecast for fit in fits if fit.forecast is not None]
    return {"forecast": write_joined(forecasts, folder, like=fits[0].panel.source)}


def compare_methods(
    base: Forecaster,
    panel: Panel,
    *,
    test: int | None = None,
    methods: list[str] | None = None,
    best: bool = False,
    folder: Path | None = None,
) -> ComparisonResult:
    """Compare methods, and write where asked to; see `recur.compare`.

    Args:
        base: as `recur.compare` takes it.
        panel: the data.
        test: as `recur.compare` takes it.
        methods: as `recur.compare` takes them.
        best: whether the best of them forecasts, and is saved.
        folder: where tables, pictures and the best model go; None for nowhere.
    """
    comparison = compare(panel, test=test, methods=methods, base=base)
    model = comparison.model() if best else None
    forecast = None if model is None else model.predict(panel)
    files = {} if folder is None else _write_compared(comparison, model, forecast, folder)
    left_out = [
        f"{comparison_label(name)} left out: {why}" for name, why in comparison.skipped.items()
    ]
    result = ComparisonResult(
        comparison=comparison, panel=panel, model=model, forecast=forecast, files=files
    )
    return result.noticed(left_out)


def backtest_model(
    model: Forecaster, panel: Panel, *, folder: Path | None = None, **how: Any
) -> BacktestResult:
    """Walk a forecaster over the end of a panel, and write where asked to; see `recur.backtest`."""
    walked = backtest(model, panel, **how)
    files = {} if folder is None else _write_compared(walked.comparison(), None, None, folder)
    return BacktestResult(backtest=walked, panel=panel, files=files)


@together()
def _write_compared(
    comparison: ModelComparison, model: Forecaster | None, forecast: Forecast | None, folder: Path
) -> dict[str, Path]:
    """Write a comparison, and the model that was taken of it where there is one."""
    from recur.tasks.forecast.comparison_folder import write_comparison  # slow to import
    from recur.tasks.forecast.folder import write_folder

    files = {}
    if model is not None and forecast is not None:
        files = write_folder(model, forecast, folder)  # first: it takes away what it did not write
    return files | write_comparison(comparison, folder)
