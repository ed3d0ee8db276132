"""What the pretrained network reaches on real series, none of which it has learnt from.

    RECUR_DATA=.. python -m benchmarks.pretraining.evaluate [--classical] [--model FILE] [--json]

Errors on the development collections and on single files, what its intervals hold, and its speed.
With `--classical` beside AutoETS and AutoTheta (extra `classical`), which are fitted to each
seventh series of M4 Hourly, each third of M4 Weekly and all of the others: some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy asks: processor time is told of one

import numpy as np
from benchmarks.pretraining.development import Collection, Series, development, singles
from rich.console import Console

from recur.data.simulated.series import simulate
from recur.engines.registry import open_engine
from recur.files.modelfile import read_file
from recur.judge.metrics import smape
from recur.report.table import add_columns, empty_table
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.pretrained import Pretrained, shipped

STRIDES = {"M4 Hourly": 7, "M4 Weekly": 3}  # of the series that classical methods are fitted to
NAIVE2 = {"M4 Hourly": (18.383, 2.395, 24), "M4 Weekly": (9.161, 2.777, 1)}
"""What Naive2 reached in the competition, sMAPE and MASE, and the season of that MASE."""
_AT_MOST = {
    "log to AutoETS": -0.22, "log to the better": -0.15, "worst ratio to the better": 1.02,
    "ratio to AutoETS, univariate/": 0.85,
}  # fmt: skip
_LEVELS = (80, 95)

Rows = dict[str, dict[str, Any]]
Ends = dict[int, list[Series]]


def errors_of(collections: list[Collection], made: dict[str, Series], middle: int) -> Rows:
    """Return the mean absolute scaled error by collection."""
    return {
        one.name: {
            "series": len(one.known),
            "seasonal naive": mean_error(one, one.naive()),
            "network": mean_error(one, list(made[one.name][:, :, middle])),
        }
        for one in collections
    }


def mean_error(collection: Collection, forecasts: list[Series]) -> float:
    return float(np.nanmean(collection.errors(forecasts)))


def beside_classical(
    collections: list[Collection], made: dict[str, Series], middle: int, strides: dict[str, int]
) -> Rows:
    """Return errors where classical methods are fitted too, and logarithms of ratios."""
    from benchmarks.pretraining.classical import METHODS, classical

    rows: Rows = {}
    for one in collections:
        stride = strides.get(one.name, 1)
        part = one.every(stride)
        row: dict[str, Any] = {name: mean_error(part, classical(name, part)) for name in METHODS}
        network = mean_error(part, list(made[one.name][::stride, :, middle]))
        better = min(row.values())
        row |= {"network there": network, "series there": len(part.known)}
        row["log to AutoETS"] = float(np.log(network / row["AutoETS"]))
        row["log to the better"] = float(np.log(network / better))
        rows[one.name] = row
    return rows


def in_the_competition(collection: Collection, forecasts: Series) -> dict[str, float]:
    """Return sMAPE, MASE and OWA as M4 counted them."""
    naive_smape, naive_mase, season = NAIVE2[collection.name]
    there = Collection(**{**vars(collection), "scaled_by": season})
    pairs = zip(collection.truth, forecasts, strict=True)
    error = float(np.mean([smape(future, one) for future, one in pairs]))
    scaled = mean_error(there, list(forecasts))
    owa = (error / naive_smape + scaled / naive_mase) / 2
    return {"smape": error, "mase": scaled, "owa": owa}


def own_ends(network: Pretrained, quantiles: Series) -> Ends:
    """Return the ends of the intervals of each level as the network gives them."""
    return {
        level: [network.at(quantiles, 0.5 + side * level / 200) for side in (-1, 1)]
        for level in _LEVELS
    }


def handed_out(collection: Collection) -> Ends:
    """Return the ends that a forecaster gives, stretched by a walk over the histories alone."""
    model = Forecaster(horizon=collection.horizon, season=collection.period)
    forecast = model.fit(collection.known, test=0).predict()
    return {
        level: [np.asarray(forecast.ends()[f"{side}_{level}"]) for side in ("low", "high")]
        for level in _LEVELS
    }


def intervals(collection: Collection, ends: Ends) -> dict[str, Any]:
    """Return what the intervals of each level hold, and how wide they are beside the scale."""
    truth, scale = np.stack(collection.truth), collection.scales()[:, None]
    found = {}
    for level, (low, high) in ends.items():
        inside = ((low <= truth) & (truth <= high)).mean(axis=0)
        found[str(level)] = {
            "coverage": float(inside.mean()), "first": float(inside[0]),
            "middle": float(inside[len(inside) // 2]), "last": float(inside[-1]),
            "width": float(np.nanmean((high - low) / scale)),
        }  # fmt: skip
    return found


def speed(network: Pretrained, *, quick: bool) -> dict[str, float]:
    """Return milliseconds of processor time a series on one thread, and seconds by the clock."""
    one, all_threads = open_engine("compiled", 1), open_engine("compiled")
    short = list(simulate(1_000 if quick else 10_000, 100, 12, seed=1))
    long = list(simulate(1, 5_000, 24, 168, seed=1))

    def typical(calls: int, series: list[Series], *shape: int) -> float:
        network.quantiles(one, series, *shape)
        times = []
        for _ in range(calls):
            began = time.process_time()
            network.quantiles(one, series, *shape)
            times.append(time.process_time() - began)
        return 1000 * float(np.median(times)) / len(series)

    found = {
        "one of 100 points": typical(200, short[:1], 12, 12),
        "one of 5,000 points": typical(100, long, 48, 24, 168),
        "each of 1,000 of 100 points": typical(5, short[:1_000], 12, 12),
    }
    began = time.perf_counter()
    network.quantiles(all_threads, short, 12, 12)
    return {**found, f"seconds for {len(short):,}": time.perf_counter() - began}


def means_of(rows: Rows) -> dict[str, float]:
    """Return how the network stands beside the classical methods over all collections."""
    better = [row["log to the better"] for row in rows.values()]
    return {
        "log to AutoETS": float(np.mean([row["log to AutoETS"] for row in rows.values()])),
        "log to the better": float(np.mean(better)),
        "worst ratio to the better": float(np.exp(max(better))),
    }


def geometric(rows: Rows, folder: str = "") -> float:
    """Return the mean ratio to AutoETS over the files of a folder."""
    chosen = [row["log to AutoETS"] for name, row in rows.items() if name.startswith(folder)]
    return float(np.exp(np.mean(chosen)))


def measured(network: Pretrained, *, quick: bool, with_classical: bool) -> dict[str, Any]:
    """Return all figures."""
    collections, files, engine = development(), singles(), open_engine("compiled")
    if quick:
        collections = [one.every(STRIDES.get(one.name, 5)) for one in collections]
    made = {
        one.name: network.quantiles(engine, one.known, one.horizon, one.period, one.second)
        for one in (*collections, *files)
    }
    rows = errors_of(collections, made, network.middle)
    single_rows = errors_of(files, made, network.middle)
    found: dict[str, Any] = {"made": network.card.made, "collections": rows, "files": single_rows}
    logs = np.log([row["network"] for row in rows.values()])
    found["mean log error"] = float(logs.mean())
    found["competition"] = {
        one.name: in_the_competition(one, made[one.name][:, :, network.middle])
        for one in collections
        if one.name in NAIVE2
    }
    found["intervals"] = {
        one.name: intervals(one, own_ends(network, made[one.name])) for one in collections
    }
    if network is shipped():
        began = time.perf_counter()
        found["stretched"] = {one.name: intervals(one, handed_out(one)) for one in collections}
        found["seconds to stretch"] = time.perf_counter() - began
    if with_classical:
        strides = {} if quick else STRIDES
        beside = beside_classical(collections, made, network.middle, strides)
        beside_files = beside_classical(files, made, network.middle, strides)
        for name, row in (beside | beside_files).items():
            (rows if name in rows else single_rows)[name] |= row
        found["means"] = {
            **means_of(beside),
            "ratio to AutoETS, univariate/": geometric(beside_files, "univariate/"),
            "ratio to AutoETS, all files": geometric(beside_files),
        }
    found["speed"] = speed(network, quick=quick)
    return found


def tell(found: dict[str, Any]) -> None:
    """Print the figures as tables."""
    console = Console(width=170, highlight=False)
    console.print(found["made"], "\n")
    console.print("mean absolute scaled errors; 'there': where the classical methods are fitted")
    for name in ("collections", "files"):
        show(console, name, found[name])
    console.print(f"mean log error: {found['mean log error']:.3f}")
    for name, value in found.get("means", {}).items():
        wanted = f" (wanted: at most {_AT_MOST[name]})" if name in _AT_MOST else ""
        console.print(f"{name}: {value:.3f}{wanted}")
    console.print()
    show(console, "as the competition counts", found["competition"])
    for level in _LEVELS:
        for kind, made in (("intervals", "own"), ("stretched", "handed out")):
            held = {name: row[str(level)] for name, row in found.get(kind, {}).items()}
            if held:
                show(console, f"{level} % intervals, {made}", held)
    console.print("processor milliseconds a series on one thread; by the clock, on all threads")
    for name, value in found["speed"].items():
        console.print(f"{name}: {value:.3f}")


def show(console: Console, heading: str, rows: Rows) -> None:
    """Print one table, a row a name."""
    table = empty_table()
    table.add_column(heading, no_wrap=True)
    columns = list(next(iter(rows.values())))
    add_columns(table, *columns)
    for name, row in rows.items():
        cells = (row[column] for column in columns)
        table.add_row(
            name, *(str(cell) if isinstance(cell, int) else f"{cell:.3f}" for cell in cells)
        )
    console.print(table, "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="the file of a network; the shipped one if none")
    parser.add_argument("--classical", action="store_true", help="fit AutoETS and AutoTheta too")
    parser.add_argument("--quick", action="store_true", help="parts of the collections")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args()
    network = Pretrained.read(read_file(given.model, "pretrained")) if given.model else shipped()
    found = measured(network, quick=given.quick, with_classical=given.classical)
    if given.json:
        print(json.dumps(found))
    else:
        tell(found)


if __name__ == "__main__":
    main()
