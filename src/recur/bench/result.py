"""What timing the engines came to, as a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from rich.table import Table

from recur.bench.benchmark import Row, geometric_mean, least_ratio, machine
from recur.report.blocks import Block, Facts
from recur.report.result import Result
from recur.report.table import add_columns, empty_table

_SLOWEST = 5  # rows of the grid that are shown


@dataclass(frozen=True, eq=False, kw_only=True)
class BenchResult(Result):
    """The compiled engine beside PyTorch.

    Attributes:
        named: rows of the table of networks.
        gridded: rows of the grid.
        targets: the ratios to reach, by name; None for none.
        peaks: what a processor can do at most, in operations a second, by threads.
    """

    task: ClassVar[str] = "bench"

    named: tuple[Row, ...]
    gridded: tuple[Row, ...]
    targets: Mapping[str, float | None]
    peaks: Mapping[int, float]

    @property
    def apart(self) -> list[Row]:
        """Return the rows on which the engines do not agree."""
        return [row for row in (*self.named, *self.gridded) if not row.agree]

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        rows = [*self.named, *self.gridded]
        return {
            "rows": [asdict(row) for row in rows],
            "geometric_mean": geometric_mean(self.gridded),
            "least_ratio": least_ratio(rows),
            "peak_gflops": {str(threads): peak / 1e9 for threads, peak in self.peaks.items()},
            "machine": machine(),
        }

    def findings(self) -> Iterator[Block]:
        """Yield the table of networks, the slowest rows of the grid, and its means."""
        if self.named:
            yield _table(list(self.named), self.targets)
        facts: dict[str, object] = {}
        if self.gridded:
            slowest = sorted((row for row in self.gridded if row.ratio is not None), key=_ratio)
            apart = [row for row in self.gridded if not row.agree]
            yield _table([*apart, *slowest[:_SLOWEST]], {})
            facts.update(_grid_lines(list(self.gridded)))
        peaks = (f"{_on(threads)} {peak / 1e9:.0f}" for threads, peak in self.peaks.items())
        facts["peak"] = f"{', '.join(peaks)} GFLOP/s (product of 1024 x 1024, float32)"
        yield Facts(facts)


def _table(rows: list[Row], targets: Mapping[str, float | None]) -> Table:
    """Return what was measured; without targets, these are the slowest rows of the grid."""
    table = empty_table(None if targets else "the grid's rows with the least ratios", gap=2)
    table.add_column("network", no_wrap=True)
    aimed = ["target"] if targets else []
    add_columns(table, "threads", "torch ms", "compiled ms", "ratio", *aimed, "of peak")
    for row in rows:
        target = targets.get(row.name)
        aim = ["" if target is None else f"{target:g}"] if targets else []
        share = _text(row.share_of_peak, "{:.0%}")
        ratio = _text(row.ratio, "{:.2f}") if row.agree else "disagree"
        times = (_text(row.torch_ms, "{:.4g}"), _text(row.compiled_ms, "{:.4g}"))
        table.add_row(row.name, str(row.threads), *times, ratio, *aim, share)
    return table


def _grid_lines(rows: list[Row]) -> dict[str, str]:
    """Return the geometric means over the grid, and over its parts."""

    def means(key: Callable[[Row], str | int]) -> str:
        parts = dict.fromkeys(key(row) for row in rows)
        each = ((part, geometric_mean([x for x in rows if key(x) == part])) for part in parts)
        return ", ".join(
            f"{part}: {_text(mean, '{:.0f}' if mean and mean >= 100 else '{:.3g}')}"
            for part, mean in each
        )

    mean = _text(geometric_mean(rows), "{:.2f}")
    return {
        "grid": f"{mean}, the geometric mean of its ratios; below, those of its parts",
        "threads": means(lambda row: row.threads),
        "cell": means(lambda row: row.cell),
        "hidden": means(lambda row: row.hidden),
        "batch": means(lambda row: row.batch),
        "steps": means(lambda row: row.steps),
    }


def _ratio(row: Row) -> float:
    return float("inf") if row.ratio is None else row.ratio


def _on(threads: int) -> str:
    return f"{threads} thread{'s' * (threads != 1)}"


def _text(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
