"""What can be done with a saved classifier."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recur.files.modelfile import Contents
from recur.report.result import Result
from recur.tasks.base import restored
from recur.tasks.classify.classifier import Classifier
from recur.tasks.classify.fitted import FittedClassifier
from recur.tasks.classify.results import JudgedClassifierResult
from recur.tasks.classify.runs import classify_file, explain_file, read
from recur.tasks.kind import TaskKind, header_part, unfit_option

_SHOWN = ("cell", "symbols", "inputs", "hidden", "layers", "bidirectional", "dropout", "reads")
_DOES = "tells classes apart"
_FOREIGN = ("horizon", "fill", "test", "clean")


def _load(contents: Contents) -> Classifier:
    return restored(Classifier, FittedClassifier.read(contents))


def _predict(model: Classifier, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    _refuse(given)
    return classify_file(model, file, given, folder)


def _judge(model: Classifier, file: Path, given: dict[str, Any]) -> Result:
    _refuse(given)
    examples = read([file], given)
    return JudgedClassifierResult(model=model, examples=examples, judgement=model.judge(examples))


def _explain(model: Classifier, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    _refuse(given)
    return explain_file(model, file, given, folder)


def _refuse(given: dict[str, Any]) -> None:
    for name in _FOREIGN:
        if given.get(name) is not None:
            raise unfit_option(name, given[name], _DOES)


def _describe(header: dict[str, Any]) -> Mapping[str, object]:
    learned = header_part(header, "learned")
    network, history = learned.get("network", {}), learned.get("history", [])
    classes = learned.get("classes", [])
    lexicon = header_part(learned, "lexicon")
    return {
        "classes": f"{len(classes)}: {', '.join(classes[:12])}{' ...' * (len(classes) > 12)}",
        "reads": f"{len(lexicon['symbols'])} {lexicon['unit']}"
        if lexicon
        else f"series of {learned.get('channels')} channels",
        "network": ", ".join(f"{name} {network.get(name)}" for name in _SHOWN),
        "mixed with": learned.get("mixed_with") or "nothing",
        "engine": learned.get("engine"),
        "epochs": f"{len(history)}, weights of epoch {learned.get('kept_epoch')}",
        "ended": learned.get("ended"),
    }


KIND = TaskKind(
    does=_DOES,
    verbs=("predict", "judge", "explain"),
    load=_load,
    describe=_describe,
    predict=_predict,
    judge=_judge,
    explain=_explain,
)
