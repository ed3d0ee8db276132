"""What no method can pass on data made here: the best answers of somebody who knows the recipe."""

from __future__ import annotations

import numpy as np

from recur.arrays import Flags, Float64s
from recur.errors import DataError

_PHASES = 101  # whole ones, from 0 on, each as likely
_ROUNDING = 1e-9


def denoising_limit(
    noisy: Float64s, period: float = 60, noise: float = 0.35, *, both: bool = False
) -> Float64s:
    """Return the answers of least mean absolute error to `synthetic.noisy_sines`.

    All that is unknown is the phase, and noise between two bounds rules phases out without making
    any other one likelier. So the best answer at a step is the median of the sine's values there,
    over all phases that nothing seen has ruled out.

    Args:
        noisy: float64 [series, time].
        period: of the sines.
        noise: the greatest size of the noise.
        both: whether the whole series is seen, or at each step what came up to it.

    Returns:
        float64 [series, time].

    >>> from recur.data.synthetic import noisy_sines
    >>> sines = noisy_sines(series=3, points=100)
    >>> bool(np.abs(denoising_limit(sines.values, both=True) - sines.answer).max() < 1e-9)
    True
    """
    series, points = noisy.shape
    time, phase = np.arange(points)[:, None], np.arange(_PHASES)
    sines = np.sin(2 * np.pi * (time + phase) / period)  # [time, phases]
    possible = np.ones((series, _PHASES), np.bool_)
    if both:
        for seen, sine in zip(noisy.T, sines, strict=True):
            possible &= _consistent(seen, sine, noise)
    answers = np.empty(noisy.shape)
    for t, (seen, sine) in enumerate(zip(noisy.T, sines, strict=True)):
        if not both:
            possible &= _consistent(seen, sine, noise)
        answers[:, t] = _medians(sine, possible)
    return answers


def _consistent(seen: Float64s, sine: Float64s, noise: float) -> Flags:
    """Return bool [series, phases], which phases can have given what is seen at one step."""
    return np.abs(seen[:, None] - sine) <= noise + _ROUNDING


def _medians(sine: Float64s, possible: Flags) -> Float64s:
    """Return float64 [series], the medians of the values of the possible phases."""
    order = np.argsort(sine)
    counts = np.cumsum(possible[:, order], axis=1)
    if not counts[:, -1].all():
        wrong = int(np.argmin(counts[:, -1]))
        raise DataError(
            f"series {wrong} is no sine of such a period in such noise: no phase is possible; give "
            "what `noisy_sines` makes, and its `period` and `noise`."
        )
    low, high = ((counts[:, -1:] + extra) // 2 for extra in (1, 2))
    middle = [sine[order[np.argmax(counts >= half, axis=1)]] for half in (low, high)]
    return np.asarray((middle[0] + middle[1]) / 2)
