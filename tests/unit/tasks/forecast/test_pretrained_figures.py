"""The network that comes with recur, on real series: a broken file or broken inputs show here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.pretraining.development import Collection, development

from recur.engines.registry import open_engine
from recur.tasks.forecast.pretrained import shipped


@pytest.fixture(scope="module")
def collections(realdata: Path) -> dict[str, Collection]:
    found = {one.name: one for one in development()}
    quarterly = found["M3 quarterly"]
    first = replace(quarterly, known=quarterly.known[:100], truth=quarterly.truth[:100])
    return {"M3 quarterly": first, "tourism monthly": found["tourism monthly"].every(5)}


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["M3 quarterly", "tourism monthly"])
def test_the_shipped_network_beats_the_seasonal_naive(
    collections: dict[str, Collection], name: str
) -> None:
    one, network = collections[name], shipped()
    made = network.quantiles(open_engine("compiled"), one.known, one.horizon, one.period)
    error = np.nanmean(one.errors(list(made[:, :, network.middle])))
    assert error < 0.9 * np.nanmean(one.errors(one.naive()))
