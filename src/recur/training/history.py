"""What training measured, epoch by epoch; there are no times in it, so that it can be equal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Epoch:
    """One finished pass over the training windows.

    Attributes:
        number: 1 for the first.
        training: mean loss over the epoch's batches, each taken before its step.
        validation: mean loss over the validation windows after the epoch; none without any.
        rate: the learning rate of the epoch's last step.
        norm: the mean norm of the gradient before clipping.
        attempt: 0, or the number of the rescue that this epoch comes after.
    """

    number: int
    training: float
    validation: float | None
    rate: float
    norm: float
    attempt: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


History = tuple[Epoch, ...]
