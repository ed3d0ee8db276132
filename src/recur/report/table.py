"""Tables for a terminal: their looks, named values, and how the lowest of a column is marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from recur.errors import visible
from recur.report.paragraph import paragraph
from recur.report.wording import MISSING


def empty_table(caption: str | None = None, *, gap: int = 3) -> Table:
    """Return a table without rows, with a line under its header and nothing around it.

    Args:
        caption: what stands below it.
        gap: spaces between columns.
    """
    return Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, gap - 1, 0, 0),
        caption=None if caption is None else Text(caption),
        caption_justify="left",
        header_style="",
    )


def add_columns(table: Table, *headers: str) -> None:
    """Add columns of numbers, which stand to the right and never wrap."""
    for header in headers:
        table.add_column(Text(header), justify="right", no_wrap=True, vertical="bottom")


def key_values(pairs: Iterable[tuple[str, object]]) -> Table:
    """Return names and their values in two columns."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(Text(visible(name)), _Paragraph(visible(str(value))))
    return table


class _Paragraph:
    """A text that is broken into lines as sentences are, whatever the width of its column."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(paragraph(self._text, options.max_width), overflow="fold")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, Text(self._text))


def lowest(column: Sequence[str]) -> list[bool]:
    """Return for each cell whether none of the column reads lower.

    Cells that read the same share the mark: no difference is claimed unseen.

    >>> lowest(["1.20", "0.97", "0.97", MISSING])
    [False, True, True, False]
    """
    numbers = [float(cell) for cell in column if cell != MISSING]
    return [cell != MISSING and float(cell) == min(numbers) for cell in column]


def starred(cell: str, mark: bool) -> Text:
    """Return a cell; the star of the lowest stands in front, where it moves no decimal point."""
    return Text(f"*{cell}", style="bold") if mark else Text(cell)
