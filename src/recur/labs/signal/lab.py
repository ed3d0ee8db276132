"""Lab `signal`: an LSTM encoder-decoder learns to continue two waves in noise.

The signal is sin 2t + cos(t) / 2 over 2,000 points, in normal noise of a standard deviation of .2;
the last 50 points are for testing. The course reads 5 values with an LSTM(15), hands its state to
a second one, and lets that give the next 2: batches of 5, Adam at a rate of .01, 50 epochs. While
it learns, the decoder is fed the true value instead of its own answer in 6 of 10 cases. The slides
do not say which windows a batch holds; here they are drawn anew each epoch.

Nobody can forecast the noise, so that its mean square is the limit. Nor can anybody who sees 5
values alone come near it: what is possible from so many is worked out by trying every place at
which they might stand in the signal. More values tell that place better, and the same network
learns to use them. 50 points are few to judge by; the same is therefore asked of the same signal
in fresh noise, thousands of points that no network has seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from recur.data.sources.windows import Windows
from recur.data.synthetic import two_waves
from recur.judge.words import percent
from recur.labs.experiment import Setting
from recur.labs.signal.limit import NOISE, POINTS, Stretch, best_guess, fresh_noise
from recur.labs.signal.models import (
    FORCING,
    HIDDEN,
    LOOKBACK,
    TEST,
    Model,
    course,
    own,
    same_network,
)
from recur.report.findings import Findings, Picture, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGER = 50  # known values: a period of the signal
LOOKBACKS = (2, 5, 10, 25, LONGER, 75)
DRAWS = 10  # of fresh noise
ROLLING = 100  # losses averaged for the picture

Curve = dict[int, tuple[float, float]]
"""By lookback, the error of the course's network in our training, and the least possible one."""


def run(setting: Setting) -> Findings:
    """Run the lab."""
    known = two_waves(POINTS, NOISE, setting.seed)
    test = Stretch(known.values[None], known.answer[None], POINTS - TEST)
    fresh = fresh_noise(3 if setting.quick else DRAWS, setting.seed)
    setting.say("training by the course's recipe")
    values, recipe = known.values, "course's recipe"
    forced = course(recipe, values, LOOKBACK, FORCING, setting)
    free = course(f"{recipe}, truth never fed", values, LOOKBACK, 0.0, setting)
    longer = course(f"{recipe}, lookback {LONGER}", values, LONGER, FORCING, setting)
    setting.say("training by our defaults")
    ours = own("our defaults", values, setting)
    lookbacks = (LOOKBACK, LONGER) if setting.quick else LOOKBACKS
    same = {lookback: same_network(lookback, values, setting) for lookback in lookbacks}
    curve = {
        lookback: (fresh.error(model.forecasts(fresh)), fresh.error(best_guess(fresh, lookback)))
        for lookback, model in same.items()
    }
    models = (forced, free, longer, same[LONGER], ours)
    rows = _rows(models, curve, test, fresh)
    return Findings(
        rows, _words(forced.windows, ours, rows, fresh), _pictures(models, curve, test, fresh)
    )


def _rows(models: Sequence[Model], curve: Curve, test: Stretch, fresh: Stretch) -> tuple[Row, ...]:
    short, long = f"MSE, last {TEST}", "MSE, fresh noise"
    rows = []
    for model in models:
        for metric, on in ((short, test), (long, fresh)):
            error = on.error(model.forecasts(on))
            rows.append(Row(model.name, metric, error, limit=on.noise, seconds=model.seconds))
    for lookback in (LOOKBACK, LONGER):
        name, (_, best) = f"best possible, lookback {lookback}", curve[lookback]
        rows.append(Row(name, long, best, limit=fresh.noise))
    return tuple(rows)


def _words(windows: Windows, ours: Model, rows: Sequence[Row], fresh: Stretch) -> tuple[str, ...]:
    batch = windows.gather(np.arange(len(windows)))
    inputs, targets = batch.inputs.swapaxes(0, 1), batch.targets[:, :, None]
    errors = [row.ours or 0.0 for row in rows if "fresh" in row.metric]
    forced, free, longer, same, own, near, far = errors
    count = fresh.values[:, fresh.first :].size
    return (
        f"The training windows have the shapes {inputs.shape} and {targets.shape}.",
        f"The noise was drawn with a variance of {NOISE**2:.4f}. Its mean square in the last "
        f"{TEST} points is {rows[0].limit:.4f}, in {count:,} points of fresh noise "
        f"{fresh.noise:.4f}: judge by those, {TEST} points are too few.",
        f"From {LOOKBACK} values nobody can expect less than {near:.4f} in fresh noise. The "
        f"course's recipe comes to {forced:.4f}, and where its decoder is never fed the truth to "
        f"{free:.4f}, in one training each.",
        f"From {LONGER} values {far:.4f} is possible. The course's recipe comes to {longer:.4f}, "
        f"the same network in our training to {same:.4f}, "
        f"{percent(same / fresh.noise - 1)} above the noise; our defaults, which take "
        f"{ours.windows.lookback} values, to {own:.4f}, {percent(own / fresh.noise - 1)} above it.",
    )


def _pictures(
    models: Sequence[Model], curve: Curve, test: Stretch, fresh: Stretch
) -> tuple[Picture, ...]:
    forced, free, *_, ours = models
    training = (
        f"The mean squared error of each batch while training, averaged over {ROLLING} batches. A "
        "decoder that is fed the truth has the easier task."
    )
    stretch = (
        f"The last {TEST} points, forecast two at a time from the true values before them, beside "
        "the signal without its noise."
    )
    lookback = (
        "The error in fresh noise of the course's network in our training, the least that can be "
        "expected from so many values, and the noise itself."
    )
    return (
        Picture("training", training, partial(_training_picture, forced, free)),
        Picture("test", stretch, partial(_test_picture, test, forced, ours)),
        Picture("lookback", lookback, partial(_lookback_picture, curve, fresh.noise)),
    )


def _training_picture(forced: Model, free: Model) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    lines = []
    for label, losses in (
        ("truth fed in 6 of 10 cases", forced.losses),
        ("truth never fed", free.losses),
    ):
        mean = np.convolve(losses, np.full(ROLLING, 1 / ROLLING), "valid")
        lines.append(Line(label, mean, ROLLING + np.arange(len(mean), dtype=np.float64), width=1.0))
    return lines_picture(
        "Training by the course's recipe", f"mean squared error, averaged over {ROLLING} batches",
        lines, across="step", up="loss", log_from=3.0, levels=[("the noise", NOISE**2)],
    )  # fmt: skip


def _test_picture(test: Stretch, forced: Model, ours: Model) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import BLUE, GREY, INK, ORANGE

    x = np.arange(test.first, POINTS, dtype=np.float64)
    values, signal = test.values[0, test.first :], test.signal[0, test.first :]
    lines = (
        Line("seen", values, x, GREY, 0.8, "o"),
        Line("signal", signal, x, INK, 1.4, dashed=True),
        Line(forced.name, forced.forecasts(test)[0], x, ORANGE),
        Line(ours.name, ours.forecasts(test)[0], x, BLUE),
    )
    under = "forecast two at a time from the true values before them"
    return lines_picture(f"The last {TEST} points", under, lines, across="point", up="value")


def _lookback_picture(curve: Curve, noise: float) -> Figure:
    from recur.report.plots.lines import Line, lines_picture
    from recur.report.plots.style import GREY

    x = np.array(list(curve), np.float64)
    errors, best = np.array(list(curve.values())).T
    lines = (
        Line(f"LSTM({HIDDEN}) encoder-decoder", errors, x, marker="o"),
        Line("best possible", best, x, marker="o"),
        Line("the noise", np.full(len(x), noise), x, GREY, 1.2, dashed=True),
    )
    under = "mean squared error over two steps, in fresh noise"
    return lines_picture(
        "Error against lookback", under, lines, across="known values", up="mean squared error"
    )
