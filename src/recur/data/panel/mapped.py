"""Arrays that lie in files: they are read as they are used, and take no memory of their own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import DTypeLike, NDArray

_TOGETHER = 1 << 22  # values that are copied at once


def is_mapped(array: NDArray[Any]) -> bool:
    """Say whether an array, or what it is a view of, lies in a file."""
    return _map_of(array) is not None


def _map_of(array: NDArray[Any]) -> np.memmap[Any, Any] | None:
    base: Any = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return base
        base = base.base
    return None


def zeros_beside(array: NDArray[Any], shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
    """Return zeros; where an array lies in a file, in one beside it, which is gone with them."""
    mapped = _map_of(array)
    if mapped is None or not np.prod(shape):
        return np.zeros(shape, kind)
    with tempfile.TemporaryFile(dir=Path(str(mapped.filename)).parent) as file:
        return np.asarray(np.memmap(file, kind, "w+", shape=shape))


def inverted(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the opposite of flags [n], which lies where they do."""
    made = zeros_beside(flags, flags.shape, np.bool_)
    for first in range(0, len(flags), _TOGETHER):
        some = slice(first, first + _TOGETHER)
        np.logical_not(flags[some], out=made[some])
    return made


def open_map(path: Path) -> NDArray[Any]:
    """Return the array of an `.npy` file, which may not be written."""
    return np.asarray(np.load(path, mmap_mode="r"))


class GrowingFile:
    """An `.npy` file that rows are added to, until it is closed.

    Attributes:
        rows: how many there are.
    """

    def __init__(self, path: Path, kind: DTypeLike, columns: tuple[int, ...] = ()) -> None:
        self._file: IO[bytes] = path.open("w+b")
        self._kind, self._columns, self.rows = np.dtype(kind), columns, 0
        self._write_head()

    def add(self, rows: NDArray[Any]) -> None:
        """Add rows [n, ...] of the kind that it holds."""
        self._file.write(np.ascontiguousarray(rows, self._kind).data)
        self.rows += len(rows)

    def close(self) -> None:
        """Say at its beginning how many rows there are."""
        self._file.seek(0)
        self._write_head()
        self._file.close()

    def _write_head(self) -> None:  # as long for any number of rows: NumPy leaves room for it
        head = {
            "descr": npy.dtype_to_descr(self._kind),
            "fortran_order": False,
            "shape": (self.rows, *self._columns),
        }
        npy.write_array_header_1_0(self._file, head)
