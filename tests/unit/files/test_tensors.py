"""Tensors of a file are held to their schema, one sentence for each fault."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recur.errors import ModelFileError
from recur.files.tensors import TensorSchema, check_tensors

SCHEMA = {"w": TensorSchema((2, 3)), "scale": TensorSchema((2,), np.float64, least=0.0)}
GOOD: dict[str, NDArray[Any]] = {"w": np.zeros((2, 3), np.float32), "scale": np.zeros(2)}


def test_tensors_as_expected_pass() -> None:
    check_tensors(GOOD, SCHEMA)
    check_tensors({**GOOD, "scale": np.ones(2)}, SCHEMA)
    check_tensors({"x": np.zeros(0, np.float32)}, {"x": TensorSchema((0,), least=0.0)})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"w": None}, "its tensor 'w' is missing."),
        ({"more": np.zeros(1)}, "its tensor 'more' is none that it should hold."),
        ({"a\n\x1b[31m" + "x" * 99: np.zeros(1)}, "is none that it should hold."),
        ({"w": np.zeros((3, 2), np.float32)}, "is float32 [3, 2]; expected float32 [2, 3]."),
        ({"w": np.zeros((2, 3))}, "is float64 [2, 3]; expected float32 [2, 3]."),
        ({"w": np.full((2, 3), np.nan, np.float32)}, "holds values that are not finite."),
        ({"scale": np.array([0.0, -1.0])}, "holds -1; expected at least 0."),
    ],
)
def test_other_tensors_are_refused(changes: dict[str, Any], complaint: str) -> None:
    tensors = {name: part for name, part in {**GOOD, **changes}.items() if part is not None}
    with pytest.raises(ModelFileError) as caught:
        check_tensors(tensors, SCHEMA)
    assert str(caught.value).endswith(complaint)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200
