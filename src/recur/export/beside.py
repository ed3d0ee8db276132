"""What stands beside the values of a series in a program: covariates, categories, the calendar."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.export.parts import calendar, given, histories
from recur.export.plan import Port
from recur.export.program import Constant, Function, Program, Variable, Weight
from recur.tasks.forecast.fitted import FittedForecaster

_CYCLES: dict[str, Function] = {
    "hour of day": calendar.hour_of_day,
    "weekday": calendar.weekday,
    "day of year": calendar.day_of_year,
    "month of year": calendar.month_of_year,
}


class Beside:
    """What stands beside the values: covariates, categories, the calendar."""

    def __init__(self, fitted: FittedForecaster) -> None:
        learned = fitted.learned
        self._fitted, self._encoding = fitted, learned.encoding
        self._ahead, self._lookback = fitted.settings.horizon, learned.lookback
        self.cycles = tuple(
            dict.fromkeys(name.rpartition(" (")[0] for name in learned.encoding.calendar)
        )

    def __bool__(self) -> bool:
        return bool(self.ports())

    @property
    def _holidays(self) -> tuple[str, ...]:
        return ("holiday",) if self._encoding.holidays else ()

    @property
    def _known(self) -> tuple[str, ...]:
        return tuple(column.name for column in self._encoding.known)

    def ports(self) -> tuple[Port, ...]:
        """Return what comes in, in the order in which programs take it."""
        encoding, ports = self._encoding, []
        wide = f"time + {self._ahead}"
        if encoding.past:
            names = ", ".join(column.name for column in encoding.past)
            ports.append(Port("past", "f8", ("batch", "time", len(encoding.past)), names))
        if encoding.known:
            names = f"{', '.join(self._known)}, of the steps ahead too"
            ports.append(Port("known", "f8", ("batch", wide, len(encoding.known)), names))
        if self.cycles:
            about = "microseconds since 1970, of the steps ahead too"
            ports.append(Port("times", "i8", ("batch", wide), about))
        if encoding.holidays:
            about = f"1 on holidays of {encoding.holidays}, else 0, of the steps ahead too"
            ports.append(Port("holiday", "f8", ("batch", wide, 1), about))
        if encoding.statics:
            names = ", ".join(column.name for column in encoding.statics)
            ports.append(Port("static", "f8", ("batch", len(encoding.statics)), names))
        for number, label in enumerate(encoding.labels):
            names = ", ".join(f"{i} {name}" for i, name in enumerate(label.categories))
            ports.append(Port(f"label_{number}", "i8", ("batch",), f"`{label.name}`: {names}"))
        return tuple(ports)

    def takes(self) -> tuple[str, ...]:
        """Return the names of what comes in."""
        return tuple(port.name for port in self.ports())

    def facts(self) -> dict[str, str]:
        """Return what each is, by its name."""
        return {port.name: port.about for port in self.ports()}

    def usage(self) -> list[str]:
        """Return a line for each of them."""
        return [
            f"`{port.name}` [{', '.join(map(str, port.axes))}]: {port.about}."
            for port in self.ports()
        ]

    def weights(self) -> dict[str, Any]:
        """Return the means and spreads of columns."""
        groups = {"past": self._encoding.past, "known": self._encoding.known,
                  "static": self._encoding.statics}  # fmt: skip
        return {
            f"columns.{name}.{what}": np.array([getattr(column, what) for column in columns])
            for name, columns in groups.items()
            for what in ("mean", "spread")
            if columns
        }

    def given(self, front: Program, values: Variable) -> list[Variable]:
        """Add what makes arrays of what a user gives."""
        encoding, made = self._encoding, []
        for port in self.ports():
            own = front[port.name]
            if port.name == "times":
                made.append(front.add("times", given.times_of, own, values, self._ahead))
            elif port.name.startswith("label_"):
                label = encoding.labels[int(port.name.removeprefix("label_"))]
                known = Constant(f"{port.name.upper()}_NAMES", list(label.categories), label.name)
                made.append(front.add(port.name, given.categories_of, own, known, values))
            else:
                ahead = {"past": 0, "static": -1}.get(port.name, self._ahead)
                columns = {"past": [c.name for c in encoding.past], "known": list(self._known),
                           "static": [c.name for c in encoding.statics]}  # fmt: skip
                listed = columns.get(port.name, ["holiday"])
                names = Constant(f"{port.name.upper()}_COLUMNS", listed, "in their order")
                made.append(front.add(port.name, given.columns_of, own, names, values, ahead))
        return made

    def add(
        self, program: Program, step: int, *, recursive: bool
    ) -> tuple[list[Variable], list[Variable]]:
        """Add what stands beside each time step of the windows, [batch, lookback, columns].

        Args:
            program: to which it is added.
            step: how far ahead at each time step what is known ahead is seen too.
            recursive: whether windows follow each other, one step after the other.

        Returns:
            What moves on with the windows, then of all of them at once; and what stays.
        """
        moving = self._past(program)
        if ahead := self._ahead_columns(program):
            wide = program.add("ahead", calendar.columns_together, *ahead)
            if recursive:
                moving = [program.add("beside", calendar.each_window, wide, self._lookback)]
            else:
                now = program.add("now", calendar.up_to_now, wide, self._lookback)
                later = program.add("next", calendar.later, wide, self._lookback, step)
                moving += [now, later]
        return moving, self._constants(program)

    def _past(self, program: Program) -> list[Variable]:
        return [self._scaled(program, "past", self._lookback)] if self._encoding.past else []

    def _ahead_columns(self, program: Program) -> list[Variable]:
        """Add the columns that are known ahead, [batch, lookback + horizon, columns] each."""
        add, wide, columns = program.add, self._lookback + self._ahead, []
        if self._encoding.known:
            columns.append(self._scaled(program, "known", wide))
        if self.cycles:
            times = add("newest_times", histories.newest, program["times"], wide)
            for cycle in self.cycles:
                phase = add("phase", _CYCLES[cycle], times)
                columns.append(add(cycle.replace(" ", "_") + "_wave", calendar.wave, phase))
        if self._encoding.holidays:
            columns.append(add("holidays", histories.newest, program["holiday"], wide))
        return columns

    def _constants(self, program: Program) -> list[Variable]:
        """Add what does not change over time, [batch, lookback, columns] each."""
        add, made = program.add, []
        if self._encoding.statics:
            moments = self._moments("static")
            scaled = add("numbers", calendar.scaled_columns, program["static"], *moments)
            made.append(add("numbers", calendar.at_each_step, scaled, self._lookback))
        for number, label in enumerate(self._encoding.labels):
            name = f"label_{number}"
            ones = add(name, calendar.one_of_each, program[name], len(label.categories))
            made.append(add(name, calendar.at_each_step, ones, self._lookback))
        return made

    def _scaled(self, program: Program, name: str, count: int) -> Variable:
        near = program.add(f"newest_{name}", histories.newest, program[name], count)
        scaled: Variable = program.add(
            f"scaled_{name}", calendar.scaled_columns, near, *self._moments(name)
        )
        return scaled

    def _moments(self, name: str) -> tuple[Weight, Weight]:
        return Weight(f"columns.{name}.mean"), Weight(f"columns.{name}.spread")
