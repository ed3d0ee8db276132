"""Where a stream of forecasts begins: with nothing, behind a history, or where one was saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recur.data.clock import Clock
from recur.data.panel.panel import Panel
from recur.errors import ModelFileError, SettingsError
from recur.files.modelfile import fitting
from recur.parameters import FURTHEST
from recur.tasks import notices
from recur.tasks.forecast.fitted import AnyFitted
from recur.tasks.forecast.live import LiveForecaster
from recur.tasks.forecast.live_beside import Beside, statics_beside
from recur.tasks.streams import read_stream

Series = int | str | Sequence[str] | None


def live_anew(
    fitted: AnyFitted, series: Series, horizon: int | None, beside: Beside | None
) -> LiveForecaster:
    """Return a stream of which nothing is known yet.

    Args:
        fitted: the forecaster.
        series: the name of a single one, the names of several, or how many; by default those that
            were learnt.
        horizon: steps ahead.
        beside: what each series has one of, by the names of the columns.
    """
    single = isinstance(series, str)
    if series is None:
        names = fitted.learned.ids
        single = len(names) == 1
    elif isinstance(series, int):
        if series < 1:
            raise SettingsError(f"`series` is {series}; it must be 1 or more, or names.")
        names = tuple(str(i) for i in range(series))
    else:
        names = (series,) if isinstance(series, str) else tuple(series)
    if not names or len(set(names)) < len(names):
        raise SettingsError("`series` holds no names, or one twice; each series needs its own.")
    return LiveForecaster(
        fitted, names, fitted.learned.clock, single=single, horizon=horizon, beside=beside
    )


def live_after(fitted: AnyFitted, panel: Panel, horizon: int | None) -> LiveForecaster:
    """Return a stream that goes on behind the series of a panel."""
    notices.on_clock(panel, fitted.learned.clock, fitted.learned.season)
    single = len(panel) == 1
    live = LiveForecaster(
        fitted, panel.ids, panel.clock, single=single, horizon=horizon,
        beside=statics_beside(fitted.learned.encoding, panel),
    )  # fmt: skip
    live.begin(panel)
    return live


def live_again(fitted: AnyFitted, path: str | Path) -> LiveForecaster:
    """Return a stream that goes on where one of this model was saved.

    Raises:
        SettingsError: it was saved from another model.
        ModelFileError: the file does not fit together.
    """
    contents = read_stream(path, LiveForecaster.task, fitted)
    header: dict[str, Any] = contents.header
    with fitting(f"`{path}`"):
        names = tuple(str(name) for name in header["ids"])
        clock, horizon, single = (
            Clock.from_dict(header["clock"]),
            header["horizon"],
            header["single"],
        )
        if not names or len(set(names)) < len(names) or (single and len(names) > 1):
            raise ModelFileError("its series have no names of their own.")
        if not (isinstance(horizon, int) and 1 <= horizon <= FURTHEST):
            raise ModelFileError(f"it looks {horizon!r} steps ahead.")
        live = LiveForecaster(
            fitted, names, clock, single=single, horizon=horizon, beside=header.get("beside")
        )
    live.go_on(contents, path)
    return live


def refuse_both(**given: Any) -> None:
    """Refuse to begin a stream in two ways at once."""
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise SettingsError(
            f"`{named[0]}` and `{named[1]}` each say where the stream begins; leave one out."
        )
