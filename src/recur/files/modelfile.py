"""One file for a model or a checkpoint: tensors and JSON, read without running any code.

The file is a safetensors file; its metadata holds, under `recur`, one JSON object with the
format's version, the kind of file, whatever the owner of the kind describes, and from format 2 on
a checksum over all of that and the tensors, which tells damage from difference.
"""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from recur.digest import digest_of
from recur.errors import ModelFileError, RecurError, visible
from recur.files.atomic import write_bytes
from recur.version import __version__

FORMAT = 2
_FIRST_CHECKED = 2  # format with a checksum
_DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U8": "u1", "U16": "<u2"}
_KEY = "recur"
_CHECKSUM = "checksum"
_MISFITS = (  # what comes of values that nobody has written
    *(LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError),
    MemoryError,
)
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
    read_again = json.loads(json.dumps(described))
    text = json.dumps({**read_again, _CHECKSUM: digest_of(read_again, arrays)}, allow_nan=False)
    write_bytes(path, save(arrays, metadata={_KEY: text}))


ModelSource = str | Path | bytes | bytearray | memoryview | BinaryIO
"""Where a file is: its path, its bytes, or what gives them when it is read."""


def read_file(
    source: ModelSource, kind: str | None = None, *, header_only: bool = False
) -> Contents:
    """Read a file and check that it is of a kind.

    Args:
        source: the file.
        kind: the kind it has to be; any if none is given.
        header_only: check the tensors, but do not return them.
    """
    name = name_of(source)
    data = _bytes_of(source, kind or "model", name)
    try:
        contents = _read(name, data, header_only=header_only)
    except SafetensorError:
        raise _foreign(name, "its header or its length is not that of such a file") from None
    if kind is not None and contents.kind != kind:
        raise ModelFileError(
            f"{name} is a {visible(contents.kind, most=80)} of recur; expected a {kind}."
        )
    return contents


@contextmanager
def fitting(name: str) -> Iterator[None]:
    """Say in one sentence that what a file holds does not fit together, where the block finds it.

    Args:
        name: what a message calls the file.
    """
    try:
        yield
    except RecurError as error:
        raise ModelFileError(f"{name} does not fit together: {error}") from None
    except _MISFITS as error:
        what = visible(f"{type(error).__name__} {error}", most=200)
        raise ModelFileError(f"{name} does not fit together: {what}.") from None


def name_of(source: ModelSource) -> str:
    """Return what a message calls a file."""
    if isinstance(source, str | Path):
        return f"`{source}`"
    if isinstance(source, bytes | bytearray | memoryview):
        return f"what was given, {len(source):,} bytes,"
    name = getattr(source, "name", None)
    return f"`{name}`" if isinstance(name, str) else "the open file that was given"


def _bytes_of(source: ModelSource, kind: str, name: str) -> bytes:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    try:
        if isinstance(source, str | Path):
            _require_file(Path(source), kind)
            return Path(source).read_bytes()
        data = source.read()
    except UnicodeDecodeError:  # opened as text, which it is not
        data = None
    except OSError as error:
        raise _foreign(name, f"it cannot be read ({error.strerror or error})") from None
    if not isinstance(data, bytes):
        raise ModelFileError(
            f"{name} is open as text, and a {kind} file holds bytes: open it with mode 'rb'."
        )
    return data


def _require_file(path: Path, kind: str) -> None:
    reason = "there is no such file"
    try:  # `is_file` says of any path that cannot be looked at that there is none, from 3.14 on
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a null in a name
        mode = 0
    if stat.S_ISDIR(mode):
        reason = "that is a folder: name a file in it"
    if not stat.S_ISREG(mode):
        raise ModelFileError(f"expected a {kind} file at `{path}`; {reason}.")


def _read(name: str, data: bytes, *, header_only: bool) -> Contents:
    parts: dict[str, Any] = dict(deserialize(data))  # type: ignore[no-untyped-call]
    described = _description(name, data)
    for key, part in parts.items():
        if part["dtype"] not in _DTYPES:
            raise _foreign(name, f"its tensor `{key}` is of type {part['dtype']}")
    try:
        tensors = {
            key: np.frombuffer(part["data"], _DTYPES[part["dtype"]]).reshape(part["shape"])
            for key, part in parts.items()
        }
    except ValueError as error:  # a shape that no array can have, which an empty tensor may claim
        raise _foreign(name, f"its tensors cannot be read ({error})") from None
    _check_sum(name, described, tensors)
    return Contents(
        kind=described.pop("kind"),
        version=described.pop("version"),
        format=described.pop("format"),
        header=described,
        shapes={key: tensor.shape for key, tensor in tensors.items()},
        tensors={} if header_only else tensors,
    )


def _check_sum(name: str, described: dict[str, Any], tensors: dict[str, NDArray[Any]]) -> None:
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
            f"{name} is damaged: what it holds does not match its checksum; take another copy, "
            "or make it anew."
        )


def _description(name: str, data: bytes) -> dict[str, Any]:
    """Return the JSON object that describes the file, with the entries that every kind has."""
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        described = json.loads(
            header["__metadata__"][_KEY], parse_constant=_finite, parse_float=_finite
        )
        kind, version, number = (described[key] for key in ("kind", "version", "format"))
    except OverflowError as error:
        raise _foreign(name, f"its description holds {error}, which is no finite number") from None
    except (KeyError, ValueError, AttributeError, TypeError, RecursionError):
        described = kind = version = number = None
    # `type` and not `isinstance`: for Python, true is a whole number.
    numbered = type(number) is int and number >= 1
    if not (isinstance(kind, str) and isinstance(version, str) and numbered):
        raise _foreign(name, "it is a safetensors file without recur's description")
    if number > FORMAT:
        raise ModelFileError(
            f"{name} has format {number}, written by recur {visible(version, most=80)}; "
            f"this is recur {__version__}, which reads up to format {FORMAT}: install a newer one."
        )
    return dict(described)


def _finite(text: str) -> float:
    """Return a number of a description, none of which is infinite or no number at all."""
    value = float(text)
    if not math.isfinite(value):
        raise OverflowError(text)
    return value


def _foreign(name: str, reason: str) -> ModelFileError:
    hint = " A command names the model first and the data after it."
    suffix = Path(name.strip("`")).suffix
    return ModelFileError(
        f"{name} is not a file that recur saved, or it is damaged: {reason}."
        f"{hint if suffix in _DATA_SUFFIXES else ''}"
    )
