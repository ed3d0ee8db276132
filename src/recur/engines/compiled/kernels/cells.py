"""The equations of the cells, forward and backward, on whole vectors.

They are those of `recur.networks.reference`, after the products. A slope is the derivative of the
loss by the value it is named after.
"""

from __future__ import annotations

from typing import Any

from recur.engines.compiled.build.arithmetic import elementwise, sigmoid, tanh


def _tanh_step(a: Any) -> Any:
    return tanh(a)


def _tanh_slope(h: Any, slope: Any) -> Any:
    return slope * (1 - h * h)


def _relu_step(a: Any) -> Any:
    return a.clip(0, float("inf"))


def _relu_slope(h: Any, slope: Any) -> Any:
    return slope * (h > 0)


def _sigmoid_step(a: Any) -> Any:
    return sigmoid(a)


def _sigmoid_slope(y: Any, slope: Any) -> Any:
    return slope * (y - y * y)


def _gru_step(r: Any, z: Any, n: Any, q: Any, before: Any) -> Any:
    """Take the sums of the gates, `q` the state's part of the new value; return r, z, n and h."""
    r, z = sigmoid(r), sigmoid(z)
    n = tanh(n + r * q)
    return r, z, n, n + z * (before - n)


def _gru_slopes(r: Any, z: Any, n: Any, q: Any, before: Any, slope: Any) -> Any:
    """Return the slopes of the sums of n, r, z and q, and of the state before."""
    to_n = slope * (1 - z) * (1 - n * n)
    return (
        to_n,
        to_n * q * (r - r * r),
        slope * (before - n) * (z - z * z),
        to_n * r,
        slope * z,
    )


def _lstm_step(i: Any, f: Any, g: Any, o: Any, before: Any) -> Any:
    """Take the sums of the gates and the cell before; return i, f, g, o, tanh(c), c and h."""
    i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
    c = f * before + i * g
    bent = tanh(c)
    return i, f, g, o, bent, c, o * bent


def _lstm_slopes(
    i: Any, f: Any, g: Any, o: Any, bent: Any, before: Any, slope: Any, cell_slope: Any
) -> Any:
    """Return the slopes of the sums of i, f, g and o, and of the cell before."""
    to_c = cell_slope + slope * o * (1 - bent * bent)
    return (
        to_c * g * (i - i * i),
        to_c * before * (f - f * f),
        to_c * i * (1 - g * g),
        slope * bent * (o - o * o),
        to_c * f,
    )


def _add(x: Any, y: Any) -> Any:
    return x + y


def _same(x: Any) -> Any:
    return x


def _times(x: Any, y: Any) -> Any:
    return x * y


def _hold(mask: Any, after: Any, before: Any) -> Any:
    """Return the new value where a step is real, the old one where it is masked."""
    return mask * after + (1 - mask) * before


def _part(mask: Any, slope: Any) -> Any:
    """Return what of a slope goes through a step, and what goes past it."""
    return mask * slope, (1 - mask) * slope


tanh_step, tanh_slope = elementwise(_tanh_step), elementwise(_tanh_slope)
relu_step, relu_slope = elementwise(_relu_step), elementwise(_relu_slope)
sigmoid_step, sigmoid_slope = elementwise(_sigmoid_step), elementwise(_sigmoid_slope)
gru_step, gru_slopes = elementwise(_gru_step, 4), elementwise(_gru_slopes, 5)
lstm_step, lstm_slopes = elementwise(_lstm_step, 7), elementwise(_lstm_slopes, 5)
add, times, copy = elementwise(_add), elementwise(_times), elementwise(_same)
hold, part = elementwise(_hold), elementwise(_part, 2)
