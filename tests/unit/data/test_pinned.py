"""What the pretrained network was taught with, and reads, is what it was when it was taught.

Its weights go with the very numbers that are read of a history, and could not be made again from
other simulated series. `python -m tests.unit.data.test_pinned` writes both anew, for a network that
is taught anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.data.histories.inputs import HistoryInputs
from recur.data.simulated.series import simulate

PINS = Path(__file__).parents[2] / "assets" / "pinned.json"
HISTORIES = [(90, 1, 0), (40, 4, 0), (150, 12, 0), (13, 12, 0), (700, 24, 168), (80, 52, 0)]
SIMULATED = [(60, 1, 0), (70, 4, 0), (150, 12, 0), (400, 24, 168), (300, 52, 0), (12, 7, 0)]
SERIES = 48


def projected(values: NDArray[Any]) -> list[float]:
    """Return a sum for each entry of the last axis, each number with a weight of its own."""
    flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
    weights = np.cos(np.arange(flat.size, dtype=np.float64).reshape(flat.shape) * 1.7 + 0.3)
    return [float(f"{each:.7g}") for each in (flat * weights).sum(axis=0) / len(flat) ** 0.5]


def histories(length: int, period: int, second: int) -> NDArray[np.float64]:
    """Return histories with a season, a trend, zeros, gaps and late beginnings."""
    at, numbers = np.arange(length), np.random.RandomState(length)  # which never changes
    season = np.sin(2 * np.pi * at / max(period, 2)) + (second > 0) * np.cos(
        2 * np.pi * at / max(second, 2)
    )
    noise = numbers.random_sample((6, length)) - 0.5
    values = np.stack([3 * season, 0.05 * at, at * 0.0, season, 0.3 * at + season, season]) + noise
    values[2] = np.where(noise[2] > 0.2, np.round(9 * noise[2]), 0.0)
    values[3] = np.exp(values[3]) * 1000
    values[4] = np.cumsum(noise[4])
    values[1, noise[1] > 0.35] = np.nan
    values[5, : length // 3] = np.nan
    values[:, -1] = [1.0, 2.0, 3.0, 900.0, -1.0, 0.5]
    return values


def read(length: int, period: int, second: int) -> dict[str, list[float]]:
    """Return what is read of some histories."""
    found = HistoryInputs.read(histories(length, period, second), period, second)
    ahead, base = found.ahead(np.arange(1, 2 * period + 12))
    return {
        "patches": projected(found.patches),
        "begun": found.begun.sum(axis=0).tolist(),
        "summary": projected(found.summary),
        "ahead": projected(ahead),
        "base": projected(base),
        **{
            name: [float(f"{each:.7g}") for each in getattr(found, name)]
            for name in ("anchor", "scale", "seasonal_odds")
        },
    }


def taught(length: int, period: int, second: int) -> list[float]:
    """Return a number for each of some simulated series."""
    values = np.arcsinh(simulate(SERIES, length, period, second, seed=7, step=3))
    return projected(values.T)


def name(shape: tuple[int, int, int]) -> str:
    return " ".join(map(str, shape))


@pytest.fixture(scope="module")
def pins() -> Any:
    return json.loads(PINS.read_text("utf-8"))


@pytest.mark.parametrize("shape", HISTORIES, ids=name)
def test_a_history_is_read_as_when_the_network_was_taught(
    shape: tuple[int, int, int], pins: Any
) -> None:
    for part, expected in pins["histories"][name(shape)].items():
        found = read(*shape)[part]
        assert found == pytest.approx(expected, rel=1e-4, abs=2e-5), part


@pytest.mark.parametrize("shape", SIMULATED, ids=name)
def test_the_series_that_it_was_taught_with_can_be_made_again(
    shape: tuple[int, int, int], pins: Any
) -> None:
    found, expected = taught(*shape), pins["simulated"][name(shape)]
    off = np.abs(np.subtract(found, expected)) > 1e-5 + 1e-4 * np.abs(expected)
    assert off.sum() <= 1  # a count may fall on the other side of a last bit


if __name__ == "__main__":
    PINS.write_text(
        json.dumps(
            {
                "histories": {name(shape): read(*shape) for shape in HISTORIES},
                "simulated": {name(shape): taught(*shape) for shape in SIMULATED},
            }
        )
        + "\n",
        "utf-8",
    )
