"""What can be done with a saved model of a task: loaded, used, judged and described."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recur.errors import SettingsError
from recur.files.modelfile import Contents
from recur.report.result import Result
from recur.tasks.base import Task
from recur.tasks.watching import Watcher


@dataclass(frozen=True)
class TaskKind:
    """What can be done with a saved model of a task.

    Attributes:
        does: what such a model does, such as "forecasts".
        verbs: of the command, those that can use it.
        load: makes the model of what a file holds, checking that it fits together.
        describe: names what a file's header says, for a reader; nothing is run.
        predict: uses the model on a file: the model, the file, the options that were given by
            name, and the folder to write to; None where a verb of its own does.
        judge: judges the model on a file: the model, the file, the options that were given.
        update: goes on with the model on a file of newer data: as `predict`, but that without a
            folder the file of the model, `model_file` of the options, is replaced.
        explain: measures on a file which inputs matter: as `predict`.
        watch: makes what answers to rows as they come: the model, the options that were given.
    """

    does: str
    verbs: tuple[str, ...]
    load: Callable[[Contents], Task]
    describe: Callable[[dict[str, Any]], Mapping[str, object]]
    predict: Callable[[Any, Path, dict[str, Any], Path | None], Result] | None = None
    judge: Callable[[Any, Path, dict[str, Any]], Result] | None = None
    update: Callable[[Any, Path, dict[str, Any], Path | None], Result] | None = None
    explain: Callable[[Any, Path, dict[str, Any], Path | None], Result] | None = None
    watch: Callable[[Any, dict[str, Any]], Watcher] | None = None


def unfit_option(name: str, value: object, does: str) -> SettingsError:
    """Return the error of an option that a model of some task can do nothing with."""
    return SettingsError(
        f"`{name}` is {value}, which means nothing to a model that {does}; leave it out."
    )


def header_part(header: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a part of a model file's header; empty where it has none."""
    part = header.get(name)
    return part if isinstance(part, dict) else {}
