"""Numbers in plain words."""

from __future__ import annotations

_WIDE = -10.0
"""A lower end of skill below this, ten times the reference's loss, only puzzles a reader."""


def percent(share: float) -> str:
    """Return a share as a percentage that is short, and neither 0 nor 100 unless the share is.

    >>> [percent(share) for share in (0.426, 0.0312, -0.5, 0.99987, 1.0)]
    ['43 %', '3.1 %', '-50 %', '99.987 %', '100 %']
    """
    shown = 100.0 * share
    if 0.9 < share < 1.0:
        return f"{100.0 - float(f'{100.0 - shown:.2g}'):.12g} %"
    return f"{shown:.2g} %" if abs(share) < 0.1 else f"{shown:.0f} %"


def interval(low: float | None, high: float | None, level: float) -> str:
    """Return an interval of shares in words, "" where there is none.

    An end far below -100 % or without bound says that the data are too few, and is not shown.

    >>> interval(0.1, 0.42, level=0.96), interval(-32.96, 0.64, level=0.96)
    ('96 % interval 10 % to 42 %', '96 % interval too wide to say more')
    >>> interval(-32.96, -0.5, level=0.96)
    '96 % interval below -50 %'
    """
    if high is None:
        return ""
    if low is not None and low >= _WIDE:
        ends = f"{percent(low)} to {percent(high)}"
    else:
        ends = f"below {percent(high)}" if high < 0 else "too wide to say more"
    return f"{percent(level)} interval {ends}"


def steps_ahead(horizon: int) -> str:
    """Return how far a forecast looks.

    >>> steps_ahead(1), steps_ahead(24)
    ('one step ahead', '24 steps ahead')
    """
    return "one step ahead" if horizon == 1 else f"{horizon} steps ahead"
