"""The simple answers as methods of a forecaster: the very ones that a network is judged against."""

from __future__ import annotations

from collections.abc import Sequence

from recur.judge import references
from recur.judge.forecast.walk import Rule
from recur.tasks.forecast.known import Known, Prediction, without_ends


def forecast(name: str, known: Known, levels: Sequence[float] = ()) -> Prediction:  # noqa: ARG001
    """Forecast by one of the simple answers; none has intervals of its own.

    Args:
        name: as the judge calls it.
        known: the histories. The linear autoregression is fitted to all series together, before
            the first origin of each; it sees fewer values where none of them has enough.
        levels: as every method takes them.
    """
    longest = int(known.firsts.max()) - known.horizon
    lookback = max(1, min(known.lookback, longest))
    answer = references(known.walk, lookback, (name,))[name]
    assert isinstance(answer, Rule)
    return without_ends(answer.at(known.series, known.origins))
