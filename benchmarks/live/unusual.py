"""Unusual values on simulated streams: the promised rate of false alarms, and what is detected.

A network learns once from the beginnings of all streams, which are of several kinds (a season, a
memory, and noise that is normal, heavy-tailed, one-sided, clustered or growing), and follows them
value by value. First nothing is planted: each alarm is a false one. Then the same streams have a
spike, a shift, another variance or another season planted, and alarms after that are counted.

Run it with `python benchmarks/live/unusual.py [--series 500] [--steps 3000] [--rates 0.01,0.001]`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from recur import Forecaster, Panel
from recur.data.clock import Clock
from recur.judge.forecast.alarms import Alarms

_SEASON, _LEARNT, _CALIBRATED = 24, 600, 1000
_WITHIN = 48  # steps after which a planted change counts as missed
_Noise = Callable[[Any, tuple[int, int]], Any]


def _clustered(rng: Any, shape: tuple[int, int]) -> Any:
    errors, variance = np.empty(shape), np.ones(shape[0])
    for step in range(shape[1]):
        errors[:, step] = np.sqrt(variance) * rng.normal(size=shape[0])
        variance = 0.05 + 0.1 * errors[:, step] ** 2 + 0.85 * variance
    return errors


NOISES: dict[str, _Noise] = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "student, 4 degrees": lambda rng, shape: rng.standard_t(4, size=shape) / np.sqrt(2),
    "one-sided": lambda rng, shape: rng.exponential(size=shape) - 1,
    "clustered": _clustered,
    "growing": lambda rng, shape: rng.normal(size=shape) * np.exp(np.arange(shape[1]) / 3000),
}


def streams(series: int, steps: int, seed: int) -> tuple[Any, list[str]]:
    """Return float64 [series, steps], and the kind of each."""
    rng = np.random.default_rng(seed)
    names = [list(NOISES)[i % len(NOISES)] for i in range(series)]
    noise = np.empty((series, steps))
    for name in NOISES:
        mine = [i for i, own in enumerate(names) if own == name]
        noise[mine] = NOISES[name](rng, (len(mine), steps))
    memory = rng.uniform(0, 0.8, size=(series, 1))
    values = np.empty_like(noise)
    values[:, 0] = noise[:, 0]
    for step in range(1, steps):
        values[:, step] = memory[:, 0] * values[:, step - 1] + noise[:, step]
    phase, height = rng.uniform(0, 2 * np.pi, size=(series, 1)), rng.uniform(0, 5, (series, 1))
    season = height * np.sin(2 * np.pi * np.arange(steps) / _SEASON + phase)
    return 20 + season + values, names


def panel(values: Any) -> Panel:
    """Return streams as a panel of rows in order."""
    count, steps = values.shape
    return Panel(
        values=values.reshape(-1).copy(),
        times=np.tile(np.arange(steps), count),
        offsets=np.arange(count + 1) * steps,
        ids=tuple(str(i) for i in range(count)),
        clock=Clock(),
    )


def errors_of(model: Forecaster, values: Any, first: int) -> Any:
    """Return float64 [series, steps - first], the errors one step ahead of streams as they grow."""
    live = model.live(panel(values[:, : first - 1]))
    expected = live.push(values[:, first - 1]).values[:, 0]
    errors = np.empty((len(values), values.shape[1] - first))
    for step in range(first, values.shape[1]):
        errors[:, step - first] = values[:, step] - expected
        expected = live.push(values[:, step]).values[:, 0]
    return errors


def raised(errors: Any, rate: float) -> Any:
    """Return bool [series, steps], the alarms after those steps that calibrate."""
    alarms, every = Alarms(len(errors), rate), np.arange(len(errors))
    none = np.zeros(len(errors))
    told = [alarms.take(every, errors[:, step], none) for step in range(errors.shape[1])]
    return np.array(told).T[:, _CALIBRATED:]


def planted(values: Any, at: int) -> dict[str, Any]:
    """Return streams to which something happens at a step, by what it is."""
    spread = (values[:, at - 200 : at] - values[:, at - 224 : at - 24]).std(axis=1) / np.sqrt(2)
    spread = spread[:, None]
    onward = np.arange(values.shape[1]) >= at
    season = values[:, at - 240 : at].reshape(len(values), 10, _SEASON).mean(axis=1)
    phases = (np.arange(values.shape[1]) - at) % _SEASON
    level = season.mean(axis=1, keepdims=True)
    expected = season[:, phases]
    return {
        "spike of 4 deviations": values + 4 * spread * (np.arange(values.shape[1]) == at),
        "spike of 6 deviations": values + 6 * spread * (np.arange(values.shape[1]) == at),
        "spike of 10 deviations": values + 10 * spread * (np.arange(values.shape[1]) == at),
        "shift of 4 deviations": values + 4 * spread * onward,
        "variance 4 times as large": np.where(onward, expected + 2 * (values - expected), values),
        "variance 16 times as large": np.where(onward, expected + 4 * (values - expected), values),
        "season turned over": np.where(onward, values + 2 * (level - expected), values),
    }


def main() -> None:
    """Print the rates of false alarms by kind, then detection and delay by what is planted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=500)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rates", default="0.01,0.001")
    given = parser.parse_args()
    began = time.perf_counter()
    total = _LEARNT + _CALIBRATED + given.steps
    values, names = streams(given.series, total, seed=0)
    model = Forecaster(
        horizon=1, network="trained", lookback=2 * _SEASON, hidden=30, season=_SEASON, epochs=5,
        batch=256, calendar=False, stride=5,
    )  # fmt: skip
    model.fit(panel(values[:, :_LEARNT]), test=0, progress=False)
    print(f"{given.series} streams, {given.steps} values each; learnt in "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip
    errors = errors_of(model, values, _LEARNT)
    rates = [float(rate) for rate in given.rates.split(",")]
    print("\nfalse alarms over the promised rate (within 1.3 is asked of all)")
    print(f"{'noise':22}" + "".join(f"{rate:>10g}" for rate in rates))
    found = {rate: raised(errors, rate) for rate in rates}
    for kind in (*NOISES, "all"):
        mine = [i for i, name in enumerate(names) if kind in (name, "all")]
        shares = [found[rate][mine].mean() / rate for rate in rates]
        print(f"{kind:22}" + "".join(f"{share:10.2f}" for share in shares))
    at = _LEARNT + _CALIBRATED + 500
    print(f"\ndetected within {_WITHIN} steps, and the median delay of those")
    print(f"{'planted':28}" + "".join(f"{rate:>16g}" for rate in rates))
    for what, changed in planted(values[:, : at + _WITHIN], at).items():
        told = errors_of(model, changed, _LEARNT)
        line = f"{what:28}"
        for rate in rates:
            after = raised(told, rate)[:, at - _LEARNT - _CALIBRATED :]
            hit = after.any(axis=1)
            delay = np.median(after[hit].argmax(axis=1)) if hit.any() else np.nan
            line += f"{hit.mean():10.0%} {delay:5.0f}"
        print(line)
    print(f"\n{time.perf_counter() - began:.0f} s in all")


if __name__ == "__main__":
    main()
