"""Exported forecasters over a cover of what they can be, against recur's own forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.parity.exported import by_onnxruntime, called
from tests.parity.pairwise import Case, Pair, Pairwise

import recur
from recur.export.forecast import plan_of
from recur.export.onnx_model import model_bytes
from recur.export.plan import Plan
from recur.export.python_module import model_text

pytestmark = pytest.mark.filterwarnings("ignore::recur.DataWarning")

LOOKBACK, HORIZON, SEASON = 8, 3, 5
FACTORS: dict[str, tuple[Any, ...]] = {
    "strategy": ("direct", "recursive", "all_steps", "encoder_decoder"),
    "cell": ("rnn", "gru", "lstm", "mingru", "slstm", "mlp"),
    "scaling": ("window", "series", "minmax", "none"),
    "residual": ("last", "seasonal", "none"),
    "intervals": ("", "conformal", "quantiles", "conformal_quantiles"),
    "beside": ("", "columns", "calendar", "holidays"),
    "gaps": (False, True),
    "short": (False, True),
    "both": (False, True),
    "filter": (False, True),
    "layers": (1, 2),
}
IMPOSSIBLE: list[Pair] = [
    *((("cell", "mlp"), other) for other in (
        ("strategy", "all_steps"), ("strategy", "encoder_decoder"), ("both", True),
        ("short", True))),
    (("strategy", "all_steps"), ("both", True)),
    *((("strategy", s), ("intervals", i)) for s in ("recursive", "encoder_decoder")
      for i in ("quantiles", "conformal_quantiles")),
    (("filter", True), ("short", True)),
]  # fmt: skip
PAIRWISE = Pairwise(FACTORS, IMPOSSIBLE, times=2)
CASES = PAIRWISE.cover()


def test_the_cover_holds_every_pair_that_can_be() -> None:
    PAIRWISE.check(CASES)


@dataclass(frozen=True)
class Exported:
    plan: Plan
    expected: list[Any]
    arguments: tuple[Any, ...]
    given: dict[str, Any]

    def check(self, answers: Any) -> None:
        assert len(answers) == len(self.expected)
        for ours, theirs in zip(answers, self.expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=2e-5)


def frame(lengths: dict[str, int], *, gaps: bool, columns: bool, ahead: int = 0) -> pd.DataFrame:
    """Return series of one season, and what stands beside them, rows to come without a value."""
    parts = []
    for number, (name, length) in enumerate(lengths.items()):
        random = np.random.default_rng(number)
        wide = length + ahead
        steps = np.arange(wide)
        known = random.normal(1, 3, wide)
        y = 20 + 9 * number + 4 * np.sin(2 * np.pi * steps / SEASON) + known + 0.05 * steps
        if name == "c":  # counts, which stay above 0
            y = np.floor(np.abs(y - 34))
        if gaps:
            y[3 : length - 1 : 7] = np.nan  # the newest value is known
        y[length:] = np.nan
        part = pd.DataFrame({"unique_id": name, "y": y})
        part["ds"] = pd.date_range("2023-12-20", periods=wide, freq="D")
        if columns:
            part = part.assign(promo=known, temp=random.normal(size=wide), size=1.0 + number)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def exported(case: Case) -> Exported:
    columns = case["beside"] == "columns"
    past = ("temp",) if columns and case["strategy"] != "recursive" else ()
    model = recur.Forecaster(
        horizon=HORIZON, lookback=LOOKBACK, season=SEASON, epochs=1, hidden=5, refit=False,
        engine="compiled", network="trained", strategy=case["strategy"], cell=case["cell"],
        scaling=case["scaling"], residual=case["residual"], layers=case["layers"],
        least_history=4 if case["short"] else None, bidirectional=case["both"],
        filters=3 if case["filter"] else 0, kernel=3, filter_stride=2,
        calendar=case["beside"] == "calendar",
        holidays="DE" if case["beside"] == "holidays" else None,
        intervals=(60.0, 80.0) if case["intervals"] else (),
        interval_method=case["intervals"] or "conformal",
    )  # fmt: skip
    named: dict[str, Any] = (
        {"known": ("promo",), "static": ("size",), "past": past} if columns else {}
    )
    model.fit(
        frame({"a": 90, "b": 80}, gaps=case["gaps"], columns=columns), test=0, progress=False,
        **named,
    )  # fmt: skip
    newer = frame(
        {"a": 60, "b": 5 if case["short"] else 17, "c": 44}, gaps=case["gaps"], columns=columns,
        ahead=HORIZON,
    )  # fmt: skip
    blank = newer if columns else newer[newer.groupby("unique_id").cumcount(ascending=False)
                                        >= HORIZON]  # fmt: skip
    forecast = model.predict(blank)
    expected: list[Any] = [forecast.values]
    if case["intervals"]:
        expected += [forecast.low, forecast.high]
    plan = plan_of(model.fitted_, ".py")
    given = inputs(newer, plan)
    arguments = (
        [row[np.isfinite(row).argmax():] for row in given["values"]],
        *(given[port.name] for port in plan.inputs[2:]), ["a", "b", "c"],
    )  # fmt: skip
    return Exported(plan, expected, arguments, given)


def inputs(newer: pd.DataFrame, plan: Plan) -> dict[str, Any]:
    """Return what a graph is given: as long as the longest series, the others padded in front."""
    series = [part.reset_index(drop=True) for _, part in newer.groupby("unique_id")]
    wide = max(map(len, series))

    def padded(part: Any) -> Any:
        front = np.repeat(part[:1], wide - len(part), axis=0)
        return np.concatenate([front, part])

    values = np.full((len(series), wide - HORIZON), np.nan)
    for row, part in zip(values, series, strict=True):
        row[wide - len(part) :] = part.y[:-HORIZON]
    given: dict[str, Any] = {"values": values, "series": np.array([0, 1, -1])}
    for port in plan.inputs[2:]:
        if port.name == "times":
            times = [padded(part.ds.to_numpy("M8[us]")) for part in series]
            given["times"] = np.stack(times).astype(np.int64)
        elif port.name == "holiday":
            import holidays

            known = holidays.country_holidays("DE", years=(2023, 2024))
            days = [padded([[float(day.date() in known)] for day in part.ds]) for part in series]
            given["holiday"] = np.stack(days)
        elif port.name == "static":
            given["static"] = np.stack([part[["size"]].iloc[0] for part in series])
        else:
            name = {"past": "temp", "known": "promo"}[port.name]
            each = [padded(part[[name]].to_numpy()) for part in series]
            stacked = np.stack(each)
            given[port.name] = stacked if port.name == "known" else stacked[:, :-HORIZON]
    return given


def test_files_of_numpy_forecast_as_recur_without_it(tmp_path: Path) -> None:
    everything = [exported(case) for case in CASES]
    calls = []
    for number, one in enumerate(everything):
        path = tmp_path / f"model_{number}.py"
        path.write_text(model_text(one.plan, path.name), "utf-8")
        calls.append((path, "forecast", one.arguments))
    for case, one, answer in zip(CASES, everything, called(calls), strict=True):
        try:
            one.check(answer if isinstance(answer, tuple) else (answer,))
        except AssertionError as error:
            raise AssertionError(str(case)) from error


@pytest.mark.parametrize("number", range(len(CASES)))
def test_graphs_forecast_as_recur(number: int) -> None:
    one = exported(CASES[number])
    one.check(by_onnxruntime(model_bytes(one.plan, "forecast"), one.given))
