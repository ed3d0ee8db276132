"""Student's t: what SciPy says of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtr, stdtrit

from recur.judge.student import quantile, upper_tail


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 10, 11, 99, 500])
def test_tails_and_quantiles_are_those_of_scipy(degrees: int) -> None:
    values = np.linspace(-40, 40, 161)
    tails = [upper_tail(degrees, value) for value in values]
    np.testing.assert_allclose(tails, stdtr(degrees, -values), rtol=0, atol=1e-14)
    shares = [0.5, 0.6, 0.9, 0.975, 0.98, 0.999]
    quantiles = [quantile(degrees, share) for share in shares]
    np.testing.assert_allclose(quantiles, stdtrit(degrees, shares), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("degrees", [3, 4])
def test_no_chance_is_below_nothing(degrees: int) -> None:
    assert 0.0 <= upper_tail(degrees, 1e300) < 1e-15
    assert upper_tail(degrees, -1e300) == pytest.approx(1.0)
