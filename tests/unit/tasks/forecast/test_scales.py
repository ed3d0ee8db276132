"""Which scale a series is forecast in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.data.synthetic import sine
from recur.data.tables.readers import read_panel
from recur.errors import DataWarning
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.scales import error_units, window_scaler


def wave(seed: int = 0, level: float = 0.0, size: float = 1.0) -> Float64s:
    return level + size * sine(150, 12, noise=0.1, seed=seed).values


def fit(panel: Panel, **parameters: Any) -> Forecaster:
    settings = {"horizon": 3, "hidden": 4, "epochs": 2, "lookback": 12, "season": 12}
    return Forecaster(**{**settings, **parameters}).fit(panel, test=20, progress=False)


def met(model: Forecaster, panel: Panel) -> tuple[list[float], list[float], list[float]]:
    """Return the centre, the spread and the unit of errors of each series from its end on."""
    everything = np.arange(len(panel)), panel.lengths
    scaler = window_scaler(model._trained(), panel, *everything)
    units = error_units(model.fitted_, panel, *everything)
    return scaler.centre.tolist(), scaler.spread.tolist(), units.tolist()


def test_known_series_keep_their_scale_and_others_get_their_own() -> None:
    model = fit(read_panel([wave(0), wave(1, 100)]), scaling="series")
    learnt = list(zip(*met(model, model.panel_), strict=True))  # type: ignore[arg-type]
    again = read_panel([wave(1, 100, 1.5), wave(2, 7, 2), wave(0)])
    panel = replace(again, ids=("1", "new", "0"))
    first, stranger, last = zip(*met(model, panel), strict=True)
    assert (first, last) == (learnt[1], learnt[0])
    values = panel.series(1)
    step = np.sqrt(np.mean(np.diff(values) ** 2))
    assert stranger == pytest.approx((values.mean(), values.std(), step))


@pytest.mark.parametrize("scaling", ["window", "series", "minmax", "none"])
@pytest.mark.parametrize(
    ("level", "size", "reason"),
    [
        (4.0, 0.01, "training has seen"),
        (4e4, 100.0, "training has seen"),
        (900.0, 1.0, "its mean is"),
    ],
)
def test_a_known_name_on_another_scale_is_a_stranger(
    scaling: str, level: float, size: float, reason: str
) -> None:
    model = fit(read_panel(wave(0, 400, 10)), scaling=scaling, intervals=(80,))
    other = wave(0, level, 10 * size)
    if size == 1.0 and scaling in ("window", "none"):  # which knows no level
        assert len(model.predict(other).values) == 1
        return
    with pytest.warns(DataWarning, match=reason):
        made = model.predict(other)
    assert made.low is not None
    assert made.high is not None
    usual = model.predict()
    assert usual.low is not None
    assert usual.high is not None
    widths = (made.high - made.low) / (usual.high - usual.low)
    np.testing.assert_allclose(widths, size, rtol=0.2)
    if scaling != "none":
        assert made.values == pytest.approx(level, abs=30 * size)


def test_a_series_that_has_grown_since_is_still_itself() -> None:
    values = wave(0, 50)
    model = fit(read_panel(values), scaling="window", intervals=(80,))
    grown = read_panel(np.concatenate([values, 50 + 40 * wave(1)]))
    assert met(model, grown) == met(model, model.panel_)  # type: ignore[arg-type]
    with pytest.warns(DataWarning, match="is not on the scale"):
        assert met(model, read_panel(50 + 40 * wave(1))) != met(model, grown)


def test_a_calm_or_a_constant_piece_is_no_stranger() -> None:
    model = fit(read_panel(wave(0, 50)), scaling="window")
    learnt = met(model, model.panel_)  # type: ignore[arg-type]
    assert met(model, read_panel(np.full(30, 50.0))) == learnt
    assert met(model, read_panel(wave(3, 50, 0.4))) == learnt


def test_a_model_that_knows_no_units_says_nothing_of_another_scale() -> None:
    model = fit(read_panel(wave(0, 50)), scaling="window")
    small, usual = model.predict(0.01 * wave(0, 50)).values, model.predict(wave(0, 50)).values
    np.testing.assert_allclose(small, 0.01 * usual, rtol=1e-4)
