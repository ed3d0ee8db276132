"""What a job can do: verbs of the command, with the same parameters, on files that were sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recur.errors import SettingsError, nearest
from recur.parameters import Parameter, parameters_of
from recur.report.result import Result
from recur.server.options import COVARIATES, READING, TOKENS, Kind, taken, without
from recur.tasks.base import checked
from recur.tasks.classify.settings import ClassifierParameters
from recur.tasks.denoise.settings import DenoiserParameters
from recur.tasks.forecast.settings import ForecasterParameters
from recur.tasks.tag.settings import TaggerParameters
from recur.tasks.together import check_together
from recur.tasks.translate.settings import TranslatorParameters
from recur.tasks.write.settings import WriterParameters

_SERVERS = ("threads",)  # what the server decides
_SHARE: dict[str, Kind] = {"held_out": "number"}
_EXAMPLES: dict[str, Kind] = {
    "target": "texts",
    "label": "text",
    "id": "text",
    "time": "text",
    "group": "text",
    "encoding": "text",
}
_JUDGED: dict[str, Kind] = {
    **READING,
    **TOKENS,
    "test": "count",
    "clean": "text",
    "label": "text",
    "adapt": "flag",
}


@dataclass(frozen=True)
class Verb:
    """What a job can do.

    Attributes:
        does: it, in a line.
        options: what may be said beside the parameters.
        parameters: the class that declares them; None where there are none.
        files: the names of the parts that files are sent as: `file`, and what may come beside.
        several: whether there may be more than one `file`.
        refused: parameters that are not taken, since the verb has its own answers.
    """

    does: str
    options: Mapping[str, Kind]
    parameters: type | None = None
    files: tuple[str, ...] = ("file",)
    several: bool = False
    refused: tuple[str, ...] = field(default=())

    def declared(self) -> dict[str, Parameter]:
        """Return the parameters that are taken, by name."""
        if self.parameters is None:
            return {}
        return without(parameters_of(self.parameters), (*_SERVERS, *self.refused))


VERBS: dict[str, Verb] = {
    "forecast": Verb(
        "forecast a file by a network, and judge it on values that it has not seen",
        {**READING, **COVARIATES, "test": "whole", "tune": "count"},
        ForecasterParameters,
    ),
    "compare": Verb(
        "train networks from small to large, and judge them beside the simple answers",
        {**READING, **COVARIATES, "test": "count", "methods": "texts", "best": "flag"},
        ForecasterParameters,
        refused=("method", "network", "strategy", "cell", "layers", "bidirectional", "filters"),
    ),
    "write": Verb(
        "learn to write like a text",
        {"encoding": "text", "lines": "flag", "samples": "flag"},
        WriterParameters,
    ),
    "denoise": Verb(
        "learn to clean a signal",
        {"noisy": "text", "clean": "text", "clean_only": "text", "test": "count",
         **without(READING, ("target", "wide"))},
        DenoiserParameters,
        files=("file", "clean"),
    ),
    "classify": Verb(
        "learn to tell classes of texts or of series apart",
        {**_EXAMPLES, **_SHARE},
        ClassifierParameters,
        files=("file", "test", "labels"),
        several=True,
    ),
    "tag": Verb(
        "learn to tag words",
        {**TOKENS, **_SHARE},
        TaggerParameters,
        files=("file", "test", "validation"),
        several=True,
    ),
    "translate": Verb(
        "learn to translate texts",
        {"source": "text", "target": "text", "encoding": "text", **_SHARE},
        TranslatorParameters,
        files=("file", "test"),
        several=True,
    ),
    "predict": Verb(
        "use a model on a file; it is sent along, or named as `model` of those that are served",
        {**READING, **TOKENS, "horizon": "count", "label": "text", "model": "text"},
        files=("file", "model"),
    ),
    "judge": Verb(
        "judge a model on a file; it is sent along, or named as `model` of those that are served",
        {**_JUDGED, "model": "text"},
        files=("file", "model", "clean"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a job is asked for, its settings checked.

    Attributes:
        verb: what to do.
        parameters: of the task, those that were given.
        options: what else was given.
    """

    verb: str
    parameters: dict[str, Any]
    options: dict[str, Any]


def asked(verb: str, settings: Mapping[str, Any]) -> Asked:
    """Return what a job is asked for.

    Raises:
        SettingsError: the verb or a setting is unknown, or a setting is out of its bounds.
    """
    if verb not in VERBS:
        raise SettingsError(f"there is no verb `{verb[:80]}`; {nearest(verb[:80], VERBS)}.")
    known, declared = VERBS[verb].options, VERBS[verb].declared()
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given:
        if name not in declared and name not in known:
            raise SettingsError(
                f"unknown setting `{name[:80]}`; {nearest(name[:80], [*declared, *known])}."
            )
    parameters = {name: given[name] for name in declared if name in given}
    options = taken({name: given[name] for name in known if name in given}, known)
    kind: Any = VERBS[verb].parameters
    if kind is not None:
        check_together(parameters)
        whole: Any = checked(kind, parameters)
        parameters = {name: getattr(whole, name) for name in parameters}
    return Asked(verb, parameters, options)


def described() -> list[dict[str, Any]]:
    """Return what each verb does and takes, as plain JSON values."""
    return [
        {
            "verb": name,
            "does": verb.does,
            "files": list(verb.files),
            "several": verb.several,
            "options": dict(verb.options),
            "parameters": [_parameter(one) for one in verb.declared().values()],
        }
        for name, verb in VERBS.items()
    ]


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name,
        "group": one.help.group,
        "help": one.help.text,
        "kind": one.kind.__name__,
        "choices": list(one.names) or None,
        "default": list(one.default) if isinstance(one.default, tuple) else one.default,
        "unset": one.help.unset or None,
    }


Tell = Callable[[dict[str, Any]], None]
Files = Mapping[str, list[Path]]
Run = Callable[[Asked, Files, Path, Tell], Result]
