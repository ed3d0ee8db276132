"""A file that nobody has said anything of: its columns, what may be meant, and what to type."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text

from recur.data.describe.overview import Overview, overview
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panels
from recur.errors import DataError, visible
from recur.report.blocks import Block, Facts, Prose, Sentence
from recur.report.result import Result
from recur.report.table import add_columns, empty_table
from recur.tasks.forecast.horizon import usual_horizon

_SHOWN = 20  # columns


@dataclass(frozen=True, eq=False, kw_only=True)
class OverviewResult(Result):
    """What the columns of a file hold, and what is proposed.

    Attributes:
        overview: of the columns.
        proposed: target, time, id and horizon, as far as they can be told.
        clock: of the proposed series, in words; "" where they cannot be read.
        obstacle: why they cannot be read.
        command: to type next.
    """

    task: ClassVar[str] = "describe"

    overview: Overview
    proposed: dict[str, str]
    clock: str
    obstacle: str
    command: str

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        return {
            "data": self.overview.to_dict(),
            "proposed": self.proposed,
            "clock": self.clock or None,
            "obstacle": self.obstacle or None,
            "command": self.command,
        }

    def findings(self) -> Iterator[Block]:
        """Yield a line for each column, what is proposed, and what to type."""
        shown = self.overview.summaries[:_SHOWN]
        more = self.overview.columns - len(shown)
        looked = f"; the first {len(self.overview.summaries):,} of all were looked at"
        table = empty_table(f"and {more:,} more columns{looked}" if more else None, gap=2)
        table.add_column("column", no_wrap=True)
        table.add_column("holds", no_wrap=True)
        add_columns(table, "missing", "least", "mean", "greatest")
        table.add_column("first", no_wrap=True)
        for one in shown:
            sizes = ["" if x is None else f"{x:.4g}" for x in (one.least, one.mean, one.greatest)]
            first = one.first if one.least is None else one.first.split(",")[0]
            name, begins = (Text(visible(text, most=12)) for text in (one.name, first))
            table.add_row(name, one.holds, f"{one.missing:,}", *sizes, begins)
        counts = f"{self.overview.rows:,} rows · {self.overview.columns:,} columns"
        yield Facts({"data": f"{self.overview.source} · {counts}"})
        yield table
        named = (f"{part} {name}" for part, name in self.proposed.items())
        clock = f" · {self.clock}" if self.clock else ""
        yield Facts({"proposed": " · ".join(named) + clock})
        if self.obstacle:
            yield Sentence(self.obstacle, strong=False)
        yield Prose(f"to forecast:\n  {self.command}", below=True)


def overview_of(file: Path | str, target: str, **how: Any) -> OverviewResult:
    """Return what the columns of a file hold, and what to type to forecast the likeliest.

    Args:
        file: a table with several columns of numbers.
        target: the one that is proposed.
        **how: else as `read_panel` takes it.
    """
    proposed, clock, obstacle = {"target": target}, "", ""
    named = {name: str(how[name]) for name in ("time", "id") if how.get(name)}
    try:
        panels = read_panels(file, target=target, **how)
    except DataError as error:
        obstacle = str(error)
        proposed |= named
    else:
        clock = ", ".join(panel.clock.describe() for panel in panels)
        proposed |= {**panels[0].guessed, **named, **_horizon(panels)}
    reading = {name: value for name, value in how.items() if name not in ("time", "id", "fill")}
    return OverviewResult(
        overview=overview(file, **reading),
        proposed=proposed,
        clock=clock,
        obstacle=obstacle,
        command=command({**proposed, **_given(how)}, file),
    )


def command_for(file: Path | str, *panels: Panel, **how: Any) -> str:
    """Return what to type to forecast a file whose columns were told by themselves.

    Args:
        file: what was read.
        *panels: what it makes, one for each clock.
        **how: what was said of how it is read.
    """
    first = panels[0]
    proposed = {"target": first.target, **first.guessed, **_horizon(panels)}
    return command({**proposed, **_given(how)}, file)


def _given(how: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in how.items() if value is not None}


def _horizon(panels: Sequence[Panel]) -> dict[str, str]:
    """Return how far to look ahead; of several clocks each has its own, which nobody names."""
    return {"horizon": str(usual_horizon(panels[0]))} if len(panels) == 1 else {}


def command(options: Mapping[str, Any], file: Path | str = "FILE") -> str:
    """Return what to type to forecast a file with some options, those that are unset left out.

    >>> command({"target": ["a", "b c"], "every": None, "strict": True}, "x y.csv")
    "recur forecast 'x y.csv' --target 'a,b c' --strict"
    """
    parts: list[str] = []
    for name, value in options.items():
        if value is not None and value is not False and value != []:
            text = ",".join(value) if isinstance(value, list) else str(value)
            parts += [f"--{name}"] if value is True else [f"--{name}", text]
    return shlex.join(["recur", "forecast", str(file), *parts])
