"""`recur forecast`: fit, judge on the held-out end, forecast, save; of one file or of several."""

from __future__ import annotations

import time as clock
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recur.cli.options import (
    TRAINING,
    Checkpoint,
    Columns,
    Intervals,
    Json,
    Network,
    Out,
    Shape,
    Span,
    Stride,
    Test,
    Training,
    expand_options,
    option,
)

if TYPE_CHECKING:
    from recur.data.panel.panel import Panel
    from recur.tasks import Forecast, Forecaster
    from recur.tasks.forecast.tuning import Tuning


@expand_options
def forecast(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV or Parquet files; of several, each has a network of its own.",
            metavar="FILE",
        ),
    ],
    columns: Columns,
    span: Span,
    shape: Shape,
    network: Network,
    training: Training,
    intervals: Intervals,
    test: Test = None,
    stride: Stride = None,
    checkpoint: Checkpoint = None,
    tune: Annotated[
        int | None,
        option("Try so many settings first, on values before the held-out end.", TRAINING),
    ] = None,
    storage: Annotated[
        Path | None,
        option("Keep what --tune has tried here; go on from it if it exists.", TRAINING, "PATH"),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Train a network on a file, judge it on the end it has not seen, and forecast.

    With --out: the model, the forecast, pictures and a report.
    """
    began = clock.perf_counter()
    from recur.cli.reading import read
    from recur.cli.values import check_together
    from recur.tasks import Forecaster

    given: dict[str, Any] = {**span, **shape, **network, **training, **intervals}
    if stride is not None:
        given["stride"] = stride
    check_together(given)
    model = Forecaster().set_params(**given)
    _check_search(tune, storage)
    if len(files) > 1:
        _check_alone(checkpoint=checkpoint, storage=storage)
    folders = _folders(files, out)
    # All are read before any training, which a file that cannot be read would waste.
    panels = [read(file, columns) for file in files]
    reading = clock.perf_counter() - began
    fits = []
    for panel, folder in zip(panels, folders, strict=True):
        fits.append(_fitted(model.clone(), panel, folder, reading, test, checkpoint, tune, storage))
        if not as_json:
            fits[-1].tell(headed=len(files) > 1)
    _end(fits, as_json=as_json)


@dataclass(frozen=True)
class _Fit:
    """A file's network, and what came of it.

    Attributes:
        model: fitted to the file.
        forecast: of what comes after its end.
        files: what was written, by what it holds.
        search: what a search for settings has found; None where there was none.
        seconds: what each part took.
    """

    model: Forecaster
    forecast: Forecast
    files: dict[str, Path]
    search: Tuning | None
    seconds: dict[str, float]

    @property
    def panel(self) -> Panel:
        """Return what the file holds."""
        assert self.model.panel_ is not None
        return self.model.panel_

    def tell(self, *, headed: bool) -> None:
        """Print what was found."""
        from recur.cli import output

        if headed:
            output.print_heading(self.panel.source)
        if self.search is not None:
            output.print_lines(search=self.search.sentence)
        output.print_fit(self.model)
        output.print_forecast(self.forecast, self.model.target_)
        if self.files:
            output.print_files(self.files)

    def to_dict(self) -> dict[str, Any]:
        """Return what was found as plain JSON values."""
        from recur.cli.output import data_facts, judged_facts
        from recur.version import __version__

        search = self.search and {"trials": len(self.search.trials), **asdict(self.search.best)}
        return {
            "recur": __version__,
            "task": self.model.task,
            "settings": self.model.chosen(),
            "data": data_facts(self.panel, self.model.season_),
            **judged_facts(self.model.judgement_),
            "forecast": self.forecast.rows(),
            "search": search,
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
            "files": {name: str(path) for name, path in self.files.items()},
        }


def _fitted(
    model: Forecaster,
    panel: Panel,
    folder: Path | None,
    read: float,
    test: int | None,
    checkpoint: Path | None,
    tune: int | None,
    storage: Path | None,
) -> _Fit:
    """Search where asked to, fit, and write where asked to."""
    search, files, seconds = None, {}, {"read": read}
    began = start = clock.perf_counter()
    if tune is not None:
        from recur.tasks.forecast.tuning import tune as run

        search = run(model, panel, trials=tune, test=test, storage=storage)
        model = search.model
        seconds["search"] = clock.perf_counter() - began
        began = clock.perf_counter()
    model.fit(panel, test=test, checkpoint=checkpoint)
    seconds["fit"] = clock.perf_counter() - began
    forecast = model.predict()
    if folder is not None:
        from recur.tasks.forecast.folder import write_folder

        files = write_folder(model, forecast, folder)
    seconds["total"] = read + clock.perf_counter() - start
    return _Fit(model, forecast, files, search, seconds)


def _end(fits: list[_Fit], *, as_json: bool) -> None:
    """Print the one JSON object, or the table of several files."""
    from recur.cli import output

    if as_json:
        found = [fit.to_dict() for fit in fits]
        output.print_json(found[0] if len(fits) == 1 else {"task": "forecast", "files": found})
        return
    judged = [(fit.panel.source, fit.model.judgement_) for fit in fits]
    if len(fits) > 1:
        output.print_standing([(name, one) for name, one in judged if one is not None])


def _folders(files: list[Path], out: Path | None) -> list[Path | None]:
    """Return the folder that each file's results go to, made if need be; None for nowhere."""
    from recur.errors import SettingsError
    from recur.files.atomic import writable_folder

    if out is None:
        return [None] * len(files)
    folders = [out if len(files) == 1 else out / file.stem for file in files]
    for i, folder in enumerate(folders):
        same = [str(folder).casefold() == str(other).casefold() for other in folders[:i]]
        if any(same):
            raise SettingsError(
                f"`{files[same.index(True)]}` and `{files[i]}` would both be written to "
                f"`{folder}`; rename one of them, or forecast them one by one."
            )
    for folder in folders:
        writable_folder(folder)
    return list(folders)


def _check_search(tune: int | None, storage: Path | None) -> None:
    from recur.errors import SettingsError

    if storage is not None and tune is None:
        raise SettingsError(
            f"`--storage` is `{storage}`, which keeps what a search has tried; name how many "
            "settings to try with `--tune N`."
        )


def _check_alone(**paths: Path | None) -> None:
    """Refuse files that belong to one run where there are several."""
    from recur.errors import SettingsError

    for name, path in paths.items():
        if path is not None:
            raise SettingsError(
                f"`--{name}` is `{path}`, which keeps a single run; give one FILE with it."
            )
