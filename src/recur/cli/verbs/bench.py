"""`recur bench`: how fast things are here, against others in the same run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from recur.cli.options import Json

if TYPE_CHECKING:
    from rich.table import Table

    from recur.bench.benchmark import Benchmark, Row
    from recur.bench.cases import Case

_DISAGREEMENT = 3
_SLOWEST = 5  # rows of the grid that are shown

bench = typer.Typer(help="Measure how fast things are on this machine.", no_args_is_help=True)


@bench.callback()
def _subjects() -> None:
    """Measure how fast things are on this machine."""


_ENGINE = (
    "Time the compiled engine against PyTorch, on networks on which their results agree.\n\n"
    "A table of networks with a ratio to reach, and a grid of cells, sizes, batches and steps, on "
    "1 and 2 threads. Both sides take turns, and do whole training steps: forward, loss, backward, "
    "clipping, Adam; or, where the name says single, one observation. PyTorch is eager and "
    "plainly written. A ratio above 1 says that the compiled engine is faster.\n\n"
    "Exit code 3: some results do not agree."
)


@bench.command(help=_ENGINE)  # a docstring's line breaks would be printed
def engine(
    quick: Annotated[
        bool,
        typer.Option("--quick", help="The table and 35 of the grid's 315 networks.", metavar=""),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this network, such as gru-30-300-100 (cell, hidden size, batch, steps); can "
            "be given several times.",
            metavar="NAME",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Time the compiled engine against PyTorch, and print a table or JSON."""
    from recur.bench.benchmark import Benchmark
    from recur.bench.cases import grid, table
    from recur.cli.output import notice, print_json

    named, gridded = _chosen(table(), grid(thinned=quick), grid(), only)
    benchmark = Benchmark()
    with _progress(benchmark, [*named, *gridded]) as advance:
        rows = []
        for row in benchmark.rows([*named, *gridded]):
            rows.append(row)
            advance(row.name)
    count = len(named) * len(benchmark.threads)
    if as_json:
        print_json(_as_json(benchmark, rows[:count], rows[count:]))
    else:
        _print(benchmark, {case.name: case.target for case in named}, rows[:count], rows[count:])
    if benchmark.crowded:
        notice(
            "Two threads hardly multiply faster than one here; if other programs are at work, the "
            "ratios on 2 threads mean nothing."
        )
    apart = [f"{row.name} (threads: {row.threads})" for row in rows if not row.agree]
    if apart:
        notice(f"recur: the engines do not agree, and nothing was timed, on {', '.join(apart)}.")
        raise typer.Exit(_DISAGREEMENT)


def _chosen(
    table: list[Case], grid: list[Case], whole: list[Case], only: Sequence[str] | None
) -> tuple[list[Case], list[Case]]:
    """Return the cases of the table and of the grid that are asked for."""
    from recur.errors import SettingsError, nearest

    if not only:
        return table, grid
    known = [case.name for case in [*table, *whole]]
    for name in only:
        if name not in known:
            raise SettingsError(f"there is no network `{name}` to time; {nearest(name, known)}.")
    wanted = set(only)
    return [x for x in table if x.name in wanted], [x for x in whole if x.name in wanted]


@contextmanager
def _progress(benchmark: Benchmark, cases: list[Case]) -> Iterator[Callable[[str], None]]:
    """Show on a terminal how long it will take and how far it is; give what moves it on."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from recur.cli.output import notice

    minutes = benchmark.expected_seconds(cases) / 60
    networks = "1 network" if len(cases) == 1 else f"{len(cases)} networks"
    notice(f"Timing {networks}, about {max(1, round(minutes))} min; Ctrl-C ends it.")
    columns = (BarColumn(), TextColumn("{task.fields[name]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("timing", total=len(cases) * len(benchmark.threads), name="")
        yield lambda name: progress.update(task, advance=1, name=name)


def _as_json(benchmark: Benchmark, named: list[Row], gridded: list[Row]) -> dict[str, object]:
    from dataclasses import asdict

    from recur.bench.benchmark import geometric_mean, least_ratio, machine

    return {
        "rows": [asdict(row) for row in [*named, *gridded]],
        "geometric_mean": geometric_mean(gridded),
        "least_ratio": least_ratio([*named, *gridded]),
        "peak_gflops": {str(threads): peak / 1e9 for threads, peak in benchmark.peaks.items()},
        "machine": machine(),
    }


def _print(
    benchmark: Benchmark,
    targets: dict[str, float | None],
    named: list[Row],
    gridded: list[Row],
) -> None:
    from recur.cli.output import print_lines, stdout

    console = stdout()
    if named:
        console.print(_table(named, targets))
        console.print()
    if gridded:
        slowest = sorted((row for row in gridded if row.ratio is not None), key=_ratio)
        apart = [row for row in gridded if not row.agree]
        console.print(_table([*apart, *slowest[:_SLOWEST]], {}))
        console.print()
        print_lines(**_grid_lines(gridded))
    peaks = (f"{_on(threads)} {x / 1e9:.0f}" for threads, x in benchmark.peaks.items())
    print_lines(peak=f"{', '.join(peaks)} GFLOP/s (product of 1024 x 1024, float32)")


def _table(rows: list[Row], targets: dict[str, float | None]) -> Table:
    """Return what was measured; without targets, these are the slowest rows of the grid."""
    from rich import box
    from rich.table import Table

    caption = None if targets else "the grid's rows with the least ratios"
    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="",
        caption=caption, caption_justify="left",
    )  # fmt: skip
    table.add_column("network", no_wrap=True)
    for header in ("threads", "torch ms", "compiled ms", "ratio", "target", "of peak"):
        if header != "target" or targets:
            table.add_column(header, justify="right", no_wrap=True)
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
    from recur.bench.benchmark import geometric_mean

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
