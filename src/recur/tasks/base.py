"""What all tasks share: parameters as scikit-learn users expect them, what is learnt, saving."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Mapping
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    Protocol,
    Self,
    TypeVar,
    get_type_hints,
    overload,
)

import numpy as np
from pydantic import Field, create_model, field_validator

from recur.engines.registry import ENGINES, obstacle
from recur.errors import SettingsError
from recur.files.modelfile import write_file
from recur.judge.superiority import Superiority
from recur.markup import card
from recur.networks.spec import NetworkSpec, Values
from recur.parameters import Count, check_names, reference_table
from recur.settings import Settings
from recur.training.history import History

T = TypeVar("T")
Parameters = TypeVar("Parameters")
Kind = TypeVar("Kind", bound="Task")


class TrainingRecord(Settings):
    """How a network came about: the part of every model file that is the same for all tasks.

    Attributes:
        network: the network.
        engine: what it was trained on.
        epochs: passes that were planned.
        history: every epoch.
        kept_epoch: the epoch that the weights are from; 0 for an unfinished one.
        rescues: how often the loss had stopped being finite.
        ended: `finished`, `stopped early`, `interrupted` or `weights given`.
    """

    network: NetworkSpec
    engine: str
    epochs: Count
    history: History
    kept_epoch: Annotated[int, Field(ge=0)]
    rescues: Annotated[int, Field(ge=0)] = 0  # of files that do not tell
    ended: str

    @field_validator("engine")
    @classmethod
    def _is_known(cls, engine: str) -> str:
        if engine not in ENGINES:
            raise ValueError(f"its engine is {engine!r}, which this version does not know.")
        return engine


class Fitted(Protocol):
    """What a fit learns: all that prediction needs, and all that the file holds.

    Where it is a network, `learned` is a `TrainingRecord` and there are `weights`, float32 [size].
    """

    @property
    def settings(self) -> Any:
        """Return the parameters that it was fitted with, validated."""

    @property
    def learned(self) -> Settings:
        """Return what was learnt and chosen, but for arrays."""

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the parameters that were chosen from the data."""

    @property
    def judgement(self) -> Any:
        """Return what it was found to be worth; None where it was not judged."""

    def tensors(self) -> dict[str, Any]:
        """Return the tensors of its file."""


class Learnt(Generic[T]):
    """A name that ends in an underscore: something of what was fitted.

    Args:
        path: where it stands in the fitted object, such as `learned.season`.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    @overload
    def __get__(self, task: None, owner: type) -> Self: ...
    @overload
    def __get__(self, task: Task, owner: type) -> T: ...
    def __get__(self, task: Task | None, owner: type) -> Self | T:
        """Return what was learnt; before `fit` there is no such attribute."""
        if task is None:
            return self
        value: Any = vars(task).get("fitted_")
        if value is None:
            raise AttributeError(
                f"this {owner.__name__} has not learnt anything yet: call `fit` first."
            )
        for name in self._path.split("."):
            if not hasattr(value, name):
                raise AttributeError(f"this {owner.__name__} has no `{name}`: it is no network.")
            value = getattr(value, name)
        learnt: T = value
        return learnt

    def __set__(self, task: Task, value: object) -> None:
        """Refuse: what was learnt is changed by learning alone."""
        raise AttributeError("what a model has learnt cannot be set; `fit` learns it.")


class Task:
    """A model of one kind: parameters in the constructor, data in `fit`.

    A task is a dataclass of its parameters, unchanged until `fit` reads them; what a fit has learnt
    is one frozen object, `fitted_`, and the names with an underscore behind them show parts of it.
    """

    task: ClassVar[str]
    fitted_: Any

    network_ = Learnt[NetworkSpec]("learned.network")
    weights_ = Learnt[Values]("weights")
    engine_ = Learnt[str]("learned.engine")
    epochs_ = Learnt[int]("learned.epochs")
    history_ = Learnt[History]("learned.history")
    kept_epoch_ = Learnt[int]("learned.kept_epoch")
    rescues_ = Learnt[int]("learned.rescues")
    ended_ = Learnt[str]("learned.ended")

    def __init_subclass__(cls) -> None:
        if "task" in cls.__dict__ and cls.__doc__:
            cls.__doc__ = f"{cls.__doc__.rstrip()}\n\n{reference_table(cls)}\n    "

    def __repr__(self) -> str:
        changed = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)  # type: ignore[arg-type]  # every task is a dataclass
            if field.init and getattr(self, field.name) != field.default
        )
        return f"{type(self).__name__}({', '.join(changed)})"

    def _repr_html_(self) -> str:
        if not self.is_fitted:
            return card(repr(self), below="has not learnt anything yet")
        judgement = self.fitted_.judgement
        text = "" if judgement is None else judgement.verdict.sentence
        return card(repr(self), text=text, facts=self._shown())

    def _shown(self) -> dict[str, str]:
        """Return what a notebook shows of what was learnt, by name."""
        return {}

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 (scikit-learn's)
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in parameter_names(type(self))}

    def set_params(self, **parameters: Any) -> Self:
        """Change some parameters; what was learnt stays until the next `fit`."""
        check_names(list(parameters), parameter_names(type(self)))
        for name, value in parameters.items():
            setattr(self, name, value)
        return self

    def clone(self) -> Self:
        """Return a task with the same parameters that has learnt nothing."""
        return type(self)(**self.get_params())

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn asks of an estimator; nobody else does, so it is there."""
        utils = import_module("sklearn.utils")
        targets = utils.TargetTags(required=False)
        inputs = utils.InputTags(allow_nan=True, string=True)
        return utils.Tags(estimator_type=None, target_tags=targets, input_tags=inputs)

    @property
    def is_fitted(self) -> bool:
        """Say whether there is anything learnt."""
        return "fitted_" in vars(self)

    @property
    def settings_(self) -> dict[str, Any]:
        """Return the parameters that it was fitted with."""
        return settings_of(self._fitted("asked for its settings").settings)

    def chosen(self) -> dict[str, Any]:
        """Return the parameters, with what was chosen from the data in the place of None."""
        fitted = self._fitted("asked for its choices")
        record = {"epochs": self.epochs_, "engine": self.engine_}
        return {**settings_of(fitted.settings), **fitted.chosen, **record}

    def save(self, path: str | Path) -> Path:
        """Write the model to one file, whole or not at all."""
        fitted = self._fitted("saved")
        header = {
            "task": self.task,
            "settings": settings_of(fitted.settings),
            "learned": fitted.learned.to_dict(),
            "judgement": fitted.judgement.to_dict() if fitted.judgement else None,
        }
        write_file(Path(path), "model", header, fitted.tensors())
        return Path(path)

    def live(self, *_given: Any, **_named: Any) -> Any:
        """Refuse to follow values as they come, which not every task can do."""
        raise SettingsError(
            f"a {type(self).__name__} reads its examples to the end before it answers, and cannot "
            "follow a stream; give `predict` whole ones."
        )

    def _fitted(self, what: str) -> Fitted:
        """Return what was learnt, or refuse what cannot be done before anything is."""
        if not self.is_fitted:
            raise _not_fitted()(
                f"this {type(self).__name__} has not learnt anything yet and cannot be {what}: "
                "call `fit` first."
            )
        fitted: Fitted = self.fitted_
        return fitted


def _not_fitted() -> type[SettingsError]:
    """Return the error of what has not learnt yet: for users of scikit-learn, theirs as well."""
    if "sklearn.exceptions" not in sys.modules:
        return SettingsError
    return _also(sys.modules["sklearn.exceptions"].NotFittedError)


@cache
def _also(error: type[Exception]) -> type[SettingsError]:
    return type(error.__name__, (SettingsError, error), {})


def restored(cls: type[Kind], fitted: Fitted) -> Kind:
    """Return a task with the parameters that it was fitted with, and what it has learnt."""
    task = cls(**settings_of(fitted.settings))
    task.fitted_ = fitted
    return task


def parameter_names(cls: type) -> list[str]:
    """Return the names of the parameters that a class declares."""
    return [field.name for field in fields(cls) if field.init]


def settings_of(parameters: Any) -> dict[str, Any]:
    """Return parameters as a dictionary."""
    return {name: getattr(parameters, name) for name in parameter_names(type(parameters))}


def checked(declared: type[Parameters], given: Mapping[str, Any]) -> Parameters:
    """Return parameters of a kind, each held to its type and bounds.

    Args:
        declared: the class that declares them.
        given: their values by name.

    Raises:
        SettingsError: one is unknown or outside its bounds.
    """
    settings: Any = _settings_class(declared)  # type: ignore[arg-type]  # every class is hashable
    return declared(**dict(settings(**given)))


@cache
def _settings_class(declared: type) -> type[Settings]:
    """Return the settings that parameters make: the same names, types and bounds."""
    hints = get_type_hints(declared, include_extras=True)
    entries = {
        field.name: (hints[field.name], field.default) for field in fields(declared) if field.init
    }
    return create_model(f"{declared.__name__}Settings", __base__=Settings, **entries)  # type: ignore[call-overload, no-any-return]


def check_tensors(tensors: Mapping[str, Any], doubles: Collection[str] = ()) -> None:
    """Refuse tensors of a file that are not of finite float32 values, or of float64 as named.

    Args:
        tensors: by name.
        doubles: the names of those that are float64.
    """
    for name, tensor in tensors.items():
        expected = np.float64 if name in doubles else np.float32
        if tensor.dtype != expected or not np.isfinite(tensor).all():
            raise SettingsError(f"its tensor `{name}` is not of finite {expected.__name__} values.")


def refuse_target(y: object) -> None:
    """Refuse a `y`, which scikit-learn hands to every estimator, but for its None."""
    if y is not None:
        raise SettingsError(
            f"`y` is a {type(y).__name__}, and can only be None: what is to be learnt is part of "
            "the data, the first argument."
        )


def score_of(found: Superiority) -> float:
    """Return the skill over the strongest reference, as scikit-learn wants it: always a number.

    It is minus infinity where that reference is exact and the network is not.
    """
    return -math.inf if found.skill is None else found.skill


def torch_module(model: Task) -> Any:
    """Return a plain `torch.nn.Module` with a fitted model's network and weights.

    Its inputs are scaled as the model scales them; `model.load_state_dict` goes the other way.
    """
    if not isinstance(model._fitted("turned into a module").learned, TrainingRecord):
        raise SettingsError("this model is no network, and there is no module of it.")
    missing = obstacle("torch")
    if missing is not None:
        raise SettingsError(f"a module of PyTorch cannot be made: {missing}.")
    modules = import_module("recur.engines.pytorch.modules")
    return modules.torch_module(model.network_, model.weights_)
