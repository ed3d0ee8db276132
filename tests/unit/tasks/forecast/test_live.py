"""A stream says of each value what predicting anew from the whole past would say, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recur import Forecaster
from recur.data.clock import DAY, Clock
from recur.data.panel.covariates import Covariates
from recur.data.panel.panel import Panel
from recur.errors import DataError, ModelFileError, SettingsError
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.predict import predict_at

_START = 19_000 * DAY
_SMALL = {
    "epochs": 1, "hidden": 5, "season": 7, "lookback": 9, "refit": False, "network": "trained",
    "calendar": False,
}  # fmt: skip
_CONFORMAL = {"intervals": (60.0, 80.0)}

MODELS: dict[str, dict[str, Any]] = {
    "direct": {"horizon": 3},
    "conformal": {"horizon": 3, **_CONFORMAL},
    "recursive": {"horizon": 4, "strategy": "recursive", "cell": "lstm"},
    "all_steps": {"horizon": 2, "strategy": "all_steps", "cell": "rnn"},
    "decoder": {"horizon": 3, "strategy": "encoder_decoder", **_CONFORMAL},
    "quantiles": {"horizon": 2, "interval_method": "quantiles", **_CONFORMAL},
    "conformal_quantiles": {"horizon": 2, "interval_method": "conformal_quantiles", **_CONFORMAL},
    "dropout": {
        "horizon": 2, "interval_method": "conformal_dropout", "dropout": 0.2, "layers": 2,
        "samples": 5, **_CONFORMAL,
    },
    "calendar": {"horizon": 3, "calendar": True},
    "calendar_decoder": {"horizon": 3, "calendar": True, "strategy": "encoder_decoder"},
    "mlp": {"horizon": 2, "cell": "mlp"},
    "convolution": {"horizon": 2, "filters": 3, "kernel": 2, "bidirectional": True},
    "short": {"horizon": 2, "least_history": 4},
    "beside": {"horizon": 3, **_CONFORMAL},
    "beside_decoder": {"horizon": 3, "strategy": "encoder_decoder", "calendar": True},
    "beside_quantiles": {"horizon": 2, "interval_method": "quantiles", **_CONFORMAL},
    "beside_short": {"horizon": 2, "least_history": 4, "calendar": True},
    "known_recursive": {"horizon": 4, "strategy": "recursive"},
    "past_alone": {"horizon": 2},
    "static_alone": {"horizon": 2},
}  # fmt: skip
SCALINGS: dict[str, dict[str, Any]] = {
    "window": {"scaling": "window"},
    "window, seasonal": {"scaling": "window", "residual": "seasonal"},
    "series": {"scaling": "series"},
    "minmax, last": {"scaling": "minmax", "residual": "last"},
    "none": {"scaling": "none"},
}


def values_of(count: int, seed: int = 0) -> Any:
    """Return values with a season and noise, from a source of their own."""
    noise = np.random.default_rng(seed).normal(size=count)
    return 10 + 3 * np.sin(np.arange(count) * 2 * np.pi / 7) + 0.5 * noise


_COLUMNS = {"wind", "price", "promo", "size", "region"}
SEEN: dict[str, set[str]] = {
    **{name: _COLUMNS for name in MODELS if name.startswith("beside")},
    "known_recursive": {"price", "promo", "size", "region"},
    "past_alone": {"wind"},
    "static_alone": {"region"},
}
"""What each model reads beside the values."""


def beside_of(name: str, count: int, ahead: int, seed: int = 0) -> Covariates | None:
    """Return what stands beside a series of so many values."""
    own = SEEN.get(name)
    if own is None:
        return None
    rng = np.random.default_rng(100 + seed)
    wind, price, promo = rng.normal(3, 2, 300), rng.normal(9, 1, 300), rng.integers(0, 2, 300)
    known = [x for x in ("price", "promo") if x in own]
    columns = {"price": price, "promo": promo}
    rows = [columns[x][: count + ahead] for x in known]
    return Covariates(
        past_names=("wind",) if "wind" in own else (),
        known_names=tuple(known),
        static_names=("size",) if "size" in own else (),
        label_names=("region",) if "region" in own else (),
        past=wind[:count, None][:, : int("wind" in own)],
        known=np.stack(rows, axis=1) if rows else np.zeros((count + ahead, 0)),
        statics=np.full((1, int("size" in own)), 4.0),
        labels=(("north",),) if "region" in own else (),
        lengths=np.array([count]),
        ahead=np.array([ahead]),
    )


def panel_of(
    values: Any, names: tuple[str, ...] = ("a",), start: int = _START,
    covariates: Covariates | None = None,
) -> Panel:  # fmt: skip
    """Return series of one length, NaN where a value was not observed."""
    block = np.atleast_2d(values)
    times = start + DAY * np.arange(block.shape[1])
    missing = np.isnan(block).reshape(-1)
    return Panel(
        values=block.reshape(-1).copy(),
        times=np.tile(times, len(block)),
        offsets=np.arange(len(block) + 1) * block.shape[1],
        ids=names,
        clock=Clock("fixed", DAY),
        filled=missing if missing.any() else None,
        covariates=covariates,
    )


@cache
def model_of(name: str, scaling: str, *, gaps: bool = False) -> Forecaster:
    """Return a small fitted model; one that sees gaps has learnt from values with some."""
    values = values_of(220)
    if gaps:
        values[30:200:11] = np.nan
    model = Forecaster(**{**_SMALL, **MODELS[name], **SCALINGS[scaling]})
    panel = panel_of(values, start=_START - 220 * DAY, covariates=beside_of(name, 220, 0))
    model.fit(panel, test=0, progress=False)
    assert model.sees_gaps_ == gaps
    return model


def said_of(beside: Covariates | None, at: int, ahead: int) -> dict[str, Any] | None:
    """Return what is said with a value: of columns known ahead, so many steps more."""
    if beside is None:
        return None
    known = beside.known[at : at + 1 + ahead]
    past = dict(zip(beside.past_names, beside.past[at], strict=True))
    return {**past, **dict(zip(beside.known_names, known.T, strict=True))}


_missing = st.lists(st.integers(0, 39), max_size=12)


@pytest.mark.filterwarnings("ignore:series `a` is not on the scale")  # as a few values may be
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(MODELS)), scaling=st.sampled_from(sorted(SCALINGS)),
    gaps=st.booleans(), missing=_missing, seed=st.integers(0, 99), level=st.sampled_from([0, 9]),
    whole=st.booleans(), reset=st.sampled_from([0, 5, 20]), saved=st.sampled_from([0, 4, 25]),
)  # fmt: skip
def test_every_forecast_is_that_of_the_whole_past(
    name: str, scaling: str, gaps: bool, missing: list[int], seed: int, level: int, whole: bool,
    reset: int, saved: int, tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    model = model_of(name, scaling, gaps=gaps)
    values = values_of(40, seed) - level
    values = np.rint(values) if whole else values
    values[[at for at in missing if at]] = np.nan
    beside = beside_of(name, 40, 4, seed)
    begins = {} if beside is None else {"size": 4, "region": "north"}
    live = model.live(beside={key: begins[key] for key in begins if key in SEEN[name]})
    for at, value in enumerate(values[:reset]):
        day = np.datetime64(_START, "us") + live.seen[0] * np.timedelta64(1, "D")
        live.push(value, day, beside=said_of(beside, at, model.horizon_))
    live.reset()
    for end in range(1, 41):
        time = np.datetime64(_START + DAY * (end - 1), "us") if end == 1 else None
        said = said_of(beside, end - 1, model.horizon_)
        ahead = live.push(values[end - 1], time, beside=said)
        if end == saved:
            path = live.save(tmp_path_factory.mktemp("stream") / "state")
            live = model.live(state=path)
        if end not in (2, 8, 9, 10, 12, 26, 39, 40):
            continue
        steps = model.horizon_
        panel = panel_of(values[:end], covariates=beside_of(name, end, steps, seed))
        # What `predict` does of the newest value, but that it refuses series that are too short.
        anew = predict_at(model.fitted_, panel, np.zeros(1, np.int64), panel.lengths)
        for own, part in zip((ahead.values, ahead.low, ahead.high), anew, strict=True):
            assert np.array_equal(own, part[..., 0, :])
        assert ahead.times is not None
        assert np.array_equal(ahead.times, _START + DAY * np.arange(end, end + steps))
        if end >= 9:
            assert np.array_equal(ahead.values, model.predict(panel).values[0])


def test_columns_beside_many_series_are_those_of_each_in_its_own_time() -> None:
    model, rng = model_of("beside", "window"), np.random.default_rng(1)
    values, wind = np.stack([values_of(30, i) for i in range(3)]), rng.normal(3, 2, (3, 30))
    price, promo = rng.normal(9, 1, (3, 34)), rng.integers(0, 2, 34)
    statics = {"size": [1.0, 4.0, 9.0], "region": ["north"] * 3}
    live = model.live(series=["x", "y", "z"], beside=statics)
    missing = wind.copy()
    missing[1, 12] = np.nan
    wind[1, 12] = wind[1, 11]  # which is what is repeated
    for t in range(30):
        said = {
            "wind": missing[:, t],
            "price": price[:, t : t + 4],
            "PROMO": promo[t : t + 4 + 9],  # of all, and further than is read
        }
        ahead = live.push(values[:, t], np.datetime64(_START, "us") + DAY * t, beside=said)
    covariates = Covariates(
        past_names=("wind",), known_names=("price", "promo"), static_names=("size",),
        label_names=("region",), past=wind.reshape(-1, 1),
        known=np.stack([price[:, :33].reshape(-1), np.tile(promo[:33], 3)], axis=1),
        statics=np.array([[1.0], [4.0], [9.0]]), labels=(("north",) * 3,),
        lengths=np.full(3, 30), ahead=np.full(3, 3),
    )  # fmt: skip
    anew = model.predict(panel_of(values, ("x", "y", "z"), covariates=covariates))
    assert np.array_equal(ahead.values, anew.values)


@pytest.mark.parametrize("name", ["beside", "beside_decoder"])
@pytest.mark.parametrize("first", [5, 30])
def test_columns_go_on_behind_a_history_and_over_steps_without_a_value(
    name: str, first: int
) -> None:
    model, values, beside = model_of(name, "window"), values_of(60), beside_of(name, 60, 3)
    assert beside is not None
    live = model.live(panel_of(values[:first], covariates=beside_of(name, first, 9)))
    holes = [53, 54, 57]
    for t in range(first, 60):
        if t not in holes:  # else nobody comes by
            day = np.datetime64(_START, "us") + DAY * t
            ahead = live.push(values[t], day, beside=said_of(beside, t, 3))
    values[holes] = np.nan
    past = beside.past.copy()
    past[53:55], past[57] = past[52], past[56]  # what is known ahead was said before
    whole = replace(beside, past=past)
    anew = model.predict(panel_of(values, covariates=whole))
    assert np.array_equal(ahead.values, anew.values[0])


def test_what_is_said_of_a_step_last_counts() -> None:
    model, values, beside = model_of("beside", "window"), values_of(30), beside_of("beside", 30, 3)
    assert beside is not None
    one, two = (
        model.live(panel_of(values[:20], covariates=beside_of("beside", 20, 3))) for _ in range(2)
    )
    for t in range(20, 30):
        said = said_of(beside, t, 3)
        assert said is not None
        alike = one.push(values[t], beside=said)
        rumour = {**said, "price": [said["price"][0], 0.0, 77.0, 5.0]} if t == 28 else said
        other = two.push(values[t], beside=rumour)
        assert np.array_equal(alike.values, other.values) == (t != 28)


def test_many_series_are_followed_as_a_walk_from_where_their_scales_are_settled() -> None:
    model = model_of("conformal", "series")
    block = np.stack([values_of(60, i) * (1 + i) for i in range(3)])
    block[1, 20:24] = np.nan
    live = model.live(series=("x", "y", "z"))
    told = [live.push(block[:, t]) for t in range(60)]
    panel = panel_of(block, ("x", "y", "z"))
    origins = np.tile(np.arange(9, 61), 3)
    series = np.repeat(np.arange(3), 52)
    walked = predict_at(model.fitted_, panel, series, origins)
    for i in range(3):
        for t in range(9, 61):
            at = i * 52 + t - 9
            # A batch of other lanes is reckoned in another order.
            np.testing.assert_allclose(told[t - 1].values[i], walked.centre[at], rtol=1e-5)
            np.testing.assert_allclose(told[t - 1].low[:, i], walked.low[:, at], rtol=1e-5)
    together = predict_at(
        model.fitted_, panel, np.tile(np.arange(3), 2), np.repeat([9, 60], 3)
    )  # the first origin is where scales are found
    np.testing.assert_allclose(told[-1].values, together.centre[3:], rtol=1e-5)


def test_more_series_than_a_tile_holds_are_those_of_the_engine_s_own_forecast() -> None:
    model = model_of("direct", "window")
    block = np.stack([values_of(30, i) for i in range(70)])
    history = panel_of(block[:, :20], tuple(str(i) for i in range(70)))
    live = model.live(history)
    for t in range(20, 30):
        ahead = live.push(block[:, t])
    anew = predict_at(
        model.fitted_, panel_of(block, history.ids), np.tile(np.arange(70), 2),
        np.repeat([20, 30], 70),
    )  # fmt: skip
    np.testing.assert_allclose(ahead.values, anew.centre[70:], rtol=1e-5)
    assert ahead.times is not None
    assert ahead.times.shape == (70, 3)


def test_values_may_come_of_some_series_and_of_each_in_its_own_time() -> None:
    model = model_of("direct", "window")
    values = values_of(30)
    live, alone = model.live(series=["p", "q"]), model.live(series="q")
    for t, value in enumerate(values):
        day = np.datetime64("2030-01-01") + t
        if t % 2:
            live.push(value + 50, day, series="p")
        ahead = live.push(value, day, series=["q"])
        expected = alone.push(value, day)
        np.testing.assert_allclose(ahead.values[0], expected.values, rtol=1e-6)
    assert live.seen.tolist() == [29, 30]  # of p every second one came, and the rest is missing
    assert live.push([1.0, np.nan]).values.shape == (2, 3)


def test_steps_without_a_value_are_taken_as_missing() -> None:
    model = model_of("calendar", "series", gaps=True)
    values = values_of(40)
    values[13:20] = np.nan
    values[30:] = np.nan
    values[39] = 12.0
    explicit, skipping = model.live(), model.live()
    for t, value in enumerate(values):
        day = np.datetime64(_START, "us") + np.timedelta64(t, "D")
        ahead = explicit.push(value, day)
        if np.isfinite(value):
            jumped = skipping.push(value, day)
            assert np.array_equal(ahead.values, jumped.values)
    assert explicit.seen.tolist() == skipping.seen.tolist() == [40]
    later = skipping.push(9.0, np.datetime64(_START, "us") + np.timedelta64(5000, "D"))
    assert skipping.seen.tolist() == [5001]
    assert np.isfinite(later.values).all()


def test_a_history_is_gone_on_behind() -> None:
    model = model_of("calendar", "window")
    values = values_of(80)
    live = model.live(panel_of(values[:50]))
    for end in range(51, 81):
        ahead = live.push(values[end - 1])
        anew = model.predict(panel_of(values[:end]))
        assert np.array_equal(ahead.values, anew.values[0])
        assert ahead.times is not None
        assert np.array_equal(ahead.times, anew.times[0])


@pytest.mark.parametrize("clock", [Clock("fixed", DAY), Clock("trading", 1), Clock("months", 1)])
def test_the_calendar_goes_on_over_many_values(clock: Clock) -> None:
    first = np.array(["2020-01-31" if clock.kind != "months" else "2000-01-01"], "M8[us]")
    times = clock.shift(np.repeat(first.astype(np.int64), 420), np.arange(420))
    values = values_of(420)

    def until(end: int) -> Panel:
        return replace(panel_of(values[:end]), times=times[:end], clock=clock)

    given: dict[str, Any] = {**_SMALL, "calendar": True}
    model = Forecaster(horizon=3, **given)
    model.fit(until(120), test=0, progress=False)
    live, told = model.live(until(130)), model.live(until(130))
    for end in range(131, 421):
        ahead = live.push(values[end - 1])
        if end % 90 == 0:  # as one that comes late does
            live = model.live(until(end))
        also = told.push(values[end - 1], clock.text(int(times[end - 1])))
        assert np.array_equal(ahead.values, also.values)
        if end % 29 == 0:
            assert np.array_equal(ahead.values, model.predict(until(end)).values[0])
            assert ahead.times is not None
            assert also.times is not None
            assert np.array_equal(ahead.times, also.times)


def test_nothing_is_said_before_anything_was_observed() -> None:
    live = model_of("conformal", "window").live()
    ahead = live.push(None)
    assert np.isnan(ahead.values).all()
    assert np.isnan(ahead.low).all()
    assert live.seen.tolist() == [0]
    assert live.push(3.0).to_dict()["values"] == [3.0, 3.0, 3.0]  # nothing else to go by


def test_memory_stays_as_it_is() -> None:
    live = model_of("conformal", "window").live()
    sizes = [array.nbytes for array in live._state().values()]
    for value in values_of(1000):
        live.push(value)
    assert [array.nbytes for array in live._state().values()] == sizes


@pytest.mark.parametrize("intervals", [(), (80.0,)])
def test_the_pretrained_network_is_followed(intervals: tuple[float, ...]) -> None:
    model = Forecaster(
        horizon=4, season=7, intervals=intervals, network="pretrained",
        interval_method="quantiles" if intervals else "conformal",
    )  # fmt: skip
    values = values_of(600)
    model.fit(panel_of(values[:200]), test=0, progress=False)
    values[250:255] = np.nan
    live = model.live(panel_of(values[:190]))
    for end in range(191, 600):
        ahead = live.push(values[end - 1])
        if end % 40 and end != 255:
            continue
        panel = panel_of(values[:end])
        anew = predict_at(model.fitted_, panel, np.zeros(1, np.int64), panel.lengths)
        assert np.array_equal(ahead.values, anew.centre[0])
        assert np.array_equal(ahead.low, anew.low[:, 0])


@pytest.mark.parametrize("name", ["conformal", "conformal_quantiles", "quantiles"])
def test_an_engine_that_compiles_nothing_says_the_same(name: str) -> None:
    pytest.importorskip("torch")
    model = model_of(name, "window")
    other, fitted = Forecaster(**model.get_params()), model.fitted_
    assert isinstance(fitted, FittedForecaster)
    other.fitted_ = replace(fitted, learned=fitted.learned.but(engine="torch"))
    one, two = model.live(), other.live()
    for value in values_of(30):
        ours, theirs = one.push(value), two.push(value)
        np.testing.assert_allclose(ours.values, theirs.values, rtol=1e-4)
        np.testing.assert_allclose(ours.low, theirs.low, rtol=1e-4)


def test_the_state_of_another_model_is_refused(tmp_path: Path) -> None:
    path = model_of("direct", "window").live().save(tmp_path / "state")
    with pytest.raises(SettingsError, match="the state of a stream of another model"):
        model_of("mlp", "window").live(state=path)


def test_a_state_that_leads_out_of_its_rooms_is_refused(tmp_path: Path) -> None:
    model = model_of("direct", "window")
    live = model.live(panel_of(values_of(30)))
    live._newest.ends[:] = 1 << 30
    path = live.save(tmp_path / "state")
    with pytest.raises(ModelFileError, match="lie outside of their rooms"):
        model.live(state=path)
    live._newest.ends[:] = 3  # less than the window that is read
    with pytest.raises(ModelFileError, match="before it is as long as is read"):
        model.live(state=live.save(tmp_path / "other"))


@pytest.mark.parametrize(
    "change",
    [
        {"horizon": 10**15}, {"horizon": 0}, {"horizon": "two"}, {"ids": []}, {"ids": ["a", "a"]},
        {"ids": 3}, {"clock": {"kind": "lunar", "step": 1}}, {"single": True, "ids": ["a", "b"]},
    ],
)  # fmt: skip
def test_a_state_that_says_what_cannot_be_is_refused(
    change: dict[str, Any], tmp_path: Path
) -> None:
    model = model_of("recursive", "window")  # which could look as far as it is asked to
    live = model.live()
    header = live._header()
    live._header = lambda: header | change  # type: ignore[method-assign]
    path = live.save(tmp_path / "state")
    with pytest.raises(ModelFileError, match="does not fit together"):
        model.live(state=path)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"value": "warm"}, "the value 'warm' is not a number"),
        ({"value": [1.0, 2.0]}, "a value of the shape"),
        ({"value": 1.0, "time": "never"}, "never"),
        ({"value": 1.0, "time": 12}, "the time `12` is not a date"),
        ({"value": 1.0, "time": "1999-01-01"}, "off the clock of this model"),
        ({"value": 1.0, "series": "b"}, "the stream has no series `b`"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(
    given: dict[str, Any], message: str
) -> None:
    model = model_of("direct", "window")
    live, twin = (model.live(panel_of(values_of(30))) for _ in range(2))
    with pytest.raises((DataError, SettingsError), match=message):
        live.push(**given)
    assert np.array_equal(live.push(11.0).values, twin.push(11.0).values)
    assert live.push(1.0).newest == twin.push(1.0).newest


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (0, "`series` is 0; it must be 1 or more, or names"),
        ([], "`series` holds no names, or one twice"),
        (["a", "b", "a"], "`series` holds no names, or one twice"),
    ],
)
def test_each_series_of_a_stream_has_a_name_of_its_own(series: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        model_of("direct", "window").live(series=series)


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        (None, "reads the column `wind` beside each value"),
        ({"wind": 1.0}, "the column `price` is known 2 steps ahead, .* it 3 ahead; .* 4 in all"),
        ({"wind": 1.0, "price": [9, 9, 9, 9]}, "the column `promo` is known 2 steps ahead"),
        ({"wind": 1.0, "price": [9, None, 9, 9]}, "`price` is missing, and has to be known"),
        ({"wind": "calm"}, "the column `wind` holds `calm`, which is no number"),
        ({"wind": [1.0, 2.0]}, "the column `wind` has the shape"),
        ({"wind": 1e300}, "use a larger unit"),
        ({"wind": 1.0, "rain": 2.0}, "reads no column `rain` beside each value"),
        ({"wind": 1.0, "region": "south"}, "reads no column `region` beside each value"),
    ],
)
def test_what_is_said_beside_a_value_is_checked_before_it_is_taken(
    beside: dict[str, Any] | None, message: str
) -> None:
    model, values = model_of("beside", "window"), values_of(31)
    live, twin = (
        model.live(panel_of(values[:30], covariates=beside_of("beside", 30, 3))) for _ in range(2)
    )
    with pytest.raises((DataError, SettingsError), match=message):
        live.push(values[30], beside=beside)
    said = said_of(beside_of("beside", 31, 3), 30, 3)
    assert np.array_equal(live.push(1.0, beside=said).values, twin.push(1.0, beside=said).values)
    assert live.push(1.0, beside=said).newest == twin.push(1.0, beside=said).newest


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        (None, "reads the column `size`, of which each series has one"),
        ({"size": 4.0}, "reads the column `region`, of which each series has one"),
        ({"size": [4.0, 1.0, 2.0], "region": "north"}, "`size` holds 3 for 2 series"),
        ({"size": "big", "region": "north"}, "no number"),
        ({"size": None, "region": "north"}, "`size` is missing"),
        ({"size": 4.0, "region": "east"}, "the category `east` in column `region`"),
        ({"size": 4.0, "region": "north", "wind": 3}, "reads no column `wind` beside a stream"),
    ],
)
def test_what_each_series_has_one_of_is_checked_where_a_stream_begins(
    beside: dict[str, Any] | None, message: str
) -> None:
    with pytest.raises((DataError, SettingsError), match=message):
        model_of("beside", "window").live(series=2, beside=beside)


def test_the_first_value_has_its_columns() -> None:
    live = model_of("past_alone", "window").live()
    with pytest.raises(DataError, match="`wind` is missing beside the first value"):
        live.push(1.0, beside={"wind": None})
    assert np.isnan(live.push(None, beside={"wind": None}).values).all()
    assert live.push(1.0, beside={"wind": 3}).values.shape == (2,)


def test_models_that_read_more_than_newest_values_are_refused() -> None:
    drift = Forecaster(method="drift", horizon=2).fit(panel_of(values_of(60)), progress=False)
    with pytest.raises(SettingsError, match="goes through the whole past"):
        drift.live()
    with pytest.raises(SettingsError, match="nobody has said when the stream begins"):
        model_of("calendar", "window").live().push(1.0)
    with pytest.raises(SettingsError, match="leave one out"):
        model_of("direct", "window").live(panel_of(values_of(9)), series=3)


@pytest.mark.filterwarnings("ignore:series `other` is not on the scale")
@pytest.mark.parametrize("kind", ["shares", "ones", "percent", "counts", "below"])
def test_forecasts_keep_to_the_bounds_of_all_that_came(kind: str) -> None:
    rng = np.random.default_rng(0)
    values = {
        "shares": rng.beta(0.5, 0.5, 90),
        "ones": np.where(rng.random(90) < 0.4, 1.0, 0.9 + 0.1 * rng.random(90)),
        "percent": np.where(rng.random(90) < 0.4, 100.0, 90 + 10 * rng.random(90)),
        "counts": rng.poisson(1.0, 90).astype(float),
        "below": np.append(rng.poisson(1.0, 89).astype(float), -1.0),
    }[kind]
    model = model_of("conformal", "series")
    live, held = model.live(series="other"), 0
    for end in range(1, 91):
        ahead = live.push(values[end - 1])
        if end >= 9:
            panel = panel_of(values[:end], ("other",))
            anew = predict_at(model.fitted_, panel, np.zeros(2, np.int64), np.array([9, end]))
            for own, part in zip((ahead.values, ahead.low, ahead.high), anew, strict=True):
                np.testing.assert_allclose(own, part[..., 1, :], rtol=1e-5, atol=1e-6)
            held += int((ahead.low == 0).any() or np.isin(ahead.high, (1, 100)).any())
    assert held
