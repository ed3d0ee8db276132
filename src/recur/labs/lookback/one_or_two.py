"""Lab `lookback`, first part: a network that sees one value of a sine, and one that sees two.

A sine of period 50 passes through each of its values twice, once rising and once falling. A
network that sees one value cannot know which, and answers both with the mean of what follows: its
mean squared error cannot fall below sin(2 pi / 50)^2 / 2. With two values the next one is a sum,
2 cos(2 pi / 50) newest - the one before, and nothing stands in the way of an error of 0.

The slides train dense layers of 32 and 8 units on 1,000 points, once on one value and once on two,
and print the loss of the last batch. What they leave open is taken as usual: Adam at a rate of
.001, batches of 32, ten passes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.base import StepRecipe
from recur.engines.registry import open_engine
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec, Values
from recur.report.findings import Findings, Picture, Row, figure
from recur.tasks.forecast.forecaster import Forecaster
from recur.training.jobs import Job
from recur.training.loop import train
from recur.training.plan import TrainingPlan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS, PERIOD, TEST = 1000, 50, 200
UNITS = (32, 8)
BATCH, RATE, EPOCHS = 32, 0.001, 10
OWN_RATE, OWN_EPOCHS = 0.02, 200
PUBLISHED = {1: 0.0078, 2: 0.0059}  # losses of the last batch, as the slides print them
RISING, FALLING = 5, 20  # points of equal value, (PERIOD / 2) - 5 being 20


def one_or_two(setting: Setting) -> Findings:
    """Show a network one value, then two."""
    setting.say("one value or two")
    values = sine(POINTS, PERIOD).values
    limits = {1: float(np.sin(2 * np.pi / PERIOD) ** 2 / 2), 2: 0.0}
    own(values, 1, epochs=1, seed=setting.seed)  # a first use loads what is compiled
    rows, models = [], {}
    for seen, limit in limits.items():
        name = f"{'one value' if seen == 1 else 'two values'} seen"
        error, seconds = course(seen, setting.seed)
        rows.append(Row(f"{name}, course's recipe", "MSE", error, PUBLISHED[seen], limit, seconds))
        epochs = OWN_EPOCHS // 2 if setting.quick else OWN_EPOCHS
        models[seen], seconds = timed(partial(own, values, seen, epochs, setting.seed))
        error = held_out_error(models[seen], "network")
        rows.append(Row(f"{name}, our recipe", "MSE, held out", error, None, limit, seconds))
    answers = {seen: answers_at(model, values) for seen, model in models.items()}
    picture = Picture(
        "equal_values",
        "Two equal values of the sine, of which one is on its way up and one on its way down. The "
        "network that sees one value gives both the same answer, between what follows them.",
        partial(_equal_values_picture, values, answers),
    )
    return Findings(tuple(rows), _words(values, answers, rows, models[2]), (picture,))


def course(seen: int, seed: int) -> tuple[float, float]:
    """Train by the course's recipe; return the error over all windows, and the seconds it took."""
    job = course_job(seen, seed)
    first = course_weights(job.spec, seed)
    training, seconds = timed(partial(train, job, first))
    stop_if_interrupted(training.ended)
    return error_over(job, training.weights), seconds


def course_job(seen: int, seed: int) -> Job:
    """Return the course's training on windows of so many values, none of which is scaled."""
    values = sine(POINTS, PERIOD).values
    windows = Windows.over(read_panel(values), Scaler.fit("none", [values]), seen, 1)
    return Job(
        spec=NetworkSpec(cell="mlp", steps=seen, hidden=UNITS[0], layers=2, nonlinearity="relu"),
        engine=open_engine("compiled"),
        windows=windows,
        training=range(len(windows)),
        validation=range(0),
        plan=TrainingPlan(
            epochs=EPOCHS, batch=BATCH, rate=RATE, schedule="constant",
            recipe=StepRecipe(clip=None), seed=seed,
        ),
    )  # fmt: skip


def course_weights(spec: NetworkSpec, seed: int) -> Values:
    """Return the first weights of dense layers of 32 and 8 units.

    The engine's layers are all of one width. Units of the second layer that have no weights, and
    none to the head, are silent, and no gradient ever reaches them: the first 8 are on their own.
    """
    weights = initial_values(spec, seed)
    blocks = spec.named(weights)
    wide, narrow = UNITS
    for silent in (
        blocks["mlp.1.weight"][narrow:],
        blocks["mlp.1.bias"][narrow:],
        blocks["head.weight"][:, narrow:],
    ):
        silent[...] = 0
    for block in ("head.weight", "head.bias"):
        blocks[block] *= np.float32(np.sqrt(wide / narrow))  # uniform up to 1 / sqrt(narrow)
    return weights


def error_over(job: Job, weights: Values) -> float:
    """Return the mean squared error over all windows of a training."""
    assert isinstance(job.windows, Windows)
    forecasts = job.engine.forecast(job.spec, weights, job.windows, 1)[0]
    return float(np.mean((forecasts - job.windows.future(np.arange(len(job.windows)))) ** 2))


def own(values: Float64s, seen: int, epochs: int, seed: int) -> Forecaster:
    """Return a network of ours: two layers of 32, and a rate that rises and falls."""
    model = Forecaster(
        horizon=1, refit=False, cell="mlp", nonlinearity="relu", layers=2, hidden=UNITS[0],
        lookback=seen, season=1, scaling="none", rate=OWN_RATE, epochs=epochs, patience=None,
        seed=seed,
    )  # fmt: skip
    model.fit(values, test=TEST, progress=False)
    stop_if_interrupted(model.ended_)
    return model


def held_out_error(model: Forecaster, method: str) -> float:
    """Return the mean squared error of a method on the held-out end of a model's series."""
    error = model.judge().errors[method]["mse"]
    return float("nan") if error is None else error


def answers_at(model: Forecaster, values: Float64s) -> Float64s:
    """Return float64 [2], what a model says comes after the two equal values."""
    return model.predict([values[: RISING + 1], values[: FALLING + 1]]).values[:, 0]


def _words(
    values: Float64s, answers: dict[int, Float64s], rows: list[Row], two: Forecaster
) -> tuple[str, ...]:
    up, down = values[[RISING + 1, FALLING + 1]]
    blind, course, ours = (rows[i].ours or 0.0 for i in (0, 2, 3))
    return (
        f"After {values[RISING]:.3f} comes {up:.3f} on the way up and {down:.3f} on the way down. "
        f"The network that sees one value answers {answers[1][0]:.3f} and {answers[1][1]:.3f}, the "
        f"one that sees two {answers[2][0]:.3f} and {answers[2][1]:.3f}.",
        f"With two values the course's recipe ends at {figure(course)}, "
        f"{'still no better than' if course >= blind else 'against'} {figure(blind)} with one; "
        f"ours ends at {figure(ours)}. "
        "The next value is a sum of the last two: a linear autoregression comes to "
        f"{figure(held_out_error(two, 'linear'))}, and no network is needed.",
    )


def _equal_values_picture(values: Float64s, answers: dict[int, Float64s]) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import BLUE, GREY, INK, ORANGE

    first, last = RISING - 3, FALLING + 5
    equal = np.array([RISING, FALLING], np.float64)
    lines = (
        Line("sine", values[first:last], np.arange(first, last, dtype=np.float64), GREY, 1.0, "."),
        Line("two equal values", values[[RISING, FALLING]], equal, INK, 0, "o"),
        Line("told from one", answers[1], equal + 1, ORANGE, 0, "D"),
        Line("told from two", answers[2], equal + 1, BLUE, 0, "o"),
    )
    return lines_picture(
        "Rising or falling?", "what two networks say comes after two equal values",
        lines, across="point", up="value",
    )  # fmt: skip
