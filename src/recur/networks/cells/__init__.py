"""The recurrent cells, a file each: `<name>.py` holds a `CELL`, and is all that a cell takes.

To list their names takes no more than to look into this folder.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recur.networks.cell import Cell

CELLS: tuple[str, ...] = tuple(
    sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
)
"""The names of the recurrent cells."""
MEMORYLESS = "mlp"
"""What stands in the place of a cell's name where the layers are dense, without memory."""


@cache
def cell(name: str) -> Cell:
    """Return a recurrent cell by its name, one of `CELLS`."""
    definition: Cell = import_module(f"{__name__}.{name}").CELL
    return definition
