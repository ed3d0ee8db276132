"""A forecaster asked over HTTP: series as arrays, rows, columns or a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from recur.arrays import Float64s
from recur.data.panel.panel import Panel
from recur.errors import DataError, SettingsError
from recur.server.bodies import Answer, Body
from recur.server.limits import Limits
from recur.server.options import COVARIATES, READING, Kind, taken, without
from recur.tasks import notices
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.tasks.forecast.results import ForecastResult, JudgedResult
from recur.tasks.reading import read_columns

DATA = ("series", "rows", "columns")
"""What the values of a JSON body stand under, one of them."""

_PRETRAINED: dict[str, Kind] = {"season": "count", "levels": "numbers", "calibrated": "flag"}
_PREDICT: dict[str, Kind] = {**READING, "horizon": "count"}
_JUDGE: dict[str, Kind] = {**READING, "test": "count"}


def predict(model: Forecaster, body: Body, limits: Limits) -> Answer:
    """Forecast what follows the newest values that a request brings."""
    panel, given = _read(body, model.fitted_.learned.columns, _PREDICT, limits)
    limits.check_horizon(given.get("horizon"))
    return _told(model, panel, model.predict(panel, horizon=given.get("horizon")))


def judge(model: Forecaster, body: Body, limits: Limits) -> Answer:
    """Judge a forecaster on the end of the series that a request brings."""
    panel, given = _read(body, model.fitted_.learned.columns, _JUDGE, limits)
    judgement = model.judge(panel, test=given.get("test"))
    return Answer(JudgedResult(model=model, panel=panel, judgement=judgement).facts())


def predict_pretrained(_model: Any, body: Body, limits: Limits) -> Answer:
    """Forecast with the network that comes with recur, which needs no fit."""
    known = {**READING, **COVARIATES, **_PRETRAINED, "horizon": "count"}
    panel, given = _read(body, {}, known, limits)
    model = pretrained_on(panel, given, limits)
    return _told(model, panel, model.predict())


def judge_pretrained(_model: Any, body: Body, limits: Limits) -> Answer:
    """Judge the network that comes with recur on series, from none of which it has learnt."""
    known = {**READING, **_PRETRAINED, "horizon": "count", "test": "count"}
    panel, given = _read(body, {}, known, limits)
    model = _pretrained(given, limits).fit(panel, test=given.get("test"), progress=False)
    judgement = model.judge()
    return Answer(JudgedResult(model=model, panel=panel, judgement=judgement).facts())


def pretrained_on(panel: Panel, given: Mapping[str, Any], limits: Limits) -> Forecaster:
    """Return the network that comes with recur, for series whose season and errors it has seen."""
    model = _pretrained(given, limits).fit(panel, test=0, progress=False)
    limits.check_horizon(model.horizon_)
    return model


def history_of(values: Mapping[str, Any], columns: Mapping[str, Any], limits: Limits) -> Panel:
    """Return the panel of a history that a stream goes on behind."""
    panel, _ = _read(Body(dict(values)), columns, READING, limits)
    return panel


def _pretrained(given: Mapping[str, Any], limits: Limits) -> Forecaster:
    limits.check_horizon(given.get("horizon"))
    names = {"horizon": "horizon", "season": "season", "levels": "intervals"}
    chosen = {to: given[name] for name, to in names.items() if name in given}
    if given.get("calibrated") is False:  # on the past, which takes its time where that is long
        chosen["interval_method"] = "quantiles"
    return Forecaster(network="pretrained", threads=1, **chosen)


def _told(model: Forecaster, panel: Panel, forecast: Forecast) -> Answer:
    result = ForecastResult(model=model, panel=panel, forecast=forecast)
    return Answer(result.facts(), forecast_records(forecast), forecast.frame)


def forecast_records(forecast: Forecast) -> Any:
    """Return what gives the rows of a forecast, named as in the file that the command writes."""
    names = {"id": "unique_id", "time": "ds", "value": "y"}
    return lambda: [
        {names.get(name, name): value for name, value in row.items()} for row in forecast.rows()
    ]


def _read(
    body: Body, columns: Mapping[str, Any], known: Mapping[str, Kind], limits: Limits
) -> tuple[Panel, dict[str, Any]]:
    """Return the panel that a request brings, and the options that are not about reading it."""
    own = {name: kind for name, kind in known.items() if name not in (*READING, *COVARIATES)}
    values = body.values
    if values is None:
        given = taken(body.query, known)
        with body.file() as path:
            panel = read_columns(path, {**columns, **without(given, own)})
    else:
        given = taken(without(values, DATA), known)
        panel = _of_json(values, columns, without(given, own), limits)
    limits.check_series(len(panel))
    limits.check_length(int(panel.lengths.max()))
    return panel, {name: given[name] for name in own if name in given}


def _of_json(
    values: Mapping[str, Any],
    columns: Mapping[str, Any],
    reading: Mapping[str, Any],
    limits: Limits,
) -> Panel:
    kind = [name for name in DATA if name in values]
    if len(kind) != 1:
        listed = ", ".join(f"`{name}`" for name in DATA)
        came = f"{len(kind)} of them came" if kind else "none of them came"
        raise DataError(f"one of {listed} is expected, with the values; {came}.")
    if kind[0] == "series":
        if set(reading) - {"fill"}:
            named = ", ".join(f"`{name}`" for name in reading if name != "fill")
            raise SettingsError(
                f"`series` are values alone and have no columns; leave out {named}, or give the "
                "values as `rows` or `columns`."
            )
        return notices.read(arrays(values["series"], limits), **reading)
    frame = _frame(kind[0], values[kind[0]])
    return read_columns(frame, {**columns, **reading})


def arrays(given: Any, limits: Limits) -> list[Float64s]:
    """Return series of JSON, a list of numbers or a list of such lists, as arrays; null is NaN."""
    if not isinstance(given, list) or not given:
        raise DataError("`series` is expected to be a list of numbers, or a list of such lists.")
    nested = any(isinstance(one, list) for one in given)
    listed = given if nested else [given]
    limits.check_series(len(listed))
    return [_array(one, i, limits) for i, one in enumerate(listed)]


def _array(one: Any, number: int, limits: Limits) -> Float64s:
    if not isinstance(one, list):
        raise DataError(f"series {number + 1} is no list of numbers.")
    limits.check_length(len(one))
    kinds = {*map(type, one)}
    if kinds - {int, float, type(None)}:
        place = next(i for i, x in enumerate(one) if type(x) not in (int, float, type(None)))
        raise DataError(
            f"series {number + 1}, value {place + 1}: a number is expected, or null where it is "
            "missing."
        )
    try:
        made = np.array(one, dtype=np.float64)
    except OverflowError:
        made = np.array([np.inf])
    if np.isinf(made).any():
        raise DataError(f"series {number + 1} has a number that is too large.")
    return made


def _frame(kind: str, given: Any) -> Any:
    """Return the polars frame that rows or columns of JSON make."""
    import polars as pl

    expected: type = list if kind == "rows" else dict
    parts = given if kind == "rows" else given.values() if isinstance(given, dict) else ()
    inner: type = dict if kind == "rows" else list
    if not isinstance(given, expected) or not given or not all(type(x) is inner for x in parts):
        raise DataError(
            f"`{kind}` is expected to be "
            + ("a list of objects, a row each." if kind == "rows" else
               "an object with a list of values for each column.")
        )  # fmt: skip
    try:
        table: Any = given
        return pl.DataFrame(table, strict=False, infer_schema_length=None)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        reason = (str(error).splitlines() or ["no reason is known"])[0][:200].rstrip(".")
        raise DataError(f"`{kind}` makes no table: {reason}.") from None
