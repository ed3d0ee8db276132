"""Lab `lookback`, with a memory in the place of a window: see `memory.py` for the network.

A network that sees one value at a time can know more if it remembers. Four ways to train it, each
with as many passes over the same values: an update after every sample, which follows errors back
over one step; after every 20 samples, following them back through the memory over all 20 (real
backpropagation through time) or over the last step alone; and once an epoch, the memory taken as
given, which is what the slide's own code does.

The size of the memory is then chosen on few noisy points: a small one cannot tell where in the
sine it is, a large one learns the points by heart.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from recur.arrays import Float64s
from recur.data.synthetic import sine
from recur.labs.experiment import Setting, timed
from recur.labs.lookback.memory import MemoryNetwork, error_after, teach
from recur.labs.lookback.windows import NOISE, PERIOD
from recur.report.findings import Findings, Picture, Row, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

POINTS, TAUGHT, EPOCHS = 1000, 800, 100
STRETCH = 20
WAYS = {  # values an update is over, and whether errors stop at the memory
    "each sample": (1, True),
    f"each {STRETCH} through time": (STRETCH, False),
    f"each {STRETCH} cut": (STRETCH, True),
    "each epoch cut": (TAUGHT, True),
}
FEW_ELEMENTS, MORE_ELEMENTS = 1, 8
SIZES = (1, 2, 4, 8, 16, 32)
FEW_POINTS, FRESH_POINTS, FEW_STRETCH, FEW_EPOCHS, SEEDS = 150, 1500, 25, 300, 3


def ways_to_update(setting: Setting) -> Findings:
    """Teach memories of one element and of more the sine without noise, in four ways."""
    values = sine(POINTS, PERIOD).values
    epochs = EPOCHS // 10 if setting.quick else EPOCHS
    rows, curves = {}, {}
    for size in (FEW_ELEMENTS, MORE_ELEMENTS):
        for name, (every, cut) in WAYS.items():
            setting.say(f"a memory of {size}, an update {name}")
            network = MemoryNetwork.untaught(size, setting.seed)
            lesson = teach(network, values[:TAUGHT], every=every, epochs=epochs, cut=cut)
            losses, seconds = timed(partial(np.fromiter, lesson, np.float64))
            error = error_after(network, values, TAUGHT)
            limit = 0.0 if size > 1 else None  # one element cannot be exact
            row = Row(f"memory {size}, {name}", "MSE, held out", error, None, limit, seconds)
            rows[size, name], curves[size, name] = row, losses
    shown = {name: curves[MORE_ELEMENTS, name] for name in WAYS}
    picture = Picture(
        "updates",
        f"A memory of {MORE_ELEMENTS} elements taught in four ways, each with as many passes over "
        f"the same {TAUGHT} values. Below the dotted line it knows more than one value can tell.",
        partial(_updates_picture, shown, without_memory()),
    )
    errors = {key: row.ours or 0.0 for key, row in rows.items()}
    return Findings(tuple(rows.values()), _words_on_updates(errors, epochs), (picture,))


def without_memory() -> float:
    """Return the least mean squared error of a network that sees one value and keeps nothing."""
    return float(np.sin(2 * np.pi / PERIOD) ** 2 / 2)


def _words_on_updates(errors: dict[tuple[int, str], float], epochs: int) -> tuple[str, ...]:
    through, by_epoch = f"each {STRETCH} through time", "each epoch cut"
    updates = epochs * -(-(TAUGHT - 1) // STRETCH)
    half_step = float(np.sin(np.pi / PERIOD) ** 2 / 2)
    return (
        f"One value alone cannot do better than {figure(without_memory())}. With a memory of "
        f"{MORE_ELEMENTS} elements and backpropagation through {STRETCH} samples, "
        f"{figure(errors[MORE_ELEMENTS, through])} is reached after {updates:,} updates; an update "
        f"once an epoch makes {epochs} of them in as many passes, and ends at "
        f"{figure(errors[MORE_ELEMENTS, by_epoch])}.",
        "A memory of one element, where tanh is nearly straight, can run ahead of the sine by up "
        f"to half a step; what is missing makes an error of {figure(half_step)} at least. Through "
        f"{STRETCH} samples {figure(errors[FEW_ELEMENTS, through])} is reached.",
    )


def by_memory(setting: Setting) -> Findings:
    """Teach memories of many sizes a few noisy points, with and without the way back through time.

    The memory that is cut can use what is in it, but not learn what to keep there.
    """
    sizes = SIZES[::2] if setting.quick else SIZES
    through, seconds = zip(*(errors_of(size, setting, cut=False) for size in sizes), strict=True)
    cut, _ = zip(*(errors_of(size, setting, cut=True) for size in sizes), strict=True)
    noise = float(np.mean([noise_after(seed) for seed in _seeds(setting)]))
    rows = tuple(
        Row(f"memory {size}, few noisy points", "MSE, fresh points", fresh, None, noise, took)
        for size, (_, fresh), took in zip(sizes, through, seconds, strict=True)
    )
    picture = Picture(
        "memory",
        f"Memories taught {FEW_POINTS} points of a sine in noise: the error on those falls with "
        "every element; on fresh points it is high for a memory that is too small, and for one "
        "that has learnt the noise. With errors cut at the memory, nothing teaches it what to "
        "keep.",
        partial(_memory_picture, sizes, np.array(through), np.array(cut), noise),
    )
    best = int(np.argmin([fresh for _, fresh in through]))
    word = (
        f"On {FEW_POINTS} noisy points, of the sizes tried a memory of {sizes[best]} has the least "
        f"error on fresh ones, {through[best][1]:.3f} ({cut[best][1]:.3f} where errors are cut at "
        f"the memory); one of {sizes[-1]} has {through[-1][0]:.3f} on the points it was taught and "
        f"{through[-1][1]:.3f} on fresh ones."
    )
    return Findings(rows, (word,), (picture,))


def errors_of(size: int, setting: Setting, *, cut: bool) -> tuple[tuple[float, float], float]:
    """Return the mean errors on the points taught and on fresh ones, and the seconds taken."""
    setting.say(f"a memory of {size} on few noisy points{', cut' if cut else ''}")
    epochs = FEW_EPOCHS // 2 if setting.quick else FEW_EPOCHS
    errors, seconds = timed(
        lambda: [few_points(size, seed, epochs, cut=cut) for seed in _seeds(setting)]
    )
    taught, fresh = np.mean(errors, axis=0)
    return (float(taught), float(fresh)), seconds


def few_points(size: int, seed: int, epochs: int, *, cut: bool) -> tuple[float, float]:
    """Return the error on the points that a memory was taught, and on those that follow."""
    values = sine(FEW_POINTS + FRESH_POINTS, PERIOD, NOISE, seed).values
    network = MemoryNetwork.untaught(size, seed)
    lesson = teach(network, values[:FEW_POINTS], every=FEW_STRETCH, epochs=epochs, cut=cut)
    *_, taught = lesson
    return taught, error_after(network, values, FEW_POINTS)


def noise_after(seed: int) -> float:
    """Return the mean square of the noise in the points that follow those taught: the limit."""
    noisy = sine(FEW_POINTS + FRESH_POINTS, PERIOD, NOISE, seed)
    return float(np.mean((noisy.values - noisy.answer)[FEW_POINTS + 1 :] ** 2))


def _seeds(setting: Setting) -> range:
    return range(setting.seed, setting.seed + (1 if setting.quick else SEEDS))


def _updates_picture(curves: dict[str, Float64s], blind: float) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    lines = [Line(name, losses, np.arange(1.0, len(losses) + 1)) for name, losses in curves.items()]
    return lines_picture(
        "When to update a memory", f"a memory of {MORE_ELEMENTS} elements, on a sine without noise",
        lines, across="epoch", up="mean squared error", log_from=5.0,
        levels=[("least without a memory", blind)],
    )  # fmt: skip


def _memory_picture(
    sizes: tuple[int, ...], through: Float64s, cut: Float64s, noise: float
) -> Figure:
    from recur.report.plots.lines import Line, lines_picture

    x = np.array(sizes, np.float64)
    lines = (
        Line("points taught", through[:, 0], x, marker="o"),
        Line("fresh points", through[:, 1], x, marker="o"),
        Line("fresh points, cut at memory", cut[:, 1], x, marker="o", dashed=True),
    )
    return lines_picture(
        "Error against memory", f"a memory taught {FEW_POINTS} points of a sine in noise", lines,
        across="elements of the memory", up="mean squared error", levels=[("the noise", noise)],
    )  # fmt: skip
