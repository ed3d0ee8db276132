"""Size and power of the verdict on simulated losses and series, without any network.

    python benchmarks/accuracy/verdict_on_simulated_losses.py [--trials 4000]

Prints the tables of docs/concepts/judging.md: how often a single test claims skill where two
forecasts are equally good, and how often the whole verdict claims it on random walks (never right)
and on noisy sines, over the naive answers (always right). The same seed gives the same tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s
from recur.judge import Method, Walk, compare, judge, linear_autoregression, references
from recur.judge.comparison import degrees_of_freedom

Shocks = Callable[[np.random.Generator, int], tuple[Float64s, Float64s, Float64s]]

HELD_OUT = (30, 60, 100, 200, 400)
HORIZONS = (1, 5, 12, 24)
SINE_PERIOD = 50
NOISE_SHARE = 1 / 6


def autoregressive(shocks: Float64s, coefficient: float) -> Float64s:
    """Return an autoregression of order one with the variance of its shocks."""
    values = shocks.copy()
    for t in range(1, len(shocks)):
        values[t] = coefficient * values[t - 1] + np.sqrt(1 - coefficient**2) * shocks[t]
    return values


def volatile(shocks: Float64s) -> Float64s:
    """Return GARCH(1, 1) values, one column's volatility following the first column's values."""
    values, variance = shocks.copy(), 1.0
    for t in range(1, len(shocks)):
        variance = 0.05 + 0.1 * float(values[t - 1, 0]) ** 2 + 0.85 * variance
        values[t] = np.sqrt(variance) * shocks[t]
    return values


def normal(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = rng.normal(size=(3, length))
    return ours, theirs, neither


def heavy_tails(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = rng.standard_t(3, size=(3, length))
    return ours, theirs, neither


def persistent(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = rng.normal(size=(3, length))
    return autoregressive(ours, 0.8), autoregressive(theirs, 0.8), neither


def common_volatility(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = volatile(rng.normal(size=(length, 3))).T
    return ours, theirs, neither


def own_volatility(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = (volatile(rng.normal(size=(length, 1)))[:, 0] for _ in range(3))
    return ours, theirs, neither


def skewed(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = rng.normal(size=(3, length))
    return ours * (rng.random(length) < 0.3) / np.sqrt(0.3), theirs, neither


def rare_events(rng: np.random.Generator, length: int) -> tuple[Float64s, Float64s, Float64s]:
    ours, theirs, neither = rng.normal(size=(3, length))
    return ours * (rng.random(length) < 0.1) / np.sqrt(0.1), theirs, 0.3 * neither


SHOCKS: dict[str, Shocks] = {
    "normal": normal,
    "heavy tails (t3)": heavy_tails,
    "persistent (AR .8)": persistent,
    "one volatility": common_volatility,
    "own volatilities": own_volatility,
    "skewed": skewed,
    "rare events": rare_events,
}
"""What the network misses, what the reference misses, and what both miss, at equal variance."""


def cumulated_losses(changes: Float64s, horizon: int) -> Float64s:
    """Return the squared error averaged over the horizon when `changes` are what is missed."""
    level = np.concatenate([[0.0], np.cumsum(changes)])
    origins = len(changes) - horizon + 1
    missed = [level[k : k + origins] - level[:origins] for k in range(1, horizon + 1)]
    return np.asarray(np.mean(np.square(missed), axis=0))


def single_test_claims(shocks: Shocks, held_out: int, horizon: int, trials: int) -> float | None:
    """Return how often one test claims skill between two forecasts that are equally good."""
    degrees = degrees_of_freedom(held_out - horizon + 1, held_out // horizon)
    if degrees is None:
        return None
    rng = np.random.default_rng([held_out, horizon])
    claims = 0
    for _ in range(trials):
        ours, theirs, neither = shocks(rng, held_out)
        losses = cumulated_losses(ours + neither, horizon)
        reference = cumulated_losses(theirs + neither, horizon)
        claims += compare("reference", reference, losses, degrees).finding == "better"
    return claims / trials


def fitted_to_a_random_walk(walk: Walk) -> Method:
    """Return a "network" that learnt from noise: an autoregression of 8 values."""
    model = linear_autoregression([walk.history(0)], lookback=8, horizon=walk.horizon)
    return lambda i, origins: model.forecast(
        i, walk.series[i][np.maximum(origins[:, None] + np.arange(-8, 0), 0)]
    )


def last_value_and_noise(walk: Walk, rng: np.random.Generator, size: float) -> Method:
    """Return a "network" that repeats the last value with a little noise of its own."""
    return lambda i, origins: (
        walk.series[i][origins - 1][:, None] + size * rng.normal(size=(len(origins), walk.horizon))
    )


def random_walk_claims(kind: str, held_out: int, horizon: int, trials: int) -> float:
    """Return how often the verdict claims skill on random walks, where there is none to be had."""
    rng = np.random.default_rng([7, held_out, horizon])
    claims = 0
    for _ in range(trials):
        series = rng.standard_t(4, size=400 + held_out).cumsum()
        walk = Walk((series,), (400,), horizon, season=7)
        network = (
            fitted_to_a_random_walk(walk)
            if kind == "fitted"
            else last_value_and_noise(walk, rng, 0.05)
        )
        claims += judge(walk, {"network": network, **references(walk, 8)}).verdict.claim == "skill"
    return claims / trials


def mean_and_error(mean: Float64s, horizon: int, error: float, rng: np.random.Generator) -> Method:
    """Return a "network" that knows the mean of what comes, up to an error of its own."""

    def forecast(_: int, origins: NDArray[np.int64]) -> Float64s:
        ahead = np.take(mean, origins[:, None] + np.arange(horizon))
        return ahead + error * rng.normal(size=ahead.shape)

    return forecast


def sine_claims(horizon: int, error: float, held_out: int, trials: int) -> float:
    """Return how often a noisy sine's true mean plus an error is said to beat the naive answers.

    Args:
        horizon: how many steps ahead.
        error: the standard deviation of the network's error, in units of the noise's.
        held_out: how many values.
        trials: how many series.
    """
    rng = np.random.default_rng([11, horizon, held_out])
    noise = np.sqrt(0.5 * NOISE_SHARE)
    claims = 0
    for _ in range(trials):
        phase = rng.uniform(0, 2 * np.pi)
        signal = np.sin(2 * np.pi * np.arange(600 + held_out) / SINE_PERIOD + phase)
        series = signal + noise * rng.normal(size=len(signal))
        walk = Walk((series,), (600,), horizon, season=SINE_PERIOD)

        network = mean_and_error(signal, horizon, error * noise, rng)
        methods = {"network": network, **references(walk, 30)}
        claims += judge(walk, methods).verdict.over_naive.claim == "skill"
    return claims / trials


def shown(share: float | None) -> str:
    """Return a share as a table shows it, a dash where no verdict is given."""
    return f"{100 * share:.1f}" if share is not None else "-"


def print_sizes(trials: int) -> None:
    print("## Claims of a single test between equally good forecasts, in percent (declared: 2)\n")
    cells = [(h, n) for h in HORIZONS for n in HELD_OUT if n // h >= 2]
    print("| horizon | held out | degrees | " + " | ".join(SHOCKS) + " |")
    print("|--:|--:|--:|" + "--:|" * len(SHOCKS))
    for horizon, held_out in cells:
        degrees = degrees_of_freedom(held_out - horizon + 1, held_out // horizon)
        if degrees is None:
            continue
        row = [single_test_claims(s, held_out, horizon, trials) for s in SHOCKS.values()]
        line = " | ".join(shown(share) for share in row)
        print(f"| {horizon} | {held_out} | {degrees} | {line} |", flush=True)


def print_random_walks(trials: int) -> None:
    print("\n## Claims of the verdict on random walks, in percent (declared: at most 2)\n")
    print(
        "| horizon | held out | AR(8) fitted to noise | last value and noise |\n|--:|--:|--:|--:|"
    )
    for horizon, held_out in ((1, 60), (1, 200), (5, 200), (12, 400)):
        row = [random_walk_claims(k, held_out, horizon, trials) for k in ("fitted", "noise")]
        print(f"| {horizon} | {held_out} | " + " | ".join(map(shown, row)) + " |", flush=True)


def print_sines(trials: int) -> None:
    print("\n## Claims over the naive answers on noisy sines, in percent (as many as can be)\n")
    print("| horizon | held out | error 10 % | error 20 % | error 50 % |\n|--:|--:|--:|--:|--:|")
    for horizon, held_out in ((1, 60), (1, 100), (1, 200), (5, 200), (10, 200), (20, 200)):
        row = [sine_claims(horizon, error, held_out, trials) for error in (0.1, 0.2, 0.5)]
        print(f"| {horizon} | {held_out} | " + " | ".join(map(shown, row)) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4_000, help="simulations for each size")
    trials = parser.parse_args().trials
    print_sizes(trials)
    print_random_walks(max(trials // 4, 1))
    print_sines(max(trials // 10, 1))


if __name__ == "__main__":
    main()
