"""Arrays that lie in files: they are read as they are used, and take no memory of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_mapped(array: NDArray[Any]) -> bool:
    """Say whether an array, or what it is a view of, lies in a file."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return True
        base = base.base
    return False
