"""Operations on whole rows, forward and backward, that are no cell's own.

A grad is the gradient of the loss in the value it is named after.
"""

from __future__ import annotations

from typing import Any

from recur.engines.compiled.build.vectors import elementwise
from recur.networks.functions import relu, sigmoid, tanh


def _tanh_forward(a: Any) -> Any:
    return tanh(a)


def _tanh_backward(y: Any, grad: Any) -> Any:
    return grad * (1 - y * y)


def _relu_forward(a: Any) -> Any:
    return relu(a)


def _relu_backward(y: Any, grad: Any) -> Any:
    return grad * (y > 0)


def _sigmoid_forward(a: Any) -> Any:
    return sigmoid(a)


def _sigmoid_backward(y: Any, grad: Any) -> Any:
    return grad * (y - y * y)


def _add(x: Any, y: Any) -> Any:
    return x + y


def _copy(x: Any) -> Any:
    return x


def _multiply(x: Any, y: Any) -> Any:
    return x * y


def _hold(mask: Any, after: Any, before: Any) -> Any:
    """Return the new value where a step is real, the old one where it is masked."""
    return mask * after + (1 - mask) * before


def _split(mask: Any, grad: Any) -> Any:
    """Return what of a grad goes through a step, and what goes past it."""
    return mask * grad, (1 - mask) * grad


tanh_forward, tanh_backward = elementwise(_tanh_forward), elementwise(_tanh_backward)
relu_forward, relu_backward = elementwise(_relu_forward), elementwise(_relu_backward)
sigmoid_forward, sigmoid_backward = elementwise(_sigmoid_forward), elementwise(_sigmoid_backward)
add, copy, times = elementwise(_add), elementwise(_copy), elementwise(_multiply)
hold, split = elementwise(_hold), elementwise(_split, 2)
