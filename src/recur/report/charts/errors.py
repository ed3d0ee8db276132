"""The errors of every method at each step ahead, to be read step by step."""

from __future__ import annotations

import numpy as np

from recur.judge import JudgementSummary
from recur.report.charts.chart import Chart, Line
from recur.report.plots.errors import HEADING, LOG_FROM, errors_by_step, line_under
from recur.report.plots.style import flattened
from recur.report.wording import method_label

_DASHES: dict[str, tuple[int, ...]] = {
    "last_value": (),
    "seasonal_naive": (8, 3),
    "drift": (2, 3),
    "mean": (14, 4),
    "window_mean": (14, 4, 2, 4, 2, 4),
    "seasonal_mean": (8, 3, 2, 3, 2, 3),
    "linear": (10, 3, 2, 3),
}


def horizon_chart(judgement: JudgementSummary) -> Chart | None:
    """Return what `horizon_picture` draws as lines; None where it draws bars, or nothing."""
    errors = errors_by_step(judgement)
    if judgement.walk.horizon == 1 or not errors:
        return None
    judged = judgement.verdict.judged
    lines = [
        Line(method_label(judged), values, "blue", 2.5)
        if name == judged
        else Line(method_label(name), values, "grey", dash=_DASHES.get(name, (4, 4)))
        for name, values in errors.items()
    ]
    return Chart(
        HEADING,
        line_under(judgement),
        np.arange(1.0, judgement.walk.horizon + 1),
        tuple(lines),
        across="steps ahead",
        logarithmic=flattened(np.array(list(errors.values())), LOG_FROM),
        from_zero=True,
    )
