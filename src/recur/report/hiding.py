"""The table of what hiding an input does to the error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.table import Table
from rich.text import Text

from recur.errors import visible
from recur.judge.words import percent, times
from recur.report.table import add_columns, empty_table
from recur.report.wording import MISSING

_FINDINGS = {"matters": "matters", "harms": "harms", "none": "", "too_little": "too few data"}
_SMALL = 0.01  # shares below this are told to a tenth of a percent


class Hiding(Protocol):
    """What hiding one input does."""

    @property
    def name(self) -> str:
        """Return what is hidden."""

    @property
    def how(self) -> str:
        """Return what stands in its place."""

    @property
    def growth(self) -> float | None:
        """Return by which share the mean squared error grows."""

    @property
    def low(self) -> float | None:
        """Return the lower end of the interval of that."""

    @property
    def high(self) -> float | None:
        """Return the upper end."""

    @property
    def finding(self) -> str:
        """Return what the test says of it."""


def growth_cell(growth: float | None) -> str:
    """Write by how much an error grows: in percent up to twice the error, then as so many times.

    >>> growth_cell(0.426), growth_cell(-0.05), growth_cell(2.1)
    ('43 %', '-5 %', 'x 3.1')
    """
    if growth is None:
        return MISSING
    if abs(growth) < _SMALL:
        return f"{100 * growth + 0.0:.1f} %"
    return percent(growth) if growth <= 1 else f"x {times(1 + growth)}"


def growth_interval(low: float | None, high: float | None) -> str:
    """Write the interval of a growth.

    >>> growth_interval(-0.05, 0.2), growth_interval(0.5, 3.0), growth_interval(2.0, None)
    ('-5 to 20 %', '50 % to x 4', 'x 3 and up')
    >>> growth_interval(None, None)
    ''
    """
    if low is None:
        return ""
    if high is None:
        return f"{growth_cell(low)} and up"
    first = growth_cell(low)
    return f"{first.removesuffix(' %') if high <= 1 else first} to {growth_cell(high)}"


def hiding_table(parts: Sequence[Hiding], level: float, held_out: str) -> Table:
    """Return each input with how the error grows where it is hidden, the first row first.

    Args:
        parts: what was hidden.
        level: of the intervals.
        held_out: what the errors were measured on.
    """
    table = empty_table(
        f"mean squared error with one input hidden, beside that\nwith all seen; {held_out}\n"
        "an interval is for one input alone; of two that say the\n"
        "same, one stands for the other, and little is shown",
        gap=2,
    )
    table.add_column("hidden", no_wrap=True)
    table.add_column("how", no_wrap=True)
    add_columns(table, "error\ngrows by", f"{percent(level)}\ninterval")
    table.add_column("", no_wrap=True)
    for part in parts:
        table.add_row(
            Text(visible(part.name, most=28)),
            part.how,
            growth_cell(part.growth),
            growth_interval(part.low, part.high),
            _FINDINGS[part.finding],
        )
    return table
