"""Names and numbers as a reader sees them, in a terminal, in a picture and on the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from recur.arrays import Float64s
from recur.data.clock import Clock
from recur.errors import visible
from recur.judge import SIMPLE, JudgementSummary, Verdict
from recur.judge.forecast.verdict import NETWORK
from recur.judge.words import FAR, TITLES, percent, skill_cell

MISSING = "–"  # noqa: RUF001 (an en dash, as tables have it)

_LABELS = {
    "last_value": "last value",
    "seasonal_naive": "seasonal naive",
    "mean": "historical mean",
    "window_mean": "window mean",
    "seasonal_mean": "seasonal mean",
    **TITLES,
}
_WIDEST = 8  # characters of a number in a table
_CLAIMS = {
    "skill": "Evidence of skill",
    "none": "No evidence of skill",
    "too_little": "Too little data to say",
}


def method_label(name: str) -> str:
    """Return the name of a method as a reader sees it.

    >>> method_label("seasonal_naive"), method_label("lstm")
    ('seasonal naive', 'lstm')
    """
    return _LABELS.get(name, visible(name, most=18))


def claim_label(verdict: Verdict) -> str:
    """Return the verdict in a few words."""
    if verdict.claim == "none" and verdict.over_naive.claim == "skill":
        return "No evidence of skill over a linear model"
    return _CLAIMS[verdict.claim]


def end_label(name: str) -> str:
    """Return what an end of an interval is called above a column.

    >>> end_label("low_97.5")
    'low 97.5 %'
    """
    return f"{name.replace('_', ' ')} %"


def interval_cell(low: float | None, high: float | None) -> str:
    """Write an interval of skill, a lower end that says nothing left out.

    >>> interval_cell(-0.052, 0.021), interval_cell(-80.0, 0.5), interval_cell(None, None)
    ('-5.2 to 2.1 %', 'too wide', '')
    >>> interval_cell(-80.0, -20.0), interval_cell(-80.0, -0.5)
    ('x 21 and up', 'below -50 %')
    """
    if high is None:
        return ""
    if high < FAR:
        return f"{skill_cell(high)} and up"
    if low is None or low < FAR:
        return f"below {percent(high)}" if high < 0 else "too wide"
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def ordered_methods(judgement: JudgementSummary) -> tuple[str, ...]:
    """Return the methods of a judgement: the network, others, and the simple answers last.

    A simple answer that is judged stands in the network's place alone.
    """
    others = [name for name in judgement.errors if name not in (NETWORK, *SIMPLE)]
    simple = [name for name in SIMPLE if name != judgement.verdict.judged]
    return (NETWORK, *others, *simple)


def judged_label(name: str, judgement: JudgementSummary) -> str:
    """Return the name of a method of a judgement, of the judged one what it is."""
    return method_label(judgement.verdict.judged if name == NETWORK else name)


def time_heading(clock: Clock) -> str:
    """Return what the times of a clock are called above a column or below an axis."""
    return "row" if clock.kind == "rows" else "time"


def error_column(values: Sequence[float | None], digits: int) -> list[str]:
    """Write errors with as many decimals as give the smallest of them its significant digits.

    Args:
        values: not negative; None or a non-finite number where there is none.
        digits: the significant digits of the smallest value that is not 0.

    >>> error_column([0.0312, 12.5], digits=2), error_column([0.0, 0.437], digits=4)
    (['0.031', '12.500'], ['0', '0.4370'])
    """
    sizes = [value for value in values if value is not None and value > 0 and math.isfinite(value)]
    decimals = max(digits - 1 - _exponent(min(sizes)), 0) if sizes else 0
    whole = max(_exponent(max(sizes)), 0) + 1 if sizes else 1
    style = f".{decimals}f" if whole + decimals < _WIDEST else ".2e"
    return ["0" if value == 0 else _number(value, style) for value in values]


def value_column(values: Iterable[float]) -> list[str]:
    """Write values of one series with as many decimals as show how they differ.

    >>> value_column([101.2345, 101.9876]), value_column([12345.6, 54321.0])
    (['101.234', '101.988'], ['12346', '54321'])
    """
    numbers = np.array(list(values), dtype=np.float64)
    style = value_style(numbers)
    return [_number(float(value), style) for value in numbers]


def value_style(values: Float64s) -> str:
    """Return the format specification that shows how values [n] differ."""
    finite = values[np.isfinite(values)]
    if not len(finite) or not finite.any():
        return ".0f"
    largest, spread = float(np.abs(finite).max()), float(np.ptp(finite))
    differ = 2 - _exponent(spread) if spread > 1e-6 * largest else 0
    decimals = max(differ, 4 - _exponent(largest), 0)
    return f".{decimals}f" if max(_exponent(largest), 0) + decimals < 12 else ".6g"


def _exponent(size: float) -> int:
    return math.floor(math.log10(size))


def _number(value: float | None, style: str) -> str:
    return MISSING if value is None or not math.isfinite(value) else format(value, style)
