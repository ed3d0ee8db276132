"""What all tasks share: parameters as scikit-learn users expect them, and saving."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self, get_type_hints

import numpy as np
from pydantic import create_model

from recur.errors import ModelFileError, RecurError, SettingsError, nearest
from recur.files.modelfile import Contents, read_file, write_file
from recur.networks.spec import NetworkSpec, Values
from recur.settings import Settings

_TASKS: dict[str, type[Task]] = {}


class Task:
    """A model of one kind: parameters in the constructor, data in `fit`.

    A task is a dataclass whose fields are its parameters, unchanged until `fit` reads them; what
    it learns has a name that ends in an underscore.
    """

    task: ClassVar[str]
    settings_: dict[str, Any]
    network_: NetworkSpec
    weights_: Values

    def __init_subclass__(cls) -> None:
        if "task" in cls.__dict__:  # a user's subclass does not take over the loading of files
            _TASKS[cls.task] = cls

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 (scikit-learn's)
        """Return the parameters by name."""
        return {name: getattr(self, name) for name in self._parameters()}

    def set_params(self, **parameters: Any) -> Self:
        """Change some parameters; what was learnt stays until the next `fit`."""
        for name, value in parameters.items():
            if name not in self._parameters():
                known = nearest(name, self._parameters())
                raise SettingsError(f"unknown parameter `{name}`; {known}.")
            setattr(self, name, value)
        return self

    def clone(self) -> Self:
        """Return a task with the same parameters that has learnt nothing."""
        return type(self)(**self.get_params())

    @property
    def is_fitted(self) -> bool:
        """Say whether there is anything learnt."""
        return "weights_" in vars(self)

    def save(self, path: str | Path) -> Path:
        """Write the model to one file, whole or not at all."""
        self._require_fit("saved")
        header, tensors = self._contents()
        header = {"task": self.task, "settings": self.settings_, **header}
        write_file(Path(path), "model", header, tensors)
        return Path(path)

    def _contents(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what was learnt: JSON values and tensors."""
        raise NotImplementedError

    def _restore(self, contents: Contents) -> None:
        """Take back what `_contents` returned, checking that it fits together."""
        raise NotImplementedError

    def _require_fit(self, what: str) -> None:
        if not self.is_fitted:
            name = type(self).__name__
            raise SettingsError(
                f"this {name} has not learnt anything yet and cannot be {what}: call `fit` first."
            )

    def _checked(self) -> dict[str, Any]:
        """Return the parameters, validated."""
        return dict(_settings_class(type(self))(**self.get_params()))

    @classmethod
    def _parameters(cls) -> list[str]:
        return [f.name for f in fields(cls) if f.init]  # type: ignore[arg-type]


def _settings_class(cls: type[Task]) -> type[Settings]:
    """Return the settings that a task's parameters make: the same names, types and bounds."""
    hints = get_type_hints(cls, include_extras=True)
    entries = {
        f.name: (hints[f.name], f.default)
        for f in fields(cls)  # type: ignore[arg-type]
        if f.init
    }
    return create_model(f"{cls.__name__}Settings", __base__=Settings, **entries)  # type: ignore[call-overload, no-any-return]


def load(path: str | Path) -> Any:
    """Return the model that a file holds, of whatever task.

    Loading runs no code from the file; sizes, types and shapes are checked first.
    """
    path = Path(path)
    contents = read_file(path, "model")
    cls = _TASKS.get(str(contents.header.get("task")))
    if cls is None:
        raise ModelFileError(
            f"`{path}` holds a model for the task {contents.header.get('task')!r}, which this "
            f"version does not know; {nearest(str(contents.header.get('task')), _TASKS)}."
        )
    try:
        settings = dict(_settings_class(cls).from_dict(contents.header["settings"]))
        model = cls(**settings)
        model._restore(contents)
        model.settings_ = settings
    except RecurError as error:
        raise ModelFileError(f"`{path}` does not fit together: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(
            f"`{path}` does not fit together: {type(error).__name__} {error}."
        ) from None
    return model


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


def torch_module(model: Task) -> Any:
    """Return a plain `torch.nn.Module` with a fitted model's network and weights.

    Its inputs are scaled as the model scales them; `model.load_state_dict` goes the other way.
    """
    model._require_fit("turned into a module")
    modules = import_module("recur.engines.pytorch.modules")
    return modules.torch_module(model.network_, model.weights_)
