"""What a user should know about their data: said, and stopping nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.arrays import Indices
from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.data.tables.readers import read_panel, read_panels
from recur.judge.words import counted
from recur.notices import notice
from recur.progress import showing

_NAMED = 3  # series that one notice names


def read(data: Any, **options: Any) -> Panel:
    """Return the panel that data make, and pass on what its reader noticed."""
    with showing("reading"):
        panel = read_panel(data, **options)
    if panel is not data:
        for note in panel.notes:
            notice(note)
    return panel


def read_by_clock(data: Any, **options: Any) -> tuple[Panel, ...]:
    """Return a panel of the series of each clock, and pass on what their reader noticed."""
    with showing("reading"):
        panels = read_panels(data, **options)
    for sentence in dict.fromkeys(note for panel in panels for note in panel.notes):
        notice(sentence)
    if len(panels) > 1:
        clocks = [panel.clock.describe() for panel in panels]
        notice(
            f"The series of {panels[0].source} have {len(panels)} clocks ({', '.join(clocks)}): "
            "those of each are taken by themselves."
        )
    return panels


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


def on_short(panel: Panel, held_out: Indices, short: Indices) -> None:
    """Name the series that are too short to be judged.

    Args:
        panel: the series.
        held_out: int64 [series], how many values of each were to be held out.
        short: int64 [short], the places of those that have too few.
    """
    if not len(short):
        return
    then = "they are not judged" if len(short) > 1 else "it is not judged"
    then = "nothing is judged" if len(short) == len(panel) else then
    least = int(held_out[short].min())
    notice(f"{_few(panel, short)}, too few to hold out {least} of them: {then}.")


def on_unread(panel: Panel, fewest: int, least: int) -> None:
    """Name the series that a network of one's own has too little of to read.

    Args:
        panel: the series.
        fewest: values from which the pretrained network can tell more than the last one.
        least: known values that the network reads.
    """
    few = np.flatnonzero((panel.lengths >= fewest) & (panel.lengths < least))
    if len(few):
        one = "the pretrained one forecasts " + ("it" if len(few) == 1 else "them")
        notice(f"{_few(panel, few)}, fewer than the {least} that the network reads: {one}.")


def on_hardly_any(panel: Panel, fewest: int) -> None:
    """Name the series with fewer observed values than anything can be said from."""
    observed = panel.lengths
    if panel.filled is not None:
        observed = observed - np.add.reduceat(panel.filled, panel.offsets[:-1])
    few = np.flatnonzero(observed < fewest)
    if len(few):
        one = "its last value is" if len(few) == 1 else "their last values are"
        notice(f"{_few(panel, few)}: {one} repeated, for there is nothing else to go by.")


def _few(panel: Panel, short: Indices) -> str:
    """Say which series have few values: one with its count, of many a few."""
    first = short[0]
    if len(short) == 1:
        return f"series `{panel.ids[first]}` has {counted(int(panel.lengths[first]), 'value')}"
    named = ", ".join(f"`{panel.ids[i]}` {panel.lengths[i]}" for i in short[:_NAMED])
    more = f", {len(short) - _NAMED:,} more" if len(short) > _NAMED else ""
    return f"{len(short):,} of {len(panel):,} series have few values ({named}{more})"


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
        all_of_it = panel.times.max() <= seen_until
        notice(
            f"training has seen values up to {panel.clock.text(seen_until)}: if these are the "
            f"same series, {'nothing' if all_of_it else 'not all'} of what is judged here was held "
            "out."
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
