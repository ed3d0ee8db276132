"""What can be done with a saved tagger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recur.files.modelfile import Contents
from recur.report.result import Result
from recur.tasks.base import restored
from recur.tasks.kind import TaskKind, header_part, unfit_option
from recur.tasks.tag.fitted import FittedTagger
from recur.tasks.tag.results import JudgedTaggerResult
from recur.tasks.tag.runs import read, tag_file
from recur.tasks.tag.tagger import Tagger

_SHOWN = ("cell", "symbols", "inputs", "hidden", "layers", "bidirectional", "dropout", "chain")
_DOES = "tags words"
_COLUMNS = ("word", "tag")


def _load(contents: Contents) -> Tagger:
    return restored(Tagger, FittedTagger.read(contents))


def _predict(model: Tagger, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    _refuse(given)
    return tag_file(model, file, given, folder)


def _judge(model: Tagger, file: Path, given: dict[str, Any]) -> Result:
    _refuse(given)
    sentences = read([file], given)
    return JudgedTaggerResult(model=model, sentences=sentences, judgement=model.judge(sentences))


def _refuse(given: dict[str, Any]) -> None:
    for name, value in given.items():
        if name not in _COLUMNS and value not in (None, False, (), []):
            raise unfit_option(name, value, _DOES)


def _describe(header: dict[str, Any]) -> Mapping[str, object]:
    learned = header_part(header, "learned")
    network, history = learned.get("network", {}), learned.get("history", [])
    tags, lexicon = learned.get("tags", []), header_part(learned, "lexicon")
    words, characters = lexicon.get("words", ()), lexicon.get("characters", ())
    return {
        "tags": f"{len(tags)}: {', '.join(tags[:12])}{' ...' * (len(tags) > 12)}",
        "reads": f"{len(words)} words, {len(characters)} characters",
        "network": ", ".join(f"{name} {network.get(name)}" for name in _SHOWN),
        "mixed with": "averaged perceptron" if learned.get("weight") else "nothing",
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
