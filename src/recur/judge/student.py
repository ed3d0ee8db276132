"""Student's t of whole degrees of freedom, whose distribution is a finite sum.

scipy.special has it too, and takes longer to import than a forecast takes to be judged.
"""

from __future__ import annotations

import math
from functools import lru_cache

_HALVINGS = 60  # of an angle below pi / 2: to its last bit


def upper_tail(degrees: int, value: float) -> float:
    """Return the chance that t exceeds a value.

    >>> round(upper_tail(5, 2.015), 4), upper_tail(3, 0.0)
    (0.05, 0.5)
    """
    return max(0.0, (1.0 - _within(degrees, math.atan(value / math.sqrt(degrees)))) / 2.0)


@lru_cache
def quantile(degrees: int, share: float) -> float:
    """Return what t stays below with the chance `share`, at least a half.

    >>> round(quantile(5, 0.95), 3), round(quantile(1000, 0.975), 3)
    (2.015, 1.962)
    """
    low, high = 0.0, math.pi / 2.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if _within(degrees, middle) < 2.0 * share - 1.0:
            low = middle
        else:
            high = middle
    return math.sqrt(degrees) * math.tan(low)


def _within(degrees: int, angle: float) -> float:
    """Return the chance of |t| <= sqrt(degrees) tan(angle), negative where the angle is.

    Abramowitz and Stegun, 26.7.3 and 26.7.4: sums of powers of the cosine, without an integral.
    """
    odd = degrees % 2
    square = math.cos(angle) ** 2
    term, total = math.cos(angle) if odd else 1.0, 0.0
    for below in range(1 + odd, degrees, 2):
        total += term
        term *= square * below / (below + 1)
    total *= math.sin(angle)
    return 2.0 / math.pi * (angle + total) if odd else total
