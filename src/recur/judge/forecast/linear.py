"""The linear autoregression: what a network has to add something to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Flags, Float64s, Indices
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

    def of(self, some: slice) -> LinearAutoregression:
        """Return the same for some of the series."""
        return replace(self, means=self.means[some], deviations=self.deviations[some])

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
    histories: Sequence[NDArray[np.float64]],
    lookback: int,
    horizon: int,
    observed: Sequence[Flags] | None = None,
) -> LinearAutoregression:
    """Fit one linear autoregression with intercept to the windows of all histories.

    It sees the newest values, as many as make the criterion of Hannan and Quinn least, corrected
    for few windows (McQuarrie and Tsai, 1998), from none to `lookback`: one that has to weigh more
    values than help is a weak reference. It is then fitted to all windows of so many values, by
    least squares where there are at least two windows for each unknown. Below that a ridge pulls
    it towards the newest value plus the mean change, with the weight of the windows that are
    missing: lambda = 2 unknowns - windows, in squared standardised units.

    Args:
        histories: float64 [length] each, the values before the held-out stretch.
        lookback: how many values a forecast is made from at most.
        horizon: how many values it holds.
        observed: bool [length] each, which values were; None where all were. Windows that would be
            fitted to what was not are left out where two for each unknown remain.
    """
    if lookback < 1:
        raise SettingsError(f"`lookback` is {lookback}; it must be 1 or more.")
    means, deviations = np.empty(len(histories)), np.empty(len(histories))
    for some, values in alike(histories):
        means[some], deviations[some] = values.mean(axis=1), values.std(axis=1)
    deviations[deviations == 0] = 1.0
    triangle, windows = _fit(histories, means, deviations, lookback, horizon, observed)
    seen = _order(triangle, lookback, windows)
    width = max(seen, 1)
    if width < lookback:  # there are more windows of fewer values
        triangle, _ = _fit(histories, means, deviations, width, horizon, observed)
    unknown, changes = triangle[: seen + 1, : seen + 1], triangle[: seen + 1, width + 1 :]
    solution = np.linalg.lstsq(unknown, changes, rcond=_NEGLIGIBLE)[0]
    weights, intercept = np.zeros((lookback, horizon)), solution[0]
    weights[lookback - seen :] = solution[:0:-1]
    weights[-1] += 1.0  # the fit is of changes from the newest value
    return LinearAutoregression(weights, intercept, means, deviations)


def _places(histories: Sequence[Float64s], width: int) -> tuple[Indices, Indices]:
    """Return windows of all series, evenly thinned to at most `MOST_WINDOWS`.

    Returns:
        int64 [windows] each, the series that each is of, and where in it each begins.
    """
    lengths = np.array([len(values) for values in histories])
    counts = np.maximum(0, lengths - width + 1)
    total = int(counts.sum())
    if total == 0:
        raise DataError(
            f"The linear autoregression needs {width} values (lookback + horizon) before the "
            f"held-out stretch of at least one series; the longest has {lengths.max()}: "
            f"take a shorter lookback or horizon, or hold out less."
        )
    kept = np.unique(np.linspace(0, total - 1, min(total, MOST_WINDOWS)).round().astype(np.int64))
    ends = np.cumsum(counts)
    owners = np.searchsorted(ends, kept, side="right")
    return owners, kept - (ends - counts)[owners]


def _taken(series: Sequence[NDArray[Any]], owners: Indices, begins: Indices, width: int) -> Any:
    """Return [windows, width], windows of series, copied."""
    where = zip(owners.tolist(), begins.tolist(), strict=True)
    return np.stack([series[owner][begin : begin + width] for owner, begin in where])


def _fit(
    histories: Sequence[Float64s],
    means: Float64s,
    deviations: Float64s,
    lookback: int,
    horizon: int,
    observed: Sequence[Flags] | None,
) -> tuple[Float64s, int]:
    """Return the `_triangle` of the standardised windows of all histories, and their number."""
    owners, begins = _places(histories, lookback + horizon)
    if observed is not None:
        whole = np.concatenate(
            [
                _taken(observed, owners[some], begins[some] + lookback, horizon).all(axis=1)
                for some in _blocks(len(owners))
            ]
        )
        if whole.sum() >= 2 * (lookback + 1):
            owners, begins = owners[whole], begins[whole]

    def blocks() -> Iterator[Float64s]:
        for some in _blocks(len(owners)):
            windows = _taken(histories, owners[some], begins[some], lookback + horizon)
            yield (windows - means[owners[some], None]) / deviations[owners[some], None]

    missing = max(0, 2 * (lookback + 1) - len(owners))
    return _triangle(blocks(), lookback, horizon, missing), len(owners)


def _blocks(windows: int) -> list[slice]:
    return [slice(first, first + _BLOCK) for first in range(0, windows, _BLOCK)]


def _order(triangle: Float64s, lookback: int, windows: int) -> int:
    """Return how many of the newest values the model sees: where the criterion is least.

    The columns of the triangle stand in the order in which values come to be seen, so that what
    each model leaves unexplained is the sum of the squares below the rows of its unknowns.

    Args:
        triangle: float64 [rows, 1 + lookback + horizon], as `_triangle` returns it.
        lookback: the most that it may see.
        windows: to how many the model is fitted.
    """
    targets = triangle[:, lookback + 1 :]
    below = np.zeros((lookback + 2, targets.shape[1]))
    left = np.cumsum(targets[::-1] ** 2, axis=0)[::-1][: lookback + 2]
    below[: len(left)] = left
    unexplained = np.maximum(below[1:], _NEGLIGIBLE**2 * below[0])
    unknown = np.arange(lookback + 1) + 2.0  # the weights, the intercept and the variance
    spare = windows - unknown - 1
    if spare[0] <= 0 or (unexplained <= 0).any():
        return 0
    penalty = np.full(lookback + 1, np.inf)
    penalty[spare > 0] = (unknown / np.maximum(spare, 1))[spare > 0]
    dear = 2 * np.log(np.log(windows))
    return int(np.argmin(np.log(unexplained).mean(axis=1) + dear * penalty))


def _triangle(blocks: Iterable[Float64s], lookback: int, horizon: int, missing: int) -> Float64s:
    """Return R of the QR decomposition of [1, values, changes from the newest value].

    The newest value comes first. R keeps all that least squares needs, at the precision of the
    data rather than of its square, and is built block by block so that memory stays bounded.

    Args:
        blocks: float64 [windows, lookback + horizon] each.
        lookback: how many of the values are known.
        horizon: how many are ahead.
        missing: the weight of a ridge on the values, in windows.
    """
    triangle = np.zeros((0, 1 + lookback + horizon))
    if missing:
        triangle = np.sqrt(missing) * np.eye(lookback, 1 + lookback + horizon, k=1)
    for block in blocks:
        known, ahead = block[:, lookback - 1 :: -1], block[:, lookback:]
        rows = np.concatenate([np.ones((len(block), 1)), known, ahead - known[:, :1]], axis=1)
        triangle = np.asarray(np.linalg.qr(np.concatenate([triangle, rows]), mode="r"))
    return triangle
