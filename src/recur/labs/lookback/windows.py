"""Lab `lookback`, in noise: how far to look back, and what to do where less is known.

In noise two values tell little about the place in the sine, and more tell more. But each value
that a network sees is also one more to fit by chance: on 600 values the training error falls with
every one of them, and the error on values it has not seen rises again. Beside both stands what
somebody could do who knows the sine and all but where it stands.

At the beginning of a series less is known than a lookback. Zeros in front make a history of the
right length, and one that the network has never seen; where `least_history` is 1, it learns from
short histories as well, the missing steps masked. A longer history is cut to its newest part.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recur.arrays import Float64s
from recur.data.synthetic import sine
from recur.labs.experiment import Setting, stop_if_interrupted, timed
from recur.report.findings import Findings, Picture, Row, figure
from recur.tasks.forecast.forecaster import Forecaster

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PERIOD, NOISE = 50, 0.3
LOOKBACKS = (1, 2, 3, 5, 10, 20, 50)
TAUGHT, CHOSEN = 600, 2400  # values to learn from, and to validate on
SEEDS = 3
LENGTH, MANY = 27, 300  # short series; 27 steps on, the sine is at another place each time
LOOKBACK, LONG = 20, 200
KNOWN = (1, 2, 3, 5, 10, 15, LOOKBACK)  # values known at the start of a series
SHOWN = 5  # of them in the table
JUDGED = 400  # fresh series


def by_lookback(setting: Setting) -> Findings:
    """Train the same network on windows of different length."""
    seeds = range(setting.seed, setting.seed + (1 if setting.quick else SEEDS))
    lookbacks = LOOKBACKS[::3] if setting.quick else LOOKBACKS
    losses, rows = [], []
    for lookback in lookbacks:
        setting.say(f"a noisy sine, lookback {lookback}")
        errors, seconds = timed(partial(_over_seeds, lookback, seeds))
        losses.append(errors)
        name = f"noisy sine, lookback {lookback}"
        rows.append(Row(name, "MSE, validation", errors.validation, None, errors.least, seconds))
    picture = Picture(
        "lookback",
        f"The error on the {TAUGHT} values it has learnt from falls with every value more that the "
        "network sees; on values it has not seen, it is high where too little is seen, and where "
        "so much is seen that the noise is learnt by heart.",
        partial(_lookback_picture, lookbacks, losses),
    )
    best = int(np.argmin([errors.validation for errors in losses]))
    word = (
        f"Of the lookbacks tried, {lookbacks[best]} has the least error on values that were not "
        f"learnt from, {losses[best].validation:.3f}. At {lookbacks[-1]} the training error is "
        f"{losses[-1].training:.3f} and the validation error {losses[-1].validation:.3f}, where "
        f"{losses[-1].least:.3f} is possible."
    )
    return Findings(tuple(rows), (word,), (picture,))


class Losses(NamedTuple):
    """Mean squared errors: on what was learnt from, on later values, and the least possible."""

    training: float
    validation: float
    least: float


def losses_of(lookback: int, seed: int) -> Losses:
    """Return the errors of a network after its last epoch."""
    values = sine(TAUGHT + CHOSEN, PERIOD, NOISE, seed).values
    model = Forecaster(
        horizon=1, refit=False, cell="mlp", nonlinearity="relu", layers=2, hidden=32,
        lookback=lookback, season=1, scaling="none", loss="mse",
        validation=CHOSEN / len(values), epochs=100,
        patience=None, keep_best=False, seed=seed,
    )  # fmt: skip
    model.fit(values, test=0, progress=False)
    stop_if_interrupted(model.ended_)
    last = model.history_[-1]
    assert last.validation is not None
    later = sliding_window_view(values[TAUGHT - lookback :], lookback + 1)
    return Losses(last.training, last.validation, least_error(later[:, :-1], later[:, -1]))


def _over_seeds(lookback: int, seeds: range) -> Losses:
    """Return the means over several series and networks."""
    return Losses(*np.mean([losses_of(lookback, seed) for seed in seeds], axis=0).tolist())


def least_error(seen: Float64s, truth: Float64s) -> float:
    """Return the mean squared error of somebody who knows all but the place in the sine.

    Every one of the places is as likely as the noise that it would take to explain what is seen;
    the mean over all of them has the least expected squared error.

    Args:
        seen: float64 [windows, known], consecutive values.
        truth: float64 [windows], those that follow.
    """
    known = seen.shape[1]
    places = np.arange(PERIOD)[:, None] + np.arange(known + 1)
    shapes = np.sin(2 * np.pi * places / PERIOD)
    before, after = shapes[:, :known], shapes[:, known]
    fit = (seen @ before.T - 0.5 * np.sum(before**2, axis=1)) / NOISE**2
    share = np.exp(fit - fit.max(axis=1, keepdims=True))
    return float(np.mean((share @ after / share.sum(axis=1) - truth) ** 2))


def short_histories(setting: Setting) -> Findings:
    """Compare padding with masking where less is known than a lookback."""
    setting.say("short histories")
    many = MANY // 3 if setting.quick else MANY
    taught = list(sine(many * LENGTH, PERIOD, NOISE, setting.seed + 1).values.reshape(many, -1))
    fresh = sine(JUDGED * (LONG + 1), PERIOD, NOISE, setting.seed + 2).values.reshape(JUDGED, -1)
    past, truth = fresh[:, :-1], fresh[:, -1]
    whole, seconds = timed(partial(own, taught, None, setting))
    short, more = timed(partial(own, taught, 1, setting))
    padded = {known: error(whole, _padded(past, known), truth) for known in KNOWN}
    masked = {known: error(short, past[:, -known:], truth) for known in KNOWN}
    least = {known: least_error(past[:, -known:], truth) for known in KNOWN}
    cut, metric = error(short, past, truth), "MSE, fresh series"
    rows = (
        Row(
            f"{SHOWN} known, padded with zeros", metric, padded[SHOWN], None, least[SHOWN], seconds
        ),
        Row(f"{SHOWN} known, the rest masked", metric, masked[SHOWN], None, least[SHOWN], more),
        Row(f"{LONG} known, cut to {LOOKBACK}", metric, cut, None, least[LOOKBACK], more),
    )
    picture = Picture(
        "histories",
        "The error at the beginning of a series, where fewer values are known than the lookback "
        f"of {LOOKBACK}: zeros in their place, or masked by a network that has learnt from such "
        "histories.",
        partial(_histories_picture, padded, masked, least),
    )
    moved = np.abs(forecasts(short, past) - forecasts(short, past[:, -LOOKBACK:])).max()
    word = (
        f"Where {SHOWN} values of {LOOKBACK} are known, zeros in front of them make an error of "
        f"{padded[SHOWN]:.3f}; a network that has learnt from short histories, their missing steps "
        f"masked, comes to {masked[SHOWN]:.3f}. Of {LONG} known values it reads the newest "
        f"{LOOKBACK}: its answers from those alone "
        f"{f'differ by up to {figure(float(moved))}' if moved else 'are the same'}."
    )
    return Findings(rows, (word,), (picture,))


def own(series: list[Float64s], least: int | None, setting: Setting) -> Forecaster:
    """Return a GRU that has learnt from windows of whole length, or from shorter ones too."""
    model = Forecaster(
        horizon=1, refit=False, lookback=LOOKBACK, least_history=least, season=1, scaling="none",
        seed=setting.seed,
    )  # fmt: skip
    model.fit(series, test=0, progress=False)
    stop_if_interrupted(model.ended_)
    return model


def forecasts(model: Forecaster, known: Float64s) -> Float64s:
    """Return float64 [series], what comes after the known values [series, time]."""
    return model.predict(list(known)).values[:, 0]


def error(model: Forecaster, known: Float64s, truth: Float64s) -> float:
    """Return the mean squared error of a model's forecasts from known values [series, time]."""
    return float(np.mean((forecasts(model, known) - truth) ** 2))


def _padded(past: Float64s, known: int) -> Float64s:
    """Return float64 [series, LOOKBACK], zeros and after them so many of the newest values."""
    seen = past[:, -LOOKBACK:].copy()
    seen[:, : LOOKBACK - known] = 0
    return seen


def _lookback_picture(lookbacks: Sequence[int], losses: Sequence[Losses]) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    x, curves = np.array(lookbacks, np.float64), np.array(losses).T
    lines = (
        Line("learnt from", curves[0], x, marker="o"),
        Line("validation", curves[1], x, marker="o"),
        Line("least possible", curves[2], x, marker="o", dashed=True),
    )
    return lines_picture(
        "Error against lookback", "one step ahead on a sine in noise, after 100 epochs", lines,
        across="values seen", up="mean squared error",
    )  # fmt: skip


def _histories_picture(*errors: dict[int, float]) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    x = np.array(KNOWN, np.float64)
    padded, masked, least = (np.array([by_known[known] for known in KNOWN]) for by_known in errors)
    lines = (
        Line("padded with zeros", padded, x, marker="o"),
        Line("masked", masked, x, marker="o"),
        Line("least possible", least, x, marker="o", dashed=True),
    )
    return lines_picture(
        "Short histories", f"a GRU with a lookback of {LOOKBACK} at the beginning of a series",
        lines, across="values known", up="mean squared error",
    )  # fmt: skip
