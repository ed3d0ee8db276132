"""Sums over time and lanes, whatever their shape, held to NumPy."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from recur.engines.compiled.kernels.products import outer


@numba.njit  # type: ignore[untyped-decorator]
def _outer(a: int, b: int, out: int, rows: int, columns: int, times: int, lanes: int) -> None:
    outer(
        a, rows * lanes, lanes, b, columns * lanes, lanes, out, columns, rows, columns, times, lanes
    )


@pytest.mark.parametrize("lanes", [1, 5, 16, 31, 64, 127, 128, 129, 300])
@pytest.mark.parametrize(("rows", "columns"), [(8, 12), (9, 33), (30, 30), (17, 64), (3, 40)])
@pytest.mark.parametrize("times", [1, 7])
def test_sums_over_time_and_lanes(rows: int, columns: int, times: int, lanes: int) -> None:
    random = np.random.default_rng(0)
    a = random.standard_normal((times, rows, lanes), np.float32)
    b = random.standard_normal((times, columns, lanes), np.float32)
    out = random.standard_normal((rows, columns), np.float32)
    expected = out + np.einsum("til,tjl->ij", a.astype(np.float64), b)
    _outer(a.ctypes.data, b.ctypes.data, out.ctypes.data, rows, columns, times, lanes)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-4)
