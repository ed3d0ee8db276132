"""What a job over parts can be asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from recur.errors import SettingsError
from recur.parameters import Help

PARTS = "Parts"

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def parse_memory(text: str) -> int:
    """Return bytes.

    >>> parse_memory("2GB"), parse_memory("500 mb"), parse_memory("1.5G")
    (2000000000, 500000000, 1500000000)
    """
    read = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)B?\s*", text.upper())
    if read is None:
        raise SettingsError(f"`memory` is `{text}`; it takes a size such as 2GB or 500MB.")
    return int(float(read[1]) * _UNITS[read[2]])


@dataclass
class PartsParameters:
    """The parameters of a job over parts."""

    memory: Annotated[
        str,
        Help(
            "Memory that may be taken; what would take more is read, forecast and written part by "
            "part, and so is everything where this is named.",
            PARTS, metavar="SIZE",
        ),
    ] = "2GB"  # fmt: skip
    parts_in: Annotated[
        Path | None,
        Help(
            "Folder that keeps, for the training of a network, the values that memory does not "
            "hold.",
            PARTS, unset="the platform's cache folder", metavar="FOLDER",
        ),
    ] = None  # fmt: skip
    skip_bad: Annotated[
        bool,
        Help("Set aside parts that cannot be read or forecast, and name them at the end.", PARTS),
    ] = False
