"""Lab `ladder`: one and ten steps ahead of 10,000 short series, each rung a better forecast.

Each series is two sines of random frequency and phase in uniform noise. 50 values are known; 7,000
series are learnt from, 2,000 choose which weights are kept, and the last 1,000 are judged. The
rungs: repeating the last value; a linear model; a recurrent network of one unit, one of 20, a deep
one; ten steps ahead by feeding a network its own forecasts, by giving all ten at once, and by
being trained to do so at every time step; gates; a convolution in front; dropout that is left on
for intervals. At the top stand recur's own network, and least squares, which is told what the
curves look like. Beside all of them stands the limit: the mean of all curves that the known
values allow.

The slides print figures and no recipe. What stands here is the usual one of such courses: values
as they are, 20 epochs in batches of 32, Adam at a constant rate of .005, the weights of the last
epoch, two layers of 20 units for what is deep.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from recur.arrays import Float64s
from recur.errors import DataWarning
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.labs.ladder.limit import two_sines_fitted
from recur.labs.ladder.problem import (
    HORIZON,
    NEXT,
    STEPS,
    TEN,
    TENTH,
    MethodForecasts,
    Problem,
)
from recur.labs.ladder.words import words
from recur.report.findings import Findings, Picture, Row
from recur.tasks.forecast.forecaster import Forecaster

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEVELS = (80.0, 95.0)

COURSE: dict[str, Any] = {
    "epochs": 20, "batch": 32, "rate": 0.005, "schedule": "constant", "loss": "mse",
    "scaling": "none", "residual": "none", "initialisation": "orthogonal", "clip": None,
    "patience": None, "keep_best": False,
}  # fmt: skip
DEEP = {"cell": "rnn", "hidden": 20, "layers": 2}
ALL_STEPS = {**DEEP, "strategy": "all_steps"}
CONVOLUTION = {"filters": 20, "kernel": 4, "filter_stride": 2}
DROPOUT = {**COURSE, **ALL_STEPS, "cell": "gru", "dropout": 0.2}
DROPOUT |= {"intervals": LEVELS, "interval_method": "dropout"}
DEFAULT = "recur by default"
BETTER = {"strategy": "all_steps", "scaling": "none", "residual": "none", "loss": "mse"}
"""What does better than the defaults one step ahead: 50 targets of a series instead of one, values
as they are, whose level stays, and the loss that is asked for."""

LAST_VALUE = {NEXT: 0.02157, TEN: 0.2627}
LINEAR = {NEXT: 0.00481}
NETWORKS: dict[str, tuple[tuple[str, float | None, dict[str, Any]], ...]] = {
    NEXT: (
        ("RNN(1), no head", 0.02253, {"cell": "rnn", "hidden": 1, "head": "none"}),
        ("RNN(20)", 0.00343, {"cell": "rnn", "hidden": 20}),
        ("deep RNN", None, DEEP),
    ),
    TEN: (
        ("deep RNN, recursive", 0.05195, {**DEEP, "strategy": "recursive"}),
        ("deep RNN, direct", 0.01177, DEEP),
    ),
    TENTH: (
        ("deep RNN, all steps", 0.01526, ALL_STEPS),
        ("deep LSTM, all steps", 0.00887, {**ALL_STEPS, "cell": "lstm"}),
        ("deep GRU, all steps", 0.01165, {**ALL_STEPS, "cell": "gru"}),
        ("conv + deep GRU, all steps", 0.00906, {**ALL_STEPS, "cell": "gru", **CONVOLUTION}),
    ),
}
"""The networks of the course by what the slides judge them by, and the figures that they print."""

COURSE_NAMES = {metric: [name for name, *_ in networks] for metric, networks in NETWORKS.items()}

QUICK = {"epochs": 3, "samples": 20}


def run(setting: Setting) -> Findings:
    """Climb the ladder one step ahead, and ten."""
    near, far = Problem.simulated(1, setting), Problem.simulated(HORIZON, setting)
    next_step = [*simple(near, NEXT), *course(near, NEXT)]
    next_step += [network(near, DEFAULT, {}), network(near, "recur, trained at every step", BETTER)]
    ten = [*simple(far, TEN), *course(far, TEN)]
    tenth = [*course(far, TENTH), dropout := network(far, "deep GRU, MC dropout", DROPOUT)]
    top = [ours := network(far, DEFAULT, {}), fit(far)]
    rungs = {
        NEXT: [near.row(NEXT, method) for method in (*next_step, fit(near))],
        TEN: [far.row(TEN, method) for method in (*ten, *top)],
        TENTH: [far.row(TENTH, method) for method in (*tenth, *top)],
    }
    inside = coverage(far, dropout)
    return Findings(
        rows=(*(row for rows in rungs.values() for row in rows), *inside),
        words=words(rungs, inside, COURSE_NAMES, LEVELS),
        pictures=pictures(rungs, far, ours, dropout),
    )


def simple(problem: Problem, metric: str) -> list[MethodForecasts]:
    """Repeat the last value; and let a linear model learn from the newest values."""
    repeated = np.repeat(problem.known[:, -1:], problem.horizon, axis=1)

    def learnt() -> Float64s:
        inputs = np.column_stack([problem.training[:, :STEPS], np.ones(len(problem.training))])
        weights = np.linalg.lstsq(inputs, problem.training[:, STEPS:])[0]
        return np.asarray(problem.known @ weights[:-1] + weights[-1])

    values, seconds = timed(learnt)
    return [
        MethodForecasts("repeating the last value", repeated, LAST_VALUE.get(metric)),
        MethodForecasts("linear", values, LINEAR.get(metric), seconds),
    ]


def course(problem: Problem, metric: str) -> list[MethodForecasts]:
    """Train the networks that the slides judge by a metric, by the course's recipe."""
    return [
        network(problem, name, {**COURSE, **parameters}, published)
        for name, published, parameters in NETWORKS[metric]
    ]


def network(
    problem: Problem, name: str, parameters: dict[str, Any], published: float | None = None
) -> MethodForecasts:
    """Train a network and let it forecast the judged series."""
    setting = problem.setting
    setting.say(f"{name}, {problem.horizon} ahead")
    model = Forecaster(
        refit=False,
        horizon=problem.horizon,
        lookback=STEPS,
        season=1,
        validation=0.0,
        seed=setting.seed,
    ).set_params(**parameters)
    if setting.quick:
        model.set_params(epochs=QUICK["epochs"], samples=QUICK["samples"])
    shown = problem.training[:, : STEPS + model.steps]
    choose_by = problem.choosing if model.keep_best else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        _, learning = timed(lambda: model.fit(shown, test=0, choose_by=choose_by))
        stop_if_interrupted(model.ended_)
        forecast, forecasting = timed(lambda: model.predict(problem.known))
    return MethodForecasts(
        name, forecast.values, published, learning + forecasting, forecast.low, forecast.high
    )


def fit(problem: Problem) -> MethodForecasts:
    """Fit two sines to the known values of each judged series, and go on along them."""
    curves, seconds = timed(lambda: two_sines_fitted(problem.known, problem.times))
    return MethodForecasts("two sines, least squares", curves[:, STEPS:], seconds=seconds)


def coverage(problem: Problem, forecasts: MethodForecasts) -> list[Row]:
    """Count the truths that lie within the intervals of each level."""
    assert forecasts.low is not None
    assert forecasts.high is not None
    inside = (forecasts.low <= problem.truth) & (problem.truth <= forecasts.high)
    return [
        Row(f"MC dropout, {level:g} % interval", "share of truths inside", float(share))
        for level, share in zip(LEVELS, inside.mean(axis=(1, 2)), strict=True)
    ]


def pictures(
    rungs: dict[str, list[Row]], problem: Problem, ours: MethodForecasts, dropout: MethodForecasts
) -> tuple[Picture, ...]:
    """Return a picture of each metric, and one of three series."""
    files = {NEXT: "next-step", TEN: "ten-steps", TENTH: "tenth-step"}
    under = "published, ours and the limit; further left is better"

    def draw(metric: str) -> Figure:
        from recur.report.plots.dots import dots_picture

        across = "mean squared error, logarithmic"
        return dots_picture(f"The ladder: {metric}", under, rungs[metric], across=across)

    def draw_series() -> Figure:
        return _series_picture(problem, ours, dropout)

    return (
        *(Picture(files[metric], f"{metric}: {under}.", partial(draw, metric)) for metric in rungs),
        Picture(
            "series",
            "The first three of the judged series, from their last known values on: what came, "
            f"what recur forecast, and the mean and the {LEVELS[-1]:g} % interval of MC dropout.",
            draw_series,
        ),
    )


def _series_picture(problem: Problem, ours: MethodForecasts, dropout: MethodForecasts) -> Figure:
    from recur.report.plots.forecasts import Shown, forecasts_picture

    assert dropout.low is not None
    assert dropout.high is not None
    shown = [
        Shown(
            problem.known[i], problem.truth[i],
            {"recur": ours.values[i], "MC dropout": dropout.values[i], "limit": problem.best[i]},
            {LEVELS[-1]: (dropout.low[-1, i], dropout.high[-1, i])},
        )
        for i in range(3)
    ]  # fmt: skip
    under = "the first three judged series"
    return forecasts_picture("Ten steps ahead", under, shown, newest=20)
