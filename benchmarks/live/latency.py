"""How long a stream takes for a value, beside PyTorch in the same run.

    python benchmarks/live/latency.py [--values 20000]

A bare GRU(30) step beside `torch.nn.GRUCell` with the same weights, from Python; then a
`Denoiser`, a `Forecaster` of a window of 24 values with scaling, conformal intervals and the
bounds, and one of 1, for one series and for batches, on one thread; then ones with quantiles,
with the calendar, and the pretrained network. Results are shown to agree
before anything is timed. Prints one JSON object a line: microseconds a value, the median and the
99th of 100.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import nn

from recur import Denoiser, Forecaster, Panel
from recur.data.clock import HOUR, Clock
from recur.engines.registry import open_engine
from recur.networks.initial import initial_values
from recur.networks.reference import zero_state
from recur.networks.spec import NetworkSpec

_WARM = 200
HIDDEN = 30


def timed(work: Callable[[int], Any], values: int, each: int = 1) -> dict[str, float]:
    """Return the microseconds a value that some work takes, called so many times.

    Args:
        work: takes the number of its call.
        values: of one call,
        each: and how many are timed together.
    """
    for number in range(_WARM):
        work(number)
    times = np.empty(values)
    for number in range(values):
        began = time.perf_counter_ns()
        work(number)
        times[number] = time.perf_counter_ns() - began
    times /= 1000 * each
    return {
        "p50": round(float(np.median(times)), 3),
        "p99": round(float(np.quantile(times, 0.99)), 3),
    }


def say(**facts: Any) -> None:
    """Print facts as a line of JSON."""
    print(json.dumps(facts), flush=True)


def bare(values: int) -> None:
    """Time one step of a GRU and its head, ours beside PyTorch's."""
    spec = NetworkSpec(cell="gru", inputs=1, outputs=1, hidden=HIDDEN, reads="every")
    weights = initial_values(spec, 0)
    stepper = open_engine("compiled", 1).stepper(spec, weights)
    named = spec.named(weights)
    cell, head = nn.GRUCell(1, HIDDEN), nn.Linear(HIDDEN, 1)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict({name: torch.tensor(named[f"rnn.{name}_l0"]) for name in names})
    head.load_state_dict({name: torch.tensor(named[f"head.{name}"]) for name in ("weight", "bias")})
    given = np.random.default_rng(0).normal(size=(max(values, 300), 1, 1)).astype(np.float32)
    tensors = torch.tensor(given)
    state, hidden = zero_state(spec, 1), torch.zeros(1, HIDDEN)
    with torch.inference_mode():
        for number in range(300):
            ours, state = stepper.step(given[number], state)
            hidden = cell(tensors[number], hidden)
            assert abs(float(head(hidden)) - ours[0, 0]) < 1e-5, "the two do not agree"
        carried: list[Any] = [zero_state(spec, 1), torch.zeros(1, HIDDEN)]

        def step(number: int) -> None:
            carried[0] = stepper.step(given[number], carried[0])[1]

        def step_of_torch(number: int) -> None:
            carried[1] = cell(tensors[number], carried[1])
            head(carried[1])

        own, other = timed(step, values), timed(step_of_torch, values)
    say(case="bare GRU(30) step", ours=own, torch=other, ratio=round(other["p50"] / own["p50"], 1))


def panel(series: int, steps: int) -> Panel:
    """Return noisy waves as series of rows."""
    noise = np.random.default_rng(0).normal(size=(series, steps))
    values = 50 + 10 * np.sin(np.arange(steps) / 4) + noise
    return Panel(
        values=values.reshape(-1), times=np.tile(np.arange(steps), series),
        offsets=np.arange(series + 1) * steps, ids=tuple(str(i) for i in range(series)),
        clock=Clock(),
    )  # fmt: skip


def forecasters(values: int) -> None:
    """Time forecasts with scaling and intervals, of one series and of many."""
    for lookback in (1, 24):
        model = Forecaster(
            horizon=1, network="trained", lookback=lookback, hidden=HIDDEN, season=1, epochs=2,
            intervals=(80.0, 95.0), calendar=False, threads=1,
        ).fit(panel(1, 600), test=0, progress=False)  # fmt: skip
        history = panel(1, 100)
        live = model.live(history)
        known = history.values.tolist()
        for value in (51.0, 47.5, 60.25):
            known.append(value)
            ahead = live.push(value)
            assert np.array_equal(ahead.values, model.predict(np.array(known)).values[0])
        own = timed(lambda n: live.push(50.0 + n % 7), values)  # noqa: B023 (called at once)
        say(case=f"forecast with intervals, a window of {lookback}", ours=own)
        for series in (100, 1000, 10_000):
            live = model.live(panel(series, 60))
            batch = np.random.default_rng(1).normal(size=(16, series)) + 50
            calls = max(20, 100_000 // series)
            own = timed(lambda n: live.push(batch[n % 16]), calls, series)  # noqa: B023
            say(
                case=f"the same of {series} series together, a window of {lookback}", ours=own,
                series_a_second=round(1e6 / own["p50"]),
            )  # fmt: skip


def others(values: int) -> None:
    """Time forecasters that take more than a forecast and a reach around it."""
    times = np.arange(1500) * HOUR
    history = replace(panel(1, 1500), times=times, clock=Clock("fixed", HOUR))
    trained: dict[str, Any] = {
        "horizon": 1,
        "network": "trained",
        "lookback": 24,
        "hidden": HIDDEN,
        "epochs": 2,
    }
    for case, more in (
        ("quantiles", trained | {"interval_method": "conformal_quantiles", "calendar": False}),
        ("the calendar", trained | {"calendar": True}),
        ("the pretrained network, 24 steps ahead", {"network": "pretrained", "horizon": 24}),
    ):
        given: dict[str, Any] = {"season": 24, "intervals": (80.0, 95.0), "threads": 1}
        model = Forecaster(**given, **more)
        model.fit(history, test=0, progress=False)
        live = model.live(history)
        ahead = live.push(51.0)
        whole = replace(
            panel(1, 1501), values=np.append(history.values, 51.0), clock=history.clock,
            times=np.arange(1501) * HOUR,
        )  # fmt: skip
        assert np.array_equal(ahead.values, model.predict(whole).values[0])
        calls = values if "hidden" in more else max(50, values // 100)
        own = timed(lambda n: live.push(50.0 + n % 7), calls)  # noqa: B023 (called at once)
        say(case=case, ours=own)


def denoiser(values: int) -> None:
    """Time a denoiser, which scales as well."""
    clean = np.sin(np.arange(400) / 5)
    noisy = clean + 0.1 * np.random.default_rng(0).normal(size=400)
    model = Denoiser(hidden=HIDDEN, epochs=1, threads=1).fit(noisy, clean, test=0, progress=False)
    live = model.live()
    made = [live.push(value) for value in noisy]
    assert np.array_equal(made, model.predict(noisy)), "the stream and `predict` do not agree"
    say(case="a value cleaned", ours=timed(lambda n: live.push(noisy[n % 400]), values))
    for series in (1000,):
        many = model.live(series=series)
        batch = np.random.default_rng(1).normal(size=series)
        own = timed(lambda _: many.push(batch), 200, series)  # noqa: B023
        rate = round(1e6 / own["p50"])
        say(case=f"the same of {series} signals together", ours=own, series_a_second=rate)


def main() -> None:
    """Print what each case takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=20_000)
    given = parser.parse_args()
    torch.set_num_threads(1)
    bare(given.values)
    denoiser(given.values)
    forecasters(given.values)
    others(given.values)


if __name__ == "__main__":
    main()
