"""statsforecast: a model of its own for each series."""

from __future__ import annotations

import numpy as np
from benchmarks.peers.workers.frames import long_frame, rows_of
from benchmarks.peers.workers.protocol import Answer, Job, for_each_panel, serve, timed
from statsforecast import StatsForecast
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta, Naive

MODELS = {"AutoETS": AutoETS, "AutoTheta": AutoTheta, "AutoARIMA": AutoARIMA}
LONGEST_ARIMA = 24  # steps in a season; the search over longer ones takes hours


def forecast(job: Job, panel: Job) -> Answer:
    name, season = job["method"], panel["season"]
    if name == "AutoARIMA" and season > LONGEST_ARIMA:
        return {"error": f"not tried with a season of more than {LONGEST_ARIMA} steps"}
    level, processes = job["level"], min(job["threads"], len(panel["series"]))
    many = StatsForecast(
        models=[MODELS[name](season_length=season)],
        freq=1, n_jobs=processes, fallback_model=Naive(),
    )  # fmt: skip
    made = many.forecast(df=long_frame(panel["series"]), h=panel["horizon"], level=[level])
    columns = {"forecast": name, "low": f"{name}-lo-{level}", "high": f"{name}-hi-{level}"}
    return {key: rows_of(made, column, panel["horizon"]) for key, column in columns.items()}


def rolling(job: Job, panel: Job) -> Answer:
    """Forecast each of the last steps from the true past, with what was fitted before them."""
    one = StatsForecast(models=[MODELS[job["method"]](season_length=panel["season"])], freq=1)
    made = one.cross_validation(
        df=long_frame(panel["series"]), h=1, n_windows=panel["test"], step_size=1, refit=False
    )
    return {"forecast": rows_of(made, job["method"], panel["test"])}


def latency(job: Job) -> Answer:
    panel = job["panels"][0]
    values = np.asarray(panel["series"][0], dtype=float)
    model = MODELS[job["method"]](season_length=panel["season"])
    if job["anew"]:
        return timed(lambda: model.forecast(y=values, h=panel["horizon"]))
    model.fit(values)
    return timed(lambda: model.forward(y=values, h=panel["horizon"]))


if __name__ == "__main__":
    serve({
        "forecast": lambda job: for_each_panel(job, forecast),
        "rolling": lambda job: for_each_panel(job, rolling),
        "latency": latency,
    })  # fmt: skip
