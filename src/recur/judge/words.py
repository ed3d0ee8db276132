"""Numbers in plain words."""

from __future__ import annotations

FAR = -1.0
"""A skill below this, twice the reference's loss, is told as so many times the loss; as the lower
end of an interval it only puzzles a reader."""

TITLES = {"ets": "AutoETS", "arima": "AutoARIMA", "theta": "Theta"}
"""What classical methods are called."""


def percent(share: float) -> str:
    """Return a share as a percentage that is short, and neither 0 nor 100 unless the share is.

    >>> [percent(share) for share in (0.426, 0.0312, -0.5, 0.99987, 1.0)]
    ['43 %', '3.1 %', '-50 %', '99.987 %', '100 %']
    """
    shown = 100.0 * share
    if 0.9 < share < 1.0:
        return f"{100.0 - float(f'{100.0 - shown:.2g}'):.12g} %"
    return f"{shown:.2g} %" if abs(share) < 0.1 else f"{shown:.0f} %"


def times(ratio: float) -> str:
    """Return how many times as large one thing is as another, in two digits that count.

    >>> times(3.14), times(94.8), times(19482.75), times(1e30)
    ('3.1', '95', '19,000', 'over a million')
    """
    if ratio > 1e6:
        return "over a million"
    return f"{float(f'{ratio:.2g}'):,.12g}"


def skill_cell(skill: float) -> str:
    """Return a skill for a table: a percentage, or, far below -100 %, how large the error is.

    >>> skill_cell(0.426), skill_cell(-0.5), skill_cell(-93.8), skill_cell(-19481.75)
    ('43 %', '-50 %', 'x 95', 'x 1000+')
    """
    if skill >= FAR:
        return percent(skill)
    return f"x {times(1.0 - skill)}" if skill > -1e3 else "x 1000+"


def skill_words(skill: float) -> str:
    """Return a skill for a sentence, as `skill_cell` does for a table.

    >>> skill_words(-0.5), skill_words(-19481.75)
    ('skill -50 %', 'its mean squared error is 19,000 times as large')
    """
    if skill >= FAR:
        return f"skill {percent(skill)}"
    return f"its mean squared error is {times(1.0 - skill)} times as large"


def beside(skill: float) -> str:
    """Return how large an error is beside the reference's, which is to be named next.

    >>> [beside(skill) for skill in (0.426, 0.0, -0.5, -19481.75)]
    ['43 % below that of', 'that of', '50 % above that of', '19,000 times that of']
    """
    if skill < FAR:
        return f"{times(1.0 - skill)} times that of"
    if skill == 0:
        return "that of"
    return f"{percent(abs(skill))} {'below' if skill > 0 else 'above'} that of"


def interval(low: float | None, high: float | None, level: float) -> str:
    """Return an interval of shares in words, "" where there is none.

    A lower end far below -100 % or without bound says that the data are too few, and is not shown.

    >>> interval(0.1, 0.42, level=0.96), interval(-2.16, 0.59, level=0.96)
    ('96 % interval 10 % to 42 %', '96 % interval too wide to say more')
    >>> interval(-32.96, -0.5, level=0.96), interval(-32.96, -20.0, level=0.96)
    ('96 % interval below -50 %', '96 % interval at least 21 times as large')
    """
    if high is None:
        return ""
    if high < FAR:
        ends = f"at least {times(1.0 - high)} times as large"
    elif low is not None and low >= FAR:
        ends = f"{percent(low)} to {percent(high)}"
    else:
        ends = f"below {percent(high)}" if high < 0 else "too wide to say more"
    return f"{percent(level)} interval {ends}"


def counted(count: int, noun: str) -> str:
    """Return how many there are of something whose plural ends in s.

    >>> counted(1, "held-out value"), counted(24, "value")
    ('1 held-out value', '24 values')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def steps_ahead(horizon: int) -> str:
    """Return how far a forecast looks.

    >>> steps_ahead(1), steps_ahead(24)
    ('one step ahead', '24 steps ahead')
    """
    return "one step ahead" if horizon == 1 else f"{horizon} steps ahead"
