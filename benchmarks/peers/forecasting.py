"""What is forecast: collections, single series, stocks and the ladder, by everybody alike."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.peers.measures import LEVEL, measured
from benchmarks.peers.process import Peers
from benchmarks.peers.results import Row
from benchmarks.pretraining.development import Collection, development, singles

from recur.judge.metrics import mse
from recur.labs.experiment import Setting
from recur.labs.ladder.problem import HORIZON, STEPS, Problem

NAIVE = ("simple answers", "seasonal naive")
LOCAL = ("statsforecast", "AutoETS"), ("statsforecast", "AutoTheta"), ("statsforecast", "AutoARIMA")
SMOOTHING = "Darts", "ExponentialSmoothing"
GLOBAL = (
    ("neuralforecast", "LSTM"),
    ("neuralforecast", "GRU"),
    ("neuralforecast", "NHITS"),
    ("neuralforecast", "NHITS, quantiles"),
    ("Darts", "LSTM"),
)
OURS = ("recur", "default"), ("recur", "pretrained")
COLLECTIONS = (*OURS, *LOCAL, SMOOTHING, *GLOBAL)
SINGLES = (OURS[0], *LOCAL, SMOOTHING, ("neuralforecast", "LSTM"), ("neuralforecast", "NHITS"),
           ("Darts", "LSTM"))  # fmt: skip
STOCKS = (OURS[0], ("recur", "trained"), LOCAL[0], ("neuralforecast", "LSTM"), ("Darts", "LSTM"))
LADDER = (("recur", "trained"), ("neuralforecast", "LSTM"), ("neuralforecast", "GRU"),
          ("Darts", "LSTM"), ("Darts", "block GRU"))  # fmt: skip

BUDGET, SHORT, LADDER_BUDGET = 60.0, 10.0, 60.0
"""Processor seconds of training for a network: a collection, a single series, the ladder."""

LIMIT = 300.0  # processor seconds for a process
HOURLY = 7  # methods of one series each see each so manieth of M4 Hourly, and all are judged there
STOCK_DAYS, STOCK_LOOKBACK = 100, 30


def _chosen(peers: Peers, methods: Any, panels: list[Any]) -> Iterator[tuple[str, str, Any]]:
    """Give library, method and panel, those whose text is asked for, panel by panel."""
    for panel in panels:
        name = panel.name if isinstance(panel, Collection) else panel
        for peer, method in methods:
            if peers.wanted(f"{name}: {peer} {method}"):
                yield peer, method, panel


def collections(peers: Peers) -> Iterator[Row]:
    """Give a row for each collection and method."""
    methods = (NAIVE, *COLLECTIONS)
    for peer, method, whole in _chosen(peers, methods, development()):
        judged = whole.every(HOURLY) if whole.name == "M4 Hourly" else whole
        stride = HOURLY if judged is not whole else 1
        if (peer, method) == NAIVE:
            yield _row(peer, method, judged, {"forecast": judged.naive()})
            continue
        alone = (peer, method) in (*LOCAL, SMOOTHING)
        job = _job("forecast", method, BUDGET, [_panel(judged if alone else whole)])
        answer = peers.ask(peer, job, LIMIT)
        made = _of_panel(answer, 0)
        if not alone and "error" not in made:
            ends = (key for key in ("forecast", "low", "high") if key in made)
            made = made | {key: made[key][::stride] for key in ends}
        yield _row(peer, method, judged, made)


def single_series(peers: Peers) -> Iterator[Row]:
    """Give a row for each file and method; all files in one process for a method."""
    panels = [*singles(), _taylor()]
    for panel in panels:
        yield _row(*NAIVE, panel, {"forecast": panel.naive()})
    for peer, method, _ in _chosen(peers, SINGLES, ["single series"]):
        job = _job("forecast", method, SHORT, [_panel(one) for one in panels])
        answer = peers.ask(peer, job, len(panels) * LIMIT / 4)
        for i, panel in enumerate(panels):
            yield _row(peer, method, panel, _of_panel(answer, i))


def stocks(peers: Peers) -> Iterator[Row]:
    """Give a row for each file and method: the next day, from the true past."""
    for peer, method, name in _chosen(peers, STOCKS, ["TSLA", "GOOGL", "DJI"]):
        close = _closes(name)
        panel = {"series": [close], "horizon": 1, "season": 1, "test": STOCK_DAYS}
        panel["lookback"] = STOCK_LOOKBACK
        answer = peers.ask(peer, _job("rolling", method, SHORT, [panel]), LIMIT)
        made = _of_panel(answer, 0)
        row = {"panel": name, "peer": peer, "method": method, **_spent(made)}
        if "error" not in made:
            truth, last = np.array(close[-STOCK_DAYS:]), np.array(close[-STOCK_DAYS - 1 : -1])
            error = mse(truth, np.array(made["forecast"][0])) / mse(truth, last)
            row["measures"] = {"over_naive": error}
        yield row


def ladder(peers: Peers) -> Iterator[Row]:
    """Give a row for each method: two sines in noise, ten steps ahead."""
    problem = Problem.simulated(HORIZON, Setting())
    name = "two sines, ten steps"
    simple = np.repeat(problem.known[:, -1:], HORIZON, axis=1)
    for method, values in (("last value", simple), ("limit", problem.best)):
        measures = {"mse": mse(problem.truth, values)}
        yield {"panel": name, "peer": "simple answers", "method": method, "measures": measures}
    for peer, method, _ in _chosen(peers, LADDER, [name]):
        learnt, choosing = problem.training, problem.choosing
        panel = {"horizon": HORIZON, "season": 1, "lookback": STEPS, "new": problem.known.tolist()}
        if peer == "recur":
            panel |= {"series": learnt.tolist(), "choosing": choosing.tolist()}
        else:
            panel["series"] = np.concatenate([learnt, choosing]).tolist()
        job = {**_job("forecast", method, LADDER_BUDGET, [panel]), "steps": 100_000}
        made = _of_panel(peers.ask(peer, job, 2 * LIMIT), 0)
        row = {"panel": name, "peer": peer, "method": method, **_spent(made)}
        if "error" not in made:
            row["measures"] = {"mse": mse(problem.truth, np.array(made["forecast"]))}
        yield row


def _job(do: str, method: str, budget: float, panels: list[dict[str, Any]]) -> dict[str, Any]:
    return {"do": do, "method": method, "budget": budget, "level": LEVEL, "panels": panels}


def _panel(one: Collection) -> dict[str, Any]:
    series = [history.tolist() for history in one.known]
    return {"series": series, "horizon": one.horizon, "season": one.period}


def _of_panel(answer: dict[str, Any], i: int) -> dict[str, Any]:
    if "error" in answer:
        return answer
    made: dict[str, Any] = answer["panels"][i]
    return made


def _row(peer: str, method: str, judged: Collection, made: dict[str, Any]) -> Row:
    row = {"panel": judged.name, "peer": peer, "method": method, **_spent(made)}
    return row if "error" in made else {**row, "measures": measured(judged, made)}


def _spent(made: dict[str, Any]) -> dict[str, Any]:
    return {key: made[key] for key in ("seconds", "processor", "note", "error") if key in made}


def _closes(name: str) -> list[float]:
    path = Path(os.environ["RECUR_DATA"]) / "stocks" / f"{name}.csv"
    with path.open(encoding="utf-8") as file:
        return [float(row["Close"]) for row in csv.DictReader(file)]


def _taylor() -> Collection:
    """Return half hours of demand: the last day is the test."""
    path = Path(os.environ["RECUR_DATA"]) / "forecast" / "taylor.csv"
    with path.open(encoding="utf-8") as file:
        values = np.array([float(row[-1]) for row in list(csv.reader(file))[1:]])
    return replace(
        singles()[0], name="taylor", period=48, scaled_by=48, known=[values[:-48]],
        truth=[values[-48:]],
    )  # fmt: skip
