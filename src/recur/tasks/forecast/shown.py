"""What several results of forecasting show alike: their data, how it was judged, the forecast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from recur.data.panel.panel import Panel
from recur.judge import JudgementSummary
from recur.report.blocks import Block, Choice, Prose, Sentence
from recur.report.forecasting import coverage_table, error_table, forecast_table
from recur.report.wording import end_label
from recur.tasks.forecast.fitted import AnyFitted
from recur.tasks.forecast.result import Forecast

_JUDGED = ("errors", "verdict", "intervals", "walk")


def trained_again(fitted: AnyFitted) -> dict[str, Any] | None:
    """Return how a network was trained again on all values after it was judged; None if it was not.

    What was judged then is its twin, which has not seen the held-out end.
    """
    return None if fitted.again is None else {"steps": fitted.again, "judged": "twin"}


def data_facts(panel: Panel, season: int) -> dict[str, Any]:
    """Return what a panel is, as plain JSON values."""
    start, end = panel.clock.iso(np.array([panel.times.min(), panel.times.max()]))
    return {
        "series": len(panel),
        "rows": panel.rows,
        "start": start,
        "end": end,
        "season": season,
        "repairs": panel.repaired(),
    }


def judged_facts(judgement: JudgementSummary | None) -> dict[str, Any]:
    """Return errors, verdict, intervals and walk as plain JSON values; None where there are none.

    The measures of intervals are those over all steps ahead.
    """
    values = judgement.to_dict() if judgement is not None else {}
    return {name: values.get(name) for name in _JUDGED}


def judgement_blocks(judgement: JudgementSummary, command: str = "") -> Iterator[Block]:
    """Yield the errors beside the simple answers, what intervals held, and the verdict.

    Where a simple answer is better, or was on what was judged, how to use it: `command` with it.
    """
    yield error_table(judgement)
    if judgement.intervals is not None:
        yield coverage_table(judgement.intervals)
    yield Sentence(judgement.verdict.sentence)
    if judgement.verdict.worse or judgement.verdict.behind:
        typed = command or "recur forecast FILE"
        yield Prose(f"to use that:\n  {typed} --method {judgement.verdict.against}", below=True)


def forecast_block(forecast: Forecast, target: str) -> Choice:
    """Return the first rows of a forecast, with its widest intervals where there is room."""
    columns = (forecast.clock, forecast.ids, forecast.times, forecast.values)
    widest = dict(list(forecast.ends().items())[-2:])
    labelled = {end_label(name): ends for name, ends in widest.items()}
    plain = forecast_table(*columns, target=target)
    return Choice((forecast_table(*columns, target=target, ends=labelled), plain))
