"""The holidays of a country as numbers that a network can read, those to come included."""

from __future__ import annotations

from typing import Any

import numpy as np

from recur.arrays import Float64s, Indices
from recur.data.clock import DAY, Clock
from recur.errors import SettingsError, nearest, not_installed

HOLIDAY = "holiday"
"""The name of the one column: a network sees the days around a holiday by it too."""


def check_country(code: str) -> None:
    """Refuse the code of a country or of one of its regions that has no known holidays.

    Args:
        code: as ISO 3166 has it: `DE`, or `DE-BY` for a region of it.

    Raises:
        SettingsError: the code is unknown, or the package `holidays` is not installed.
    """
    country, _, region = code.partition("-")
    supported = _package().list_supported_countries(include_aliases=False)
    if country not in supported:
        raise SettingsError(
            f"`holidays` is {code!r}, which is no country with known holidays; "
            f"{nearest(country, supported)}."
        )
    if region and region not in supported[country]:
        raise SettingsError(
            f"`holidays` is {code!r}, and {country} has no region `{region}` with holidays of its "
            f"own; {nearest(region, supported[country])}."
        )


def on_holiday(code: str, clock: Clock, times: Indices) -> Float64s:
    """Return float64 [n], 1 for times that lie on a holiday and 0 for others.

    Args:
        code: of a country or a region, as `check_country` takes it.
        clock: what one step is.
        times: int64 [n], on the clock.

    Raises:
        SettingsError: steps of the clock are longer than a day, or not dates at all.
    """
    if not _has_days(clock):
        raise SettingsError(
            f"`holidays` is {code!r}, but the clock is {clock.describe()}: holidays are seen on "
            "clocks of trading days, of days, or of a step that goes into a day; leave `holidays` "
            "out, or bring the values to such steps with `every` (`--every 1d`)."
        )
    check_country(code)
    country, _, region = code.partition("-")
    days = times // DAY
    first, last = (day.astype("M8[D]").item().year for day in (days.min(), days.max()))
    known = _package().country_holidays(
        country, subdiv=region or None, years=range(first, last + 1)
    )
    return np.isin(days, np.array([*known], "M8[D]").astype(np.int64)).astype(np.float64)


def _has_days(clock: Clock) -> bool:
    """Say whether every step of a clock lies within one day."""
    return clock.kind == "trading" or (clock.kind == "fixed" and DAY % clock.step == 0)


def _package() -> Any:
    try:
        import holidays
    except ImportError:
        raise SettingsError(
            f"`holidays` needs a package: {not_installed('holidays', 'holidays')}."
        ) from None
    return holidays
