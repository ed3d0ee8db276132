"""What a pretrained network says of itself, and of what it has learnt since."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from recur.networks.spec import NetworkSpec
from recur.parameters import Count
from recur.settings import Settings


class Card(Settings):
    """What the file of a pretrained network says of itself.

    Attributes:
        encoder: the recurrent network that reads a history.
        decoder: the dense one that answers each step ahead.
        levels: of the quantiles that it gives, from low to high.
        made: by which command, in how many seconds on what.
        data: what it learnt from.
        figures: measured errors by collection.
        limits: what it cannot do.
    """

    encoder: NetworkSpec
    decoder: NetworkSpec
    levels: tuple[float, ...]
    made: str
    data: str
    figures: dict[str, float]
    limits: str


class TuningRecord(Settings):
    """How the pretrained network learnt on, or one of its kind from nothing.

    Attributes:
        card: of the network that it was before.
        epochs: after which it was best; 0 where there was nothing to learn from.
        share: the error of the mean of it and what it was before over the latter's, on the
            validation part; None where there was none, or nothing to be in a mean with.
        again: steps of the learning from all values; None where what was judged forecasts.
    """

    card: Card
    epochs: Annotated[int, Field(ge=0)]
    share: Annotated[float, Field(ge=0)] | None = None
    again: Count | None = None

    @property
    def helps(self) -> bool:
        """Say whether what it learnt is made use of."""
        return self.epochs > 0 and (self.share is None or self.share < 1)
