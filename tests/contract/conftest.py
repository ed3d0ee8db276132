"""Every strategy with every kind of network, fitted to data that have everything beside them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from recur.data.panel.panel import Panel
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.errors import DataWarning
from recur.tasks.forecast.forecaster import Forecaster

HORIZON, LOOKBACK = 4, 10
FUTURE = 2 * HORIZON  # rows of the known covariates after the newest value

STRATEGIES = ("direct", "recursive", "all_steps", "encoder_decoder")
NETWORKS: dict[str, dict[str, Any]] = {
    "rnn": {"cell": "rnn"},
    "gru": {"cell": "gru"},
    "lstm": {"cell": "lstm"},
    "mlp": {"cell": "mlp", "layers": 2},
    "deep": {"cell": "lstm", "layers": 3, "head": "tanh"},
    "bidirectional": {"bidirectional": True},
    "deep bidirectional": {"cell": "lstm", "layers": 2, "bidirectional": True},
    "convolution": {"filters": 3, "kernel": 3},
    "strided convolution": {"cell": "rnn", "filters": 3, "kernel": 3, "filter_stride": 2},
    "dropout": {"dropout": 0.3, "layers": 2},
    "masked": {"least_history": 3},
    "beside": {"calendar": True},
    "beside, masked": {"cell": "lstm", "least_history": 3, "calendar": True},
    "beside, convolution": {"filters": 3, "kernel": 3, "calendar": True},
}
IMPOSSIBLE = {
    ("all_steps", "mlp"),
    ("all_steps", "bidirectional"),
    ("all_steps", "deep bidirectional"),
    ("encoder_decoder", "mlp"),
}

Fitted = Callable[..., Forecaster]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a strategy and a network over all pairs that can be."""
    if {"strategy", "network"} <= set(metafunc.fixturenames):
        pairs = [(s, n) for s in STRATEGIES for n in NETWORKS if (s, n) not in IMPOSSIBLE]
        metafunc.parametrize(("strategy", "network"), pairs)


def shops() -> Panel:
    """Return two series with gaps, covariates of every sort, and a future that is known."""
    parts = []
    for i, count in enumerate((100, 88)):
        rng, rows = np.random.default_rng(i), count + FUTURE
        values = 20 * i + sine(count, period=7, noise=0.1, seed=i).values
        values[rng.choice(np.arange(5, count - 1), count // 12, replace=False)] = np.nan
        unknown = np.full(FUTURE, np.nan)
        parts.append(
            pl.DataFrame(
                {
                    "shop": [f"shop {i}"] * rows,
                    "day": np.datetime64("2024-01-01") + np.arange(rows),
                    "sold": np.append(values, unknown),
                    "visits": np.append(rng.normal(size=count), unknown),
                    "price": rng.normal(size=rows),
                    "size": [30.0 + i] * rows,
                    "region": [("coast", "hills")[i]] * rows,
                }
            )
        )
    frame = pl.concat(parts).with_columns(pl.col("sold", "visits").fill_nan(None))
    return read_panel(
        frame, target="sold", time="day", id="shop", past="visits", known="price",
        static=("size", "region"), fill="previous",
    )  # fmt: skip


@pytest.fixture(scope="session")
def beside() -> Panel:
    """Return `shops`, read once."""
    return shops()


def seen_by(panel: Panel, strategy: str, network: str) -> Panel:
    """Return the panel with as much beside it as a strategy can take and a network asks for."""
    if "beside" not in network:
        return replace(panel, covariates=None, filled=None)
    if strategy == "recursive" and panel.covariates is not None:  # nobody knows their future
        past = panel.covariates.past[:, :0]
        return replace(panel, covariates=replace(panel.covariates, past=past, past_names=()))
    return panel


@pytest.fixture(scope="session")
def fitted(beside: Panel) -> Fitted:
    """Return what fits a small model of a strategy and a network, to the shops or another panel."""

    def fit(strategy: str, network: str, panel: Panel | None = None, **more: Any) -> Forecaster:
        small = {"horizon": HORIZON, "lookback": LOOKBACK, "season": 7, "hidden": 5, "epochs": 1}
        small |= {"calendar": False}  # but where a network has it beside the values
        chosen = {"strategy": strategy, "engine": "compiled", **NETWORKS[network], **more}
        parameters: dict[str, Any] = {**small, **chosen}
        model = Forecaster(**parameters)
        shown = seen_by(panel or beside, strategy, network)
        with warnings.catch_warnings():  # what was filled in is no news here
            warnings.simplefilter("ignore", DataWarning)
            return model.fit(shown, test=20, progress=False)

    return fit
