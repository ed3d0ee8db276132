"""What the numbers behind two sines in noise allow: the best fit, and the best forecast of all.

A series of `recur.data.synthetic.two_sines` follows from four numbers: the frequency and the phase
of either sine. Its amplitudes are known, and so is that the noise never exceeds a bound.
"""

from __future__ import annotations

import numpy as np

from recur.arrays import Float64s
from recur.seeding import Purpose, Stream

AMPLITUDES = np.array([0.5, 0.2])
LOWEST, HIGHEST = np.array([10.0, 20.0]), np.array([20.0, 40.0])  # frequencies

_PHASES, _FREQUENCIES = 12, 11  # of the first guesses
_GUESSES = 6
_BLOCK = 250  # series that are compared with all first guesses at once
_SETTLING = 0.25  # share of a walk in which its strides find their length
_WIDER, _NARROWER = 1.1, 0.965  # which balance where a quarter of the strides is taken


def two_sines_fitted(known: Float64s, t: Float64s) -> Float64s:
    """Return the two sines of the family that fit known values with the least squares.

    Args:
        known: float64 [series, steps], the values at the first of the times.
        t: float64 [points], the times of the known values and of those to come.

    Returns:
        float64 [series, points], the curves at all times.
    """
    return _curve(_fit(known, t), t)


def two_sines_expected(
    known: Float64s, t: Float64s, noise: float, strides: int = 4000, seed: int = 0
) -> Float64s:
    """Return the mean of all two sines that the known values allow, which no forecast can beat.

    All noise up to its bound is equally likely. Hence curves that pass every known value within
    the bound are as likely as they were beforehand, all others impossible, and their mean has the
    least mean squared error that there is. It is taken along a random walk through the curves that
    are possible (Metropolis); it begins at the fit of least squares, and where that lies outside,
    strides that bring it nearer lead in.

    Args:
        known: float64 [series, steps].
        t: float64 [points].
        noise: its bound.
        strides: of the walk.
        seed: of its random numbers.

    Returns:
        float64 [series, points].
    """
    at = _fit(known, t)
    steps = known.shape[1]
    curve, likely = _curve(at, t), _likelihood(at)
    farthest = np.abs(known - curve[:, :steps]).max(axis=1)
    derivatives = _derivatives(at, t[:steps])
    shape = noise * np.linalg.cholesky(np.linalg.inv(_damped(derivatives.mT @ derivatives, 1e-6)))
    length = np.full(len(known), 0.5)
    settled = round(_SETTLING * strides)
    total = np.zeros_like(curve)
    stream, chances = Stream(seed, Purpose.SAMPLES), Stream(seed, Purpose.SAMPLES, attempt=1)
    for stride in range(strides):
        moves = stream.at(stride).normal(at.size).reshape(*at.shape, 1)
        there = at + length[:, None] * (shape @ moves)[:, :, 0]
        seen, as_likely = _curve(there, t), _likelihood(there)
        apart = np.abs(known - seen[:, :steps]).max(axis=1)
        near = apart <= np.maximum(noise, farthest)
        taken = near & (chances.at(stride).uniform(len(at)) * likely < as_likely)
        at[taken], curve[taken], farthest[taken] = there[taken], seen[taken], apart[taken]
        likely[taken] = as_likely[taken]
        if stride < settled:
            length *= np.where(taken, _WIDER, _NARROWER)
        else:
            total += curve
    return total / (strides - settled)


def _likelihood(numbers: Float64s) -> Float64s:
    """Return float64 [series], how likely frequencies and phases are beforehand, up to a factor.

    A frequency w is drawn uniformly, and so is a shift a from 0 to 1 that makes the phase -a w. The
    same phase comes of several shifts, whole turns apart, and the more so the higher w is.
    """
    frequencies, phases = numbers[:, :2], numbers[:, 2:]
    inside = ((frequencies >= LOWEST) & (frequencies <= HIGHEST)).all(axis=1)
    turn = 2 * np.pi
    shifts = np.ceil((phases + frequencies) / turn) - np.ceil(phases / turn)
    return np.asarray(inside * (shifts / frequencies).prod(axis=1))


def _curve(numbers: Float64s, t: Float64s) -> Float64s:
    """Return float64 [series, points] of frequencies and phases [series, 4]."""
    angles = numbers[:, :2, None] * t + numbers[:, 2:, None]
    return np.asarray(AMPLITUDES @ np.sin(angles))


def _derivatives(numbers: Float64s, t: Float64s) -> Float64s:
    """Return float64 [series, points, 4], how the curves change with each number."""
    angles = numbers[:, :2, None] * t + numbers[:, 2:, None]
    by_phase = AMPLITUDES[:, None] * np.cos(angles)
    return np.asarray(np.concatenate([by_phase * t, by_phase], axis=1).mT)


def _fit(known: Float64s, t: Float64s) -> Float64s:
    """Return float64 [series, 4], the numbers of least squares, the best from several guesses."""
    t = t[: known.shape[1]]
    fits = np.stack([_improved(at, known, t) for at in _first_guesses(known, t)])
    squares = np.stack([((known - _curve(at, t)) ** 2).sum(axis=1) for at in fits])
    return np.asarray(fits[squares.argmin(axis=0), np.arange(len(known))])


def _improved(at: Float64s, known: Float64s, t: Float64s, rounds: int = 40) -> Float64s:
    """Return numbers [series, 4] moved to where the squares are least (Levenberg, Marquardt)."""
    errors = known - _curve(at, t)
    damping = np.full(len(known), 1e-2)
    for _ in range(rounds):
        derivatives = _derivatives(at, t)
        pull = (derivatives.mT @ errors[:, :, None])[:, :, 0]
        there = (
            at
            + np.linalg.solve(_damped(derivatives.mT @ derivatives, damping), pull[:, :, None])[
                :, :, 0
            ]
        )
        there[:, :2] = np.clip(there[:, :2], LOWEST, HIGHEST)
        left = known - _curve(there, t)
        better = (left**2).sum(axis=1) < (errors**2).sum(axis=1)
        at[better], errors[better] = there[better], left[better]
        damping = np.clip(damping * np.where(better, 0.3, 4.0), 1e-9, 1e6)
    return at


def _damped(squares: Float64s, by: Float64s | float) -> Float64s:
    """Return matrices [series, 4, 4] with more weight on their diagonals, so that all invert."""
    diagonal = np.einsum("sii->si", squares) * np.reshape(by, (-1, 1))
    return np.asarray(squares + diagonal[:, :, None] * np.eye(4))


def _first_guesses(known: Float64s, t: Float64s) -> Float64s:
    """Return float64 [guesses, series, 4], of some thousand curves over the whole family.

    They are the nearest ones, each of other frequencies.
    """
    phases = np.arange(_PHASES) * 2 * np.pi / _PHASES
    frequencies = np.linspace(LOWEST, HIGHEST, _FREQUENCIES).T
    every = np.meshgrid(*frequencies, phases, phases, indexing="ij")
    numbers = np.stack([axis.ravel() for axis in every], axis=1)
    curves = _curve(numbers, t)
    sizes = (curves**2).sum(axis=1)
    nearest = []
    for first in range(0, len(known), _BLOCK):
        apart = sizes - 2 * known[first : first + _BLOCK] @ curves.T
        by_frequencies = apart.reshape(len(apart), _FREQUENCIES**2, _PHASES**2)
        pairs = np.argsort(by_frequencies.min(axis=2), axis=1)[:, :_GUESSES]
        best = np.take_along_axis(by_frequencies, pairs[:, :, None], axis=1).argmin(axis=2)
        nearest.append(pairs * _PHASES**2 + best)
    return np.asarray(numbers[np.concatenate(nearest).T])
