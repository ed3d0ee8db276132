"""What fitting a forecaster has learnt and chosen, but for arrays: the header of its file."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from recur.data.clock import Clock
from recur.data.panel.encoding import Encoding
from recur.data.panel.scaling import ScalingKind
from recur.data.sources.windows import Residual
from recur.parameters import Count
from recur.settings import Settings
from recur.tasks.base import TrainingRecord
from recur.tasks.forecast.cards import TuningRecord

_Length = Annotated[int, Field(ge=1, le=10**7)]


class LearnedSeries(Settings):
    """What every forecaster knows of the series it was fitted to.

    Attributes:
        lookback: known values that it sees; of a method that sees all, how many those of the
            simple answers see that it is judged against.
        season: in steps, 1 for none.
        encoding: how covariates become numbers.
        ids: the series that were learnt.
        clock: theirs.
        target: what the values are called.
        seen_until: the last time that the fit has seen.
        tuning: how the pretrained network learnt on from the series; None where it did not.
        guessed: what nobody had said, by the name of the parameter that says it: `target`, `time`,
            `id` and `horizon`.
        trained_over_pretrained: the error of a network trained on the series over that of the
            pretrained one, on the validation part; None where they were not compared.
    """

    lookback: _Length
    season: _Length
    encoding: Encoding
    ids: tuple[str, ...]
    clock: Clock
    target: str
    seen_until: int
    guessed: dict[str, str] = Field(default_factory=dict)
    trained_over_pretrained: Annotated[float, Field(ge=0)] | None = None
    tuning: TuningRecord | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return which columns of other data are its series, as `read_panel` takes them."""
        return {"target": self.encoding.targets(self.target), **self.encoding.columns(self.target)}


class LearnedForecaster(TrainingRecord, LearnedSeries):
    """What a network has learnt and what was chosen for it, but for arrays.

    Attributes, beside those of the training and of the series:
        hidden: size of the hidden state.
        loss: what was minimised.
        residual: what forecasts count from.
        sees_gaps: whether the network sees which values were observed.
        scaling: how values are scaled.
        least_history: known values that a window has at least; None for the lookback.
        again: steps of the training on all values, whose weights these are; None where they are
            those that were judged.
    """

    hidden: _Length
    loss: str
    residual: Residual
    sees_gaps: bool
    scaling: ScalingKind
    least_history: _Length | None = None
    again: Count | None = None
