"""One file for a model or a checkpoint: tensors and JSON, read without running any code.

The file is a safetensors file; its metadata holds, under `recur`, one JSON object with the
format's version, the kind of file, whatever the owner of the kind describes, and from format 2 on
a checksum over all of that and the tensors, which tells damage from difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from recur.digest import digest_of
from recur.errors import ModelFileError
from recur.files.atomic import write_bytes
from recur.version import __version__

FORMAT = 2
_FIRST_CHECKED = 2  # format with a checksum
_DTYPES = {"F32", "F64", "I64", "U8", "U16"}
_KEY = "recur"
_CHECKSUM = "checksum"
_DATA_SUFFIXES = {".csv", ".txt", ".tsv", ".parquet"}


@dataclass(frozen=True)
class Contents:
    """What a file holds.

    Attributes:
        kind: `model` or `checkpoint`.
        version: the version of recur that wrote it.
        header: JSON values.
        shapes: the shape of each tensor.
        tensors: the tensors; empty where only the header was asked for.
        format: the number of the format that it is written in.
    """

    kind: str
    version: str
    header: dict[str, Any]
    shapes: dict[str, tuple[int, ...]]
    tensors: dict[str, NDArray[Any]]
    format: int = FORMAT


def write_file(
    path: Path, kind: str, header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]
) -> None:
    """Write a file, whole or not at all."""
    described = {"format": FORMAT, "version": __version__, "kind": kind, **header}
    arrays = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    # Of what will be read again: JSON makes lists of tuples, and texts of keys.
    read_again = json.loads(json.dumps(described, allow_nan=False))
    text = json.dumps({**read_again, _CHECKSUM: digest_of(read_again, arrays)}, allow_nan=False)
    write_bytes(path, save(arrays, metadata={_KEY: text}))


def read_file(path: Path, kind: str | None = None, *, header_only: bool = False) -> Contents:
    """Read a file and check that it is of a kind.

    Args:
        path: the file.
        kind: the kind it has to be; any if none is given.
        header_only: check the tensors, but do not return them.
    """
    try:
        _require_file(path, kind or "model")
        with safe_open(path, framework="numpy") as file:
            contents = _read(path, file, header_only=header_only)
    except SafetensorError:
        raise _foreign(path, "its header or its length is not that of such a file") from None
    except OSError as error:
        raise _foreign(path, f"it cannot be read ({error.strerror or error})") from None
    if kind is not None and contents.kind != kind:
        raise ModelFileError(f"`{path}` is a {_plain(contents.kind)} of recur; expected a {kind}.")
    return contents


def _require_file(path: Path, kind: str) -> None:
    if not path.is_file():
        reason = "that is a folder: name a file in it" if path.is_dir() else "there is no such file"
        raise ModelFileError(f"expected a {kind} file at `{path}`; {reason}.")


def _read(path: Path, file: Any, *, header_only: bool) -> Contents:
    described = _description(path, file)
    slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    for name, part in slices.items():
        if part.get_dtype() not in _DTYPES:
            raise _foreign(path, f"its tensor `{name}` is of type {part.get_dtype()}")
    try:
        tensors = {name: file.get_tensor(name) for name in slices}
    except ValueError as error:  # a shape that no array can have, which an empty tensor may claim
        raise _foreign(path, f"its tensors cannot be read ({error})") from None
    _check_sum(path, described, tensors)
    return Contents(
        kind=described.pop("kind"),
        version=described.pop("version"),
        format=described.pop("format"),
        header=described,
        shapes={name: tensor.shape for name, tensor in tensors.items()},
        tensors={} if header_only else tensors,
    )


def _check_sum(path: Path, described: dict[str, Any], tensors: dict[str, NDArray[Any]]) -> None:
    """Refuse a file that is not as it was written; files of format 1 have no checksum."""
    expected = described.pop(_CHECKSUM, None)
    if expected is None and described["format"] < _FIRST_CHECKED:
        return
    try:
        actual = digest_of(described, tensors)
    except RecursionError:  # nested deeper than anything that is written
        actual = ""
    if expected != actual:
        raise ModelFileError(
            f"`{path}` is damaged: what it holds does not match its checksum; take another copy, "
            "or make it anew."
        )


def _description(path: Path, file: Any) -> dict[str, Any]:
    """Return the JSON object that describes the file, with the entries that every kind has."""
    try:
        described = json.loads((file.metadata() or {})[_KEY])
        kind, version, number = (described[name] for name in ("kind", "version", "format"))
    except (KeyError, ValueError, AttributeError, TypeError, RecursionError):
        described = kind = version = number = None
    # `type` and not `isinstance`: for Python, true is a whole number.
    numbered = type(number) is int and number >= 1
    if not (isinstance(kind, str) and isinstance(version, str) and numbered):
        raise _foreign(path, "it is a safetensors file without recur's description")
    if number > FORMAT:
        raise ModelFileError(
            f"`{path}` has format {number}, written by recur {_plain(version)}; "
            f"this is recur {__version__}, which reads up to format {FORMAT}: install a newer one."
        )
    return dict(described)


def _foreign(path: Path, reason: str) -> ModelFileError:
    hint = " A command names the model first and the data after it."
    return ModelFileError(
        f"`{path}` is not a file that recur saved, or it is damaged: {_plain(reason)}."
        f"{hint if path.suffix in _DATA_SUFFIXES else ''}"
    )


def _plain(text: str) -> str:
    """Return what a file says as it may be shown: short, on one line, no control characters."""
    return "".join(c if c.isprintable() else " " for c in text[:200])
