"""How often `recur describe` tells a series from a random walk: on walks (size), on others (power).

    python benchmarks/accuracy/describe_size_and_power.py [--series 500] [--points 500]

Walks are never to be told apart; the declared size is 2 %:
  normal      standard normal steps
  drifting    the same with a drift of half a step
  heavy       Student's t steps with 3 degrees of freedom
  volatile    steps whose variance depends on the last ones (GARCH .1, .85)
The others are:
  sines       of period 50, variance of the signal six times that of the noise
  noise       standard normal values
  reverting   an autoregression of .9, which forgets half of where it was in 7 steps
  persistent  a walk whose steps are correlated by .2
The season is found first, as the command does. Prints one line of JSON for each kind.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable

import numpy as np

from recur import synthetic
from recur.arrays import Float64s
from recur.data.describe.random_walk import SIZE, check_random_walk
from recur.data.describe.season import detect_season

Make = Callable[[int, int], Float64s]


def normal(points: int, seed: int) -> Float64s:
    return synthetic.random_walk(points, seed=seed).values


def drifting(points: int, seed: int) -> Float64s:
    return normal(points, seed) + 0.5 * np.arange(points)


def heavy(points: int, seed: int) -> Float64s:
    return np.asarray(np.random.default_rng(seed).standard_t(3, size=points).cumsum())


def volatile(points: int, seed: int) -> Float64s:
    steps = np.random.default_rng(seed).normal(size=points)
    variance = 1.0
    for i in range(points):
        steps[i] *= variance**0.5
        variance = 0.05 + 0.1 * steps[i] ** 2 + 0.85 * variance
    return np.asarray(steps.cumsum())


def sines(points: int, seed: int) -> Float64s:
    return synthetic.sine(points, period=50, noise=(0.5 / 6) ** 0.5, seed=seed).values


def noise(points: int, seed: int) -> Float64s:
    return np.random.default_rng(seed).normal(size=points)


def reverting(points: int, seed: int) -> Float64s:
    return _remembering(noise(points, seed), 0.9)


def persistent(points: int, seed: int) -> Float64s:
    return np.asarray(_remembering(noise(points, seed), 0.2).cumsum())


def _remembering(steps: Float64s, share: float) -> Float64s:
    """Add to every step a share of what it was before."""
    for i in range(1, len(steps)):
        steps[i] += share * steps[i - 1]
    return steps


WALKS: tuple[Make, ...] = (normal, drifting, heavy, volatile)
OTHERS: tuple[Make, ...] = (sines, noise, reverting, persistent)


def told_apart(make: Make, points: int, seed: int) -> bool:
    values = make(points, seed)
    test = check_random_walk(values, detect_season(values))
    return test is not None and test.distinguishable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=500)
    parser.add_argument("--points", type=int, default=500)
    arguments = parser.parse_args()
    for make in (*WALKS, *OTHERS):
        began = time.perf_counter()
        told = [told_apart(make, arguments.points, seed) for seed in range(arguments.series)]
        print(
            json.dumps(
                {
                    "series": make.__name__,
                    "kind": "random walk" if make in WALKS else "not a random walk",
                    "tested": len(told),
                    "points": arguments.points,
                    "told_apart": sum(told),
                    "share": sum(told) / len(told),
                    "declared_size": SIZE,
                    "seconds": round(time.perf_counter() - began, 1),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
