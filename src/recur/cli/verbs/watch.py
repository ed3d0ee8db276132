"""`recur watch`: a saved model answers to a growing file, or to standard input, line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recur.cli.options import Model, expand_options, flag, option
from recur.tasks.parameters import DATA

if TYPE_CHECKING:
    from recur.tasks.watching import WatchedRow

_TEXTS = ("time", "series", "")  # columns that are no numbers
Growing = Annotated[
    Path,
    typer.Argument(
        help="A text that grows, a row a line: values, times and values, columns with a header, or "
        "objects of JSON; lines as they are for a model that writes; - for standard input.",
        metavar="FILE",
    ),
]


@expand_options
def watch(
    model: Model,
    file: Growing = Path("-"),
    history: Annotated[
        Path | None,
        option("Go on behind the series of a file, which is read as by predict.", DATA, "FILE"),
    ] = None,
    target: Annotated[
        str | None, option("Column of values (default: as trained, or the only one).", DATA, "COL")
    ] = None,
    time: Annotated[
        str | None, option("Column of times (default: one that is called so).", DATA, "COL")
    ] = None,
    id: Annotated[  # noqa: A002 (the noun of the data)
        str | None, option("Column that tells series apart (default: unique_id).", DATA, "COL")
    ] = None,
    unusual: Annotated[
        float | None,
        option(
            "Mark values outside of what their forecasts allowed; of values among which none is, "
            "such a share is marked, 0.001 say.",
            "Unusual values", "P",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        option(
            "At the end, write a picture of the newest thousand values and those marked.",
            "Unusual values", "FILE",
        ),
    ] = None,
    once: Annotated[
        bool, flag("--once", "End where FILE ends, rather than wait for more lines.", DATA)
    ] = False,
    strict: Annotated[
        bool,
        flag("--strict", "Refuse a line that is not understood, rather than go on without.", DATA),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print an object of JSON a line.", metavar="")
    ] = False,
) -> None:  # fmt: skip
    """Answer to every line of a growing file at once.

    A model that forecasts says what was expected of the value and what comes next, one that
    cleans signals the cleaned value, one that writes how much of a surprise each symbol was and
    what may come next. A line takes the same time however many came before
    it. Ctrl-C ends it.
    """
    from recur.cli import output
    from recur.tasks.kinds import watcher_with
    from recur.tasks.watching import watched

    given = {
        "history": history, "target": target, "time": time, "id": id, "unusual": unusual,
        "picture": picture,
    }  # fmt: skip
    with output.noticing():
        watcher = watcher_with(model, {k: v for k, v in given.items() if v is not None})
        header = not as_json
        try:
            for row in watched(watcher, file, once=once, strict=strict):
                if header:
                    _print("  ".join(_cells({name: name for name in row.cells}, watcher.widths)))
                    header = False
                _print(_json(row) if as_json else "  ".join(_cells(row.cells, watcher.widths)))
        except KeyboardInterrupt:  # which is how it ends
            pass
        watcher.close()


def _cells(cells: dict[str, str], widths: dict[str, int]) -> list[str]:
    """Return the cells of a line, each in its width; the last ones to the right."""
    return [
        cells[name].ljust(width) if name in _TEXTS else cells[name].rjust(width)
        for name, width in widths.items()
        if width
    ]


def _json(row: WatchedRow) -> str:
    return json.dumps(row.facts, ensure_ascii=False, allow_nan=False)


def _print(line: str) -> None:
    print(line.rstrip(), flush=True)  # noqa: T201
