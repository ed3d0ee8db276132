"""What was repaired on the way from a file to a panel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Repair:
    """One kind of thing that a reader put right, all of it together.

    Attributes:
        kind: its name, the same in every file, such as "holes" or "preamble".
        count: how many rows, values or cells were touched.
        sentence: what was done, with the count in it, as the user reads it.
    """

    kind: str
    count: int
    sentence: str
