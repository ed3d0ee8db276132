"""The simple answer of the lab `configurations` that weighs what goes in, by least squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recur.arrays import Float64s

Classes = NDArray[np.int32]


def linear_values(
    inputs: NDArray[np.generic], answers: Float64s, asked: NDArray[np.generic]
) -> Float64s:
    """Return what weighing the inputs [n, values] says of others, by least squares."""
    known, new = (np.column_stack([part, np.ones(len(part))]) for part in (inputs, asked))
    return np.asarray(new @ np.linalg.lstsq(known, answers)[0])


def linear_answers(
    inputs: NDArray[np.generic], answers: Classes, asked: NDArray[np.generic]
) -> Classes:
    """Return which class, numbered from 0 on, weighing the inputs [n, values] gives to others."""
    each = np.eye(int(answers.max()) + 1)[answers]
    return np.asarray(linear_values(inputs, each, asked).argmax(axis=1), np.int32)
