"""Which scale a series is forecast in."""

from __future__ import annotations

import numpy as np

from recur.data.panel.scaling import Scaler
from recur.data.tables.readers import read_panel
from recur.tasks.forecast.scales import scaler_for


def test_known_series_keep_their_scale_and_others_get_their_own() -> None:
    trained = Scaler("series", np.array([1.0, 2.0]), np.array([10.0, 20.0]))
    panel = read_panel([np.arange(50.0), 5 + 2 * np.arange(50.0), np.arange(50.0)])
    ends = np.array([50, 11, 50])
    scaler = scaler_for(panel, ends, trained, ("2", "0"))
    assert scaler.centre.tolist() == [2.0, 15.0, 1.0]
    assert scaler.spread[0] == 20.0
    assert scaler.spread[2] == 10.0
    assert scaler.spread[1] == np.std(2 * np.arange(11.0))
