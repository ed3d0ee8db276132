"""The program from one window to what the network makes of it, in units of the data."""

from __future__ import annotations

from typing import Any

from recur.export.network import Masked, decoder_programs, network_program
from recur.export.parts import histories, windows
from recur.export.parts import network as layers
from recur.export.program import Program, Variable
from recur.tasks.forecast.fitted import FittedForecaster
from recur.tasks.forecast.network import quantile_levels


def window_program(fitted: FittedForecaster, takes: list[Variable]) -> Program:
    """Return the program from windows to forecasts [batch, ahead], or [batch, ahead, levels].

    Args:
        fitted: the forecaster.
        takes: the window [batch, lookback], its count, which of it was seen where the network sees
            gaps, the scale of its series, and what stands beside it [batch, lookback, any].
    """
    about = "Forecast from one window: scale it, run the network, and scale back."
    program = Program("from_window", about, tuple(dict.fromkeys(takes)))
    return _Window(fitted, program).built(list(program.takes))


def moving_program(
    fitted: FittedForecaster,
    window: Program,
    state: list[Variable],
    moving: list[Variable],
    still: list[Variable],
) -> Program:
    """Return one step of a network that is fed its own forecasts.

    Args:
        fitted: the forecaster.
        window: what it makes of a window.
        state: what the window program takes of the window.
        moving: what it takes that is another at each step.
        still: what it takes that stays.
    """
    about = "Forecast one step, and move the window on over it."
    step = Program("one_ahead", about, ("before", "beside" if moving else "number"))
    names = [*state, *still]
    step.add(" ".join(names), windows.unpacked, step["before"])
    beside = [step["beside"]] if moving else []
    value = step.add("value", window, *state, *beside, *still)
    after = [
        step.add("window", windows.moved_on, state[0], value),
        step.add("count", windows.one_more, state[1], fitted.learned.lookback),
    ]
    rest = [*state[2:], *still]
    if fitted.learned.sees_gaps:
        rest[0] = step.add("seen_window", windows.seen_moved_on, rest[0])
    return step.returning((*after, *rest), value)


class _Window:
    """What builds the program of a window."""

    def __init__(self, fitted: FittedForecaster, program: Program) -> None:
        self.settings, self.learned = fitted.settings, fitted.learned
        self.program, self.add = program, program.add
        self.masked: Masked = "not"
        if fitted.least_history < fitted.learned.lookback:
            self.masked = "at any step"
        self.ahead = self.settings.steps
        if self.settings.strategy == "encoder_decoder":
            self.ahead = self.settings.horizon

    def built(self, takes: list[str]) -> Program:
        """Return the program, complete."""
        window, count, *rest = map(Variable, takes)
        seen = [rest.pop(0)] if self.learned.sees_gaps else []
        scales = [rest.pop(0) for _ in range(1 if self.learned.scaling == "window" else 2)]
        real = self.add("real", histories.real_steps, count, self.learned.lookback)
        x, centre, spread = self._scaled(window, count, real, scales)
        x = self.add("x", windows.as_inputs, x)
        if rest or seen:
            seen = [self.add("seen_column", windows.as_column, one) for one in seen]
            x = self.add("x", windows.beside_values, x, *rest, *seen)
        base = self._base(window, count, real, centre)
        mask = []
        if self.masked != "not":
            mask = [self.add("mask", windows.time_first, real)]
        if self.settings.strategy == "encoder_decoder":
            outputs = self._decoded(x, mask, window, count, base, spread)
        else:
            network = network_program(self.learned.network.reading_last, masked=self.masked)
            outputs = self.add("outputs", network, x, *mask)
        levels = len(quantile_levels(self.settings))
        if levels:
            made = self.add("ahead", windows.restored_levels, outputs, spread, base, levels)
        else:
            made = self.add("ahead", windows.restored, outputs, spread, base)
        return self.program.returning(made)

    def _scaled(
        self, window: Variable, count: Variable, real: Variable, scales: list[Variable]
    ) -> tuple[Variable, Variable, Variable]:
        """Add the window as the network takes it; what it is measured from; its unit."""
        kind, add = self.learned.scaling, self.add
        if kind == "window":
            centre, spread = add("centre spread", windows.window_scale, window, real, *scales)
            return add("x", windows.around_mean, window, real, centre, spread), centre, spread
        centre, spread = scales
        if kind == "series":
            centre = add("centre", windows.series_level, window, count, centre, spread)
        return add("x", windows.around, window, centre, spread), centre, spread

    def _base(
        self, window: Variable, count: Variable, real: Variable, centre: Variable
    ) -> Variable:
        """Add what forecasts count from, [batch, ahead]."""
        add, residual = self.add, self.learned.residual
        made: Any
        if residual == "last":
            made = add("base", windows.last_value, window, self.ahead)
        elif residual == "seasonal":
            season = self.learned.season
            made = add("base", windows.season_before, window, count, season, self.ahead)
        elif self.learned.scaling == "window":
            made = add("base", windows.window_mean, window, real, centre, self.ahead)
        else:
            made = add("base", windows.for_each_step, centre, self.ahead)
        return Variable(made)

    def _decoded(
        self, x: Variable, mask: list[Variable], window: Variable, count: Variable, base: Variable,
        spread: Variable,
    ) -> Variable:  # fmt: skip
        """Add a decoder that goes on from the newest value, [batch, horizon]."""
        add = self.add
        encoder, step = decoder_programs(self.learned.network, masked=self.masked)
        states = add("states", encoder, x, *mask)
        if self.learned.residual == "seasonal":
            own = add("own_base", windows.base_of_newest, window, count, self.learned.season)
        else:
            own = add("own_base", windows.first_of, base)
        newest = add("newest_own", windows.newest_value, window)
        start = add("start", windows.in_units, newest, own, spread)
        numbers = add("numbers", windows.in_order, self.settings.horizon)
        _, outputs = add("end steps", layers.loop, step, (start, states), numbers)
        decoded: Variable = add("outputs", windows.decoded, outputs)
        return decoded
