"""The table of task kinds, and what is done with a saved model of whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from recur.errors import ModelFileError, SettingsError, nearest
from recur.files.modelfile import ModelSource, fitting, name_of, read_file
from recur.report.result import Result
from recur.tasks.kind import TaskKind
from recur.tasks.watching import Watcher

_HOMES = {
    "forecast": "recur.tasks.forecast.kind",
    "denoise": "recur.tasks.denoise.kind",
    "write": "recur.tasks.write.kind",
    "classify": "recur.tasks.classify.kind",
    "tag": "recur.tasks.tag.kind",
    "translate": "recur.tasks.translate.kind",
}
"""Each task and the module whose `KIND` says what it can do: a line for each."""

_OWN = {
    "label": ("classify", "classes"),
    "word": ("tag", "tags"),
    "tag": ("tag", "tags"),
    "adapt": ("write", "learning while it reads"),
}
"""What names a column that the files of one task alone have, and what its models know."""


def kind_of(task: str) -> TaskKind:
    """Return the kind of a task by its name."""
    kind: TaskKind = import_module(_HOMES[task]).KIND
    return kind


def load(source: ModelSource) -> Any:
    """Return the model that a file holds, of whatever task.

    Loading runs no code from the file; sizes, types and shapes are checked first.

    Args:
        source: the path of the file, its bytes, or a file that is open for reading bytes.
    """
    contents, name = read_file(source, "model"), name_of(source)
    task = str(contents.header.get("task"))
    if task not in _HOMES:
        raise ModelFileError(
            f"{name} holds a model for the task {contents.header.get('task')!r}, which this "
            f"version does not know; {nearest(task, _HOMES)}."
        )
    with fitting(name):
        return kind_of(task).load(contents)


def describe_header(header: dict[str, Any]) -> Mapping[str, object]:
    """Return what a model file's header says, by what it is called; nothing is run."""
    task = str(header.get("task"))
    return kind_of(task).describe(header) if task in _HOMES else {}


def predict_with(path: Path, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    """Use a saved model on a file; see `TaskKind.predict`."""
    model = load(path)
    kind = kind_of(model.task)
    if kind.predict is None:
        raise _unfit(path, kind, "predict")
    _refuse_foreign(model.task, given)
    return kind.predict(model, file, given, folder)


def judge_with(path: Path, file: Path, given: dict[str, Any]) -> Result:
    """Judge a saved model on a file; see `TaskKind.judge`."""
    model = load(path)
    kind = kind_of(model.task)
    if kind.judge is None:
        raise _unfit(path, kind, "judge")
    _refuse_foreign(model.task, given)
    return kind.judge(model, file, given)


def _refuse_foreign(task: str, given: Mapping[str, Any]) -> None:
    """Refuse to name a column that the files of a task do not have."""
    for name, (owner, known) in _OWN.items():
        if name in given and task != owner:
            raise SettingsError(
                f"`{name}` is `{given[name]}`, but this model {kind_of(task).does} and knows no "
                f"{known}; leave it out."
            )


def update_with(path: Path, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    """Go on with a saved model on a file; see `TaskKind.update`."""
    model = load(path)
    kind = kind_of(model.task)
    if kind.update is None:
        raise _unfit(path, kind, "update")
    return kind.update(model, file, {**given, "model_file": path}, folder)


def explain_with(path: Path, file: Path, given: dict[str, Any], folder: Path | None) -> Result:
    """Measure on a file which inputs of a saved model matter; see `TaskKind.explain`."""
    model = load(path)
    kind = kind_of(model.task)
    if kind.explain is None:
        raise _unfit(path, kind, "explain")
    return kind.explain(model, file, given, folder)


def watcher_with(path: Path, given: dict[str, Any]) -> Watcher:
    """Return what answers with a saved model to rows as they come; see `TaskKind.watch`."""
    model = load(path)
    kind = kind_of(model.task)
    if kind.watch is None:
        raise _unfit(path, kind, "watch")
    return kind.watch(model, given)


def load_for(path: Path, task: str) -> Any:
    """Return the model that a file holds, of a given task.

    Raises:
        ModelFileError: it is of another one.
    """
    model = load(path)
    if model.task == task:
        return model
    kind = kind_of(model.task)
    raise ModelFileError(
        f"`{path}` holds a model that {kind.does}, and one that {kind_of(task).does} is needed "
        f"here; {_usable(kind)}."
    )


def _unfit(path: Path, kind: TaskKind, use: str) -> ModelFileError:
    """Say that a model is of no task that can be used so, and what can use it."""
    others = [kind_of(name) for name in _HOMES]
    able = " or ".join(other.does for other in others if getattr(other, use) is not None)
    return ModelFileError(
        f"`{path}` holds a model that {kind.does}, and one that {able} is needed here; "
        f"{_usable(kind)}."
    )


def _usable(kind: TaskKind) -> str:
    *first, last = (f"`recur {verb}`" for verb in kind.verbs)
    return f"{', '.join(first)}{' and ' if first else ''}{last} can use it"
