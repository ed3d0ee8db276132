"""Which labs there are: each package beside this file says of itself what it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules


@dataclass(frozen=True)
class Lab:
    """What the package of a lab says of it, under the name `LAB`; its `lab.py` runs it.

    Attributes:
        place: in the course, counted from 1.
        shows: what it shows, in a line.
        takes_files: whether it can learn from files of the user's own.
    """

    place: int
    shows: str
    takes_files: bool = False


@cache
def labs() -> dict[str, Lab]:
    """Return every lab by its name, in the order of the course; no lab is loaded for it."""
    names = [module.name for module in iter_modules([str(Path(__file__).parent)]) if module.ispkg]
    course = {name: import_module(f"{__package__}.{name}").LAB for name in names}
    return dict(sorted(course.items(), key=lambda item: item[1].place))
