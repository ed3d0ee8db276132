"""What the series of a panel are before anyone models them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recur.data.describe.one_series import SeriesDescription, describe_series
from recur.data.describe.season import detect_season, seasons_beside
from recur.data.describe.summary import Statistics, statistics
from recur.data.panel.panel import Panel
from recur.data.tables.readers import Fill, read_panel
from recur.errors import SettingsError

MOST_DESCRIBED = 10
"""Series of a panel that are described one by one."""


@dataclass(frozen=True, eq=False)
class Description:
    """What a panel is: the whole of it, and its first ten series one by one.

    Attributes:
        panel: the series.
        statistics: of all observed values together.
        missing: how many steps were not observed.
        season: the one that most of a few series agree on, 1 for none.
        beside: the longer ones that stand out beside it in most of them.
        series: the first ten.
    """

    panel: Panel
    statistics: Statistics
    missing: int
    season: int
    beside: tuple[int, ...]
    series: tuple[SeriesDescription, ...]

    def __repr__(self) -> str:
        series = "1 series" if len(self.panel) == 1 else f"{len(self.panel):,} series"
        return f"<Description of {series}, {self.panel.rows:,} rows: see series, to_dict()>"

    def to_dict(self) -> dict[str, Any]:
        """Return the description as plain JSON values."""
        text, times = self.panel.clock.text, self.panel.times
        return {
            "data": {
                "source": self.panel.source,
                "target": self.panel.target,
                "series": len(self.panel),
                "rows": self.panel.rows,
                "start": text(int(times.min())),
                "end": text(int(times.max())),
                "clock": self.panel.clock.describe(),
                "season": self.season,
                "seasons_beside": list(self.beside),
                "missing": self.missing,
                "repairs": self.panel.repaired(),
                **asdict(self.statistics),
            },
            "series": [one.to_dict() for one in self.series],
        }


def describe(
    data: Any,
    *,
    target: str | None = None,
    time: str | None = None,
    id: str | None = None,  # noqa: A002 (the name that users know)
    fill: Fill = "none",
    season: int | None = None,
    **reading: Any,
) -> Description:
    """Say what series are before anyone models them.

    Args:
        data: a file, a data frame, arrays or a panel, as `read_panel` takes them.
        target: the column of values; None takes the only numeric one.
        time: the column of times; None finds it.
        id: the column that tells series apart.
        fill: what to do about missing values and gaps: `none` and `previous` repeat
            the last known value. Filled values count in all that goes by the clock, such as the
            autocorrelation, but not in the statistics, and are no outliers.
        season: its length in steps, 1 for none; None finds it.
        **reading: how a file is read, as `read_panel` takes it.

    Raises:
        DataError: the data cannot be read as such series.
        SettingsError: the season is less than 1, or longer than every series.

    Example:
        >>> import numpy as np
        >>> wave = 10 + np.sin(2 * np.pi * np.arange(96) / 12)
        >>> what = describe(wave).series[0]
        >>> what.season, round(what.decomposition.season_strength, 2)
        (12, 1.0)
    """
    panel = read_panel(data, target=target, time=time, id=id, fill=fill, **reading)
    if season is not None:
        _check_season(season, int(panel.lengths.max()))
    found = detect_season(panel, panel.clock.seasons()) if season is None else season
    return Description(
        panel=panel,
        statistics=statistics(
            panel.values if panel.filled is None else panel.values[~panel.filled]
        ),
        missing=0 if panel.filled is None else int(panel.filled.sum()),
        season=found,
        beside=seasons_beside(panel, found, panel.clock.seasons()) if season is None else (),
        series=tuple(
            describe_series(panel, i, season) for i in range(min(len(panel), MOST_DESCRIBED))
        ),
    )


def _check_season(season: int, longest: int) -> None:
    if season < 1:
        raise SettingsError(f"`season` is {season}; it is a number of steps, or 1 for none.")
    if season > 1 and season >= longest:
        raise SettingsError(
            f"`season` is {season}, but the longest series has {longest} values; take a shorter "
            "season, or 1 for none."
        )
