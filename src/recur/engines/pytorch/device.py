"""Where PyTorch computes: a device, and how many threads of the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from recur.engines.pytorch.recurrent import Tensors
from recur.networks.reference import State

_PROCESS = threading.RLock()


class Device:
    """A device, and a thread count that computing on it takes."""

    def __init__(self, name: str, threads: int) -> None:
        self.torch = torch.device(name)
        self.threads = threads

    def tensor(self, array: NDArray[Any]) -> Tensor:
        """Return an array's copy on the device."""
        return torch.from_numpy(array.copy()).to(self.torch)

    def tensors(self, state: State) -> Tensors:
        """Return a state's copy on the device."""
        return tuple(self.tensor(part) for part in state)

    @contextmanager
    def own_threads(self) -> Iterator[None]:
        """Run with this thread count, and leave the process as it was.

        The count belongs to the process, so two Python threads take turns.
        """
        with _PROCESS:
            before = torch.get_num_threads()
            torch.set_num_threads(self.threads)
            try:
                yield
            finally:
                torch.set_num_threads(before)
