"""What can be done with a saved writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from recur.data.text.vocabulary import Vocabulary
from recur.files.modelfile import Contents
from recur.report.result import Result
from recur.tasks.base import restored
from recur.tasks.kind import TaskKind, header_part, unfit_option
from recur.tasks.write.fitted import FittedWriter
from recur.tasks.write.results import JudgedWriterResult
from recur.tasks.write.watch import WriteWatcher
from recur.tasks.write.writer import Writer

_DOES = "writes text"
_SHOWN = ("cell", "nonlinearity", "symbols", "inputs", "hidden", "layers", "dropout", "tied")


def _load(contents: Contents) -> Writer:
    return restored(Writer, FittedWriter.read(contents))


def _judge(model: Writer, file: Path, given: dict[str, Any]) -> Result:
    how = dict(given)
    encoding, adapt = how.pop("encoding", None), how.pop("adapt", False)
    for name, value in how.items():
        if value is not None:
            raise unfit_option(name, value, _DOES)
    more = {} if encoding is None else {"encoding": encoding}
    judgement = model.judge(file, adapt=bool(adapt), **more)
    return JudgedWriterResult(judgement=judgement, source=file.name)


def _watch(model: Writer, given: dict[str, Any]) -> WriteWatcher:
    for name, value in given.items():
        raise unfit_option(name, value, _DOES)
    return WriteWatcher(model)


def _describe(header: dict[str, Any]) -> Mapping[str, object]:
    learned = header_part(header, "learned")
    vocabulary = Vocabulary.from_dict(learned.get("vocabulary", {}))
    chosen, network = learned.get("chosen", {}), learned.get("network", {})
    history = learned.get("history", [])
    facts: dict[str, object] = {
        vocabulary.unit: _symbols(vocabulary),
        "unknown": vocabulary.unknown,
        "network": ", ".join(f"{name} {network.get(name)}" for name in _SHOWN),
        "mixed with": f"counts of up to {learned['ngrams']} {vocabulary.unit}"
        if learned.get("ngrams")
        else "nothing",
        "streams": f"{chosen.get('streams')}, windows of {chosen.get('steps')}",
        "engine": learned.get("engine"),
        "epochs": f"{len(history)}, weights of epoch {learned.get('kept_epoch')}",
        "ended": learned.get("ended"),
    }
    validation = header_part(header_part(header, "judgement"), "validation")
    if validation:
        facts["loss"] = f"{validation.get('nats'):.4f} nats, {validation.get('bits'):.4f} bits"
    return facts


def _symbols(vocabulary: Vocabulary) -> str:
    """Return how many symbols there are and, of characters, which."""
    if vocabulary.unit == "bytes":
        return f"{len(vocabulary)} of 256"
    if vocabulary.unit == "subwords":
        single = len(vocabulary.alphabet)
        learnt = " ".join(repr(symbol) for symbol in vocabulary.symbols[single : single + 20])
        return f"{len(vocabulary):,}, {single:,} of them single characters, then {learnt}"
    first = "".join(vocabulary.symbols[:100])
    more = ", ..." if len(vocabulary) > 100 else ""
    return f"{len(vocabulary)}: {repr(first)[1:-1]}{more}"


KIND = TaskKind(
    does=_DOES,
    verbs=("sample", "judge", "watch"),
    load=_load,
    describe=_describe,
    judge=_judge,
    watch=_watch,
)
