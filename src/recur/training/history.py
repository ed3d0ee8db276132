"""What training measured, epoch by epoch; there are no times in it, so that it can be equal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field

Measured = Annotated[float, Field(allow_inf_nan=False)]


@dataclass(frozen=True)
class Epoch:
    """One finished pass over the training windows.

    The bounds hold where epochs are read from a file.

    Attributes:
        number: 1 for the first.
        training: mean loss over the epoch's batches, each taken before its step.
        validation: mean loss over the validation windows after the epoch; none without any.
        rate: the learning rate of the epoch's last step.
        norm: the mean norm of the gradient before clipping.
        attempt: 0, or the number of the rescue that this epoch comes after.
    """

    number: Annotated[int, Field(ge=1)]
    training: Measured
    validation: Measured | None
    rate: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    norm: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    attempt: Annotated[int, Field(ge=0)] = 0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


History = tuple[Epoch, ...]
