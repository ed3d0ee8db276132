"""Tables and sentences made of rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.peers.results import Row

SIMPLE = "simple answers"
OURS = "recur"
CLOSE = 0.005
"""Figures whose ratio is nearer to 1 than this are told as equal."""


@dataclass(frozen=True)
class Measure:
    """What is told of a row.

    Attributes:
        name: of a measure, or of what stands in the row itself.
        digits: after the point.
        higher: whether more is better.
        best: whether there is a better.
    """

    name: str
    digits: int
    higher: bool = False
    best: bool = True

    def text(self, value: float | None) -> str:
        """Return it as it is printed."""
        return "-" if value is None else f"{value:,.{self.digits}f}"

    def best_of(self, values: list[float]) -> float | None:
        """Return the best of some; None of none, or where none is better than another."""
        if not values or not self.best:
            return None
        return max(values) if self.higher else min(values)


def value_of(row: Row, measure: Measure) -> float | None:
    """Return a measure of a row; None where it has none."""
    if "error" in row:
        return None
    value = row.get("measures", {}).get(measure.name, row.get(measure.name))
    return None if value is None or math.isnan(value) else float(value)


def name_of(row: Row) -> str:
    """Return what a method is called."""
    if row["peer"] == SIMPLE or not row["method"]:
        return str(row["method"] or row["peer"])
    return f"{row['peer']}, {row['method']}"


def pivot(
    rows: list[Row], measure: Measure, across: Literal["panel", "method"] = "panel"
) -> list[str]:
    """Return the lines of a table of methods and panels; the best of each panel is bold.

    Args:
        rows: what was measured.
        measure: of them.
        across: what the columns are.
    """
    cells = {
        (row["panel"], name_of(row)): value
        for row in rows
        if (value := value_of(row, measure)) is not None
    }
    panels = list(dict.fromkeys(panel for panel, _ in cells))
    methods = list(dict.fromkeys(method for _, method in cells))
    best = {
        panel: measure.best_of([value for (one, _), value in cells.items() if one == panel])
        for panel in panels
    }

    def cell(panel: str, method: str) -> str:
        value = cells.get((panel, method))
        text = measure.text(value)
        top = measure.text(best[panel])
        return f"**{text}**" if value is not None and text == top else text

    if across == "panel":
        head, side = panels, methods
        body = [[cell(panel, method) for panel in panels] for method in methods]
    else:
        head, side = methods, panels
        body = [[cell(panel, method) for method in methods] for panel in panels]
    lines = [_line(["", *head]), _line(["---", *["--:"] * len(head)])]
    return lines + [_line([name, *row]) for name, row in zip(side, body, strict=True)]


def by_library(
    rows: list[Row], measures: list[Measure], heads: list[str], *, notes: bool = False
) -> list[str]:
    """Return the lines of a table with a line for each method, and its notes where asked for."""
    lines = [
        _line(["", *heads, *["" for _ in range(notes)]]),
        _line(["---", *["--:"] * len(heads), *["---" for _ in range(notes)]]),
    ]
    for row in rows:
        if "measures" in row:
            cells = [measure.text(value_of(row, measure)) for measure in measures]
            lines.append(
                _line([name_of(row), *cells, *[row.get("note", "") for _ in range(notes)]])
            )
    return lines


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def beside(rows: list[Row], measure: Measure, unit: str) -> list[str]:
    """Return a sentence for each panel: how recur stands beside the best of its peers.

    recur stands there with its first method; what its others do is in the tables.
    """
    said = []
    for panel in dict.fromkeys(row["panel"] for row in rows):
        here = [
            (row, value)
            for row in rows
            if row["panel"] == panel and (value := value_of(row, measure)) is not None
        ]
        ours = next(((row, value) for row, value in here if row["peer"] == OURS), None)
        peers = [pair for pair in here if pair[0]["peer"] not in (OURS, SIMPLE)]
        if ours is None or not peers:
            continue
        row, value = ours
        top = measure.best_of([each for _, each in peers])
        best = next(one for one, each in peers if each == top)
        assert top is not None
        said.append(_sentence(panel, measure, unit, (row, value), (best, top)))
    return said


def _sentence(
    panel: str, measure: Measure, unit: str, ours: tuple[Row, float], best: tuple[Row, float]
) -> str:
    row, value = ours
    other, top = best
    both = (
        f"{measure.text(value)} {unit} ({name_of(row)}) and {measure.text(top)} ({name_of(other)})"
    )
    if value == top or (top and abs(value / top - 1) < CLOSE):
        return f"{panel}: about the same, {both}."
    better = (value > top) == measure.higher
    return f"{panel}: {'recur is better' if better else '**the peer is better**'}, {both}."


def geometric(rows: list[Row], measure: Measure) -> list[str]:
    """Return for each peer the geometric mean of recur's figures over its own."""
    ours = {row["panel"]: value_of(row, measure) for row in reversed(rows) if row["peer"] == OURS}
    logs: dict[str, list[float]] = {}
    for row in rows:
        own, value = ours.get(row["panel"]), value_of(row, measure)
        if row["peer"] != OURS and own and value:
            logs.setdefault(name_of(row), []).append(math.log(own / value))
    return [
        f"recur's error is {math.exp(sum(each) / len(each)):.3f} of that of {name} "
        f"({len(each)} files, geometric mean)"
        for name, each in logs.items()
    ]


def missing(rows: list[Row]) -> list[str]:
    """Return a sentence for each reason why something was not measured."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if "error" in row:
            reasons.setdefault((name_of(row), row["error"]), []).append(row["panel"])
    return [
        f"Not measured: {name} on {', '.join(dict.fromkeys(panels))}: {why.rstrip('.')}."
        for (name, why), panels in reasons.items()
    ]


def awaited(rows: list[Row], planned: Sequence[tuple[str, str]]) -> list[str]:
    """Return a sentence of what is to be measured and was not tried yet; none where all was."""
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    tried = {(row["peer"], row["method"], row["panel"]) for row in rows}
    said = []
    for peer, method in planned:
        lacking = [panel for panel in panels if (peer, method, panel) not in tried]
        if lacking:
            where = "" if len(lacking) == len(panels) else f" on {', '.join(lacking)}"
            said.append(f"{peer}, {method}{where}")
    return [f"Not measured yet: {'; '.join(said)}."] if said else []
