"""What one series is: its values, gaps, outliers, season, trend, walk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recur.arrays import Flags, Float64s
from recur.data.describe import random_walk
from recur.data.describe.decomposition import Decomposition, decompose, least_values, likelier
from recur.data.describe.outliers import FAR, FEWEST_VALUES, outlier_scores
from recur.data.describe.random_walk import RandomWalkTest, check_random_walk
from recur.data.describe.season import detect_season, seasons_beside
from recur.data.describe.summary import Statistics, autocorrelation, statistics
from recur.data.panel.panel import Panel

_LISTED = 10  # outliers and missing stretches that are written out as JSON
_BAND = 1.96  # standard errors that hold 95 % of the autocorrelations of white noise


@dataclass(frozen=True)
class Stretch:
    """Steps in a row that were not observed: the times of the first and the last, and how many."""

    start: str
    end: str
    steps: int


@dataclass(frozen=True)
class Outlier:
    """A value far from the median of its neighbours, and its score: see `outlier_scores`."""

    time: str
    value: float
    score: float


@dataclass(frozen=True, eq=False)
class SeriesDescription:
    """What one series is.

    Attributes:
        id: its name.
        rows: the number of values, those that were not observed included.
        start: the first time.
        end: the last time.
        statistics: of the values that were observed.
        missing: the stretches that were not observed.
        outliers: the values far from their neighbours, in their order.
        autocorrelation: by lag: 1, 2 and the season, as far as the series is long enough.
        band: within plus and minus this, 95 % of the autocorrelations of white noise lie.
        season: its length in steps, 1 for none.
        beside: the lengths of longer seasons that stand out beside it, where none was named.
        additive: trend, season and rest, as parts that add up; None where the series is too short.
        multiplicative: the same as factors; None where values are not positive, too.
        random_walk: the test against one; None where the series is too short or does not vary.
        notice: what could not be said, or needs care, and why; mostly empty.
    """

    id: str
    rows: int
    start: str
    end: str
    statistics: Statistics
    missing: tuple[Stretch, ...]
    outliers: tuple[Outlier, ...]
    autocorrelation: dict[int, float]
    band: float
    season: int
    beside: tuple[int, ...]
    additive: Decomposition | None
    multiplicative: Decomposition | None
    random_walk: RandomWalkTest | None
    notice: str

    @property
    def decomposition(self) -> Decomposition | None:
        """Return the decomposition that describes the series better."""
        return None if self.additive is None else likelier(self.additive, self.multiplicative)

    def to_dict(self) -> dict[str, Any]:
        """Return the description as plain JSON values; of long lists the first ten."""
        better = self.decomposition
        walk = self.random_walk
        return {
            "id": self.id,
            "rows": self.rows,
            "start": self.start,
            "end": self.end,
            **asdict(self.statistics),
            "missing": _listing(self.missing, sum(one.steps for one in self.missing)),
            "outliers": _listing(self.outliers, len(self.outliers)),
            "autocorrelation": self.autocorrelation,
            "band": self.band,
            "season": self.season,
            "seasons_beside": list(self.beside),
            "season_strength": None if better is None else better.season_strength,
            "trend": None if better is None else list(better.trend_ends),
            "trend_strength": None if better is None else better.trend_strength,
            "decomposition": None if better is None else better.kind,
            "random_walk": None if walk is None else walk.to_dict(),
            "notice": self.notice,
        }


def describe_series(panel: Panel, i: int, season: int | None) -> SeriesDescription:
    """Say what series `i` of a panel is.

    Args:
        panel: the series.
        i: which one.
        season: its length in steps, 1 for none; None finds it.
    """
    values, filled = panel.series(i), panel.filled_in(i)
    times = [panel.clock.text(int(time)) for time in panel.clock_times(i)[[0, -1]]]
    varies = bool(np.ptp(values) > 0)
    beside: tuple[int, ...] = ()
    if season is None:
        season = detect_season(values, panel.clock.seasons())
        beside = seasons_beside(values, season, panel.clock.seasons())
    additive, multiplicative = _decompositions(values, season) if varies else (None, None)
    multiplied = additive is not None and likelier(additive, multiplicative) is multiplicative
    scores = outlier_scores(np.log(values) if multiplied else values, season)
    lags = [lag for lag in sorted({1, 2, season}) if varies and 2 * lag < len(values)]
    walk = check_random_walk(values, season)
    return SeriesDescription(
        id=panel.ids[i],
        rows=len(values),
        start=times[0],
        end=times[1],
        statistics=statistics(values[~filled]),
        missing=_stretches(panel, i, filled),
        outliers=_outliers(panel, i, np.where(filled, 0.0, scores)),
        autocorrelation={lag: autocorrelation(values, lag) for lag in lags},
        band=_BAND / len(values) ** 0.5,
        season=season,
        beside=beside,
        additive=additive,
        multiplicative=multiplicative,
        random_walk=walk,
        notice=_notice(values, season, walk),
    )


def _decompositions(
    values: Float64s, season: int
) -> tuple[Decomposition | None, Decomposition | None]:
    """Return both decompositions, as far as the values allow them."""
    if len(values) < least_values(season):
        return None, None
    positive = bool((values > 0).all())
    factors = decompose(values, season, "multiplicative") if positive else None
    return decompose(values, season), factors


def _stretches(panel: Panel, i: int, filled: Flags) -> tuple[Stretch, ...]:
    """Return the runs of values that were not observed."""
    times, text = panel.clock_times(i), panel.clock.text
    edges = np.flatnonzero(np.diff(filled, prepend=False, append=False)).reshape(-1, 2)
    return tuple(
        Stretch(text(int(times[start])), text(int(times[end - 1])), int(end - start))
        for start, end in edges
    )


def _outliers(panel: Panel, i: int, scores: Float64s) -> tuple[Outlier, ...]:
    values, times = panel.series(i), panel.clock_times(i)
    return tuple(
        Outlier(panel.clock.text(int(times[at])), float(values[at]), float(scores[at]))
        for at in np.flatnonzero(np.abs(scores) >= FAR)
    )


def _notice(values: Float64s, season: int, walk: RandomWalkTest | None) -> str:
    """Say in one sentence what could not be said of a series, or needs care, and why."""
    count = len(values)
    if count > 1 and np.ptp(values) == 0:
        return f"Every value is {values[0]:g}: there is no season, trend or change to speak of."
    seasonal = f" with a season of {season}" if season > 1 else ""
    needs = {
        "autocorrelation": 3,
        "outliers": FEWEST_VALUES,
        f"a decomposition{seasonal}": least_values(season),
        "the test against a random walk": random_walk.FEWEST_VALUES,
    }
    missed = [f"{what} (takes {least})" for what, least in needs.items() if count < least]
    if missed:
        *first, last = missed
        listed = f"{', '.join(first)} and {last}" if first else last
        return f"Too short for {listed}: there {_are(count)}."
    if walk is None:
        return "Every change is the same: the series is a straight line, not a random walk."
    if season > 1 and not walk.distinguishable:
        return (
            f"Its season of {season} steps says otherwise: large jumps, or few values, hide "
            "correlations from that test."
        )
    return ""


def _are(count: int) -> str:
    return "is 1 value" if count == 1 else f"are {count} values"


def _listing(items: tuple[Any, ...], count: int) -> dict[str, Any]:
    return {"count": count, "first": [asdict(item) for item in items[:_LISTED]]}
