"""What a user should know about their data: said, and stopping nothing."""

from __future__ import annotations

from typing import Any

from recur.arrays import Indices
from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel
from recur.notices import notice


def read(data: Any, **options: Any) -> Panel:
    """Return the panel that data make, and pass on what its reader noticed."""
    panel = read_panel(data, **options)
    if panel is not data:
        for note in panel.notes:
            notice(note)
    return panel


def on_filled(panel: Panel, starts: Indices) -> None:
    """Say how much of what is judged, from `starts` [series] on, was not observed."""
    if panel.filled is None:
        return
    filled = sum(int(panel.filled_in(i)[start:].sum()) for i, start in enumerate(starts))
    if filled:
        notice(
            f"{filled} of {(panel.lengths - starts).sum()} held-out values were not observed, and "
            "are left out of errors, verdict and coverage."
        )


def on_differences(
    panel: Panel, starts: Indices, clock: Clock, season: int, seen_until: int
) -> None:
    """Say where other data than those of training may not be judged as a user thinks.

    Args:
        panel: what is judged.
        starts: int64 [series], the first value of each that is.
        clock: that of training.
        season: that of training.
        seen_until: the last time that training has seen.
    """
    if on_clock(panel, clock, season) or not panel.clock.dated:
        return
    if panel.times[panel.offsets[:-1] + starts].min() <= seen_until:
        notice(
            f"training has seen values up to {panel.clock.text(seen_until)}: if these are the "
            "same series, some of what is judged here was not held out."
        )


def on_clock(panel: Panel, clock: Clock, season: int) -> bool:
    """Say where data have another clock than training, whose `season` is in steps of that."""
    if not clock.dated or panel.clock.describe() == clock.describe():
        return False
    learnt = "what was learnt of its steps" if season == 1 else f"a season of {season} steps"
    notice(
        f"training was on a clock of {clock.describe()}, this is one of "
        f"{panel.clock.describe()}: {learnt} may mean nothing here."
    )
    return True
