"""What the streams of all tasks share: which model they are of, and their state in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.digest import digest_of
from recur.errors import ModelFileError, SettingsError
from recur.files.modelfile import Contents, fitting, read_file, write_file
from recur.tasks.base import Fitted, settings_of

_KIND = "stream"
State = dict[str, NDArray[Any]]
"""The arrays of a stream by name; flags stand in a file as 0 and 1."""


class Stream:
    """Values that come one after the other, and what a model makes of them.

    Attributes:
        task: of the model.
    """

    task: str

    def __init__(self, fitted: Fitted) -> None:
        self._model = fitted

    def save(self, path: str | Path) -> Path:
        """Write the state to one file, whole or not at all; the model goes on from it elsewhere."""
        arrays = {
            name: array.astype(np.uint8) if array.dtype == np.bool_ else array
            for name, array in self._state().items()
        }
        header = {"task": self.task, "model": digest_of_model(self._model), **self._header()}
        write_file(Path(path), _KIND, header, arrays)
        return Path(path)

    def _header(self) -> Mapping[str, Any]:
        """Return what a file says beside arrays, as plain JSON values."""
        return {}

    def _state(self) -> State:
        """Return the arrays that values change; they are written to where a state is read."""
        raise NotImplementedError

    def go_on(self, contents: Contents, path: str | Path) -> None:
        """Take the state that a file holds in the place of the own one.

        Raises:
            ModelFileError: it does not fit together.
        """
        with fitting(f"`{path}`"):
            self._take(contents)

    def _take(self, contents: Contents) -> None:
        own, given = self._state(), contents.tensors
        for name in sorted(own.keys() ^ given.keys()):
            raise ModelFileError(f"its tensor {name!r} is not what this stream has.")
        for name, array in own.items():
            kind = np.uint8 if array.dtype == np.bool_ else array.dtype
            new = given[name]
            if new.dtype != kind or new.shape != array.shape:
                raise ModelFileError(
                    f"its tensor {name!r} is {new.dtype} {list(new.shape)}; expected {kind} "
                    f"{list(array.shape)}."
                )
            if np.isnan(new).any():
                raise ModelFileError(f"its tensor {name!r} holds values that are no numbers.")
            array[...] = new


def digest_of_model(fitted: Fitted) -> str:
    """Return a digest of what a model has learnt, which tells it from every other."""
    learned = fitted.learned.to_dict()
    return digest_of(settings_of(fitted.settings), learned, fitted.tensors())


def read_stream(path: str | Path, task: str, fitted: Fitted) -> Contents:
    """Return what the file of a stream holds, which has to be of this model.

    Raises:
        SettingsError: it is of another one.
    """
    contents = read_file(Path(path), _KIND)
    if (contents.header.get("task"), contents.header.get("model")) != (
        task,
        digest_of_model(fitted),
    ):
        raise SettingsError(
            f"`{path}` is the state of a stream of another model; go on with the model that it "
            "was saved from, or begin anew without `state`."
        )
    return contents
