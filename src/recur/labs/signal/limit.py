"""What the lab `signal` is judged on, and the best that anybody could do there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recur.arrays import Float64s
from recur.data.synthetic import two_waves

POINTS, NOISE, HORIZON = 2000, 0.2, 2
SETTLED = 100  # the point from which on fresh noise is forecast, by all alike


@dataclass(frozen=True, eq=False)
class Stretch:
    """Values of which the later ones are forecast, two at a time, each once.

    Attributes:
        values: float64 [series, time], what is seen.
        signal: float64 [series, time], without the noise.
        first: the first one to be forecast.
    """

    values: Float64s
    signal: Float64s
    first: int

    def error(self, forecasts: Float64s) -> float:
        """Return the mean squared error of forecasts [series, time - first]."""
        return float(np.mean((forecasts - self.values[:, self.first :]) ** 2))

    @property
    def noise(self) -> float:
        """Return the error of somebody who knows the signal: the limit."""
        return self.error(self.signal[:, self.first :])


def fresh_noise(draws: int, seed: int) -> Stretch:
    """Return the same signal in new noise, several times, which no network has seen."""
    series = [two_waves(POINTS, NOISE, seed + draw) for draw in range(1, draws + 1)]
    values, signal = (
        np.stack(parts)
        for parts in zip(*((noisy.values, noisy.answer) for noisy in series), strict=True)
    )
    return Stretch(values, signal, SETTLED)


def best_guess(stretch: Stretch, lookback: int) -> Float64s:
    """Forecast as somebody who knows the recipe, but not at which point of the signal he is.

    Every place in the signal is as likely as the noise that it would take to explain the values
    seen from there; the average over all places has the least expected squared error.

    Returns:
        float64 [series, time - first].
    """
    places = sliding_window_view(stretch.signal[0], lookback + HORIZON)
    before, after = places[:, :lookback], places[:, lookback:]
    guesses = []
    for values in stretch.values[:, stretch.first - lookback : -HORIZON]:
        seen = sliding_window_view(values, lookback)[::HORIZON]
        fit = (seen @ before.T - 0.5 * np.sum(before**2, axis=1)) / NOISE**2
        share = np.exp(fit - fit.max(axis=1, keepdims=True))
        guesses.append((share / share.sum(axis=1, keepdims=True) @ after).reshape(-1))
    return np.stack(guesses)
