"""Series of many lengths, and models that forecast them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from recur import Forecaster
from recur.data.clock import DAY, Clock
from recur.distributed.parts import PartSettings
from recur.notices import listening

SETTINGS = PartSettings(
    {"target": ["y"], "time": "ds", "id": "unique_id"}, None, Clock("fixed", DAY), ".parquet"
)


def frame_of(lengths: list[int], first: int = 0, *, seed: int = 0) -> pl.DataFrame:
    """Return series of some lengths, a few of them with missing values or of counts."""
    random = np.random.default_rng(seed)
    parts = []
    for i, length in enumerate(lengths, first):
        days = np.arange(length)
        values = 10 + 2 * np.sin(2 * np.pi * days / 7) + random.normal(size=length).cumsum() / 3
        if i % 5 == 1:
            values[random.integers(0, length, length // 9)] = np.nan
        if i % 5 == 2:
            values = np.abs(np.rint(values))
        times = (np.datetime64("2024-01-01") + days).astype("M8[us]")
        parts.append(pl.DataFrame({"unique_id": [f"s{i:04d}"] * length, "ds": times, "y": values}))
    return pl.concat(parts)


@pytest.fixture(scope="session")
def frame() -> pl.DataFrame:
    """Return 90 series of 3 to 400 days, those of 120 the most, some of 8 and less."""
    lengths = np.random.default_rng(1).integers(3, 400, 90)
    lengths[::2], lengths[1::16], lengths[3::16] = 120, 8, 4
    return frame_of(lengths.tolist())


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return files of models by what they are."""
    folder = tmp_path_factory.mktemp("models")
    data = frame_of([150] * 12, 1000)
    made: dict[str, Callable[[], Forecaster]] = {
        "pretrained": lambda: Forecaster(horizon=5, network="pretrained"),
        "gru": lambda: Forecaster(
            horizon=5, cell="gru", hidden=8, epochs=1, intervals=(80.0,), season=7
        ),
        "tuned": lambda: Forecaster(horizon=5, network="tuned", minutes=0.01),
        "seasonal_naive": lambda: Forecaster(horizon=5, method="seasonal_naive", intervals=(80.0,)),
    }
    with listening():
        return {
            name: make().fit(data, test=0, progress=False).save(folder / f"{name}.recur")
            for name, make in made.items()
        }
