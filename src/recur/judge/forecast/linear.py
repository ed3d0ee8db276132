"""The linear autoregression: what a network has to add something to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from recur.data.panel.panel import alike
from recur.errors import DataError, SettingsError

MOST_WINDOWS = 200_000
_BLOCK = 8_192
_NEGLIGIBLE = 1e-10  # of the largest singular value: below the rounding of float32 data


@dataclass(frozen=True, eq=False)
class LinearAutoregression:
    """A direct linear forecast of all steps from the newest values, standardised by series.

    Attributes:
        weights: float64 [lookback, horizon], of standardised values, oldest first.
        intercept: float64 [horizon], in standardised units.
        means: float64 [series], of each history.
        deviations: float64 [series], of each history; 1 where it never changes.
    """

    weights: NDArray[np.float64]
    intercept: NDArray[np.float64]
    means: NDArray[np.float64]
    deviations: NDArray[np.float64]

    def forecast(
        self, series: int | NDArray[np.int64], windows: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Forecast from the newest values.

        Args:
            series: which one, or int64 [origins], which one each window is of.
            windows: float64 [origins, lookback], oldest value first.

        Returns:
            float64 [origins, horizon].
        """
        mean, deviation = self.means[series, None], self.deviations[series, None]
        standard = (windows - mean) / deviation
        return mean + deviation * (standard @ self.weights + self.intercept)


def linear_autoregression(
    histories: Sequence[NDArray[np.float64]], lookback: int, horizon: int
) -> LinearAutoregression:
    """Fit one linear autoregression with intercept to the windows of all histories.

    It is plain least squares where there are at least two windows for each unknown. Below that a
    ridge pulls it towards the newest value plus the mean change, with the weight of the windows
    that are missing: lambda = 2 (lookback + 1) - windows, in squared standardised units.

    Args:
        histories: float64 [length] each, the values before the held-out stretch.
        lookback: how many values a forecast is made from.
        horizon: how many values it holds.
    """
    if lookback < 1:
        raise SettingsError(f"`lookback` is {lookback}; it must be 1 or more.")
    means, deviations = np.empty(len(histories)), np.empty(len(histories))
    for some, values in alike(histories):
        means[some], deviations[some] = values.mean(axis=1), values.std(axis=1)
    deviations[deviations == 0] = 1.0
    windows, series = _windows(histories, lookback + horizon)
    windows -= means[series, None]
    windows /= deviations[series, None]
    triangle = _triangle(windows, lookback)
    missing = max(0, 2 * (lookback + 1) - len(windows))
    ridge = np.sqrt(missing) * np.eye(lookback + 1)[:lookback]
    unknown = np.concatenate([triangle[:, : lookback + 1], ridge])
    change = np.concatenate([triangle[:, lookback + 1 :], np.zeros((lookback, horizon))])
    solution = np.linalg.lstsq(unknown, change, rcond=_NEGLIGIBLE)[0]
    weights, intercept = solution[:lookback], solution[lookback]
    weights[-1] += 1.0  # the fit is of changes from the newest value
    return LinearAutoregression(weights, intercept, means, deviations)


def _windows(
    series: Sequence[NDArray[np.float64]], width: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return windows of all series, evenly thinned to at most `MOST_WINDOWS`.

    Returns:
        float64 [windows, width], and int64 [windows], which series each is of.
    """
    counts = np.array([max(0, len(values) - width + 1) for values in series])
    total = int(counts.sum())
    if total == 0:
        raise DataError(
            f"The linear autoregression needs {width} values (lookback + horizon) before the "
            f"held-out stretch of at least one series; the longest has {max(map(len, series))}: "
            f"take a shorter lookback or horizon, or hold out less."
        )
    kept = np.unique(np.linspace(0, total - 1, min(total, MOST_WINDOWS)).round().astype(np.int64))
    ends = np.cumsum(counts)
    owners = np.searchsorted(ends, kept, side="right")
    lengths = np.array([len(values) for values in series])
    starts = (np.cumsum(lengths) - lengths)[owners] + kept - (ends - counts)[owners]
    return sliding_window_view(np.concatenate(series), width)[starts], owners


def _triangle(windows: NDArray[np.float64], lookback: int) -> NDArray[np.float64]:
    """Return R of the QR decomposition of [values, 1, changes from the newest value].

    It keeps all that least squares needs, at the precision of the data rather than of its square,
    and is built block by block so that memory stays bounded.
    """
    triangle = np.zeros((0, windows.shape[1] + 1))
    for first in range(0, len(windows), _BLOCK):
        block = windows[first : first + _BLOCK]
        known, ahead = block[:, :lookback], block[:, lookback:]
        rows = np.concatenate([known, np.ones((len(block), 1)), ahead - known[:, -1:]], axis=1)
        triangle = np.asarray(np.linalg.qr(np.concatenate([triangle, rows]), mode="r"))
    return triangle
