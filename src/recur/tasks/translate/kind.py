"""What can be done with a saved translator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recur.files.modelfile import Contents
from recur.report.result import Result
from recur.tasks.base import restored
from recur.tasks.kind import TaskKind, header_part, unfit_option
from recur.tasks.translate.fitted import FittedTranslator
from recur.tasks.translate.results import JudgedTranslatorResult
from recur.tasks.translate.runs import read, translate_file
from recur.tasks.translate.translator import Translator

_SHOWN = ("cell", "inputs", "hidden", "layers", "bidirectional", "attention", "dropout")
_DOES = "translates"
_FOREIGN = ("horizon", "fill", "test", "clean")


def _load(contents: Contents) -> Translator:
    return restored(Translator, FittedTranslator.read(contents))


def _predict(model: Translator, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    return translate_file(model, file, _where(given), folder)


def _judge(model: Translator, file: Path, given: dict[str, Any]) -> Result:
    pairs = read([file], _where(given))
    return JudgedTranslatorResult(model=model, pairs=pairs, judgement=model.judge(pairs))


def _where(given: dict[str, Any]) -> dict[str, Any]:
    """Return where in a file the texts are; `target` names one column of a table, or two."""
    for name in _FOREIGN:
        if given.get(name) is not None:
            raise unfit_option(name, given[name], _DOES)
    names = [name.strip() for text in given.get("target") or () for name in text.split(",")]
    columns = dict(zip(("source", "target"), names, strict=False))
    return {**columns, **{name: given[name] for name in ("encoding",) if name in given}}


def _describe(header: dict[str, Any]) -> Mapping[str, object]:
    learned = header_part(header, "learned")
    network, history = learned.get("network", {}), learned.get("history", [])
    sides = [header_part(learned, name) for name in ("sources", "targets")]
    known = [f"{len(side.get('symbols', ()))} {side.get('unit')}" for side in sides]
    return {
        "reads": known[0],
        "writes": known[1],
        "network": ", ".join(f"{name} {network.get(name)}" for name in _SHOWN),
        "engine": learned.get("engine"),
        "epochs": f"{len(history)}, weights of epoch {learned.get('kept_epoch')}",
        "ended": learned.get("ended"),
    }


KIND = TaskKind(
    does=_DOES,
    verbs=("predict", "judge"),
    load=_load,
    describe=_describe,
    predict=_predict,
    judge=_judge,
)
