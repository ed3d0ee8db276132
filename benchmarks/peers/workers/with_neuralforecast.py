"""neuralforecast: one network for all series of a panel.

The networks are as they come, three horizons of history for an input, series that are shorter
padded at their start, and 1,000 steps of training, or as many as fit into the budget, which is
found from the pace of some steps beforehand, so that schedules of the rate come to their end.
"""

from __future__ import annotations

import logging
import math
import tempfile
import warnings
from typing import Any

import pandas as pd
from benchmarks.peers.workers.budget import Budget
from benchmarks.peers.workers.frames import long_frame, rows_of
from benchmarks.peers.workers.protocol import Answer, Job, for_each_panel, serve, timed
from neuralforecast import NeuralForecast
from neuralforecast.losses.pytorch import MQLoss
from neuralforecast.models import GRU, LSTM, NHITS

MODELS = {"LSTM": LSTM, "GRU": GRU, "NHITS": NHITS}
QUANTILES = ", quantiles"
DEFAULT_STEPS, LEAST_STEPS, TRIED_STEPS = 1000, 20, 8
HISTORY = 3  # horizons
QUIET: dict[str, Any] = {
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "logger": False,
    "enable_checkpointing": False,
    "accelerator": "cpu",
}


def trained(job: Job, horizon: int, lookback: int, frame: pd.DataFrame) -> tuple[Any, int]:
    """Return what was trained on a frame within the budget of a job, and in how many steps."""
    lengths = frame.groupby("unique_id").size()

    def fitted(steps: int, budget: Budget) -> NeuralForecast:
        loss = {"loss": MQLoss(level=[job["level"]])} if job["method"].endswith(QUANTILES) else {}
        model = MODELS[job["method"].removesuffix(QUANTILES)](
            h=horizon, input_size=lookback, max_steps=steps, callbacks=[budget],
            start_padding_enabled=bool(lengths.min() < lookback + horizon), **QUIET, **loss,
        )  # fmt: skip
        many = NeuralForecast(models=[model], freq=1)
        many.fit(frame, val_size=0)
        return many

    tried = Budget(math.inf)
    fitted(TRIED_STEPS, tried)
    steps = int(min(job.get("steps", DEFAULT_STEPS), job["budget"] / tried.pace()))
    budget = Budget(2 * job["budget"])  # where the pace was misjudged
    return fitted(max(steps, LEAST_STEPS), budget), budget.steps


def forecast(job: Job, panel: Job) -> Answer:
    horizon = panel["horizon"]
    frame = long_frame(panel["series"])
    many, steps = trained(job, horizon, panel.get("lookback", HISTORY * horizon), frame)
    seen = long_frame(panel["new"]) if "new" in panel else frame
    made = many.predict(df=seen)
    name = job["method"].removesuffix(QUANTILES)
    columns = {"forecast": name}
    if job["method"].endswith(QUANTILES):
        ends = {"forecast": "-median", "low": "-lo-", "high": "-hi-"}
        columns = {
            key: next(column for column in made.columns if name + end in column)
            for key, end in ends.items()
        }
    rows = {key: rows_of(made, column, horizon) for key, column in columns.items()}
    return {**rows, "note": f"{steps:,} steps"}


def rolling(job: Job, panel: Job) -> Answer:
    """Forecast each of the last steps from the true past, with what was trained before them."""
    test, lookback = panel["test"], panel["lookback"]
    values = panel["series"][0]
    many, steps = trained(job, 1, lookback, long_frame([values[:-test]]))
    seen = [values[: len(values) - test + i][-2 * lookback :] for i in range(test)]
    made = rows_of(many.predict(df=long_frame(seen)), job["method"], 1)
    return {"forecast": [[one for (one,) in made]], "note": f"{steps:,} steps"}


def latency(job: Job) -> Answer:
    panel = job["panels"][0]
    frame, horizon = long_frame(panel["series"]), panel["horizon"]
    many, _ = trained(job, horizon, HISTORY * horizon, frame)
    with tempfile.TemporaryDirectory() as folder:
        many.save(folder, overwrite=True, save_dataset=False)
        loaded = NeuralForecast.load(folder)
    return timed(lambda: loaded.predict(df=frame))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    serve({
        "forecast": lambda job: for_each_panel(job, forecast),
        "rolling": lambda job: for_each_panel(job, rolling),
        "latency": latency,
    })  # fmt: skip
