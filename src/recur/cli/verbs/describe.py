"""`recur describe`: what a series is before anyone models it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recur.cli.options import DATA, File, Filling, Id, Json, Out, Target, Time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.table import Table

    from recur.data.describe.description import Description, SeriesDescription
    from recur.data.describe.summary import Statistics

_SHOWN = 3  # outliers and missing stretches that are named


def describe(
    file: File,
    target: Target = None,
    time: Time = None,
    id: Id = None,  # noqa: A002 (the noun of the data)
    fill: Filling = "none",
    season: Annotated[
        int | None,
        typer.Option(
            help="Steps in a season, 1 for none (default: detected).",
            rich_help_panel=DATA,
            metavar="N",
            show_default=False,
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Say what a series is: its values, gaps, outliers, season, trend, and whether it is a walk.

    Nothing is trained. With --out: a picture of the decomposition into trend, season and rest.
    """
    from recur.cli import output
    from recur.data.describe.description import describe as description_of
    from recur.files.atomic import writable_folder
    from recur.tasks import notices
    from recur.version import __version__

    if out is not None:
        writable_folder(out)
    panel = notices.read(file, target=target, time=time, id=id, fill=fill)
    found = description_of(panel, season=season)
    files = {} if out is None else _write(found, out)
    if as_json:
        written = {name: str(path) for name, path in files.items()}
        facts = {"recur": __version__, "task": "describe", **found.to_dict(), "files": written}
        output.print_json(facts)
        return
    if len(panel) == 1:
        _print_series(found)
    else:
        _print_panel(found)
    if files:
        output.print_files(files)


def _write(found: Description, folder: Path) -> dict[str, Path]:
    """Write a picture of the first series; return the files by what they hold."""
    from recur.cli.output import notice
    from recur.files.atomic import write_bytes
    from recur.report.plots import png
    from recur.report.plots.decomposition import decomposition_picture

    panel, first = found.panel, found.series[0]
    parts = tuple(one for one in (first.additive, first.multiplicative) if one is not None)
    if not parts:
        notice("No picture was drawn: the series is too short for it, or does not vary.")
        return {}
    name = panel.target if len(panel) == 1 else f"{panel.target}: {first.id}"
    picture = decomposition_picture(name, panel.clock, panel.clock_times(0), parts)
    path = folder / "decomposition.png"
    write_bytes(path, png(picture))
    return {"decomposition": path}


def _print_series(found: Description) -> None:
    """Print all that is known of a single series, and the sentences at the end."""
    from recur.cli.output import stdout
    from recur.report.tables import key_values

    one = found.series[0]
    pairs = [
        ("data", found.panel.describe()),
        *_value_lines(one.statistics),
        ("missing", _missing(one)),
        *_varying_lines(one),
    ]
    console = stdout()
    console.print(key_values(pairs))
    for sentence in _sentences(one):
        console.print()
        console.print(sentence, style="bold")


def _value_lines(statistics: Statistics) -> list[tuple[str, object]]:
    """Return the plain statistics of a series, a line each for centre, quantiles and range."""
    from recur.report.wording import value_column

    spread = 0.0 if statistics.deviation is None else statistics.deviation
    ends = (statistics.least, statistics.greatest)
    inner = statistics.quantiles.values()
    mean, median, deviation, least, greatest, *quantiles = value_column(
        [statistics.mean, statistics.median, spread, *ends, *inner]
    )
    centre = f"mean {mean} · median {median}"
    if statistics.variance is not None:
        centre += f" · standard deviation {deviation} · variance {statistics.variance:.5g}"
    named = zip(statistics.quantiles, quantiles, strict=True)
    return [
        ("values", centre),
        ("quantiles", " · ".join(f"{percent} % {text}" for percent, text in named)),
        ("range", f"{least} to {greatest}"),
    ]


def _missing(one: SeriesDescription) -> str:
    """Name the first stretches that were filled in."""
    if not one.missing:
        return "none"
    steps = sum(stretch.steps for stretch in one.missing)
    named = [
        f"{stretch.start}" if stretch.steps == 1 else f"{stretch.start} to {stretch.end}"
        for stretch in one.missing[:_SHOWN]
    ]
    stretches = f"{len(one.missing)} stretch{'es' * (len(one.missing) > 1)}"
    return f"{steps} filled in, {stretches}: {_and_more(named, len(one.missing))}"


def _varying_lines(one: SeriesDescription) -> list[tuple[str, object]]:
    """Return what can be said of a series that varies and is long enough."""
    from recur.data.describe.outliers import FEWEST_VALUES
    from recur.report.wording import value_column

    lines: list[tuple[str, object]] = []
    if one.rows >= FEWEST_VALUES and one.autocorrelation:
        texts = value_column(outlier.value for outlier in one.outliers[:_SHOWN])
        named = [
            f"{text} ({outlier.time})" for text, outlier in zip(texts, one.outliers, strict=False)
        ]
        count = len(one.outliers)
        lines.append(("outliers", f"{count}: {_and_more(named, count)}" if count else "none"))
    if one.autocorrelation:
        by_lag = (f"{value:.3f} at lag {lag}" for lag, value in one.autocorrelation.items())
        within = f"(white noise: within {one.band:.3f})"
        lines.append(("autocorrelation", f"{', '.join(by_lag)} {within}"))
    better = one.decomposition
    if better is not None:
        length = f"{one.season} steps, strength {better.season_strength:.2f}"
        first, last = value_column(better.trend_ends)
        lines += [
            ("season", length if one.season > 1 else "none"),
            ("trend", f"from {first} to {last}, strength {better.trend_strength:.2f}"),
            ("decomposition", _preference(one)),
        ]
    elif one.season > 1:
        lines.append(("season", f"{one.season} steps"))
    return lines


def _preference(one: SeriesDescription) -> str:
    """Say which decomposition describes a series better."""
    assert one.decomposition is not None
    if one.multiplicative is None:
        return "additive (a multiplicative one takes positive values)"
    other = "additive" if one.decomposition is one.multiplicative else "multiplicative"
    return f"{one.decomposition.kind} describes it better than {other}"


def _sentences(one: SeriesDescription) -> list[str]:
    walk = [] if one.random_walk is None else [one.random_walk.sentence]
    return [*walk, *([one.notice] if one.notice else [])]


def _print_panel(found: Description) -> None:
    """Print what many series are together, and a line for each of the first."""
    from recur.cli.output import stdout
    from recur.report.tables import key_values

    panel = found.panel
    lengths = panel.lengths
    shortest, longest = int(lengths.min()), int(lengths.max())
    pairs = [
        ("data", panel.describe()),
        (
            "lengths",
            f"{shortest:,} to {longest:,} values" if shortest < longest else f"{longest:,}",
        ),
        *_value_lines(found.statistics),
        ("missing", f"{found.missing:,} filled in" if found.missing else "none"),
        ("season", f"{found.season} steps" if found.season > 1 else "none"),
    ]
    console = stdout()
    console.print(key_values(pairs))
    console.print()
    console.print(_table(found.series, more=len(panel) - len(found.series)))


def _table(series: Sequence[SeriesDescription], more: int) -> Table:
    """Return a line for each of the series that were described."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from recur.report.wording import visible

    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="",
        caption=f"and {more:,} more series" if more else None, caption_justify="left",
    )  # fmt: skip
    table.add_column("series", no_wrap=True)
    for header in (
        "rows",
        "mean",
        "deviation",
        "least",
        "greatest",
        "missing",
        "outliers",
        "season",
    ):
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("walk", no_wrap=True)
    for one in series:
        missing = sum(stretch.steps for stretch in one.missing)
        table.add_row(
            Text(visible(one.id, most=16)),
            *(f"{one.rows:,}", *_sizes(one.statistics), f"{missing}", f"{len(one.outliers)}"),
            f"{one.season}" if one.season > 1 else "-",
            _walk(one),
        )
    return table


def _sizes(statistics: Statistics) -> list[str]:
    sizes = (statistics.mean, statistics.deviation, statistics.least, statistics.greatest)
    return ["-" if size is None else f"{size:.4g}" for size in sizes]


def _walk(one: SeriesDescription) -> str:
    """Say in a word whether a series may be a random walk."""
    if one.random_walk is None:
        return "-"
    return "no" if one.random_walk.distinguishable else "maybe"


def _and_more(named: Sequence[str], count: int) -> str:
    """Write a list that may have been cut.

    >>> _and_more(["a", "b"], 5)
    'a, b and 3 more'
    """
    more = count - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
