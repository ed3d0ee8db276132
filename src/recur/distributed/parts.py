"""One part of a job: read, forecast and written by itself, in any process."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.tables.parted import FilePart
from recur.errors import DataError, RecurError
from recur.files.tablefile import write_frame
from recur.notices import listening
from recur.tasks import notices
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.kinds import load_for

Digests = NDArray[np.uint64]


@dataclass(frozen=True)
class Part:
    """What is forecast at once, and written to one file.

    Attributes:
        number: its place in the order of the input, from 0 on.
        source: what is read.
    """

    number: int
    source: FilePart

    @property
    def name(self) -> str:
        """Return the name of its file, without its end."""
        return f"part-{self.number:06d}"

    def describe(self) -> str:
        """Say in a few words which it is."""
        return f"part {self.number} ({self.source.describe()})"


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
        error: why it could not be forecast; "" where it was.
        digests: uint64 [series], of the ids.
        rows: values that were read.
        notices: what a user should know of it.
        seconds: what reading, forecasting and writing took.
    """

    part: Part
    error: str = ""
    digests: Digests = field(default_factory=lambda: np.zeros(0, np.uint64))
    rows: int = 0
    notices: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def series(self) -> int:
        """Return how many series it has."""
        return len(self.digests)


def run_part(model: Path, part: Part, settings: PartSettings, folder: Path) -> PartOutcome:
    """Forecast a part and write its file into a folder, whole or not at all.

    What is wrong with its data is told in what is returned, and nothing is written.

    Args:
        model: the file of a forecaster.
        part: which one.
        settings: of all parts.
        folder: where its file goes.
    """
    with listening() as heard:
        try:
            outcome = _done(_forecaster(model), part, settings, folder)
        except RecurError as error:
            outcome = PartOutcome(part, str(error))
    return replace(outcome, notices=tuple(heard.sentences))


def _done(model: Forecaster, part: Part, settings: PartSettings, folder: Path) -> PartOutcome:
    began = time.perf_counter()
    panel = notices.read(part.source, **settings.columns)
    _check_clock(panel, settings.clock)
    read = time.perf_counter()
    forecast = model.predict(replace(panel, whole=settings.whole), horizon=settings.horizon)
    made = time.perf_counter()
    path = folder / f"{part.name}{settings.end}"
    write_frame(path, forecast.frame, forecast.csv)
    seconds = {"read": read - began, "forecast": made - read, "write": time.perf_counter() - made}
    return PartOutcome(part, "", digests_of(pl.Series(panel.ids)), panel.rows, seconds=seconds)


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
