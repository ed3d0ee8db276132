"""`recur bench`: how fast things are here, against others in the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Annotated

import typer

from recur.cli.options import Json

if TYPE_CHECKING:
    from recur.bench.benchmark import Benchmark
    from recur.bench.cases import Case

_DISAGREEMENT = 3
_CROWDED = (
    "Two threads hardly multiply faster than one here; if other programs are at work, the ratios "
    "on 2 threads mean nothing."
)

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
    from recur.bench.result import BenchResult
    from recur.cli.output import print_sentences, tell

    named, gridded = _chosen(table(), grid(thinned=quick), grid(), only)
    benchmark = Benchmark()
    with _progress(benchmark, [*named, *gridded]) as advance:
        rows = []
        for row in benchmark.rows([*named, *gridded]):
            rows.append(row)
            advance(row.name)
    count = len(named) * len(benchmark.threads)
    result = BenchResult(
        named=tuple(rows[:count]),
        gridded=tuple(rows[count:]),
        targets={case.name: case.target for case in named},
        peaks=benchmark.peaks,
        notices=(_CROWDED,) if benchmark.crowded else (),
    )
    tell(result, as_json=as_json)
    if result.apart:
        apart = ", ".join(f"{row.name} (threads: {row.threads})" for row in result.apart)
        print_sentences(f"recur: the engines do not agree, and nothing was timed, on {apart}.")
        raise typer.Exit(_DISAGREEMENT)


def _chosen(
    table: list[Case], grid: list[Case], whole: list[Case], only: Sequence[str] | None
) -> tuple[list[Case], list[Case]]:
    """Return the cases of the table and of the grid that are asked for."""
    from recur.errors import SettingsError, nearest

    if not only:
        return table, grid
    names = [case.name for case in [*table, *whole]]
    for name in only:
        if name not in names:
            raise SettingsError(f"there is no network `{name}` to time; {nearest(name, names)}.")
    chosen = set(only)
    return [x for x in table if x.name in chosen], [x for x in whole if x.name in chosen]


@contextmanager
def _progress(benchmark: Benchmark, cases: list[Case]) -> Iterator[Callable[[str], None]]:
    """Show on a terminal how long it will take and how far it is; give what moves it on."""
    from recur.cli.output import print_notice
    from recur.progress import showing

    with showing("timing", at_once=True) as line:
        if line.shown:
            minutes = benchmark.expected_seconds(cases) / 60
            networks = "1 network" if len(cases) == 1 else f"{len(cases)} networks"
            print_notice(f"Timing {networks}, about {max(1, round(minutes))} min; Ctrl-C ends it.")
        done = count()
        yield lambda name: line.at(next(done), len(cases) * len(benchmark.threads), name)
