"""What can be done with a saved denoiser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recur.data.tables.arriving import RowColumns
from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.report.result import Result
from recur.tasks.base import restored
from recur.tasks.denoise.denoiser import Denoiser
from recur.tasks.denoise.files import read_to_clean
from recur.tasks.denoise.fitted import FittedDenoiser
from recur.tasks.denoise.results import JudgedDenoiserResult
from recur.tasks.denoise.runs import clean_file
from recur.tasks.denoise.watch import DenoiseWatcher
from recur.tasks.kind import TaskKind, header_part, unfit_option

_SHOWN = ("cell", "inputs", "hidden", "layers", "bidirectional", "dropout", "head")


def _load(contents: Contents) -> Denoiser:
    return restored(Denoiser, FittedDenoiser.read(contents))


def _predict(model: Denoiser, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    source = dict(given)
    horizon = source.pop("horizon", None)
    if horizon is not None:
        raise SettingsError(
            f"`horizon` is {horizon}, but this model cleans signals, and looks no steps ahead; "
            "leave it out."
        )
    return clean_file(model, file, source, folder)


def _judge(model: Denoiser, file: Path, given: dict[str, Any]) -> Result:
    source = dict(given)
    test, clean = source.pop("test", None), source.pop("clean", None)
    if clean is None:
        raise SettingsError(
            "this model cleans signals, and what they should become must be known; name it with "
            "`clean`: columns of the file, or another WAV file for sound."
        )
    if test is not None:
        raise SettingsError(
            f"`test` is {test}, but a model that cleans signals is judged on the whole file; "
            "leave it out."
        )
    signals = read_to_clean(file, model.names_, model.rate_hz_, source, clean)
    judgement = model.judge(signals.noisy, signals.clean)
    return JudgedDenoiserResult(model=model, signals=signals, judgement=judgement)


def _watch(model: Denoiser, given: dict[str, Any]) -> DenoiseWatcher:
    for name in ("id", "history", "unusual", "picture"):
        if given.get(name) is not None:
            raise unfit_option(name, given[name], "cleans signals")
    target, channels = given.get("target"), model.network_.inputs
    names = model.names_ or ("value",) * channels
    if target is not None and channels > 1:
        raise SettingsError(
            f"`target` is `{target}`, but this model cleans {channels} channels at once, which "
            "rows hold by the names of its training; leave it out."
        )
    columns = RowColumns(
        targets=names if target is None else (target,),
        named=target is not None or channels > 1,
        time=given.get("time"),
    )
    return DenoiseWatcher(model, columns)


def _describe(header: dict[str, Any]) -> Mapping[str, object]:
    learned, settings = header_part(header, "learned"), header_part(header, "settings")
    rate, names = learned.get("rate_hz"), learned.get("names", [])
    network, history = learned.get("network", {}), learned.get("history", [])
    return {
        "cleans": ", ".join(names) or (f"sound at {rate:,} Hz" if rate else "arrays"),
        "noise": settings.get("noise") or "that of the pairs",
        "network": ", ".join(f"{name} {network.get(name)}" for name in _SHOWN),
        "stretches": f"of {settings.get('steps')} steps",
        "engine": learned.get("engine"),
        "epochs": f"{len(history)}, weights of epoch {learned.get('kept_epoch')}",
        "ended": learned.get("ended"),
    }


KIND = TaskKind(
    does="cleans signals",
    verbs=("predict", "judge", "watch"),
    load=_load,
    describe=_describe,
    predict=_predict,
    judge=_judge,
    watch=_watch,
)
