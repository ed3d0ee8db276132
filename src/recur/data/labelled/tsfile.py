"""Series with labels in the `.ts` format of the UEA and UCR archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recur.arrays import Float64s
from recur.data.labelled.examples import Examples
from recur.errors import DataError


def read_ts(path: Path) -> Examples:
    """Read a `.ts` file: a series a line, its channels and at the end its label apart by colons."""
    items: list[Float64s] = []
    labels: list[str] = []
    labelled, begun = False, False
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if not begun:
            begun = stripped.casefold() == "@data"
            words = stripped.casefold().split()
            if words[0] == "@classlabel":
                labelled = words[1:2] == ["true"]
            if words[0] == "@timestamps" and words[1:2] == ["true"]:
                raise DataError(
                    f"{path.name}, line {number}: its values have stamps of time, which are not "
                    "read; write them as plain values."
                )
            continue
        channels = stripped.split(":")
        if labelled:
            labels.append(channels.pop().strip())
        items.append(_series(channels, f"{path.name}, line {number}"))
    if not begun:
        raise DataError(f"{path.name} has no line `@data`, after which the series of a .ts stand.")
    if not items:
        raise DataError(f"{path.name} has no series after `@data`.")
    return Examples(tuple(items), tuple(labels), source=path.name)


def _series(channels: list[str], where: str) -> Float64s:
    try:
        columns = [[float(value) for value in channel.split(",")] for channel in channels]
    except ValueError:
        raise DataError(
            f"{where}: a value is no number; a missing one is to be filled in before."
        ) from None
    if len({len(column) for column in columns}) != 1:
        raise DataError(f"{where}: its channels are of different lengths.")
    return np.array(columns, np.float64).T
