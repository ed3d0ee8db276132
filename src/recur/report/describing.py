"""What a series is, as a result: shown block by block, drawn, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text

from recur.data.describe.description import Description
from recur.data.describe.one_series import SeriesDescription
from recur.data.describe.outliers import FEWEST_VALUES
from recur.data.describe.summary import Statistics
from recur.errors import visible
from recur.files.atomic import write_bytes
from recur.report.blocks import Block, Facts, Heading, Prose, Sentence
from recur.report.result import Result
from recur.report.table import add_columns, empty_table
from recur.report.wording import value_column

_SHOWN = 3  # outliers and missing stretches that are named


@dataclass(frozen=True, eq=False, kw_only=True)
class DescriptionResult(Result):
    """What the series of a panel are.

    Attributes:
        description: of them.
        command: what to type to forecast them; "" where a user has named them.
    """

    task: ClassVar[str] = "describe"

    description: Description
    command: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        described = self.description.to_dict()
        return {**described, "command": self.command} if self.command else described

    def findings(self) -> Iterator[Block]:
        """Yield all that is known of a single series, or a line for each of many."""
        if len(self.description.panel) == 1:
            yield from _single(self.description)
        else:
            yield from _many(self.description)
        if self.command:
            yield Prose(f"to forecast:\n  {self.command}", below=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class DescriptionsResult(Result):
    """What the series of each clock of a file are.

    Attributes:
        descriptions: of each clock by its name.
        command: as in `DescriptionResult`.
    """

    task: ClassVar[str] = "describe"

    descriptions: Mapping[str, DescriptionResult]
    command: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what is particular to it, as plain JSON values."""
        results = [one.to_dict() for one in self.descriptions.values()]
        return {"results": results} | ({"command": self.command} if self.command else {})

    def findings(self) -> Iterator[Block]:
        """Yield what is known of the series of each clock."""
        for clock, one in self.descriptions.items():
            yield Heading(clock)
            yield from one.blocks()
        if self.command:
            yield Prose(f"to forecast:\n  {self.command}")


def describe_to(description: Description, folder: Path | None) -> DescriptionResult:
    """Return a description as a result, a picture of the first series written where asked to."""
    if folder is None:
        return DescriptionResult(description=description)
    panel, first = description.panel, description.series[0]
    parts = tuple(part for part in (first.additive, first.multiplicative) if part is not None)
    if not parts:
        sentence = "No picture was drawn: the series is too short for it, or does not vary."
        return DescriptionResult(description=description, notices=(sentence,))
    name = panel.target if len(panel) == 1 else f"{panel.target}: {first.id}"
    from recur.report.plots import png  # slow to import
    from recur.report.plots.decomposition import decomposition_picture

    picture = decomposition_picture(
        name, panel.clock, panel.clock_times(0), parts, panel.filled_in(0)
    )
    path = folder / "decomposition.png"
    write_bytes(path, png(picture))
    return DescriptionResult(description=description, files={"decomposition": path})


def _single(description: Description) -> Iterator[Block]:
    series = description.series[0]
    yield Facts(
        {
            "data": description.panel.describe(),
            **dict(_value_lines(series.statistics)),
            "missing": _missing(series),
            **dict(_varying_lines(series)),
        }
    )
    if series.random_walk is not None:
        yield Sentence(series.random_walk.sentence)
    if series.notice:
        yield Sentence(series.notice)


def _many(description: Description) -> Iterator[Block]:
    panel = description.panel
    shortest, longest = int(panel.lengths.min()), int(panel.lengths.max())
    same = f"{longest:,}"
    yield Facts(
        {
            "data": panel.describe(),
            "lengths": same if shortest == longest else f"{shortest:,} to {longest:,} values",
            **dict(_value_lines(description.statistics)),
            "missing": f"{description.missing:,} steps" if description.missing else "none",
            "season": _season(description.season, description.beside),
        }
    )
    yield _table(description.series, more=len(panel) - len(description.series))


def _value_lines(statistics: Statistics) -> list[tuple[str, object]]:
    """Return the plain statistics of a series, a line each for centre, quantiles and range."""
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


def _missing(series: SeriesDescription) -> str:
    """Name the first stretches that were not observed."""
    if not series.missing:
        return "none"
    steps = sum(stretch.steps for stretch in series.missing)
    named = [
        f"{stretch.start}" if stretch.steps == 1 else f"{stretch.start} to {stretch.end}"
        for stretch in series.missing[:_SHOWN]
    ]
    count = f"{steps} step{'s' * (steps > 1)}"
    stretches = f"{len(series.missing)} stretch{'es' * (len(series.missing) > 1)}"
    return f"{count} in {stretches}: {_and_more(named, len(series.missing))}"


def _varying_lines(series: SeriesDescription) -> list[tuple[str, object]]:
    """Return what can be said of a series that varies and is long enough."""
    lines: list[tuple[str, object]] = []
    if series.rows >= FEWEST_VALUES and series.autocorrelation:
        texts = value_column(outlier.value for outlier in series.outliers[:_SHOWN])
        named = [
            f"{text} ({outlier.time})"
            for text, outlier in zip(texts, series.outliers, strict=False)
        ]
        count = len(series.outliers)
        lines.append(("outliers", f"{count}: {_and_more(named, count)}" if count else "none"))
    if series.autocorrelation:
        by_lag = (f"{value:.3f} at lag {lag}" for lag, value in series.autocorrelation.items())
        within = f"(white noise: within {series.band:.3f})"
        lines.append(("autocorrelation", f"{', '.join(by_lag)} {within}"))
    better = series.decomposition
    if better is not None:
        length = _season(series.season, series.beside, better.season_strength)
        first, last = value_column(better.trend_ends)
        lines += [
            ("season", length),
            ("trend", f"from {first} to {last}, strength {better.trend_strength:.2f}"),
            ("decomposition", _preference(series)),
        ]
    elif series.season > 1:
        lines.append(("season", _season(series.season, series.beside)))
    return lines


def _season(season: int, beside: Sequence[int], strength: float | None = None) -> str:
    """Say how long a season is, how strong, and which longer ones stand out beside it.

    >>> _season(24, (168,), 0.9), _season(12, ()), _season(1, ())
    ('24 steps, strength 0.90; beside it 168', '12 steps', 'none')
    """
    if season == 1:
        return "none"
    strong = "" if strength is None else f", strength {strength:.2f}"
    longer = f"; beside it {', '.join(map(str, beside))}" if beside else ""
    return f"{season} steps{strong}{longer}"


def _preference(series: SeriesDescription) -> str:
    """Say which decomposition describes a series better."""
    assert series.decomposition is not None
    if series.multiplicative is None:
        return "additive (a multiplicative one takes positive values)"
    other_kind = "additive" if series.decomposition is series.multiplicative else "multiplicative"
    return f"{series.decomposition.kind} describes it better than {other_kind}"


def _table(descriptions: Sequence[SeriesDescription], more: int) -> Table:
    """Return a line for each of the series that were described."""
    table = empty_table(f"and {more:,} more series" if more else None, gap=2)
    table.add_column("series", no_wrap=True)
    add_columns(
        table, "rows", "mean", "deviation", "least", "greatest", "missing", "outliers", "season"
    )
    table.add_column("walk", no_wrap=True)
    for series in descriptions:
        missing = sum(stretch.steps for stretch in series.missing)
        table.add_row(
            Text(visible(series.id, most=16)),
            f"{series.rows:,}",
            *_sizes(series.statistics),
            f"{missing}",
            f"{len(series.outliers)}",
            "-" if series.season == 1 else ", ".join(map(str, (series.season, *series.beside))),
            _walk(series),
        )
    return table


def _sizes(statistics: Statistics) -> list[str]:
    sizes = (statistics.mean, statistics.deviation, statistics.least, statistics.greatest)
    return ["-" if size is None else f"{size:.4g}" for size in sizes]


def _walk(series: SeriesDescription) -> str:
    """Say in a word whether a series may be a random walk."""
    if series.random_walk is None:
        return "-"
    return "no" if series.random_walk.distinguishable else "maybe"


def _and_more(named: Sequence[str], count: int) -> str:
    """Write a list that may have been cut.

    >>> _and_more(["a", "b"], 5)
    'a, b and 3 more'
    """
    more = count - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
