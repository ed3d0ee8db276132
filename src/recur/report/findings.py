"""What an experiment found: a table of figures beside the published ones, pictures, texts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from recur.report.table import add_columns, empty_table
from recur.report.wording import MISSING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = ("experiment", "metric", "published", "ours", "limit", "time")
_OF_QUICK_RUN = {"published": "published (in full)", "ours": "ours (quick)"}
_DIGITS = 4
_SMALLEST, _LARGEST = 1e-4, 1e6  # beyond which a number is written with an exponent


@dataclass(frozen=True)
class Row:
    """A figure of an experiment.

    Attributes:
        name: what was tried.
        metric: what the figures measure.
        ours: what came out here; None where the row tells a published figure alone.
        published: what the course material or the paper prints.
        limit: what nothing can pass, computed in the same run, or what the lab sets in its place.
        seconds: that it took.
    """

    name: str
    metric: str
    ours: float | None
    published: float | None = None
    limit: float | None = None
    seconds: float | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the row as a table has it."""
        figures = map(figure, (self.published, self.ours, self.limit))
        return (self.name, self.metric, *figures, duration(self.seconds))


@dataclass(frozen=True)
class Picture:
    """A picture that is drawn only where somebody wants to see it.

    Attributes:
        name: of its file, without the ending.
        caption: what it shows, a sentence or two.
        draw: draws it.
    """

    name: str
    caption: str
    draw: Callable[[], Figure]


@dataclass(frozen=True)
class Findings:
    """What an experiment found.

    Attributes:
        rows: the figures.
        words: what they mean, a sentence or a few each.
        pictures: to be drawn.
        texts: such as samples, each with what it is called.
        quick: whether they are of a quick run, beside published figures of a whole one.
    """

    rows: tuple[Row, ...]
    words: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    quick: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return what the cells of a row are."""
        if not self.quick:
            return COLUMNS
        return tuple(_OF_QUICK_RUN.get(column, column) for column in COLUMNS)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values; what is not finite is None."""
        rows = [{k: _plain(v) for k, v in asdict(row).items()} for row in self.rows]
        return {"quick": self.quick, "rows": rows}


def findings_table(findings: Findings) -> Table:
    """Return the figures side by side."""
    table = empty_table()
    texts = [row.cells for row in findings.rows]
    for i, column in enumerate(findings.columns):
        if i in (0, 1):
            table.add_column(column, overflow="fold", vertical="bottom")
        elif any(cells[i] != MISSING for cells in texts):
            add_columns(table, column.replace(" (", "\n("))
        else:
            texts = [(*cells[:i], "", *cells[i + 1 :]) for cells in texts]
            table.add_column("", width=0)
    for cells in texts:
        table.add_row(*map(Text, cells))
    return table


def figure(value: float | None) -> str:
    """Write a figure with four significant digits.

    >>> figure(0.0416), figure(59995.7), figure(3.2e-07), figure(12), figure(None)
    ('0.0416', '59996', '3.2e-07', '12', '–')
    """  # noqa: RUF002 (an en dash, as tables have it)
    if value is None or not math.isfinite(value):
        return MISSING
    size = abs(value)
    if size and not _SMALLEST <= size < _LARGEST:
        return f"{value:.2g}"
    whole = max(math.floor(math.log10(size)) + 1, 0) if size else 0
    return f"{value:.0f}" if whole >= _DIGITS else f"{value:.{_DIGITS}g}"


def duration(seconds: float | None) -> str:
    """Write a time as a reader would tell it.

    >>> duration(0.042), duration(3.14), duration(75), duration(None)
    ('0.04 s', '3.1 s', '75 s', '–')
    """  # noqa: RUF002 (an en dash, as tables have it)
    if seconds is None:
        return MISSING
    digits = 2 if seconds < 1 else 1 if seconds < 10 else 0
    return f"{seconds:.{digits}f} s"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
