"""What learning from a collection brings: the pretrained network tuned, or one from nothing.

    RECUR_DATA=.. python -m benchmarks.pretraining.tuned [NAME ...] [--classical]
        [--network aligned]

Each collection is one panel, on which the network learns as `recur forecast --network tuned` does,
or `--network aligned`, with what it chose on the validation part; nothing of the test was seen by
any choice.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from benchmarks.pretraining.development import Collection, Series, development, singles
from benchmarks.pretraining.evaluate import (
    NAIVE2,
    STRIDES,
    beside_classical,
    in_the_competition,
    mean_error,
    means_of,
)

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.engines.registry import open_engine
from recur.tasks.forecast.fine_tuning import fitted_tuned
from recur.tasks.forecast.methods import LEARNING
from recur.tasks.forecast.network_choice import as_pretrained
from recur.tasks.forecast.pretrained import Pretrained, shipped
from recur.tasks.forecast.settings import ForecasterParameters


def panel_of(collection: Collection) -> Panel:
    """Return the histories of a collection, whose times are an order alone."""
    lengths = [len(one) for one in collection.known]
    return Panel(
        np.concatenate(collection.known), np.concatenate([np.arange(n) for n in lengths]),
        np.cumsum([0, *lengths]), tuple(f"{i}" for i in range(len(lengths))), Clock(),
    )  # fmt: skip


def held(collection: Collection, network: Pretrained, made: Series, by: Series) -> str:
    """Return the percentages of truths within the ends of each level, their reach times factors."""
    truth, centre = np.stack(collection.truth), made[:, :, network.middle]
    shares = []
    for level, factor in zip((0.8, 0.95), by, strict=True):
        low, high = (network.at(made, 0.5 + side * level / 2) for side in (-1, 1))
        inside = centre + factor * (low - centre) <= truth
        inside &= truth <= centre + factor * (high - centre)
        shares.append(f"{100 * inside.mean():.1f}")
    return " and ".join(shares)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="collections, or files; the six collections")
    parser.add_argument("--network", default="tuned", choices=LEARNING)
    parser.add_argument("--classical", action="store_true", help="fit AutoETS and AutoTheta too")
    given = parser.parse_args()
    chosen = development()
    if given.names:
        chosen = [one for one in (*chosen, *singles()) if one.name in given.names]
    engine, before = open_engine("compiled"), shipped()
    logs, after = [], {}
    for one in chosen:
        settings = as_pretrained(
            ForecasterParameters(horizon=one.horizon, network=given.network, season=one.period)
        )
        shape = one.known, one.horizon, one.period, one.second
        began = time.process_time()
        fitted = fitted_tuned(settings, panel_of(one), None, progress=False)
        seconds, tuning = time.process_time() - began, fitted.learned.tuning
        made = {"pretrained": before.quantiles(engine, *shape)}
        after[one.name] = made["handed out"] = (fitted.network or before).quantiles(engine, *shape)
        medians = {name: quantiles[:, :, before.middle] for name, quantiles in made.items()}
        errors = {name: mean_error(one, list(each)) for name, each in medians.items()}
        logs.append(np.log(errors["handed out"] / errors["pretrained"]))
        parts = [f"{name} {value:.4f}" for name, value in errors.items()]
        if one.name in NAIVE2:
            owas = (in_the_competition(one, each)["owa"] for each in medians.values())
            parts.append("OWA {:.3f} to {:.3f}".format(*owas))
        if fitted.stretches:
            by = (np.ones(2), fitted.interval_margins)
            raw, moved = (held(one, before, after[one.name], each) for each in by)
            parts.append(f"80 and 95 % intervals hold {moved}, before they were stretched {raw}")
        share = tuning and (tuning.share or fitted.learned.trained_over_pretrained)
        if tuning is not None and share is not None:
            parts.append(f"validation {share:.3f}, {tuning.again or 0} steps in the end")
        print(f"{one.name}: {', '.join(parts)}; {seconds:.0f} processor s", flush=True)
    print(f"mean log of the change: {np.mean(logs):.3f}", flush=True)
    if given.classical:
        rows = beside_classical(chosen, after, before.middle, STRIDES)
        for name, row in rows.items():
            print(name, {key: round(value, 3) for key, value in row.items()})
        print({name: round(value, 3) for name, value in means_of(rows).items()})


if __name__ == "__main__":
    main()
