"""No forecast, scale, encoding or interval depends on anything after the origin, on both engines.

What is known ahead is the exception, and has to be seen. Each check is tried on a planted mistake
as well: a check that cannot fail protects nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import recur
from recur.data.panel.panel import Panel
from recur.data.sources.windows import ModelInputs, Windows
from recur.data.tables.readers import read_panel
from recur.engines.compiled import engine as compiled
from recur.engines.compiled.sources import placed
from recur.tasks.forecast import scales
from recur.tasks.forecast.calibration import lay_out
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.predict import predict_at, windows_of
from recur.tasks.forecast.prepare import prepare

HORIZON = 4
ENGINES = ("torch", "compiled")
BACK = 7  # values of each series after its origin


def run_by(model: Any, engine: str) -> None:
    """Let a fitted model go on with another engine than it was trained on."""
    fitted = model.fitted_
    model.fitted_ = replace(fitted, learned=fitted.learned.but(engine=engine))


def as_file(panel: Panel) -> Panel:
    """Return the panel under other names, so that its series are strangers."""
    return replace(panel, ids=tuple(f"new {name}" for name in panel.ids))


def after(lengths: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return bool [lengths.sum()], which rows of series of these lengths lie at or after `ends`."""
    return np.concatenate([np.arange(n) >= end for n, end in zip(lengths, ends, strict=True)])


def with_another_future(panel: Panel, ends: NDArray[np.int64]) -> Panel:
    """Return the panel with all else from `ends` [series] on: values, flags and past covariates."""
    later = after(panel.lengths, ends)
    values = np.where(later, 1e6 * np.arange(panel.rows), panel.values)
    filled, beside = panel.filled, panel.covariates
    if filled is not None:
        filled = np.where(later, ~filled, filled)
    if beside is not None:
        beside = replace(beside, past=np.where(later[:, None], 1e6, beside.past))
    return replace(panel, values=values, filled=filled, covariates=beside)


def bits(model: Forecaster, panel: Panel) -> dict[str, bytes]:
    """Return all that a model makes of a panel from two origins of each series."""
    last = panel.lengths - BACK
    series = np.tile(np.arange(len(panel)), 2)
    origins = np.concatenate([last, last - 3])
    made = predict_at(model.fitted_, panel, series, origins)
    windows = windows_of(model._trained(), panel, series, origins)
    return {
        **{name: part.tobytes() for name, part in made._asdict().items()},
        "centre of scale": windows.scaler.centre.tobytes(),
        "spread of scale": windows.scaler.spread.tobytes(),
    }


@pytest.mark.parametrize("strangers", [False, True], ids=["known series", "strangers"])
def test_nothing_depends_on_the_future(
    strategy: str, network: str, strangers: bool, fitted: Any
) -> None:
    scaling = ("window", "series")["lstm" in network or "conv" in network or "beside" in network]
    model = fitted(strategy, network, scaling=scaling, intervals=(80,))
    panel = as_file(model.panel_) if strangers else model.panel_
    changed = with_another_future(panel, panel.lengths - BACK)
    for engine in ENGINES:
        run_by(model, engine)
        assert bits(model, replace(panel)) == bits(model, changed)


@pytest.mark.parametrize("method", ["dropout", "quantiles", "conformal_dropout"])
@pytest.mark.parametrize("scaling", ["window", "minmax"])
def test_no_interval_depends_on_the_future(method: str, scaling: str, fitted: Any) -> None:
    model = fitted(
        "direct", "beside", scaling=scaling, dropout=0.2, samples=5, intervals=(50, 80),
        interval_method=method,
    )  # fmt: skip
    changed = with_another_future(model.panel_, model.panel_.lengths - BACK)
    for engine in ENGINES:
        run_by(model, engine)
        assert bits(model, replace(model.panel_)) == bits(model, changed)


def learnt(model: Forecaster) -> dict[str, Any]:
    return {
        "weights": model.weights_.tobytes(),
        "reach": model.interval_margins_.tobytes(),
        "centre": model.scaler_.centre.tobytes(),
        "spread": model.scaler_.spread.tobytes(),
        "units": model.error_scale_.spread.tobytes(),
        "encoding": model.encoding_,
        "history": model.history_,
        "choices": model.chosen(),
    }


def test_nothing_learnt_depends_on_the_held_out_stretch(
    strategy: str, network: str, beside: Panel, fitted: Any
) -> None:
    scaling = {"rnn": "minmax", "gru": "window", "lstm": "series"}.get(network)
    choices: dict[str, Any] = {"residual": None, "season": None, "hidden": None}
    choices |= {"intervals": (80,), "scaling": scaling}  # None, where the data choose it too
    choices["refit"] = False  # what is judged; the network that is trained again sees that end
    ends = beside.lengths - 20
    changed = with_another_future(beside, ends)
    known = changed.covariates
    assert known is not None
    later = after(known.lengths + known.ahead, ends)
    known = replace(known, known=np.where(later[:, None], 1e6, known.known))
    first = fitted(strategy, network, beside, **choices)
    second = fitted(strategy, network, replace(changed, covariates=known), **choices)
    assert learnt(first) == learnt(second)
    assert first.judgement_.to_dict() != second.judgement_.to_dict()


@pytest.mark.parametrize("strategy", ["direct", "recursive", "all_steps", "encoder_decoder"])
@pytest.mark.parametrize("name", ["beside", "beside, masked", "beside, convolution"])
@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_known_ahead_is_seen_and_no_further_than_the_horizon(
    engine: str, name: str, strategy: str, fitted: Any
) -> None:
    model = fitted(strategy, name)
    run_by(model, engine)
    panel = model.panel_
    known = panel.covariates
    origin = int(panel.lengths[0]) - BACK
    everything = np.zeros(1, np.int64), np.array([origin])
    first = predict_at(model.fitted_, panel, *everything).centre[0]
    for ahead in range(BACK + HORIZON):
        moved = known.known.copy()
        moved[origin + ahead] += 1  # of the first series
        other = replace(panel, covariates=replace(known, known=moved))
        differs = predict_at(model.fitted_, other, *everything).centre[0] != first
        if strategy == "recursive":  # steps before it have not seen it
            assert differs.tolist() == [step >= ahead for step in range(HORIZON)]
        else:
            assert differs.all() if ahead < HORIZON else not differs.any()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_window_that_reaches_into_the_future_is_found_out(
    engine: str, fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(windows: Windows) -> Windows:
        return replace(windows, firsts=windows.firsts + 1)

    known = Windows.known
    model = fitted("direct", "gru")
    run_by(model, engine)
    # PyTorch's engine asks windows for their values, the compiled one for where they lie.
    monkeypatch.setattr(Windows, "known", lambda self, indices: known(late(self), indices))
    monkeypatch.setattr(
        compiled, "placed", lambda windows, batches, wanted: placed(late(windows), batches, wanted)
    )
    changed = with_another_future(model.panel_, model.panel_.lengths - BACK)
    assert bits(model, replace(model.panel_)) != bits(model, changed)


def test_a_mean_over_the_future_is_found_out(fitted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model_inputs = Windows.model_inputs

    def told(windows: Windows, known: Any, indices: Any, *args: Any) -> ModelInputs:
        seen = model_inputs(windows, known, indices, *args)
        mean = windows.future(indices).mean(axis=1)[:, None].astype(np.float32)
        return replace(seen, inputs=seen.inputs - mean)

    model = fitted("direct", "gru")
    run_by(model, "torch")
    changed = with_another_future(model.panel_, model.panel_.lengths - BACK)
    assert bits(model, replace(model.panel_)) == bits(model, changed)
    monkeypatch.setattr(Windows, "model_inputs", told)
    assert bits(model, replace(model.panel_)) != bits(model, changed)


def test_a_scale_that_sees_the_future_is_found_out(
    fitted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fitted("direct", "gru", scaling="series", intervals=(80,))
    strangers = as_file(model.panel_)
    changed = with_another_future(strangers, strangers.lengths - BACK)
    monkeypatch.setattr(scales, "first_origins", lambda panel, *rest: panel.lengths)
    first, second = bits(model, strangers), bits(model, changed)
    for part in ("centre", "low", "centre of scale", "spread of scale"):
        assert first[part] != second[part]


def test_training_windows_end_where_the_validation_begins_and_the_test_is_never_touched() -> None:
    values = recur.synthetic.sine(120, period=12, noise=0.1).values
    panel = read_panel(values)
    model = Forecaster(horizon=HORIZON, lookback=10, season=12)
    job = prepare(model, panel, panel.lengths - 20, learning=1).job
    assert isinstance(job.windows, Windows)
    training, validation = (
        np.unique(job.windows.origins[part][:, None] + np.arange(HORIZON))
        for part in (job.training, job.validation)
    )
    assert training.max() == 79
    assert validation.min() == 80
    assert validation.max() == 99


def test_calibration_comes_after_all_that_the_twin_has_seen_and_before_the_test() -> None:
    panel = read_panel(recur.synthetic.sine(220, period=12, noise=0.1).values)
    model = Forecaster(horizon=HORIZON, lookback=10, season=12, intervals=(80,), calibration=0.2)
    ends = panel.lengths - 20
    found = lay_out(model, prepare(model, panel, ends, learning=1), panel, ends, learning=1)
    assert found is not None
    origins = found.twin.windows.origins[found.twin.job.validation]
    assert (found.starts.tolist(), found.ends.tolist()) == ([160], [200])
    assert origins.max() + HORIZON == 160
    assert origins.min() == 128
