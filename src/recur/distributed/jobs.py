"""Whole jobs: from files and a model, or none, to a folder of forecasts."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from recur.data.panel.panel import Panel
from recur.data.tables.opening import STANDARD_INPUT, expand
from recur.data.tables.parted import FilePart, kind_of
from recur.distributed.folder import JobFolder, Plan, check_same, job_folder
from recur.distributed.parts import Part, PartSettings
from recur.distributed.plan import columns_of, for_ids, needed, plan, reason_of, sample_of, state_of
from recur.distributed.result import PartsResult
from recur.distributed.running import run_job
from recur.distributed.settings import PartsParameters, parse_memory
from recur.errors import DataError, RecurError, SettingsError
from recur.files.modelfile import read_file
from recur.notices import notice
from recur.tasks.base import checked
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.methods import LEARNING, PRETRAINED, TRAINED, effective
from recur.tasks.kinds import load_for
from recur.tasks.reading import read_columns
from recur.tasks.together import check_together

_SAMPLE = 200  # series that a forecast without a fit is tried on
_TOLD = 5  # notices of parts


def wanted(file: Path, given: Mapping[str, Any], model: Path | None = None) -> bool:
    """Say whether files are forecast part by part: asked for, or more than this machine holds.

    Args:
        file: what a user names: a file, a folder or a pattern.
        given: those of `PartsParameters` that were named.
        model: the file of the model, which may be of another task; None for no model.
    """
    if given:
        return True
    if str(file) == STANDARD_INPUT or "::" in str(file):
        return False
    try:
        if model and read_file(model, "model", header_only=True).header.get("task") != "forecast":
            return False
        takes = needed(expand(file))
    except (OSError, pl.exceptions.PolarsError, RecurError):  # said where it is read
        return False
    if takes <= (has := _machine_memory()) or not has:
        return False
    notice(
        f"As one panel this would take some {takes / 1e9:,.0f} GB, and this machine has "
        f"{has / 1e9:,.0f}: it is read part by part."
    )
    return True


def _machine_memory() -> int:
    """Return how many bytes of memory this machine has; 0 where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def predict_parts(
    model: Path,
    file: Path,
    given: dict[str, Any],
    out: Path | None,
    parts: Mapping[str, Any],
) -> PartsResult:
    """Forecast by a saved model, part by part.

    Args:
        model: its file.
        file: what a user names: a file, a folder or a pattern.
        given: how files are read, and `horizon`.
        out: the folder to write to.
        parts: those of `PartsParameters` that were named.
    """
    forecaster: Forecaster = load_for(model, "forecast")
    _check_method(forecaster.fitted_.settings.method)
    columns = dict(given)
    horizon = columns.pop("horizon", None)
    asked = {
        "verb": "predict",
        "model": hashlib.sha256(model.read_bytes()).hexdigest(),
        "horizon": horizon,
        "columns": columns,
    }

    def fitted(panel: Callable[[], Panel], folder: JobFolder) -> Path:  # noqa: ARG001
        return model

    columns = forecaster.fitted_.learned.columns | columns
    return _job(asked, file, columns, horizon, out, parts, fitted)


def forecast_parts(
    parameters: dict[str, Any],
    file: Path,
    columns: dict[str, Any],
    out: Path | None,
    parts: Mapping[str, Any],
    *,
    test: int | None = None,
) -> PartsResult:
    """Forecast by the pretrained network, part by part; judged on the first series of the input.

    Args:
        parameters: of a forecaster, of which those of a training are refused.
        file: what a user names: a file, a folder or a pattern.
        columns: which columns are what, and how files are read.
        out: the folder to write to.
        parts: those of `PartsParameters` that were named.
        test: how many values at the end of those series to judge on.
    """
    settings = dict(parameters)
    if settings.get("network") == "auto":
        del settings["network"]
    if settings.get("method", TRAINED) == TRAINED:
        settings.setdefault("network", PRETRAINED)
    method = effective(settings.get("method", TRAINED), settings.get("network", "auto"))
    if method == TRAINED or settings.get("network") in LEARNING:
        raise SettingsError(
            f"`network` is '{settings['network']}', and nothing is trained part by part; fit it on "
            "files that memory holds, and give its model to `recur predict`."
        )
    check_together(settings)
    _check_method(method)
    model = Forecaster().set_params(**settings)
    asked = {"verb": "forecast", "settings": settings, "columns": columns, "test": test}

    def fitted(panel: Callable[[], Panel], folder: JobFolder) -> Path:
        if not folder.model.exists():
            first = panel()
            few = first.only(np.arange(min(len(first), _SAMPLE)))
            model.fit(few, test=test).save(folder.model)
        return folder.model

    return _job(asked, file, columns, None, out, parts, fitted)


def _job(
    asked: Mapping[str, Any],
    file: Path,
    columns: dict[str, Any],
    horizon: int | None,
    out: Path | None,
    given: Mapping[str, Any],
    fitted: Callable[[Callable[[], Panel], JobFolder], Path],
) -> PartsResult:
    """Begin a job or go on with it; `fitted` gives the file of its model, made where need be."""
    began = time.perf_counter()
    if out is None:
        raise SettingsError(
            "what is forecast part by part is written as it is done; name a folder for it with "
            "`out`."
        )
    parameters = checked(PartsParameters, given)
    memory, skip_bad = parse_memory(parameters.memory), parameters.skip_bad
    if parameters.parts_in is not None:
        raise SettingsError(
            f"`parts_in` is `{parameters.parts_in}/`, which keeps what a network is trained on; "
            "nothing is trained here: leave it out."
        )
    if str(file) == STANDARD_INPUT or "::" in str(file):
        raise SettingsError(
            f"`{file}` is no file that parts of can be read; give files, a folder or a pattern."
        )
    files = [str(Path(name).absolute()) for name in expand(file)]
    inputs = {name: state_of(name) for name in files}
    plain: dict[str, Any] = json.loads(json.dumps(asked, default=str))
    with job_folder(out) as folder:
        held = folder.read()
        if held is None:
            sample = _sample(files, columns, skip_bad=skip_bad)
            planned = _planned(files, columns, sample, horizon, memory, skip_bad=skip_bad)
            held = Plan(plain, inputs, *planned)
            folder.write(held)
        else:
            check_same(out, held, plain, inputs)
            sample = None
        model = fitted(lambda: (sample or _sample(files, columns, skip_bad=skip_bad))[1], folder)
        tally = run_job(folder, held, model, skip_bad=skip_bad, for_ids=for_ids(memory))
        _tell(tally.notices)
        forecaster: Forecaster = load_for(model, "forecast")
        result = PartsResult(
            verb=plain["verb"],
            model=forecaster,
            folder=out,
            parts=len(held.parts),
            tally=tally,
            aside=tally.aside,
            files={"forecast": out},
            seconds={**tally.seconds, "total": time.perf_counter() - began},
        )
        folder.write(held, result.came())
    return result


def _tell(notices: Mapping[str, int]) -> None:
    """Pass on what was said of parts, by how many of them said it, as far as anyone reads it."""
    for sentence, times in list(notices.items())[:_TOLD]:
        notice(sentence if times == 1 else f"{sentence} (in {times} parts)")
    if len(notices) > _TOLD:
        notice(f"{len(notices) - _TOLD:,} more of the kind were said of other parts.")


def _check_method(method: str) -> None:
    if method == "linear":
        raise SettingsError(
            "`method` is 'linear', one autoregression of all series, which no part holds; take "
            "another, or all series at once."
        )


def _sample(
    files: Sequence[str], columns: dict[str, Any], *, skip_bad: bool
) -> tuple[FilePart, Panel]:
    """Return the beginning of the first file that can be read, and its series."""
    for name in files:
        try:
            beginning = sample_of(name, several=len(files) > 1)
            panel = read_columns(beginning, columns)
        except (OSError, pl.exceptions.PolarsError, DataError) as error:
            if skip_bad and name != files[-1]:
                continue
            if isinstance(error, DataError):
                raise
            raise DataError(f"`{name}` cannot be read: {reason_of(error)}.") from None
        cut = beginning.end is not None and len(panel) > 1  # the last series is not whole
        return beginning, panel.only(np.arange(len(panel) - cut))
    raise AssertionError


def _planned(
    files: Sequence[str],
    columns: dict[str, Any],
    sample: tuple[FilePart, Panel],
    horizon: int | None,
    memory: int,
    *,
    skip_bad: bool,
) -> tuple[PartSettings, list[Part]]:
    """Return what all parts have alike, the names of columns that were guessed too, and them."""
    first, panel = sample
    named = columns_of(panel, first, columns)
    parts = plan(files, named.get("id"), memory, skip_bad=skip_bad)
    end = ".csv" if kind_of(files[0]) == "text" else ".parquet"
    return PartSettings(named, horizon, panel.clock, end, whole=len(parts) == 1), parts
