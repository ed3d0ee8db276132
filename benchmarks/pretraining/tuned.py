"""What learning on from a collection brings: the pretrained network, tuned, and their mean.

    RECUR_DATA=.. python -m benchmarks.pretraining.tuned [NAME ...]

Each collection is one panel, on which the network is tuned as `recur forecast --network tuned`
does, with what it chose on the validation part; nothing of the test was seen by any choice.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from benchmarks.pretraining.development import Collection, development, singles
from benchmarks.pretraining.evaluate import in_the_competition, mean_error

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.engines.registry import open_engine
from recur.tasks.forecast.choosing import as_pretrained
from recur.tasks.forecast.fine_tuning import fitted_tuned
from recur.tasks.forecast.pretrained import shipped
from recur.tasks.forecast.settings import ForecasterParameters


def panel_of(collection: Collection) -> Panel:
    """Return the histories of a collection, whose times are an order alone."""
    lengths = [len(one) for one in collection.known]
    return Panel(
        np.concatenate(collection.known), np.concatenate([np.arange(n) for n in lengths]),
        np.cumsum([0, *lengths]), tuple(f"{i}" for i in range(len(lengths))), Clock(),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="collections, or files; the six collections")
    given = parser.parse_args()
    chosen = development()
    if given.names:
        chosen = [one for one in (*chosen, *singles()) if one.name in given.names]
    engine, before, logs = open_engine("compiled"), shipped(), []
    for one in chosen:
        settings = as_pretrained(
            ForecasterParameters(horizon=one.horizon, network="tuned", season=one.period)
        )
        shape = one.known, one.horizon, one.period, one.second
        began = time.process_time()
        fitted = fitted_tuned(settings, panel_of(one), None, progress=False)
        seconds = time.process_time() - began
        networks = {"pretrained": before, "handed out": fitted.network or before}
        medians = {
            name: network.quantiles(engine, *shape)[:, :, network.middle]
            for name, network in networks.items()
        }
        errors = {name: mean_error(one, list(made)) for name, made in medians.items()}
        logs.append(np.log(errors["handed out"] / errors["pretrained"]))
        tuning = fitted.learned.tuning
        told = ", ".join(f"{name} {value:.4f}" for name, value in errors.items())
        owa = ""
        if one.name.startswith("M4"):
            made = (in_the_competition(one, part)["owa"] for part in medians.values())
            owa = ", OWA {:.3f} to {:.3f}".format(*made)
        print(f"{one.name}: MASE {told}{owa}; {tuning}, {seconds:.0f} processor s", flush=True)
    print(f"mean log of the change: {np.mean(logs):.3f}")


if __name__ == "__main__":
    main()
