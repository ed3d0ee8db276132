"""How often the verdict claims skill where no forecast can know more than the simple answers.

    python benchmarks/accuracy/verdict_on_simple_series.py [--quick] [--networks 40]

Stand-ins for a network forecast 500 of each kind of series (100 with --quick): what a network may
make of such series, from the past alone or as the best possible forecast plus an error of its own.
Every claim of skill is a false one for the kinds of the first table; those of the second hold what
no simple answer can know. With `--networks N`, tiny networks (`hidden=4`, 15 epochs) are fitted to
N of each kind as well. 400 values are known and 200 held out; the season is 12, the lookback 24.
Prints Markdown tables: claims of skill, and, after a slash, how often the naive answers alone were
beaten, in percent.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from recur import Forecaster
from recur.arrays import Float64s, Indices
from recur.judge import Method, Walk, judge, linear_autoregression, references

KNOWN, HELD_OUT, SEASON, LOOKBACK = 400, 200, 12, 24
LENGTH = KNOWN + HELD_OUT


class Series(NamedTuple):
    """A simulated series.

    Attributes:
        values: float64 [time].
        ahead: the best forecast of what comes `step` (0 for the next) after origins [n], from
            what is known there and from the law of the series: float64 [n].
        season: in steps, 1 for none.
    """

    values: Float64s
    ahead: Callable[[Indices, int], Float64s]
    season: int = 1


def autoregression(rng: np.random.Generator, phi: float) -> Series:
    """Return an autoregression of order one; white noise where `phi` is 0, a walk where it is 1."""
    values = rng.normal(size=LENGTH)
    for t in range(1, LENGTH):
        values[t] += phi * values[t - 1]
    return Series(values, lambda at, step: phi ** (step + 1) * values[at - 1])


def drifting_walk(rng: np.random.Generator) -> Series:
    values = (0.2 + rng.normal(size=LENGTH)).cumsum()
    return Series(values, lambda at, step: values[at - 1] + 0.2 * (step + 1))


def around(signal: Float64s, rng: np.random.Generator, noise: float, season: int) -> Series:
    """Return a signal in noise; the best forecast is the signal."""
    values = signal + noise * rng.normal(size=LENGTH)
    return Series(values, lambda at, step: signal[at + step], season)


def seasonal_sine(rng: np.random.Generator) -> Series:
    phase = rng.uniform(0, 2 * np.pi)
    return around(np.sin(2 * np.pi * np.arange(LENGTH) / SEASON + phase), rng, 0.5, SEASON)


def seasonal_pattern(rng: np.random.Generator) -> Series:
    return around(np.resize(rng.normal(size=SEASON), LENGTH), rng, 0.7, SEASON)


def two_sines(rng: np.random.Generator) -> Series:
    one, two = rng.uniform(0, 2 * np.pi, size=2)
    t = 2 * np.pi * np.arange(LENGTH)
    return around(np.sin(t / 50 + one) + np.sin(t / 13.7 + two), rng, 0.5, 1)


def mackey_glass(rng: np.random.Generator) -> Series:
    """Return the Mackey-Glass series (delay 17, every sixth step) with a little noise."""
    steps = 6 * LENGTH + 1000
    x = np.full(steps, 1.2)
    x[:18] += 0.2 * rng.normal(size=18)
    for t in range(17, steps - 1):
        x[t + 1] = x[t] + 0.2 * x[t - 17] / (1 + x[t - 17] ** 10) - 0.1 * x[t]
    return around(x[-6 * LENGTH :: 6], rng, 0.02, 1)


def tent_map(rng: np.random.Generator) -> Series:
    """Return a tent map with a little noise, whose autocorrelations are all zero."""
    x = np.empty(LENGTH)
    x[0] = rng.uniform(0.2, 0.4)
    for t in range(1, LENGTH):
        x[t] = min(1.99 * min(x[t - 1], 1 - x[t - 1]), 1.0)
    return around(x, rng, 0.05, 1)


def tent_walk(rng: np.random.Generator) -> Series:
    """Return the running sum of a tent map: the mean of such a walk is hopeless."""
    steps = tent_map(rng)
    x, values = steps.values, (steps.values - 0.5).cumsum()

    def ahead(at: Indices, step: int) -> Float64s:
        made, newest = values[at - 1].copy(), x[at - 1]
        for _ in range(step + 1):
            newest = np.clip(1.99 * np.minimum(newest, 1 - newest), 0.0, 1.0)
            made += newest - 0.5
        return np.asarray(made)

    return Series(values, ahead)


KINDS: dict[str, Callable[[np.random.Generator], Series]] = {
    "white noise": lambda rng: autoregression(rng, 0.0),
    "AR(1), .5": lambda rng: autoregression(rng, 0.5),
    "AR(1), .9": lambda rng: autoregression(rng, 0.9),
    "sine and noise": seasonal_sine,
    "pattern and noise": seasonal_pattern,
    "random walk": lambda rng: autoregression(rng, 1.0),
    "walk with drift": drifting_walk,
}
FINDABLE = {
    "two sines": two_sines,
    "Mackey-Glass": mackey_glass,
    "tent map": tent_map,
    "walk of tents": tent_walk,
}


def best_and_error(share: float) -> Callable[[Series, Walk, np.random.Generator], Method]:
    """Return a stand-in that knows the law of a series, but for an error of its own.

    Args:
        share: its squared error beyond the best possible one, in units of the latter one step
            ahead.
    """

    def made(series: Series, walk: Walk, rng: np.random.Generator) -> Method:
        at = np.arange(KNOWN, LENGTH)
        best = float(np.mean((series.ahead(at, 0) - series.values[at]) ** 2))

        def forecast(_: int, origins: Indices) -> Float64s:
            ahead = [series.ahead(origins, step) for step in range(walk.horizon)]
            error = rng.normal(size=(len(origins), walk.horizon))
            return np.asarray(np.column_stack(ahead) + np.sqrt(share * best) * error)

        return forecast

    return made


def shrunken(lookback: int, share: float) -> Callable[[Series, Walk, np.random.Generator], Method]:
    """Return a linear autoregression fitted to the past, drawn towards the mean of the past."""

    def made(series: Series, walk: Walk, _: np.random.Generator) -> Method:
        history = walk.history(0)
        model = linear_autoregression([history], lookback, walk.horizon)

        def forecast(i: int, origins: Indices) -> Float64s:
            windows = series.values[origins[:, None] + np.arange(-lookback, 0)]
            fitted = model.forecast(i, windows)
            return np.asarray(fitted + share * (history.mean() - fitted))

        return forecast

    return made


def mean_of_answers(_: Series, walk: Walk, __: np.random.Generator) -> Method:
    """Return the mean of all simple answers, which errs less than most of them."""
    answers = list(references(walk, LOOKBACK).values())
    return lambda i, origins: np.asarray(np.mean([each(i, origins) for each in answers], axis=0))


STAND_INS = {
    "best + 4 %": best_and_error(0.04),
    "best + 10 %": best_and_error(0.1),
    "AR(8)": shrunken(8, 0.0),
    "AR(24), drawn": shrunken(24, 0.2),
    "mean of answers": mean_of_answers,
}


def counted(
    kind: Callable[[np.random.Generator], Series], name: str, horizon: int, trials: int
) -> str:
    """Return how often skill is claimed for a stand-in, over all and over the naive answers."""
    claims, over_naive = 0, 0
    for seed in range(trials):
        rng = np.random.default_rng([seed, horizon])
        series = kind(rng)
        walk = Walk((series.values,), (KNOWN,), horizon, series.season)
        network = STAND_INS[name](series, walk, rng)
        verdict = judge(walk, {"network": network, **references(walk, LOOKBACK)}).verdict
        claims += verdict.claim == "skill"
        over_naive += getattr(verdict, "over_naive", verdict).claim == "skill"
    return f"{100 * claims / trials:.1f} / {100 * over_naive / trials:.0f}"


def fitted(kind: Callable[[np.random.Generator], Series], trials: int) -> str:
    """Return how often skill is claimed for a tiny network, fitted to the past."""
    claims, over_naive = 0, 0
    for seed in range(trials):
        series = kind(np.random.default_rng([seed, 1]))
        model = Forecaster(
            horizon=1, hidden=4, epochs=15, lookback=LOOKBACK, season=series.season, seed=seed
        ).fit(series.values, test=HELD_OUT, progress=False)
        assert model.judgement_ is not None
        verdict = model.judgement_.verdict
        claims += verdict.claim == "skill"
        over_naive += getattr(verdict, "over_naive", verdict).claim == "skill"
    return f"{claims} / {over_naive} of {trials}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 of each kind")
    parser.add_argument("--networks", type=int, default=0, help="tiny networks of each kind")
    arguments = parser.parse_args()
    trials = 100 if arguments.quick else 500
    names = list(STAND_INS) + (["tiny network"] if arguments.networks else [])
    for title, kinds in (("Never right", KINDS), ("Right", FINDABLE)):
        print(f"\n## {title}\n\n| series | horizon | {' | '.join(names)} |")
        print(f"|---|--:|{'--:|' * len(names)}")
        for kind, make in kinds.items():
            for horizon in (1, 6):
                cells = [counted(make, name, horizon, trials) for name in STAND_INS]
                if arguments.networks:
                    cells.append(fitted(make, arguments.networks) if horizon == 1 else "")
                print(f"| {kind} | {horizon} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
