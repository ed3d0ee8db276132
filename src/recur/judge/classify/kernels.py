"""Ridge regression on random convolution kernels: the family of ROCKET, written out here.

The kernels are those of MiniRocket (Dempster, Schmidt and Webb, 2021): of nine weights, six of -1
and three of 2, in each of the 84 orders; dilated; and each read as the share of steps at which its
output is above a bias that training has. Series are brought to one length first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float32s, Float64s, Indices
from recur.errors import SettingsError
from recur.judge.classify.calibration import LEAST_TEMPERATURE, best_temperature
from recur.seeding import Purpose, Stream

_TAPS, _HIGH = 9, 3
_KERNELS = np.array(list(combinations(range(_TAPS), _HIGH)), np.int64)  # [84, 3]
_FEATURES = 10_000  # about
_MOST_DILATIONS = 32
_STRENGTHS = np.logspace(-3, 3, 13)
_BLOCK = 256  # series that are read at once


@dataclass(frozen=True, eq=False)
class KernelRidge:
    """Kernels, their biases, and what is added up of their features for each class.

    Attributes:
        length: steps that series are brought to.
        dilations: int64, of the kernels.
        channels: int64 [dilations, 84], the channel that each kernel reads.
        biases: float32 [dilations, 84, biases].
        weights: float32 [features + 1, classes]; the last row is added as it is.
        temperature: that makes probabilities of the sums.
    """

    best: ClassVar[str] = "random_kernels"
    """The name of the one of its answers that a network is mixed with."""
    orders: ClassVar[tuple[int, ...]] = ()
    spelt: ClassVar[tuple[int, ...]] = ()
    strength: ClassVar[float] = 0.0

    length: int
    dilations: Indices
    channels: Indices
    biases: Float32s
    weights: Float32s
    temperature: float

    def answers(self, series: Sequence[Float64s]) -> dict[str, Float64s]:
        """Return float64 [series, classes], probabilities, by the name of the method."""
        sums = _features(self, brought_to(series, self.length)) @ self.weights[:-1].astype(
            np.float64
        )
        return {self.best: _probable(sums + self.weights[-1], self.temperature)}

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a file keeps of it."""
        return {
            "simple.dilations": self.dilations,
            "simple.channels": self.channels,
            "simple.biases": self.biases,
            "simple.weights": self.weights,
            "simple.scalars": np.array([self.length, self.temperature]),
        }

    @staticmethod
    def read(classes: int, channels: int, tensors: dict[str, NDArray[Any]]) -> KernelRidge:
        """Return what a file has kept, checking that it fits together."""
        dilations, read = tensors["simple.dilations"], tensors["simple.channels"]
        biases, weights = tensors["simple.biases"], tensors["simple.weights"]
        scalars = tensors["simple.scalars"]
        shape = (len(dilations), len(_KERNELS))
        fits = (
            dilations.ndim == 1
            and dilations.dtype == read.dtype == np.int64
            and read.shape == shape
            and biases.shape[:-1] == shape
            and weights.shape == (biases.size + 1, classes)
            and scalars.shape == (2,)
            and all(np.isfinite(part).all() for part in (biases, weights, scalars))
        )
        if not fits or scalars.min() < LEAST_TEMPERATURE or dilations.min() < 1 or scalars[0] > 1e6:
            raise SettingsError("its random kernels do not fit together.")
        if read.min() < 0 or read.max() >= channels or dilations.max() > scalars[0]:
            raise SettingsError("its random kernels read what its series do not have.")
        return KernelRidge(int(scalars[0]), dilations, read, biases, weights, float(scalars[1]))


def fit_kernels(
    series: Sequence[Float64s], labels: Indices, classes: int, seed: int
) -> KernelRidge:
    """Fit kernels to series; how much weights are held small is chosen by leaving each one out.

    Args:
        series: float64 [time, channels].
        labels: int64 [series], from 0 on.
        classes: how many there are.
        seed: of the random numbers.
    """
    length = max(_TAPS, max(len(one) for one in series))
    most = np.log2(max(1.0, (length - 1) / (_TAPS - 1)))
    dilations = np.unique(np.floor(2 ** np.linspace(0, most, _MOST_DILATIONS))).astype(np.int64)
    count = max(1, _FEATURES // (len(dilations) * len(_KERNELS)))
    stream = Stream(seed, Purpose.DATA, step=1 << 20)
    drawn = stream.uniform(2 * len(dilations) * len(_KERNELS)).reshape(2, len(dilations), -1)
    values = brought_to(series, length)
    channels = (drawn[0] * values.shape[2]).astype(np.int64)
    examples = (drawn[1] * len(values)).astype(np.int64)
    # Biases are quantiles of what a kernel makes of one series, by the golden ratio's steps.
    levels = (np.arange(1, count + 1) * ((np.sqrt(5) + 1) / 2)) % 1
    biases = np.empty((len(dilations), len(_KERNELS), count), np.float32)
    for d, dilation in enumerate(dilations.tolist()):
        for k in range(len(_KERNELS)):
            taps = _taps(values[examples[d, k]][None], dilation)
            biases[d, k] = np.quantile(_outputs(taps, k, int(channels[d, k])), levels)
    nothing = np.zeros((biases.size + 1, classes), np.float32)
    kernels = KernelRidge(length, dilations, channels, biases, nothing, 1.0)
    features = _features(kernels, values)
    weights, left_out = _ridge(features, np.where(np.eye(classes)[labels] > 0, 1.0, -1.0))
    temperature = best_temperature(_probable(left_out, 1.0), labels)
    return KernelRidge(length, dilations, channels, biases, weights.astype(np.float32), temperature)


def brought_to(series: Sequence[Float64s], length: int) -> Float64s:
    """Return float64 [series, length, channels], each stretched along straight lines."""
    at = np.linspace(0, 1, length)
    parts = [
        one
        if len(one) == length
        else np.stack([np.interp(at, np.linspace(0, 1, len(one)), line) for line in one.T], axis=1)
        for one in series
    ]
    return np.stack(parts)


def _outputs(taps: Float64s, kernel: int, channel: int) -> Float64s:
    """Return float64 [series, time], what a kernel makes of [taps, series, time, channels]."""
    line = taps[..., channel]
    return np.asarray(3 * line[_KERNELS[kernel]].sum(axis=0) - line.sum(axis=0))


def _taps(values: Float64s, dilation: int) -> Float64s:
    """Return float64 [taps, series, time, channels]; zeros stand before and behind a series."""
    half, steps = (_TAPS // 2) * dilation, values.shape[1]
    line = np.pad(values, ((0, 0), (half, half), (0, 0)))
    return np.stack([line[:, i * dilation : i * dilation + steps] for i in range(_TAPS)])


def _features(kernels: KernelRidge, values: Float64s) -> Float64s:
    """Return float64 [series, features], shares of steps above a bias, less a half."""
    found = np.empty((len(values), *kernels.biases.shape))
    steps = values.shape[1]
    for first in range(0, len(values), _BLOCK):
        place = slice(first, first + _BLOCK)
        for d, dilation in enumerate(kernels.dilations.tolist()):
            taps = _taps(values[place], dilation)
            for k, channel in enumerate(kernels.channels[d].tolist()):
                outputs = _outputs(taps, k, channel)
                for b, bias in enumerate(kernels.biases[d, k]):
                    found[place, d, k, b] = (outputs > bias).sum(axis=1) / steps
    return found.reshape(len(values), -1) - 0.5


def _ridge(features: Float64s, truth: Float64s) -> tuple[Float64s, Float64s]:
    """Return weights [features + 1, classes], and what each example gets from all the others."""
    centre, means = features.mean(axis=0), truth.mean(axis=0)
    x, y = features - centre, truth - means
    squares, vectors = np.linalg.eigh(x @ x.T)
    squares = np.maximum(squares, 0)
    turned = vectors.T @ y
    best, weights, left_out = np.inf, np.zeros(0), np.zeros(0)
    for strength in _STRENGTHS * max(1e-12, squares.mean()):
        inverse = 1 / (squares + strength)
        dual = vectors @ (inverse[:, None] * turned)
        # With a mean taken off, one example more than the kernel matrix knows is left out.
        hat = 1 / len(x) + 1 - strength * ((vectors**2) @ inverse)
        missed = strength * dual / np.maximum(1 - hat[:, None], 1e-9)
        error = float((missed**2).mean())
        if error < best:
            best, weights, left_out = error, x.T @ dual, truth - missed
    return np.vstack([weights, means - centre @ weights]), left_out


def _probable(sums: Float64s, temperature: float) -> Float64s:
    odds = np.exp((sums - sums.max(axis=1, keepdims=True)) / temperature)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
