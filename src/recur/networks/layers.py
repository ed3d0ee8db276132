"""The equations of what has no memory: symbols looked up, convolution, pooling, dense layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.networks.spec import Convolution

Array = NDArray[np.floating]


def look_up(symbols: NDArray[np.integer], table: Array) -> Array:
    """Return each symbol's learnt vector.

    Args:
        symbols: [time, batch], whole numbers.
        table: [symbols, inputs].

    Returns:
        [time, batch, inputs].
    """
    return np.asarray(table[symbols])


def spell(characters: NDArray[np.integer], table: Array, weight: Array, bias: Array) -> Array:
    """Slide filters over the characters of each symbol, and keep the greatest of each filter.

    Args:
        characters: [time, batch, longest], whole numbers; 0 is padding, and places that end in it
            are left out, but for the first.
        table: [characters, embedding].
        weight: [filters, embedding, kernel].
        bias: [filters].

    Returns:
        [time, batch, filters].
    """
    kernel = weight.shape[2]
    seen = np.lib.stride_tricks.sliding_window_view(table[characters], kernel, axis=2)
    sums = np.einsum("tblek,fek->tblf", seen, weight)
    real = characters[:, :, kernel - 1 :] != 0
    real[:, :, 0] = True
    return np.asarray(np.where(real[..., None], sums, -np.inf).max(axis=2) + bias)


def convolve(inputs: Array, weight: Array, bias: Array, convolution: Convolution) -> Array:
    """Slide filters over time: y_t = sum over k and c of W[f, c, k] x[t * stride + k, c] + b_f.

    There is no padding; the oldest steps that would not fill a stride are left out, so that the
    newest output sees the newest input.

    Args:
        inputs: [time, batch, inputs].
        weight: [filters, inputs, kernel].
        bias: [filters].
        convolution: the kernel and the stride.

    Returns:
        [convolution.steps(time), batch, filters].
    """
    kernel, stride = convolution.kernel, convolution.stride
    aligned = inputs[(len(inputs) - kernel) % stride :]
    seen = np.lib.stride_tricks.sliding_window_view(aligned, kernel, axis=0)[::stride]
    return np.asarray(np.einsum("tbck,fck->tbf", seen, weight) + bias)


def pooled(hidden: Array, mask: NDArray[np.bool_] | None, reads: str) -> Array:
    """Return the mean or, for `max`, the greatest of each value over the real time steps.

    Args:
        hidden: [time, batch, width].
        mask: [time, batch], the real steps; all where there is none.
        reads: `mean` or `max`.

    Returns:
        [batch, width].
    """
    real = np.ones(hidden.shape[:2], np.bool_) if mask is None else mask
    if reads == "max":
        return np.asarray(np.where(real[..., None], hidden, -np.inf).max(axis=0))
    return np.asarray((hidden * real[..., None]).sum(axis=0) / real.sum(axis=0)[:, None])


def dense(inputs: Array, weight: Array, bias: Array, nonlinearity: str) -> Array:
    """Return f(W x + b), for inputs [batch, inputs] and a weight [hidden, inputs]."""
    return activate(inputs @ weight.T + bias, nonlinearity)


def flattened(inputs: Array) -> Array:
    """Return [batch, time * features], of each lane all time steps one after the other."""
    time, batch, features = inputs.shape
    return inputs.transpose(1, 0, 2).reshape(batch, time * features)


def activate(a: Array, nonlinearity: str) -> Array:
    """Return tanh(a), or max(a, 0) for `relu`."""
    return np.asarray(np.tanh(a) if nonlinearity == "tanh" else np.maximum(a, 0))
