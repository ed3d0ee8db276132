"""Which values are unusual: further from what was expected than a promised share ever lies.

Errors are measured by how large they have been of late. Of these scores the newest are kept; how
far the rare ones reach is their conformal rank where they are enough to rank it, else a generalised
Pareto tail fitted to the largest (peaks over a threshold). A margin on top follows what comes:
wider after an alarm, narrower while there is none, so that in the long run as many alarms are
raised as were promised, whatever the tail is (adaptive conformal inference).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.errors import SettingsError
from recur.judge.forecast.conformal import rank_of

_Array = NDArray[np.float64]
_Which = NDArray[np.int64]

FEWEST = 100  # scores before which nothing is called unusual
KEPT = 1000  # scores of each series
_RANKED = 25  # of which at least so many are beyond the limit where it is ranked
_TAIL, _LEAST_TAIL = 0.1, 20  # share and number of the scores that are a tail
_PRIOR, _WEIGHT = 0.1, 20  # the shape of a tail, and how many scores its guess is worth
_UNSURE = 0.3  # share of the logarithm by which a tail may be stretched for what is unsure of it
_FORGETS = 0.02  # of the size of errors, with each
_CUT = 4.0  # sizes; of what is further away no more counts
_REACH = 1.5  # limits; of what is further away no more is kept
_STEP, _MOST = 0.05, 0.7  # of the logarithm of the margin
_RUN = 20  # values after an alarm in which another is the same


def tail_limits(scores: _Array, rate: float) -> _Array:
    """Return float64 [series], beyond which a share of scores lies that is too small to rank.

    A tail is fitted by probability-weighted moments; its shape is drawn to a common one, and it is
    read a little further out than asked, since the limits of tails that are fitted to few scores
    are exceeded more often than those of the true tail would be.

    Args:
        scores: float64 [series, scores], none below 0.
        rate: the share.

    >>> scores = -np.log(1 - (np.arange(1000.0)[None] + 0.5) / 1000)  # of an exponential tail
    >>> bool(abs(tail_limits(scores, 0.001)[0] - np.log(1000)) < 1)
    True
    """
    count = scores.shape[1]
    size = max(_LEAST_TAIL, int(_TAIL * count))
    top = np.sort(scores, axis=1)[:, -size - 1 :]
    start, beyond = top[:, 0], top[:, 1:] - top[:, :1]
    rank = (np.arange(1, size + 1) - 0.35) / size
    mean, weighted = beyond.mean(axis=1), (beyond * (1 - rank)).mean(axis=1)
    left = mean - 2 * weighted
    shape = np.clip(2 - mean / np.where(left > 0, left, np.inf), -0.5, 0.5)
    share = size / (size + _WEIGHT)
    shape = share * shape + (1 - share) * _PRIOR
    shape = np.where(np.abs(shape) < 1e-6, 1e-6, shape)
    far = np.log(size / (count * rate))
    further = min(far**2 / (2 * size) + share**2 * far**4 / (8 * size), _UNSURE * far)
    return np.asarray(start + mean * (1 - shape) / shape * np.expm1(shape * (far + further)))


def limits(scores: _Array, rate: float) -> _Array:
    """Return float64 [series], beyond which a share `rate` of scores [series, scores] lies."""
    count = scores.shape[1]
    if rate * (count + 1) < _RANKED:
        return tail_limits(scores, rate)
    rank = rank_of(count, 100.0 * (1 - rate))
    return np.asarray(np.partition(scores, rank - 1, axis=1)[:, rank - 1])


class Alarms:
    """Says of values, as they come, which are unusual.

    Args:
        series: how many there are.
        rate: the promised share of false alarms.

    Attributes:
        rate: see there.
    """

    def __init__(self, series: int, rate: float) -> None:
        if not 0 < rate <= 0.2:
            raise SettingsError(f"`unusual` is {rate:g}; it is a share above 0 and up to 0.2.")
        self.rate = rate
        self._scores = np.zeros((series, KEPT))
        self._count, self._since = np.zeros(series, np.int64), np.full(series, _RUN)
        self._size, self._weight = np.zeros(series), np.zeros(series)
        self._limit, self._margin = np.full(series, np.inf), np.zeros(series)
        self._run = min(_RUN, int(0.02 / rate))
        self._new = rate * (1 - rate) ** self._run  # share of alarms that are no continuation

    def allowed(self, which: _Which, expected: _Array) -> tuple[_Array, _Array]:
        """Return between what the next values [n] of some series [n] are not unusual.

        The ends are infinite as long as too little is known.
        """
        reach = self._limit[which] * np.exp(self._margin[which])
        with np.errstate(invalid="ignore"):
            reach = np.where(np.isfinite(reach), reach * self._size[which], np.inf)
        return expected - reach, expected + reach

    def take(self, which: _Which, values: _Array, expected: _Array) -> NDArray[np.bool_]:
        """Take values [n] of some series [n], and say which of them are unusual.

        Args:
            which: int64 [n], each once.
            values: what came; NaN where it is missing.
            expected: what was expected of them; NaN where nothing was.
        """
        low, high = self.allowed(which, expected)
        unusual = (values < low) | (values > high)
        known = np.isfinite(values) & np.isfinite(expected)
        which, mark = which[known], unusual[known]
        self._learn(which, np.abs(values[known] - expected[known]), mark)
        return np.asarray(unusual)

    def _learn(self, which: _Which, errors: _Array, unusual: NDArray[np.bool_]) -> None:
        ready = np.isfinite(self._limit[which])
        limit = self._limit[which] * np.exp(self._margin[which])
        size = self._size[which]
        sized = size > 0
        scores = np.divide(errors, size, out=np.zeros_like(errors), where=sized)
        kept = np.where(ready, np.minimum(scores, _REACH * limit), scores)
        # Alarms that follow each other at once are one, else an event would deafen what comes.
        new = unusual & (self._since[which] >= self._run)
        taken = sized & (new | ~unusual)
        scored = which[taken]
        self._scores[scored, self._count[scored] % KEPT] = kept[taken]
        self._count[scored] += 1
        # The mean size of errors, each counting less than the next.
        weight = self._weight[which]
        cut = np.where(weight > 10 * _FORGETS, np.minimum(errors, _CUT * size), errors)
        self._weight[which] = weight + _FORGETS * (1 - weight)
        self._size[which] = size + _FORGETS / self._weight[which] * (cut - size)
        self._since[which] = np.where(unusual, 0, self._since[which] + 1)
        moved = self._margin[which] + _STEP * (new - self._new)
        self._margin[which] = np.where(ready, np.clip(moved, -_MOST, _MOST), 0.0)
        self._renew(scored)

    def _renew(self, which: _Which) -> None:
        """Find the limits anew of those series of which a tenth of the first scores is new."""
        count = self._count[which]
        due = which[(count >= FEWEST) & (count % (FEWEST // 10) == 0)]
        for full in np.unique(np.minimum(self._count[due], KEPT)).tolist():
            some = due[np.minimum(self._count[due], KEPT) == full]
            self._limit[some] = limits(self._scores[some, :full], self.rate)
