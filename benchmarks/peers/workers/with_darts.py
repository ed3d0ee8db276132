"""Darts: a smoothing for each series, or one network for all of a panel.

Networks are as they come, on series that are scaled to 0 to 1 each, as its guides do, with three
horizons of history for an input, or all of the shortest series, and 100 epochs of training, which
end when the budget does; series without a horizon behind the input are not learnt from.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.peers.workers.budget import Budget
from benchmarks.peers.workers.protocol import Answer, Job, for_each_panel, serve, timed
from darts import TimeSeries
from darts.dataprocessing.transformers import Scaler
from darts.models import BlockRNNModel, ExponentialSmoothing, RNNModel
from darts.utils.utils import SeasonalityMode

HISTORY = 3  # horizons
QUIET: dict[str, Any] = {
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "accelerator": "cpu",
}


def series_of(values: list[list[float]]) -> list[Any]:
    return [TimeSeries.from_values(np.asarray(one, dtype=np.float32)) for one in values]


def rows_of(made: list[Any]) -> list[list[float]]:
    return [one.values()[:, 0].astype(float).tolist() for one in made]


def network(job: Job, horizon: int, lookback: int, *callbacks: Budget) -> Any:
    """Return an untrained network; its name is LSTM or GRU, or `block` before one of them."""
    how = {
        "pl_trainer_kwargs": {**QUIET, "callbacks": list(callbacks)},
        "random_state": 0,
        "save_checkpoints": False,
    }
    kind = job["method"].split()[-1]
    if job["method"].startswith("block"):
        return BlockRNNModel(
            input_chunk_length=lookback, output_chunk_length=horizon, model=kind, **how
        )
    length = lookback + horizon - 1
    return RNNModel(input_chunk_length=lookback, training_length=length, model=kind, **how)


def trained(job: Job, panel: Job, values: list[list[float]]) -> tuple[Any, Any, int]:
    """Return a network trained within the budget, what scales its series, and its steps."""
    horizon, shortest = panel["horizon"], min(map(len, values))
    lookback = min(panel.get("lookback", HISTORY * horizon), shortest)
    if max(map(len, values)) < lookback + horizon:
        lookback = max(shortest - horizon, 1)
    budget = Budget(job["budget"])
    model = network(job, horizon, lookback, budget)
    scaler = Scaler()
    scaler.fit(series_of(values))
    enough = [len(one) >= lookback + horizon for one in values]
    scaled = scaler.transform(series_of(values))
    model.fit([one for one, long in zip(scaled, enough, strict=True) if long])
    return model, scaler, budget.steps


def smoothed(values: list[float], season: int, horizon: int) -> list[float]:
    seasonal = season > 1 and len(values) >= 2 * season
    model = ExponentialSmoothing(
        seasonal=SeasonalityMode.ADDITIVE if seasonal else SeasonalityMode.NONE,
        seasonal_periods=season if seasonal else None,
    )
    (series,) = series_of([values])
    return rows_of([model.fit(series).predict(horizon)])[0]


def forecast(job: Job, panel: Job) -> Answer:
    horizon = panel["horizon"]
    if job["method"] == "ExponentialSmoothing":
        rows, failed = [], 0
        for values in panel["series"]:
            try:
                rows.append(smoothed(values, panel["season"], horizon))
            except Exception:  # of statsmodels, SciPy or NumPy: not this series
                rows.append([values[-1]] * horizon)
                failed += 1
        return {"forecast": rows} | ({"note": f"none of {failed} series"} if failed else {})
    model, scaler, steps = trained(job, panel, panel["series"])
    seen = series_of(panel["new"] if "new" in panel else panel["series"])
    if "new" in panel:
        scaler = Scaler()
        scaler.fit(seen)
    made = model.predict(horizon, series=scaler.transform(seen), verbose=False)
    return {"forecast": rows_of(scaler.inverse_transform(made)), "note": f"{steps:,} steps"}


def rolling(job: Job, panel: Job) -> Answer:
    """Forecast each of the last steps from the true past, with what was trained before them."""
    test = panel["test"]
    values = panel["series"][0]
    model, scaler, steps = trained(job, panel, [values[:-test]])
    (series,) = scaler.transform(series_of([values]))
    made = model.historical_forecasts(
        series, start=len(values) - test, forecast_horizon=1, retrain=False, verbose=False
    )
    return {"forecast": rows_of([scaler.inverse_transform(made)]), "note": f"{steps:,} steps"}


def latency(job: Job) -> Answer:
    panel = job["panels"][0]
    horizon = panel["horizon"]
    model = network(job, horizon, HISTORY * horizon)  # a budget would not be loaded again
    (series,) = Scaler().fit_transform(series_of(panel["series"]))
    model.fit(series)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.pt")
        model.save(path)
        loaded = type(model).load(path)
    return timed(lambda: loaded.predict(horizon, series=series, verbose=False))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    serve({
        "forecast": lambda job: for_each_panel(job, forecast),
        "rolling": lambda job: for_each_panel(job, rolling),
        "latency": latency,
    })  # fmt: skip
