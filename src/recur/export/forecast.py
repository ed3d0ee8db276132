"""The programs of a forecaster's own network: scale, window, network, head, unscale, intervals."""

from __future__ import annotations

from typing import Any

from recur.errors import SettingsError
from recur.export import pretrained
from recur.export.beside import Beside
from recur.export.parts import given, histories, intervals, windows
from recur.export.parts import network as layers
from recur.export.plan import Plan, Port
from recur.export.program import Constant, Function, Program, Variable, Weight
from recur.export.window import moving_program, window_program
from recur.tasks.forecast.fitted import AnyFitted, FittedForecaster
from recur.tasks.forecast.network import quantile_levels


def plan_of(fitted: AnyFitted, kind: str) -> Plan:
    """Return what is exported of a fitted forecaster to a file that ends so."""
    if not isinstance(fitted, FittedForecaster):
        return pretrained.plan_of(fitted, kind)
    settings, learned = fitted.settings, fitted.learned
    if settings.intervals and settings.interval_method.endswith("dropout"):
        raise SettingsError(
            f"this model's intervals are {settings.interval_method!r}, which are drawn with "
            "recur's own random numbers and cannot be exported; fit with `interval_method` "
            "'conformal' or 'quantiles', or without intervals."
        )
    beside = Beside(fitted)
    core = _Core(fitted, beside).program()
    horizon, levels = settings.horizon, len(settings.intervals)
    outputs = [Port("forecast", "f8", ("batch", horizon), "the expected values")]
    if levels:
        axes = (levels, "batch", horizon)
        outputs += [
            Port("low", "f8", axes, f"lower ends of the intervals of {_percent(fitted)}"),
            Port("high", "f8", axes, "their upper ends"),
        ]
    inputs = (
        Port("values", "f8", ("batch", "time"), "histories, not a number where a value is missing "
             "and in front of shorter ones"),
        Port("series", "i8", ("batch",), "the number of each learnt series, -1 for others"),
        *beside.ports(),
    )  # fmt: skip
    facts = {
        "task": "forecast",
        "target": learned.target,
        "horizon": str(horizon),
        "lookback": str(learned.lookback),
        "least_history": str(fitted.least_history),
        "series": ", ".join(learned.ids),
        "step": learned.clock.describe(),
        "levels": ", ".join(f"{level:g}" for level in settings.intervals),
        "strategy": settings.strategy,
        "cell": settings.cell,
        **beside.facts(),
    }
    return Plan(
        does=f"Forecasts `{learned.target}` {horizon} step{'s' * (horizon > 1)} ahead.",
        usage=_usage(fitted, beside),
        core=core,
        inputs=inputs,
        outputs=tuple(outputs),
        front=(_front(fitted, core, beside),),
        weights=_weights(fitted, beside),
        facts=facts,
        fewest={"time": learned.lookback + 1},
    )


def _percent(fitted: FittedForecaster) -> str:
    return " and ".join(f"{level:g} %" for level in fitted.settings.intervals)


def _weights(fitted: FittedForecaster, beside: Beside) -> dict[str, Any]:
    scales = {
        "scaling.centre": fitted.scaler.centre,
        "scaling.spread": fitted.scaler.spread,
        "scaling.unit": fitted.error_scale.spread,
        "scaling.reach": fitted.interval_margins,
    }
    return {**fitted.learned.network.named(fitted.weights), **scales, **beside.weights()}


def _usage(fitted: FittedForecaster, beside: Beside) -> str:
    more = "".join(f", {name}" for name in beside.takes())
    gives = "forecast, low, high" if fitted.settings.intervals else "forecast"
    lines = [
        f"{gives} = model.forecast(values{more})",
        "",
        f"`values` is a history of at least {fitted.least_history} numbers, or several of their "
        "own lengths;",
        "what is missing is not a number. `forecast` is [batch, steps].",
    ]
    if fitted.settings.intervals:
        lines += [f"`low` and `high` are [levels, batch, steps]: the ends of {_percent(fitted)}."]
    if len(fitted.learned.ids) > 1:
        lines += [
            f"`series` names them, as in {list(fitted.learned.ids[:2])}; others are scaled "
            "by their own values."
        ]
    return "\n".join(lines + beside.usage())


def _front(fitted: FittedForecaster, core: Program, beside: Beside) -> Program:
    """Return what a user calls."""
    about = f"Forecast {fitted.settings.horizon} steps after each history; see above."
    names = Constant("SERIES", list(fitted.learned.ids), "the series that were learnt, in order")
    takes = ("values", *beside.takes(), "series")
    front = Program("forecast", about, takes, {"series": "None"})
    values = front.add("histories", given.histories_of, front["values"])
    values = front.add("histories", given.check_history, values, fitted.least_history)
    series = front.add("numbers", given.series_of, front["series"], names, values)
    more = beside.given(front, values)
    if fitted.settings.intervals:
        return front.returning(*front.add("centre low high", core, values, series, *more))
    return front.returning(front.add("centre", core, values, series, *more))


class _Core:
    """What builds the program from histories to forecasts."""

    def __init__(self, fitted: FittedForecaster, beside: Beside) -> None:
        self.fitted, self.beside = fitted, beside
        self.settings, self.learned = fitted.settings, fitted.learned
        self.lookback, self.horizon = fitted.learned.lookback, fitted.settings.horizon

    def program(self) -> Program:
        """Return it: values and series, and what stands beside, to forecasts and intervals."""
        about = "Forecast, from arrays alone: fill, scale, run the network, scale back."
        program = Program("predict", about, ("values", "series", *self.beside.takes()))
        add = program.add
        values, series = program["values"], program["series"]
        seen = add("seen", histories.seen_values, values)
        begun = add("begun", histories.begun_by, seen)
        filled = add("filled", histories.carried_on, values, seen)
        state = [
            add("window", histories.newest, filled, self.lookback),
            add("count", histories.known_count, begun, self.lookback),
        ]
        if self.learned.sees_gaps:
            state.append(add("seen_window", histories.seen_in_window, seen, begun, self.lookback))
        state += self._series_scale(program, filled, begun, series)
        ahead = self._ahead(program, state)
        ends: list[Variable] = []
        levels = quantile_levels(self.settings)
        if levels:
            ahead, *ends = add("centre low high", intervals.quantiles, ahead)
        if self.settings.conformal:
            own = add("own_unit", histories.typical_step, filled, begun)
            unit = add("unit", histories.of_series, series, Weight("scaling.unit"), own)
            reach = Weight("scaling.reach")
            how: Function = intervals.moved_ends if levels else intervals.conformal_ends
            ends = add("low high", how, ahead, *ends, reach, unit)
        floor, ceiling = add("floor ceiling", intervals.bounds, filled, begun)
        count, least = state[1], self.fitted.least_history
        made = []
        for name, part in zip(("centre", "low", "high"), (ahead, *ends), strict=False):
            kept = add(name, intervals.within, part, floor, ceiling)
            made.append(add(name, windows.not_a_number_where_short, kept, count, least))
        return program.returning(*made)

    def _series_scale(
        self, program: Program, filled: Variable, begun: Variable, series: Variable
    ) -> list[Variable]:
        """Add what is learnt of each series' scale, or found in its values."""
        add, kind = program.add, self.learned.scaling
        learnt = Weight("scaling.centre"), Weight("scaling.spread")
        if kind == "window":
            own = add("own_step", histories.typical_step, filled, begun)
            return [add("typical", histories.of_series, series, learnt[1], own)]
        if kind == "series":
            own = add("own_centre", histories.own_mean, filled, begun)
            spread = add("own_spread", histories.own_deviation, filled, begun)
        elif kind == "minmax":
            own = add("own_centre", histories.own_least, filled)
            spread = add("own_spread", histories.own_range, filled)
        else:
            own, spread = 0.0, 1.0
        return [
            add("mean", histories.of_series, series, learnt[0], own),
            add("spread", histories.of_series, series, learnt[1], spread),
        ]

    def _ahead(self, program: Program, state: list[Variable]) -> Variable:
        """Add the forecasts of the network, [batch, horizon] or [batch, horizon, levels]."""
        recursive = self.settings.strategy == "recursive" and self.horizon > 1
        moving, still = self.beside.add(program, self.settings.steps, recursive=recursive)
        window = window_program(self.fitted, [*state, *moving, *still])
        if not recursive:
            return Variable(program.add("ahead", window, *state, *moving, *still))
        step = moving_program(self.fitted, window, state, moving, still)
        rounds = moving[0] if moving else program.add("rounds", windows.in_order, self.horizon)
        _, made = program.add("end steps", layers.loop, step, (*state, *still), rounds)
        return Variable(program.add("ahead", windows.in_a_row, made))
