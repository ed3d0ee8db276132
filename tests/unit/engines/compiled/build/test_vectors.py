"""The functions of equations on the machine's vectors, against NumPy in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.engines.compiled.build.compiler import entry
from recur.engines.compiled.build.vectors import elementwise
from recur.networks import functions


def _all(x: Any, y: Any) -> Any:
    return (
        functions.tanh(x),
        functions.sigmoid(x),
        functions.exp(x),
        functions.log_sigmoid(x),
        functions.maximum(x, y),
        functions.relu(x),
        -x,
        1 / y,
    )


_FUNCTIONS = 8
_every = elementwise(_all, _FUNCTIONS)


@entry
def computed(x: NDArray[np.float32], y: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    first, count = np.int64(out.ctypes.data), len(x)
    step = 4 * count
    _every((
        np.int64(x.ctypes.data), np.int64(y.ctypes.data), first, first + step, first + 2 * step,
        first + 3 * step, first + 4 * step, first + 5 * step, first + 6 * step, first + 7 * step,
        count,
    ))  # fmt: skip


def all_of(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    out = np.empty((_FUNCTIONS, len(x)), np.float32)
    computed(x, y, out)
    return out


def test_they_are_numpys_to_single_precision() -> None:
    random = np.random.default_rng(0)
    x = np.concatenate([random.normal(0, 3, 5000), np.linspace(-86, 86, 5001), [0.0]])
    x, y = x.astype(np.float32), random.uniform(0.1, 9, len(x)).astype(np.float32)
    expected = _all(x.astype(np.float64), y.astype(np.float64))
    relative = (4e-7, 0, 3e-7, 5e-7, 0, 0, 0, 2e-7)
    for i, (ours, theirs) in enumerate(zip(all_of(x, y), expected, strict=True)):
        least = 2e-7 if i == 1 else 1e-37  # a sigmoid near 0 is what is left of a half
        np.testing.assert_allclose(ours, theirs, rtol=relative[i], atol=least, err_msg=str(i))


def test_nan_stays_nan_and_what_is_too_large_or_small_for_exp_stays_a_number() -> None:
    x = np.array([np.nan, 1, np.nan, 1000, -1000], np.float32)
    y = np.array([1, np.nan, np.nan, 1, 1], np.float32)
    tanh, sigmoid, exp, log_sigmoid, maximum, *_ = all_of(x, y)
    for values in (tanh, sigmoid, exp, log_sigmoid):
        assert np.isnan(values).tolist() == [True, False, True, False, False]
    assert np.isnan(maximum).tolist() == [True, True, True, False, False]
    assert exp[3] == pytest.approx(np.exp(88), rel=1e-5)
    assert exp[4] == pytest.approx(np.exp(-87), rel=1e-5)
    assert log_sigmoid[4] == -1000
