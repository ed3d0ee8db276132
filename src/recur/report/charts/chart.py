"""A line picture as data: what the script of a page draws in place of the still picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, Self

import numpy as np

from recur.arrays import Float64s, Indices
from recur.errors import visible

Colour = Literal["ink", "grey", "blue", "orange"]
"""As a page's style calls it, which has one for light and one for dark."""

_DIGITS = 5  # of the span of all values
_MOST_DECIMALS = 300


@dataclass(frozen=True, eq=False)
class Line:
    """A line over the places of a chart.

    Attributes:
        label: what it is called; a line and bands of one label share an entry.
        y: float64 [places], NaN where there is none.
        colour: of the line.
        width: in pixels.
        dash: lengths of strokes and gaps in pixels; empty for a whole line.
        broken: whether it is interrupted at the `breaks` of the chart.
        since: the first place whose value is one; up to it the line only comes from somewhere.
    """

    label: str
    y: Float64s
    colour: Colour
    width: float = 1.5
    dash: tuple[int, ...] = ()
    broken: bool = False
    since: int = 0


@dataclass(frozen=True, eq=False)
class Band:
    """What lies between two ends, float64 [places] each; all else is as of a line."""

    label: str
    low: Float64s
    high: Float64s
    colour: Colour
    broken: bool = False
    since: int = 0


@dataclass(frozen=True, eq=False)
class Chart:
    """What a reader can zoom into, and read the values of.

    Attributes:
        heading: what it shows.
        under: a line below the heading.
        x: float64 [places], ascending; seconds since 1970 where they are dates.
        lines: in the order in which they are drawn.
        bands: shaded below them.
        date_length: characters of an ISO date and time that tell places apart; 0 for numbers.
        across: what a place is.
        first: the place that the picture begins at before anyone zooms.
        held_out: the places of the first and the last held-out value.
        breaks: places that broken lines do not reach from the one before.
        logarithmic: whether values are drawn by their logarithm.
        from_zero: whether a scale that is not begins at 0.
        note: what a reader has to know about what is drawn.
        name: what it is chosen by, where it is one of several.
    """

    heading: str
    under: str
    x: Float64s
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    date_length: int = 0
    across: str = ""
    first: int = 0
    held_out: tuple[int, int] | None = None
    breaks: tuple[int, ...] = ()
    logarithmic: bool = False
    from_zero: bool = False
    note: str = ""
    name: str = ""

    @property
    def values(self) -> list[Float64s]:
        """All that is drawn: the lines, then both ends of each band."""
        ends = (y for band in self.bands for y in (band.low, band.high))
        return [*(line.y for line in self.lines), *ends]

    def at(self, kept: Indices) -> Self:
        """Return what is left with some of the places, ascending; the others are passed over."""

        def moved(place: int) -> int:
            return int(np.searchsorted(kept, place))

        both = np.isin(self.breaks, kept) & np.isin(np.subtract(self.breaks, 1), kept)
        return replace(
            self,
            x=self.x[kept],
            lines=tuple(
                replace(line, y=line.y[kept], since=moved(line.since)) for line in self.lines
            ),
            bands=tuple(
                replace(band, low=band.low[kept], high=band.high[kept], since=moved(band.since))
                for band in self.bands
            ),
            first=moved(self.first),
            held_out=self.held_out and (moved(self.held_out[0]), moved(self.held_out[1])),
            breaks=tuple(moved(int(place)) for place in np.array(self.breaks)[both]),
        )

    def json(self) -> str:
        """Return it as JSON that is safe within a `script` element."""
        return _safe_json(self.record())

    def record(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        decimals = _decimals(self.values)
        lines = [
            {**_named(line), "y": _plain(line.y, decimals), "width": line.width, "dash": line.dash}
            for line in self.lines
        ]
        bands = [
            {**_named(band), "low": _plain(band.low, decimals), "high": _plain(band.high, decimals)}
            for band in self.bands
        ]
        return {
            "name": visible(self.name),
            "heading": visible(self.heading),
            "under": visible(self.under),
            "x": _plain(self.x, 3),
            "lines": lines,
            "bands": bands,
            "decimals": decimals,
            "dateLength": self.date_length,
            "across": self.across,
            "first": self.first,
            "heldOut": self.held_out,
            "breaks": self.breaks,
            "logarithmic": self.logarithmic,
            "fromZero": self.from_zero,
            "note": self.note,
        }


@dataclass(frozen=True, eq=False)
class Charts:
    """Charts of one kind, of which a reader chooses one by its name.

    Attributes:
        charts: the one that is shown first, first.
        note: which there are, where not all are.
    """

    charts: tuple[Chart, ...]
    note: str = ""

    def json(self) -> str:
        """Return them as JSON that is safe within a `script` element."""
        return _safe_json({"charts": [one.record() for one in self.charts], "note": self.note})


def thinned(lines: Sequence[Float64s], buckets: int) -> Indices:
    """Return which places to keep, ascending, so that no line loses a highest or lowest value.

    The places are parted into `buckets` runs of about the same length; of each run the places of
    the highest and of the lowest value of every line are kept, and the first and last of all.

    Args:
        lines: float64 [places] each, NaN where there is no value.
        buckets: at least 1.

    >>> thinned([np.array([0.0, 5.0, 1.0, 2.0, 2.0, -3.0, 2.0, 2.0])], 2).tolist()
    [0, 1, 4, 5, 7]
    """
    places = len(lines[0])
    kept = {0, places - 1}
    edges = np.linspace(0, places, buckets + 1).astype(int)
    for begin, end in pairwise(edges.tolist()):
        for line in lines:
            known = begin + np.flatnonzero(np.isfinite(line[begin:end]))
            if len(known):
                kept |= {int(known[line[known].argmin()]), int(known[line[known].argmax()])}
    return np.array(sorted(kept), np.int64)


def _safe_json(record: dict[str, Any]) -> str:
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return "".join(f"\\u{ord(c):04x}" if c in "<>&" else c for c in text)


def _named(one: Line | Band) -> dict[str, Any]:
    return {
        "label": visible(one.label),
        "colour": one.colour,
        "broken": one.broken,
        "since": one.since,
    }


def _decimals(lines: Sequence[Float64s]) -> int:
    """Return how many decimals tell values apart, measured by the span of all of them."""
    values = np.concatenate(lines)
    values = values[np.isfinite(values)]
    span = float(np.ptp(values)) if len(values) else 0.0
    span = span or float(np.abs(values).max(initial=0.0))
    if not 0.0 < span < np.inf:
        return 0
    return int(np.clip(_DIGITS - 1 - np.floor(np.log10(span)), 0, _MOST_DECIMALS))


def _plain(values: Float64s, decimals: int) -> list[float | int | None]:
    """Return values as JSON has them, whole ones without a point, null where there is none."""
    return [_number(round(value, decimals)) for value in values.tolist()]


def _number(value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
