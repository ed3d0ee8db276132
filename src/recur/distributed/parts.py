"""One part of a job: read, forecast and written by itself, in any process."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.tables.parted import FilePart
from recur.errors import DataError, RecurError
from recur.files.atomic import write_text
from recur.files.tablefile import write_frame
from recur.notices import listening, unheard
from recur.tasks import notices
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.result import Forecast
from recur.tasks.kinds import load_for

Digests = NDArray[np.uint64]


@dataclass(frozen=True)
class Part:
    """What is forecast at once, and written to one file.

    Attributes:
        number: its place in the order of the input, from 0 on.
        sources: what is read: a file, rows of one, or several files.
        aside: what of it was found to be bad before and is no longer among them, and why.
    """

    number: int
    sources: tuple[FilePart, ...]
    aside: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name of its file, without its end."""
        return f"part-{self.number:06d}"

    @property
    def mark(self) -> str:
        """Return the name of the file that says what of it was set aside."""
        return f".{self.name}.aside"

    def describe(self) -> str:
        """Say in a few words which it is."""
        more = f" and {len(self.sources) - 1:,} more" if len(self.sources) > 1 else ""
        return f"part {self.number} ({self.sources[0].describe()}{more})"

    def name_of(self, source: FilePart) -> str:
        """Say in a few words which of its sources is meant."""
        return f"part {self.number} ({source.describe()})"


@dataclass(frozen=True)
class PartSettings:
    """What all parts of a job have alike.

    Attributes:
        columns: which columns are what, and how files are read, as `read_panel` takes it.
        horizon: steps ahead; None for those of the model.
        clock: of all series.
        end: of the files that are written: `.parquet` or `.csv`.
        whole: whether there is one part alone.
    """

    columns: dict[str, Any]
    horizon: int | None
    clock: Clock
    end: str
    whole: bool = False


@dataclass(frozen=True)
class PartOutcome:
    """What came of a part.

    Attributes:
        part: which one.
        aside: what of it could not be forecast, and why.
        series_of: what was forecast, in order, and how many series each has; nothing where nothing
            was written.
        digests: uint64 [series], of the ids.
        rows: values that were read.
        notices: what a user should know of it.
        seconds: what reading, forecasting and writing took.
    """

    part: Part
    aside: Mapping[str, str] = field(default_factory=dict)
    series_of: Mapping[FilePart, int] = field(default_factory=dict)
    digests: Digests = field(default_factory=lambda: np.zeros(0, np.uint64))
    rows: int = 0
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def series(self) -> int:
        """Return how many series it has."""
        return len(self.digests)

    def source_of(self, series: int) -> FilePart:
        """Return which source a series is of, by its place; the first where that is not known."""
        ends = np.cumsum([*self.series_of.values()])
        sources = [*self.series_of] or [*self.part.sources]
        return sources[int(np.searchsorted(ends, series, side="right"))]


def run_part(
    model: Path, part: Part, settings: PartSettings, folder: Path, *, skip_bad: bool = False
) -> PartOutcome:
    """Forecast a part and write its file into a folder, whole or not at all.

    What is wrong with its data is told in what is returned, and nothing is written.

    Args:
        model: the file of a forecaster.
        part: which one.
        settings: of all parts.
        folder: where its file goes.
        skip_bad: whether what can be forecast of the part is, though something of it cannot.
    """
    with listening() as heard:
        try:
            outcome = _done(_forecaster(model), part, settings, folder, skip_bad=skip_bad)
        except RecurError as error:
            outcome = PartOutcome(part, {part.describe(): str(error)})
    return replace(outcome, notices=tuple(heard.sentences))


def _done(
    model: Forecaster, part: Part, settings: PartSettings, folder: Path, *, skip_bad: bool
) -> PartOutcome:
    began = time.perf_counter()
    panels, aside = _read(part, settings)
    read = time.perf_counter()
    if not panels or (aside and not skip_bad):
        return PartOutcome(part, aside)
    try:
        forecasts = _forecasts(model, panels, settings)
    except RecurError:
        refused = _refused(model, panels, settings)
        aside |= {part.name_of(source): why for source, why in refused.items()}
        panels = {source: panel for source, panel in panels.items() if source not in refused}
        if not panels or not skip_bad:
            return PartOutcome(part, aside)
        forecasts = _forecasts(model, panels, settings)
    made = time.perf_counter()
    if aside:  # before what is written, so that a kill leaves no part that seems whole
        write_text(folder / part.mark, json.dumps(aside, ensure_ascii=False, indent=1) + "\n")
    _write(folder / f"{part.name}{settings.end}", forecasts)
    if not aside:
        (folder / part.mark).unlink(missing_ok=True)
    return PartOutcome(
        part,
        aside,
        {source: len(panel) for source, panel in panels.items()},
        digests_of(pl.Series([name for panel in panels.values() for name in panel.ids])),
        sum(panel.rows for panel in panels.values()),
        seconds={
            "read": read - began, "forecast": made - read, "write": time.perf_counter() - made
        },
    )  # fmt: skip


def _read(part: Part, settings: PartSettings) -> tuple[dict[FilePart, Panel], dict[str, str]]:
    """Return the panels of what can be read, and what cannot be, and why."""
    panels, seen = dict[FilePart, Panel](), dict[str, str]()
    aside = dict(part.aside)
    for source in part.sources:
        name = part.name_of(source)
        try:
            panel = notices.read(source, **settings.columns)
            _check_clock(panel, settings.clock)
            if len(part.sources) > 1:
                for id_ in panel.ids:
                    if id_ in seen:
                        raise DataError(stands_in_both(id_, seen[id_]))
        except RecurError as error:
            aside[name] = str(error)
            continue
        panels[source] = panel
        if len(part.sources) > 1:
            seen |= dict.fromkeys(panel.ids, name)
    return panels, aside


def stands_in_both(id_: str, other: str) -> str:
    """Say that a series is somewhere else too."""
    return (
        f"series `{id_}` is in {other} too; give each series a name of its own, or bring its rows "
        "together."
    )


def _forecasts(
    model: Forecaster, panels: Mapping[FilePart, Panel], settings: PartSettings
) -> list[Forecast]:
    """Return forecasts of all series in order, those of one clock and like columns together."""
    alike = groupby(panels.values(), lambda x: (x.clock, x.covariates and x.covariates.names))
    joined = (first.joined(*others) for _, (first, *others) in alike)
    return [
        model.predict(replace(panel, whole=settings.whole), horizon=settings.horizon)
        for panel in joined
    ]


def _refused(
    model: Forecaster, panels: Mapping[FilePart, Panel], settings: PartSettings
) -> dict[FilePart, str]:
    """Return what cannot be forecast by itself either, and why."""
    refused = {}
    for source, panel in panels.items():
        try:
            with unheard():
                _forecasts(model, {source: panel}, settings)
        except RecurError as error:
            refused[source] = str(error)
    return refused


def _write(path: Path, forecasts: Sequence[Forecast]) -> None:
    """Write forecasts one below the other."""

    def text() -> str:
        first, *others = (forecast.csv() for forecast in forecasts)
        return "".join([first, *(other.partition("\n")[2] for other in others)])

    write_frame(path, lambda: pl.concat([forecast.frame() for forecast in forecasts]), text)


def _check_clock(panel: Panel, clock: Clock) -> None:
    if panel.clock.describe() != clock.describe():
        raise DataError(
            f"{panel.source} has a clock of {panel.clock.describe()}, and what was read before it "
            f"one of {clock.describe()}; forecast the series of each clock by themselves."
        )


def digests_of(ids: pl.Series) -> Digests:
    """Return uint64 [series], a digest of each id; in one version of polars always the same."""
    return ids.cast(pl.String).hash(seed=0).to_numpy()


@lru_cache(maxsize=1)
def _forecaster(model: Path) -> Forecaster:
    """Return the forecaster of a file, which a process reads once."""
    forecaster: Forecaster = load_for(model, "forecast")
    return forecaster
