"""Windows that compiled code would read beyond the ends of their series."""

from __future__ import annotations

import numpy as np
import pytest

from recur.data.panel.scaling import Scaler
from recur.data.sources.windows import Windows
from recur.data.tables.readers import read_panel
from recur.engines.base import Snapshot, StepRecipe
from recur.engines.registry import open_engine
from recur.errors import SettingsError
from recur.networks.initial import initial_values
from recur.networks.spec import NetworkSpec

SPEC = NetworkSpec(outputs=2)


@pytest.mark.parametrize("origin", [5, 29, 40])
def test_windows_that_reach_beyond_the_values_are_refused(origin: int) -> None:
    values, engine = np.arange(30.0), open_engine("compiled")
    windows = Windows.over(read_panel(values), Scaler.fit("window", [values]), 6, 2)
    first = Snapshot.first(initial_values(SPEC, 1))
    beyond = windows.from_origins(np.array([10, origin]), np.array([0, 0]))
    trainer = engine.trainer(SPEC, StepRecipe(), beyond, first)
    assert np.isfinite(trainer.evaluate(np.array([0])))
    with pytest.raises(SettingsError, match="where a series has fewer"):
        trainer.evaluate(np.array([0, 1]))


def test_a_forecast_needs_no_values_to_be_forecast() -> None:
    values, engine = np.arange(30.0), open_engine("compiled")
    windows = Windows.over(read_panel(values), Scaler.fit("window", [values]), 6, 2)
    weights = initial_values(SPEC, 1)
    at_the_end = windows.from_origins(np.array([30]), np.array([0]))
    assert np.isfinite(engine.forecast(SPEC, weights, at_the_end, 2)).all()
    beyond = windows.from_origins(np.array([31]), np.array([0]))
    with pytest.raises(SettingsError, match="where a series has fewer"):
        engine.forecast(SPEC, weights, beyond, 2)
