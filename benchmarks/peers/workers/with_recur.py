"""recur as it is installed: no option but the horizon, the season and the number of threads.

Methods are `default`, what `recur forecast` takes, and `trained`, a network from nothing.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.peers.workers.protocol import Answer, Clock, Job, for_each_panel, serve, timed

import recur

NETWORK: dict[str, Any] = {"default": "auto", "pretrained": "pretrained", "trained": "trained"}


def forecaster(job: Job, panel: Job, **more: Any) -> recur.Forecaster:
    """Return one that was not fitted yet."""
    shape = {"horizon": panel["horizon"], "season": panel["season"], "threads": job["threads"]}
    if job["method"] == "trained" and "lookback" in panel:
        shape["lookback"] = panel["lookback"]
    return recur.Forecaster(**shape, network=NETWORK[job["method"]], **more)


def arrays(series: list[list[float]]) -> list[Any]:
    return [np.asarray(one, dtype=float) for one in series]


def told(made: recur.Forecast, level: float) -> Answer:
    """Return forecasts, and the ends of their intervals where they have those."""
    answer: Answer = {"forecast": made.values.tolist()}
    if made.low is not None and made.high is not None and level in made.levels:
        i = made.levels.index(level)
        answer |= {"low": made.low[i].tolist(), "high": made.high[i].tolist()}
    return answer


def forecast(job: Job, panel: Job) -> Answer:
    if "new" not in panel:
        model = forecaster(job, panel).fit(arrays(panel["series"]), test=0, progress=False)
        return told(model.predict(), job["level"])
    learnt, choosing = np.array(panel["series"]), np.array(panel["choosing"])
    compiling = Clock()
    forecaster(job, panel, refit=False, epochs=1).fit(
        learnt[:64], test=0, choose_by=choosing[:8], progress=False
    )
    first, rest = compiling.spent(), Clock()
    model = forecaster(job, panel, refit=False, validation=0.0)
    model.fit(learnt, test=0, choose_by=choosing, progress=False)
    note = f"and {first['processor']:.0f} s before it to compile and to load"
    answer = told(model.predict(np.array(panel["new"])), job["level"])
    return {**answer, **rest.spent(), "note": note}


def rolling(job: Job, panel: Job) -> Answer:
    """Forecast each of the last steps from the true past, with what was fitted before them."""
    model = forecaster(job, panel)
    model.fit(arrays(panel["series"]), test=panel["test"], progress=False)
    judgement: Any = model.judgement_
    made = judgement.forecasts["network"]
    return {"forecast": [made[0][:, 0].tolist()], "note": judgement.verdict.sentence}


def latency(job: Job) -> Answer:
    panel = job["panels"][0]
    values = np.asarray(panel["series"][0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.recur"
        forecaster(job, panel).fit(values, test=0, progress=False).save(path)
        loaded = recur.load(path)
    return timed(lambda: loaded.predict(values))


def write(job: Job) -> Answer:
    """Learn to write; answer with the loss of each held-out symbol given all before it, in nats."""
    clock = Clock()
    model = recur.Writer(
        epochs=job["epochs"],
        threads=job["threads"],
        validation=len(job["held"]) / (len(job["held"]) + len(job["text"])),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text(job["text"] + job["held"], "utf-8")
        model.fit(path, progress=False)
    judged: Any = model.judge()
    counted = {"nats": judged.verdict.ngram, "note": f"order {judged.verdict.order}"}
    mixed = {"nats": judged.nats, **clock.spent(), "note": f"{model.network_.size:,} weights"}
    return {
        "methods": {
            "mixed with counting, by default": mixed,
            "its network alone": {"nats": judged.network},
            "counting alone": counted,
        }
    }


def classify(job: Job) -> Answer:
    known, asked = job["train"], job["test"]
    if job["kind"] == "series":
        known, asked = arrays(known), arrays(asked)
    clock = Clock()
    model = recur.Classifier(seed=job["seed"], threads=job["threads"])
    model.fit(known, job["labels"], test=0, progress=False)
    return {"labels": list(model.predict(asked)), **clock.spent()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    serve({
        "forecast": lambda job: for_each_panel(job, forecast),
        "rolling": lambda job: for_each_panel(job, rolling),
        "latency": latency,
        "write": write,
        "classify": classify,
    })  # fmt: skip
