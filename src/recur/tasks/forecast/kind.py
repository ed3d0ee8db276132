"""What can be done with a saved forecaster."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from recur.data.panel.panel import Panel
from recur.data.tables.arriving import RowColumns
from recur.errors import SettingsError
from recur.files.atomic import writable_folder, write_bytes
from recur.files.modelfile import Contents
from recur.judge import level_key
from recur.networks.spec import NetworkSpec
from recur.report.result import Result
from recur.tasks.base import restored
from recur.tasks.forecast.checks import check_parameters
from recur.tasks.forecast.facts import sees
from recur.tasks.forecast.fitted import read_fitted
from recur.tasks.forecast.forecaster import Forecaster
from recur.tasks.forecast.learned import LearnedForecaster, LearnedSeries
from recur.tasks.forecast.methods import ALIGNED, TRAINED, UNTRAINED
from recur.tasks.forecast.results import ExplainedResult, ForecastResult, JudgedResult, UpdateResult
from recur.tasks.forecast.watch import ForecastWatcher
from recur.tasks.kind import TaskKind, header_part
from recur.tasks.reading import read_columns
from recur.tasks.watching import Watcher


def _load(contents: Contents) -> Forecaster:
    fitted = read_fitted(contents)
    check_parameters(fitted.settings)
    return restored(Forecaster, fitted)


def _predict(model: Forecaster, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    panel, (horizon,) = _begun(model, file, given, "horizon", folder=folder)
    forecast = model.predict(panel, horizon=horizon)
    files = {}
    if folder is not None:
        from recur.tasks.forecast.folder import write_forecast  # beside it is what draws: slow

        files["forecast"] = write_forecast(forecast, folder, like=panel.source)
    return ForecastResult(model=model, panel=panel, forecast=forecast, files=files)


def _judge(model: Forecaster, file: Path, given: dict[str, Any]) -> Result:
    if given.get("clean") is not None:
        raise SettingsError(
            f"`clean` is `{given['clean']}`, but this model forecasts and cleans nothing; leave it "
            "out."
        )
    panel, (test, _) = _begun(model, file, given, "test", "clean")
    return JudgedResult(model=model, panel=panel, judgement=model.judge(panel, test=test))


def _update(model: Forecaster, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    panel, (model_file, test) = _begun(model, file, given, "model_file", "test", folder=folder)
    done = model.update(panel, test=test)
    files = {}
    if done.updated and folder is None:
        files["model"] = model.save(model_file)
    elif done.updated and folder is not None:
        from recur.tasks.forecast.folder import write_folder  # beside it is what draws: slow

        files = write_folder(model, model.predict(), folder)
    return UpdateResult(model=model, panel=panel, update=done, files=files)


def _explain(model: Forecaster, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    panel, (test,) = _begun(model, file, given, "test", folder=folder)
    explained = model.explain(panel, test=test)
    files = {}
    if folder is not None:
        files["explain"] = folder / "explain.png"
        write_bytes(files["explain"], explained._repr_png_())
    return ExplainedResult(model=model, panel=panel, explanation=explained, files=files)


def _watch(model: Forecaster, given: dict[str, Any]) -> Watcher:
    target, file = given.get("target"), given.get("history")
    source = {name: value for name, value in given.items() if name in ("target", "time", "id")}
    columns = RowColumns(
        targets=(target or model.target_,),
        named=target is not None,
        time=given.get("time"),
        series=given.get("id"),
        beside=tuple(chain(*model.encoding_.columns(model.target_).values())),
    )
    history = None if file is None else _begun(model, file, source)[0]
    return ForecastWatcher(model, columns, history, given.get("unusual"), given.get("picture"))


def _begun(
    model: Forecaster, file: Path, given: dict[str, Any], *own: str, folder: Path | None = None
) -> tuple[Panel, list[Any]]:
    """Return the panel that a file makes, with the columns of the training, and what a verb takes.

    Args:
        model: the forecaster.
        file: the data.
        given: how to read them, and what the verb takes beside.
        *own: the names of the latter.
        folder: that the verb will write to; whether it can is seen before anything is read.
    """
    source = dict(given)
    taken = [source.pop(name, None) for name in own]
    if folder is not None:
        writable_folder(folder)
    return read_columns(file, model.fitted_.learned.columns | source), taken


def _describe(header: dict[str, Any]) -> Mapping[str, object]:
    settings = header_part(header, "settings")
    if settings.get("method", TRAINED) == TRAINED:
        return _describe_network(header, settings)
    method = str(settings.get("method"))
    does = f"{method}, {UNTRAINED[method].does}" if method in UNTRAINED else method
    if settings.get("network") == ALIGNED:
        does = f"{ALIGNED}, a network laid out as the pretrained one, trained on its series alone"
    learned = LearnedSeries.from_dict(header_part(header, "learned"))
    return {
        "target": learned.target,
        "method": does,
        "horizon": settings.get("horizon"),
        "season": learned.season,
        "intervals": _intervals(settings),
        "series": _series(learned.ids),
    }


def _describe_network(header: dict[str, Any], settings: dict[str, Any]) -> Mapping[str, object]:
    learned = LearnedForecaster.from_dict(header.get("learned", {}))
    beside = sees(learned.encoding, learned.target, gaps=learned.sees_gaps)
    return {
        "target": learned.target,
        "horizon": settings.get("horizon"),
        "lookback": learned.lookback,
        "season": learned.season,
        "strategy": settings.get("strategy"),
        "residual": learned.residual,
        "sees": " · ".join(["the values", *beside]),
        "intervals": _intervals(settings),
        "series": _series(learned.ids),
        "network": _network(learned.network),
        "scaling": learned.scaling,
        "engine": learned.engine,
        "epochs": f"{len(learned.history)}, weights of epoch {learned.kept_epoch}",
    }


def _series(ids: tuple[str, ...]) -> str:
    return f"{len(ids)}: {', '.join(ids[:5])}{', ...' if len(ids) > 5 else ''}"


def _intervals(settings: dict[str, Any]) -> str:
    """Return the levels of a model's intervals and how they are made."""
    levels = settings.get("intervals")
    if not isinstance(levels, list) or not levels:
        return "none"
    percentages = ", ".join(f"{level_key(float(level))} %" for level in levels)
    return f"{percentages}, {settings.get('interval_method')}"


def _network(spec: NetworkSpec) -> str:
    """Return the settings of a network, a convolution's among them."""
    values = dict(spec)
    front = values.pop("convolution")
    parts = [f"{name} {value}" for name, value in values.items()]
    if front is not None:
        parts.append(f"convolution of {', '.join(f'{name} {value}' for name, value in front)}")
    return ", ".join(parts)


KIND = TaskKind(
    does="forecasts",
    verbs=("predict", "judge", "watch"),
    load=_load,
    describe=_describe,
    predict=_predict,
    judge=_judge,
    update=_update,
    explain=_explain,
    watch=_watch,
)
