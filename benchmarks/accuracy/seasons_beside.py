"""How often a longer season is found beside a shorter one, and what forecasts gain by being told.

    python benchmarks/accuracy/seasons_beside.py DATA [--series 200]

DATA is the folder of real files that RECUR_DATA names. First, series of one season and noise, an
autoregression of .9, a walk, or an amplitude that wanders: none has a longer season. Then the share
of M4's hourly series in which a week is found beside the day, and the mean absolute scaled error of
the pretrained network there, 48 steps ahead, told the day alone, the day and the week where the
week was found, and both always. Prints one line of JSON for each.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from recur.arrays import Float64s
from recur.data.describe.season import seasons_beside
from recur.engines.registry import open_engine
from recur.tasks.forecast.pretrained import shipped

Make = Callable[[Float64s, np.random.Generator], Float64s]
DAY, WEEK, AHEAD = 24, 168, 48


def noise(values: Float64s, random: np.random.Generator) -> Float64s:
    return values + random.normal(size=len(values))


def reverting(values: Float64s, random: np.random.Generator) -> Float64s:
    steps = random.normal(size=len(values))
    for i in range(1, len(steps)):
        steps[i] += 0.9 * steps[i - 1]
    return np.asarray(values + steps / steps.std())


def walk(values: Float64s, random: np.random.Generator) -> Float64s:
    steps = random.normal(size=len(values)).cumsum()
    return np.asarray(values + steps / steps.std())


def amplitude(values: Float64s, random: np.random.Generator) -> Float64s:
    wandering = np.exp(0.01 * random.normal(size=len(values)).cumsum())
    return np.asarray((3 + values) * wandering + 0.5 * random.normal(size=len(values)))


def of_one_season(season: int, points: int, make: Make, seed: int) -> Float64s:
    random = np.random.default_rng(seed)
    width = max(1, season // 8)
    tripled = np.convolve(np.tile(random.normal(size=season), 3), np.ones(width) / width, "same")
    shape = tripled[season : 2 * season] / tripled[season : 2 * season].std()
    return make(shape[np.arange(points) % season], random)


def false_shares(series: int) -> None:
    cases = ((DAY, (DAY, WEEK), 1000), (DAY, (DAY, WEEK), 4000), (7, (7, 365), 1460))
    for season, candidates, points in cases:
        for make in (noise, reverting, walk, amplitude):
            found = [
                bool(seasons_beside(of_one_season(season, points, make, seed), season, candidates))
                for seed in range(series)
            ]
            kind = {"season": season, "points": points, "rest": make.__name__}
            print(json.dumps({**kind, "tried": series, "found": sum(found)}), flush=True)


def m4_hourly(folder: Path, series: int) -> None:
    known, truths = (read(folder / f"Hourly-{part}.csv") for part in ("train", "test"))
    places = np.unique(np.linspace(0, len(known) - 1, series).astype(int)).tolist()
    engine, network = open_engine("compiled", 1), shipped()
    errors: dict[str, list[float]] = {"day": [], "found": [], "both": []}
    shown = 0
    for i in places:
        week = bool(seasons_beside(known[i], DAY, (DAY, WEEK)))
        shown += week
        scale = np.abs(known[i][DAY:] - known[i][:-DAY]).mean()
        told = {}
        for second in (0, WEEK):
            made = network.quantiles(engine, [known[i]], AHEAD, DAY, second)[0, :, network.middle]
            told[second] = float(np.abs(made - truths[i]).mean() / scale)
        for name, second in (("day", 0), ("found", WEEK if week else 0), ("both", WEEK)):
            errors[name].append(told[second])
    means = {name: round(float(np.mean(each)), 4) for name, each in errors.items()}
    print(json.dumps({"M4": "hourly", "tried": len(places), "found": shown, "MASE": means}))


def read(path: Path) -> list[Float64s]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [np.array([float(cell) for cell in row[1:] if cell]) for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--series", type=int, default=200)
    arguments = parser.parse_args()
    false_shares(arguments.series)
    m4_hourly(arguments.data / "forecast" / "m4", arguments.series)


if __name__ == "__main__":
    main()
