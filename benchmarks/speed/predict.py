"""Predictions of the compiled engine against this product's own PyTorch engine, in one process.

    python benchmarks/speed/predict.py [--threads 1] [--windows 2000]

A whole panel at once, a roll-out that is fed its own forecasts, and samples with dropout. Both
sides take turns; a time is given only where their forecasts agree. Prints one JSON object; exit
code 3 where some do not agree.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass

from recur.bench.timing import Tolerance, Work, alternate
from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.engines.registry import open_engine
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

LOOKBACK = 48
SECONDS = 3.0
AGREEMENT = Tolerance(absolute=1e-4)  # of values about 1


@dataclass(frozen=True)
class Case:
    """A network, and how it forecasts."""

    spec: NetworkSpec
    horizon: int
    samples: int = 0


CASES = {
    "whole panel, GRU(32), 12 steps at once": Case(NetworkSpec(hidden=32, outputs=12), 12),
    "recursive roll-out, GRU(32), 12 steps": Case(NetworkSpec(hidden=32), 12),
    "recursive roll-out, LSTM(2 x 64), 12 steps": Case(
        NetworkSpec(cell="lstm", hidden=64, layers=2), 12
    ),
    "20 dropout samples, GRU(32), 12 steps at once": Case(
        NetworkSpec(hidden=32, outputs=12, dropout=0.2), 12, samples=20
    ),
}


def windows_of(count: int, horizon: int) -> Windows:
    """Return so many windows over a noisy wave."""
    values = sine(count + LOOKBACK + horizon - 1, period=25, noise=0.2).values
    scaler = Scaler.fit("window", [values])
    return Windows.over(read_panel(values), scaler, LOOKBACK, horizon)


def work(engine: str, case: Case, windows: Windows, threads: int) -> Work:
    """Return the forecasts of all windows on an engine, as often as asked."""
    runner = open_engine(engine, threads)
    weights = initial_values(case.spec, seed=0)
    return lambda count: [
        runner.forecast(case.spec, weights, windows, case.horizon, samples=case.samples)
        for _ in range(count)
    ]


def compared(case: Case, count: int, threads: int) -> dict[str, object]:
    """Return what was measured of a case."""
    windows = windows_of(count, case.horizon)
    compiled, torch = (work(name, case, windows, threads) for name in ("compiled", "torch"))
    if not AGREEMENT.allows(compiled(1), torch(1)):
        return {"agree": False, "torch_ms": None, "compiled_ms": None, "ratio": None}
    own, other = alternate(compiled, torch, SECONDS)
    times = {"torch_ms": round(1000 * other, 2), "compiled_ms": round(1000 * own, 2)}
    return {"agree": True, **times, "ratio": round(other / own, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--windows", type=int, default=2000)
    given = parser.parse_args()
    rows = {name: compared(case, given.windows, given.threads) for name, case in CASES.items()}
    print(json.dumps({"threads": given.threads, "windows": given.windows, "rows": rows}, indent=2))
    sys.exit(0 if all(row["agree"] for row in rows.values()) else 3)


if __name__ == "__main__":
    main()
