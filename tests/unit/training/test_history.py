"""What a file tells of epochs is held to what an epoch can be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from recur.training.history import Epoch, History

EPOCH = Epoch(number=1, training=0.5, validation=0.25, rate=0.0, norm=0.0)
READ: TypeAdapter[History] = TypeAdapter(History)


def test_what_is_written_of_epochs_comes_back() -> None:
    assert READ.validate_python([EPOCH.to_dict()]) == (EPOCH,)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("name", ["training", "validation", "rate", "norm"])
def test_no_epoch_has_a_number_that_is_not_finite(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        READ.validate_python([{**EPOCH.to_dict(), name: value}])


@pytest.mark.parametrize(
    ("name", "value"), [("number", 0), ("rate", -0.1), ("norm", -0.1), ("attempt", -1)]
)
def test_no_epoch_has_a_number_below_its_least(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match="greater than or equal"):
        READ.validate_python([{**EPOCH.to_dict(), name: value}])
